"""What the quicker ways through Flask and Jinja must not change."""

from flask import Flask, url_for


def test_templates_escape_what_people_wrote_and_keep_markup(app: Flask) -> None:
    source = "{% macro m(x) %}<p>{{ x }}</p>{% endmacro %}{% set kept %}{{ text }}{% endset %}"
    shown = app.jinja_env.from_string(source + "{{ text }}{{ m(text) }}{{ kept }}").render(text="<a&'>")
    assert shown == "&lt;a&amp;&#39;&gt;<p>&lt;a&amp;&#39;&gt;</p>&lt;a&amp;&#39;&gt;"


def test_an_address_is_the_same_when_it_is_asked_for_again(app: Flask) -> None:
    with app.test_request_context("/"):
        first = url_for("public.home"), url_for("desk.show", uid="a" * 32)
    with app.test_request_context("/"):
        assert (url_for("public.home"), url_for("desk.show", uid="a" * 32)) == first
    with app.test_request_context("/", base_url="https://office.invalid/prefix/"):
        assert url_for("public.home") == "/prefix" + first[0]
    with app.test_request_context("/"):
        assert url_for("public.home", _external=True).startswith("http")
