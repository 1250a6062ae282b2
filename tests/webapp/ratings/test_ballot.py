"""Voting: enter the code, answer, check, cast; at one address, without an account, without a trace (docs/adr/0022)."""

from datetime import timedelta

import pytest
import time_machine
from sqlmodel import select

from models.accounts.types import Role
from models.audit.tables import AuditRow
from models.ratings import closing, queries
from models.ratings.tables import RatingDraft, RatingEnvelope, RatingInvitation
from models.ratings.types import Scale
from tests.support.factories import MORNING
from tests.support.ratings import TODAY, VAULT, rating
from tests.support.tables import content
from tests.support.voter import BALLOT, Voter


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def made(database):
    """An open campaign, with codes, committed."""
    with database.writing() as session:
        return rating(session).open().lettered()


@pytest.fixture
def voter(client):
    return Voter(client)


def values(number):
    return {f"value_{no}": str(number) for no in range(1, 6)}


def envelopes(database):
    with database.reading() as session:
        return len(session.exec(select(RatingEnvelope)).all())


def test_a_ballot_is_entered_answered_checked_and_cast(database, made, voter):
    page = voter.enter(made.codes[0])
    assert "选择要评议的单位" in page.text
    page = voter.rate(2, **values(85), conduct_rough="no")
    assert "核对评议" in page.text and "85 分" in page.text and "其余 <b>2</b> 个" in page.text
    page = voter.cast()
    assert "已投出" in page.text and "85" not in page.text.partition("<main")[2]
    assert envelopes(database) == 1
    with database.reading() as session:
        assert session.exec(select(RatingDraft)).all() == []


def test_what_is_cast_is_what_the_closing_counts(database, made, voter):
    voter.enter(made.codes[0])
    voter.rate(1, **values(0), conduct_selective="yes", remark_selective="同一条街只查我们一家")
    voter.rate(3, value_1="100")
    voter.cast()
    with database.writing() as session:
        row = queries.campaign_row(session, made.row.uid, lock=True)
        closing.close(session, row, VAULT, made.act(), reason="试算")
        [ballot] = closing.ballots_of(session, row)
    assert [one.value for one in ballot.of(1).answers] == [0] * 5
    assert [one.value for one in ballot.of(3).answers] == [100, None, None, None, None]
    assert not ballot.of(2).has_opinion


def test_a_code_is_read_however_it_is_typed(made, voter):
    code = made.codes[0]
    typed = "-".join(code[at : at + 4].lower() for at in range(0, 16, 4)) + " "
    assert "选择要评议的单位" in voter.enter(typed).text


def test_a_wrong_code_is_told_and_counted_and_the_thirty_first_waits(database, made, voter):
    for _ in range(30):
        answer = voter.enter("0000-0000-0000-0000")
        assert answer.status_code == 422 and 'id="code-error"' in answer.text
    answer = voter.enter(made.codes[0])
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0


def test_right_codes_are_not_counted(database, made, client):
    before = content(database)
    for code in made.codes * 6:
        Voter(client).enter(code)
    assert content(database) == before


def test_a_spent_code_opens_nothing_and_says_so(made, voter):
    voter.enter(made.codes[0])
    voter.rate(1, **values(50))
    voter.cast()
    answer = voter.enter(made.codes[0])
    assert "评议码已经用过" in answer.text and "已经计入" in answer.text


def test_sent_twice_a_ballot_is_counted_once(app, database, made, voter):
    """The second sending comes with the browser's older cookie."""
    voter.enter(made.codes[0])
    voter.rate(1, **values(50))
    other = Voter(app.test_client())
    other.enter(made.codes[0])
    voter.cast()
    answer = other.cast()
    assert answer.status_code == 409 and "评议码已经用过" in answer.text
    assert envelopes(database) == 1


def test_what_was_answered_is_there_again_in_another_browser(app, made, voter):
    voter.enter(made.codes[0])
    voter.rate(2, go="units", **values(66))
    voter.send(step="leave")
    other = Voter(app.test_client())
    assert "已评 5 项" in other.enter(made.codes[0]).text


def test_leaving_forgets_the_code_in_this_browser(made, voter):
    voter.enter(made.codes[0])
    assert "开始评议" in voter.send(step="leave").text
    assert "开始评议" in voter.client.get(BALLOT).text


WRONG_ANSWERS = [
    ({"value_1": "101"}, "value_1-error"), ({"value_1": "-1"}, "value_1-error"), ({"value_1": "6O"}, "value_1-error"),
    ({"value_1": "59.96"}, "value_1-error"), ({"conduct_rough": "perhaps"}, "conduct_rough-error"),
    ({"remark_rough": "没有选有也写了"}, "remark_rough-error"),
    ({"conduct_rough": "yes", "remark_rough": "长" * 301}, "remark_rough-error"),
]


@pytest.mark.parametrize(("fields", "error"), WRONG_ANSWERS)
def test_what_is_wrong_is_told_beside_it_and_stays_typed(made, voter, fields, error):
    voter.enter(made.codes[0])
    answer = voter.rate(1, **fields)
    assert answer.status_code == 422 and f'id="{error}"' in answer.text
    assert all(value in answer.text for name, value in fields.items() if not name.startswith("conduct"))


def test_full_width_digits_are_numbers(made, voter):
    voter.enter(made.codes[0])
    assert "85 分" in voter.rate(1, value_1="８５").text


def test_grades_are_asked_for_where_the_campaign_has_grades(database, voter):
    with database.writing() as session:
        made = rating(session, scale=Scale.GRADES).open().lettered()
    voter.enter(made.codes[0])
    page = voter.rate(1, value_1="5", value_2="", value_3="1", value_4="", value_5="")
    assert "很满意" in page.text and "很不满意" in page.text and "不了解" in page.text
    assert voter.rate(1, value_1="6").status_code == 422


def test_a_unit_is_found_by_its_short_name_and_by_pinyin(made, voter):
    voter.enter(made.codes[0])
    for words in ("市监局", "市场监督", "sjj"):
        page = voter.send(step="find", words=words)
        assert "沅江市市场监督管理局" in page.text and "沅江市住房和城乡建设局" not in page.text
    assert "没有名称相符的单位" in voter.send(step="find", words="没有的局").text


def test_skipping_a_unit_takes_back_what_was_said_of_it(made, voter):
    voter.enter(made.codes[0])
    voter.rate(1, go="units", **values(10))
    page = voter.rate(1, go="skip")
    assert "第 2 个" in page.text
    assert "已评" not in voter.send(step="go", go="units").text


def test_nothing_said_is_not_cast(made, voter, database):
    voter.enter(made.codes[0])
    voter.send(step="go", go="check")
    answer = voter.cast()
    assert answer.status_code == 422 and "请至少评议一个" in answer.text and envelopes(database) == 0


def test_a_ballot_that_was_not_checked_is_not_cast(made, voter, database):
    voter.enter(made.codes[0])
    voter.rate(1, go="units", **values(10))
    answer = voter.cast()
    assert answer.status_code == 422 and "请先核对" in answer.text and envelopes(database) == 0


def test_without_the_ticket_the_code_is_asked_for_again_and_words_come_back(made, voter):
    answer = voter.send(step="save", unit="1", remark_rough="推搡员工", go="check")
    assert answer.status_code == 422 and "请重新输入评议码" in answer.text and "推搡员工" in answer.text


def test_the_ticket_lasts_half_a_day(made, voter):
    voter.enter(made.codes[0])
    with time_machine.travel(MORNING.replace(hour=23), tick=False):
        assert "开始评议" in voter.client.get(BALLOT).text


def test_no_page_of_the_ballot_knows_who_is_signed_in(made, sign_in):
    """Not even when staff or an enterprise vote in the browser they work in."""
    for role in (Role.DIRECTOR, Role.ENTERPRISE):
        client = sign_in(role)
        pages = [client.get(BALLOT).text, Voter(client).enter(made.codes[0]).text]
        assert all("退出" not in page and "测试" not in page for page in pages)


def test_casting_writes_a_spent_code_and_an_envelope_and_nothing_else(database, made, voter):
    voter.enter(made.codes[0])
    voter.rate(1, **values(70))
    before = content(database)
    voter.cast()
    after = content(database)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"rating_invitations", "rating_envelopes", "rating_drafts"}
    with database.reading() as session:
        assert not [one for one in session.exec(select(AuditRow)).all() if "ballot" in one.action]
        assert sum(one.is_spent for one in session.exec(select(RatingInvitation)).all()) == 1


def test_after_its_last_day_a_ballot_is_not_opened(made, voter):
    with time_machine.travel(MORNING + timedelta(days=24), tick=False):
        assert "已经截止" in voter.enter(made.codes[0]).text


def test_before_its_first_day_a_ballot_is_not_opened(database, voter):
    with database.writing() as session:
        made = rating(session, opens_on=TODAY + timedelta(days=1)).open().lettered()
    assert "评议还没有开始" in voter.enter(made.codes[0]).text


def test_the_address_is_the_same_on_every_page(made, voter):
    """What somebody knows, and where they are, stands in no address."""
    for fields in ({"step": "enter", "code": made.codes[0]}, {"step": "go", "go": "2"}, {"step": "find", "words": "市"},
                   {"step": "save", "unit": "1", "go": "check", **values(50)}, {"step": "cast"}, {"step": "leave"}):
        answer = voter.post(**fields)
        assert answer.status_code == 303 and answer.headers["Location"] == BALLOT
