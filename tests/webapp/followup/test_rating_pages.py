"""The appellant rates on the follow-up page, from the enterprise's list, through a one-time link; nobody else does."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select

from models.accounts.types import Role
from models.appeals.types import State
from models.audit.tables import AuditRow
from models.followup.tables import DissatisfactionCase, RatingLink, SatisfactionRating
from models.notices.tables import Notice
from tests.support import enterprises as people
from tests.support.page import find_form, hidden_fields, press
from tests.webapp.followup.conftest import CODE


def opened(client, story):
    client.send("/appeals/track", {"number": story.appeal.number, "code": CODE}, action="/track")
    return client.soup("/appeals/track")


def ratings(database):
    with database.reading() as session:
        return session.exec(select(SatisfactionRating)).all()


def denials(database):
    with database.reading() as session:
        return session.exec(select(AuditRow).where(AuditRow.action == "denied")).all()


def test_five_words_are_offered_and_one_is_given(client, tell, database):
    page = opened(client, tell())
    form = find_form(page, "/track/rate")
    assert [label.get_text(strip=True) for label in form.select(".grades label")] == [
        "非常满意", "满意", "基本满意", "不满意", "非常不满意"
    ]
    answer = press(client, "/appeals/track", "/track/rate", grade="4")
    assert answer.status_code == 303
    [made] = ratings(database)
    assert (made.grade, made.channel, made.reason) == (4, "code", "")
    page = client.soup("/appeals/track")
    assert page.find(id="rating-title").get_text() == "您已评价" and "满意" in page.find(id="rating").get_text()
    assert page.find("form", action="/appeals/track/rate") is None


def test_a_low_grade_without_a_reason_comes_back_with_what_was_chosen(client, tell, database):
    opened(client, tell())
    answer = press(client, "/appeals/track", "/track/rate", grade="1")
    page = BeautifulSoup(answer.data, "html.parser")
    assert answer.status_code == 422 and page.find(id="reason-error")
    assert page.find("input", attrs={"name": "grade", "checked": True})["value"] == "1"
    assert not ratings(database)
    press(client, "/appeals/track", "/track/rate", grade="1", reason="窗口仍说没有收到。")
    page = client.soup("/appeals/track")
    assert "11月18日(周三)前与您联系，11月24日(周二)前处理好" in page.find(id="case").get_text()
    with database.reading() as session:
        assert session.exec(select(DissatisfactionCase)).one().state == "open"
        kinds = {one.kind for one in session.exec(select(Notice)).all()}
    assert {"case_opened", "case_for_unit"} <= kinds


def test_nothing_chosen_is_said_beside_the_words(client, tell):
    opened(client, tell())
    answer = press(client, "/appeals/track", "/track/rate")
    assert answer.status_code == 422
    assert "请选择您的满意程度" in answer.get_data(as_text=True)


def test_the_second_try_says_that_it_is_rated_and_shows_it(client, tell, database):
    page = opened(client, tell())
    form = hidden_fields(find_form(page, "/track/rate"))
    client.post("/appeals/track/rate", data=form | {"grade": "5"})
    again = client.post("/appeals/track/rate", data=form | {"grade": "1", "reason": "改主意。"}, follow_redirects=True)
    text = again.get_data(as_text=True)
    assert "您已评价" in text and "非常满意" in text
    assert [one.grade for one in ratings(database)] == [5]
    assert denials(database)[-1].facts == {"view": "public.rate:rated_already"}


def test_before_the_reply_and_after_the_term_there_is_no_form(client, tell, clock):
    assert opened(client, tell(State.HANDLING)).find(id="rating") is None
    story = tell()
    clock.shift(timedelta(days=31))
    assert opened(client, story).find("form", action="/appeals/track/rate") is None


def test_an_expired_look_up_is_asked_for_again(client, tell, clock, database):
    form = hidden_fields(find_form(opened(client, tell()), "/track/rate"))
    clock.shift(timedelta(minutes=31))
    answer = client.post("/appeals/track/rate", data=form | {"grade": "5"})
    assert answer.status_code == 303 and not ratings(database)


# ---------------------------------------------------------------- links


def offered(client, story):
    opened(client, story)
    answer = press(client, "/appeals/track", "/track/rating-link")
    page = BeautifulSoup(answer.data, "html.parser")
    assert answer.status_code == 200
    return page.find(id="rating-link").get_text(strip=True).removeprefix("http://localhost")


def test_a_link_is_shown_once_with_its_code_and_kept_as_a_hash(client, tell, database):
    url = offered(client, tell())
    assert url not in client.get("/appeals/track").get_data(as_text=True)
    assert client.get(f"{url}/qr.svg").mimetype == "image/svg+xml"
    with database.reading() as session:
        assert url.rsplit("/", 1)[1] not in str(session.exec(select(RatingLink)).one())


def test_another_telephone_rates_once_and_learns_nothing_of_the_matter(app, client, tell, database):
    story = tell()
    url, phone = offered(client, story), app.test_client()
    page = phone.soup(url)
    assert story.appeal.number in page.get_text() and story.appeal.title not in page.get_text()
    assert phone.send(url, {"grade": "5"}).status_code == 303
    assert [(one.grade, one.channel) for one in ratings(database)] == [(5, "link")]
    gone = phone.get(url)
    assert gone.status_code == 404 and "链接已经失效" in gone.get_data(as_text=True)


def test_a_form_of_a_link_that_is_used_meanwhile_is_refused(app, client, tell, database):
    url, first, second = offered(client, tell()), app.test_client(), app.test_client()
    forms = [hidden_fields(find_form(one.soup(url))) for one in (first, second)]
    assert first.post(url, data=forms[0] | {"grade": "5"}).status_code == 303
    assert second.post(url, data=forms[1] | {"grade": "1", "reason": "不满意。"}).status_code == 404
    assert [one.grade for one in ratings(database)] == [5]


@pytest.mark.parametrize("token", ["x", "a" * 32, "a" * 31 + "\x00", "%ff" * 8, "é" * 32])
def test_what_is_no_link_answers_alike(client, tell, token):
    tell()
    assert client.get(f"/appeals/rate/{token}").status_code == 404


def test_a_low_grade_by_link_needs_its_reason_there(app, client, tell):
    url, phone = offered(client, tell()), app.test_client()
    answer = phone.send(url, {"grade": "2"})
    assert answer.status_code == 422 and "请写明不满意的原因" in answer.get_data(as_text=True)
    assert phone.get(url).status_code == 200


def test_somebody_of_an_enterprise_rates_from_their_own_list(app, database, tell, sign_in):
    story = tell()
    with database.writing() as session:
        person = people.person(session, people.enterprise(session))
        people.put_on_list(session, person, session.merge(story.appeal))
    client = sign_in(account=person)
    page = f"/enterprise/appeals/{story.appeal.uid}"
    assert press(client, page, "/rating-link").status_code == 200
    assert press(client, page, "/rate", grade="3").status_code == 303
    assert [(one.grade, one.channel) for one in ratings(database)] == [(3, "enterprise")]


# ---------------------------------------------------------------- nobody else


@pytest.mark.parametrize("role", [Role.CLERK, Role.DIRECTOR, Role.HANDLER, Role.ADMINISTRATOR])
def test_somebody_of_the_staff_with_number_and_code_is_refused_and_logged(sign_in, tell, database, role):
    client = sign_in(role, unit="市监局" if role is Role.HANDLER else "")
    opened(client, tell())
    answer = press(client, "/appeals/track", "/track/rate", grade="5")
    assert answer.status_code == 409 and "请先退出登录" in answer.get_data(as_text=True)
    assert press(client, "/appeals/track", "/track/rating-link").status_code == 303
    assert not ratings(database)
    assert [one.facts["view"] for one in denials(database)] == [
        "public.rate:rating_not_by_staff", "public.rating_link:rating_not_by_staff"
    ]
