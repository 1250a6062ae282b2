"""House rules that import contracts cannot say. Every check is shown an offence too, so none of them is asleep."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from models import tables
from tests.architecture import source
from tests.architecture.source import ROOT, Finding

PRODUCT = ("models/**/*.py", "webapp/**/*.py", "wsgi.py")
COMMITTED_SETTINGS = (
    "pyproject.toml", "package.json", "package-lock.json", ".npmrc", "Makefile", "requirements/*.txt", "setup/*",
    ".ci/*",
)  # fmt: skip
LINES_AT_MOST = 400

# Full name → the one file that may use it.
ONLY_IN = {
    "webapp/clock.py": (
        "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
        "time.time", "time.time_ns", "time.localtime", "time.gmtime", "sqlalchemy.func.now", "sqlmodel.func.now",
        "sqlalchemy.func.current_timestamp", "sqlmodel.func.current_timestamp",
    ),
    "webapp/config.py": ("os.environ", "os.environb", "os.getenv", "os.getenvb"),
}  # fmt: skip
WRITES = ("add", "add_all", "delete", "merge", "flush", "commit", "bulk_save_objects", "bulk_insert_mappings")
WRITING_STATEMENTS = tuple(
    f"{package}.{verb}"
    for package in ("sqlalchemy", "sqlmodel", "sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql")
    for verb in ("insert", "update", "delete")
)


def report(findings: list[Finding]) -> str:
    return "\n" + "\n".join(map(str, findings))


def outside(*allowed: str) -> list[Path]:
    return [path for path in source.files(*PRODUCT) if source.name_of(path) not in allowed]


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


# ---------------------------------------------------------------- one place each


@pytest.mark.parametrize("allowed", ONLY_IN)
def test_time_and_environment_are_read_in_one_place_each(allowed: str) -> None:
    findings = [
        finding
        for path in outside(allowed)
        for finding in source.uses_of(ONLY_IN[allowed], read(path), source.name_of(path))
    ]
    assert not findings, report(findings)


@pytest.mark.parametrize(
    ("allowed", "offence"),
    [
        ("webapp/clock.py", "from datetime import datetime as dt\nx = dt.now()"),
        ("webapp/clock.py", "import datetime\nx = datetime.date.today()"),
        ("webapp/clock.py", "from time import time\nx = field(default_factory=time)"),
        ("webapp/clock.py", "def f():\n    import time as t\n    return t.time()"),
        ("webapp/clock.py", "from sqlalchemy import func\nx = func.now()"),
        ("webapp/config.py", "import os\nx = os.environ['A']"),
        ("webapp/config.py", "from os import environ as e\nx = e.get('A')"),
        ("webapp/config.py", "from os import getenv\nx = getenv('A')"),
    ],
)
def test_reading_time_or_environment_is_seen_under_any_name(allowed: str, offence: str) -> None:
    assert list(source.uses_of(ONLY_IN[allowed], offence, "x.py"))


def test_setting_a_variable_for_a_child_and_asking_our_clock_are_no_offence() -> None:
    innocent = "import os\nfrom webapp import clock\nos.environ['FONTCONFIG_FILE'] = 'x'\nnow = clock.now()"
    assert not [f for names in ONLY_IN.values() for f in source.uses_of(names, innocent, "x.py")]


def test_only_the_database_module_commits() -> None:
    """The schema's own transaction, with foreign keys off, is the one exception: no act of a person runs in it."""
    findings = [
        finding
        for path in outside("webapp/db.py", "webapp/migrate.py")
        for finding in source.method_calls(["commit"], read(path), source.name_of(path))
    ]
    assert not findings, report(findings)
    assert list(source.method_calls(["commit"], "def sign(session):\n    session.commit()", "x.py"))


# ---------------------------------------------------------------- queries read


def query_writes(text: str, where: str) -> list[Finding]:
    return [
        *source.method_calls(WRITES, text, where, of="session"),
        *source.uses_of(WRITING_STATEMENTS, text, where),
    ]


def test_queries_never_write() -> None:
    paths = source.files("models/*/queries.py", "models/*/queries/*.py")
    findings = [finding for path in paths for finding in query_writes(read(path), source.name_of(path))]
    assert paths, "no queries found: has the layout changed?"
    assert not findings, report(findings)


@pytest.mark.parametrize(
    "offence",
    [
        "def inbox(session):\n    session.add(1)",
        "def inbox(self):\n    self.session.delete(1)",
        "from sqlalchemy import update\ndef inbox(session):\n    session.execute(update(T))",
        "import sqlalchemy as sa\ndef inbox(session):\n    session.exec(sa.delete(T))",
    ],
)
def test_a_write_among_the_queries_is_seen(offence: str) -> None:
    assert query_writes(offence, "x.py")


def test_a_set_in_a_query_may_grow() -> None:
    assert not query_writes("def inbox(session):\n    seen.add(1)\n    found.update(a=1)", "x.py")


# ---------------------------------------------------------------- templates


def test_templates_are_lower_case_html_files() -> None:
    """Jinja escapes by the ending of the name. A style sheet beside the slips it prints is the one other kind."""
    names = [source.name_of(path) for path in source.files("templates/**/*")]
    pattern = r"(?:[a-z0-9_]+/)*[a-z0-9_]+\.html|" + re.escape(source.PRINT_ONLY) + r"[a-z0-9_]+\.css"
    odd = [name for name in names if not re.fullmatch(pattern, name)]
    assert names
    assert not odd, "only .html names are escaped automatically: " + ", ".join(odd)


def test_pages_and_slips_share_no_template() -> None:
    """A slip has no navigation and no script; a page has no style attribute, which slips may have."""
    reaches = re.compile(r"\{%-?\s*(?:extends|include|import|from)\s+[\"']([^\"']+)")
    crossings = [
        Finding(source.name_of(path), 1, target)
        for path in source.files("templates/**/*.html")
        for target in reaches.findall(read(path))
        if target.startswith("slips/") != source.name_of(path).startswith(source.PRINT_ONLY)
    ]
    assert not crossings, report(crossings)


def test_templates_hold_no_trusted_text_inline_script_style_or_foreign_file() -> None:
    findings = [
        finding
        for path in source.files("templates/**/*")
        for finding in source.unsafe_markup(read(path), source.name_of(path))
    ]
    assert not findings, report(findings)


@pytest.mark.parametrize(
    "offence",
    [
        "{{ appeal.body | safe }}",
        "{{ appeal.body|safe }}",
        "{{ Markup(appeal.body) }}",
        "{% autoescape false %}",
        "<script>alert(1)</script>",
        '<script type="module">alert(1)</script>',
        '<p style="color: red">',
        '<button type="submit"\n  onclick="go()">',
        '<div hx-on:click="go()">',
        '<div data-hx-on:click="go()">',
        '<a href="javascript:go()">',
        '<link rel="stylesheet" href="//cdn.example/x.css">',
        '<script src="https://cdn.example/x.js"></script>',
    ],
)
def test_unsafe_markup_is_seen(offence: str) -> None:
    assert list(source.unsafe_markup(offence, "x.html"))


def test_ordinary_markup_is_left_alone() -> None:
    ordinary = """{# never use |safe or style="" #}
    <link rel="stylesheet" href="{{ url_for('static', filename='css/app.css') }}">
    <script src="{{ url_for('static', filename='js/app.js') }}" defer></script>
    {{ field(form.title, once="yes", once_only=true) }} <ol class="a" start="3"> <svg xmlns="http://www.w3.org/2000/svg">"""
    assert not list(source.unsafe_markup(ordinary, "x.html"))


DRAWN = re.compile(r"drawn\(\s*['\"]([\w]+\.html)['\"]")
OF_THE_REQUEST = re.compile(
    r"\b(csrf_token|request|session|g|current_actor|get_flashed_messages|may|today|kept_form)\b"
)


def asked_of_the_request(template: str) -> list[str]:
    """Names in a template's tags and values that differ from one request to the next."""
    return [name for tag in re.findall(r"\{[{%](.*?)[}%]\}", template, re.S) for name in OF_THE_REQUEST.findall(tag)]


def test_what_is_drawn_once_asks_nothing_of_the_request() -> None:
    """Its markup is kept under its arguments alone (webapp.drawing)."""
    places = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("webapp/**/*.py")]
    names = {name for path in places for name in DRAWN.findall(read(path))}
    assert {"table.html", "masthead.html"} <= names
    for name in sorted(names):
        assert not asked_of_the_request(read(ROOT / "templates" / "components" / name)), name
    assert asked_of_the_request('<input value="{{ csrf_token() }}">') == ["csrf_token"]


def test_python_never_declares_text_from_elsewhere_to_be_html() -> None:
    findings = [
        finding
        for path in source.files(*PRODUCT)
        for finding in source.trusted_markup(read(path), source.name_of(path))
    ]
    assert not findings, report(findings)
    assert list(source.trusted_markup("from markupsafe import Markup\nMarkup(f'<b>{name}</b>')", "x.py"))
    assert not list(source.trusted_markup("from markupsafe import Markup as M\nM('<b>{}</b>').format(name)", "x.py"))


# ---------------------------------------------------------------- fields that somebody sends

TABLES = frozenset(name for name, one in vars(tables).items() if isinstance(one, type) and issubclass(one, SQLModel))
COPIES = "models/handling/sharing.py"
"""Copies a reply to a merged appeal's own, column by column; nothing in it comes from a browser."""


def test_no_row_takes_whatever_fields_somebody_sent() -> None:
    """INP-4: what a form may change is written out in it."""
    findings = [
        finding
        for path in outside(COPIES)
        for finding in source.mass_assignments(read(path), source.name_of(path), TABLES)
    ]
    assert {"Appeal", "Account", "Unit", "MilestoneRow"} <= TABLES and len(TABLES) >= 30
    assert not findings, report(findings)


@pytest.mark.parametrize("offence", [
    "form.populate_obj(appeal)", "Appeal(**form.data)", "Appeal(**values)", "tables.Appeal(**values)",
    "Filing(**request.form)", "edit(account, **request.form.to_dict())", "replace(appeal, **{**form.data})",
    "for name, value in form.data.items():\n    setattr(appeal, name, value)", "appeal.sqlmodel_update(form.data)",
])  # fmt: skip
def test_a_row_filled_by_a_browser_is_seen(offence: str) -> None:
    assert list(source.mass_assignments(offence, "x.py", TABLES))


def test_values_written_out_are_no_offence() -> None:
    innocent = "Story(**row)\nsetattr(view, 'access', a)\nAppeal(title=form.title.data)\nUpload(no=1, **asdict(file))"
    assert not list(source.mass_assignments(innocent, "x.py", TABLES))


# ---------------------------------------------------------------- files as such


def addresses(text: str, where: str) -> list[Finding]:
    pattern = re.compile(r"(?:https?|file)://(?!127\.0\.0\.1)[^\s\"')]+|--find-links|--(?:extra-)?index-url")
    lines = enumerate(text.splitlines(), 1)
    return [Finding(where, number, found[0]) for number, line in lines for found in pattern.finditer(line)]


def test_lock_and_setting_files_name_no_host_to_fetch_from() -> None:
    paths = source.files(*COMMITTED_SETTINGS)
    findings = [finding for path in paths for finding in addresses(read(path), source.name_of(path))]
    assert {"requirements/runtime.txt", "package-lock.json"} <= set(map(source.name_of, paths))
    assert not findings, report(findings)
    assert addresses('"resolved": "https://registry.example/htmx.org.tgz"', "package-lock.json")
    assert addresses("--find-links /opt/wheels", "requirements/runtime.txt")


def locked(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9.-]+)==([^\s;\\]+)", read(ROOT / "requirements" / name), re.M))


def test_the_test_environment_holds_the_very_versions_that_run() -> None:
    runtime = locked("runtime.txt")
    assert runtime
    assert runtime.items() <= locked("dev.txt").items()


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    suffixes = ("py", "html", "css", "js", "sh")
    folders = ("models", "webapp", "templates", "static", "migrations", "tests", "setup")
    paths = source.files(
        "Makefile", "wsgi.py", *(f"{folder}/**/*.{suffix}" for folder in folders for suffix in suffixes)
    )
    lengths = {source.name_of(path): len(read(path).splitlines()) for path in paths}
    long = {
        name: length for name, length in lengths.items()
        if length > LINES_AT_MOST and not name.startswith("templates/manual/_")  # made from docs/manual
    }
    assert len(lengths) > 10, "hardly any files found: has the layout changed?"
    assert not long, f"split these (at most {LINES_AT_MOST} lines): {long}"


# ---------------------------------------------------------------- who may import what


def test_released_migrations_stand_alone() -> None:
    """A migration describes the schema of its day; importing today's models would change it behind its back."""
    findings = [
        finding
        for path in source.files("migrations/versions/*.py")
        for finding in source.imports_of(["models", "webapp"], read(path), source.name_of(path))
    ]
    assert not findings, report(findings)
    assert list(source.imports_of(["models", "webapp"], "from models.accounts.tables import Unit", "x.py"))


def test_the_import_contracts_are_kept() -> None:
    checker = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", checker], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout, done.stdout
