"""The letters: one a page whatever is written, the address without the code, the job that makes them and its result."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from pypdf import PdfReader
from sqlmodel import col, select

from models.accounts.types import Role
from models.audit.tables import AuditRow
from models.jobs.tables import Job
from models.jobs.types import JobState
from models.ratings import casting, letters, queries
from models.ratings.tables import RatingInvitation
from models.ratings.types import Group
from tests.support.factories import MORNING
from tests.support.page import press
from tests.support.ratings import TODAY, VAULT, invitee, rating
from webapp import jobs
from webapp.ratings.forms import LETTER_LINES, MOST_LETTER
from webapp.ratings.letter_pdf import Letter, draw
from webapp.ratings.planning import LETTER
from webapp.sweeping import ACTS

CODE_PATTERN = r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def made(database):
    with database.writing() as session:
        return rating(session, invited=3).open()


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


LONG = "优化营商环境" * 20
LONGEST = "\n".join([LONG[: MOST_LETTER // LETTER_LINES - 1]] * LETTER_LINES)


TEXTS = {"usual": LETTER, "most lines": LONGEST, "one paragraph": (LONG * 3)[:MOST_LETTER]}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_letter_is_one_page(app, session, text):
    row = rating(session, letter=text, title="2026年下半年企业家、人大代表、政协委员和媒体监督员评议市直单位").row
    address = "沅江市琼湖街道桔城大道" * 8
    who = invitee(1, name="沅江" + "芦花香" * 20 + "有限公司", address=address, contact="欧阳喆珺堃昇镕")
    drawn = [Letter(who, "ABCDEFGHJKMNPQRS"), Letter(invitee(2), "0123456789ABCDEF")]
    with app.app_context():
        pdf = draw(row, drawn, app.extensions["zhitongche.pdf"], lambda done, total: None, "2026年11月17日")
    first, second = pages(pdf)
    assert "ABCD-EFGH-JKMN-PQRS" in first and "0123-4567-89AB-CDEF" in second
    assert "http://localhost/ratings/ballot" in first and "联系电话" in first


def ordered(client, uid, **fields):
    answer = press(client, f"/ratings/{uid}/invitations", "/letters", **fields)
    return answer.headers["Location"].rpartition("/")[2]


def result(app, uid):
    return app.extensions["zhitongche.jobs"].results / uid


def test_the_letters_open_ballots_and_only_their_hashes_are_kept(app, database, made, sign_in):
    client = sign_in(Role.DIRECTOR)
    job = ordered(client, made.row.uid, scope="letter")
    texts = pages(press(client, f"/jobs/{job}", "/result").data)
    codes = [re.search(CODE_PATTERN, text)[0].replace("-", "") for text in texts]
    assert len(set(codes)) == 3
    with database.reading() as session:
        assert [casting.opened(session, VAULT, code, TODAY).campaign.uid for code in codes] == [made.row.uid] * 3
        stored = {one.code_hash for one in session.exec(select(RatingInvitation)).all()}
    assert stored == {VAULT.code_hash(code) for code in codes} and not stored & set(codes)


def test_a_result_with_codes_is_never_handed_out_by_an_address_alone(app, database, made, sign_in):
    client = sign_in(Role.DIRECTOR)
    job = ordered(client, made.row.uid, scope="letter")
    assert client.get(f"/jobs/{job}/result").status_code == 404
    assert press(client, f"/jobs/{job}", "/result").status_code == 200
    with database.reading() as session:
        assert session.exec(select(AuditRow).where(col(AuditRow.action) == "job.fetch")).one().object_id == job
    assert sign_in(Role.DIRECTOR).post(f"/jobs/{job}/result").status_code in (400, 404)


def drop(now):
    next(one for one in ACTS if one.name == "drop_results").run(now)


def test_the_file_goes_when_it_is_printed_and_after_a_day_at_the_latest(app, made, sign_in):
    client = sign_in(Role.DIRECTOR)
    first = ordered(client, made.row.uid, scope="letter")
    assert result(app, first).is_file()
    press(client, f"/jobs/{first}", "/discard")
    assert not result(app, first).exists()
    second = ordered(client, made.row.uid, scope="again")
    for hours, is_there in ((23, True), (25, False)):
        with time_machine.travel(MORNING + timedelta(hours=hours), tick=False), app.app_context():
            drop(MORNING + timedelta(hours=hours))
            assert result(app, second).exists() is is_there


def test_a_run_that_dies_gives_nobody_a_code_and_the_next_one_does(app, database, made, monkeypatch):
    """Whatever an earlier run drew, the letters of the run that ended well are those that open ballots."""
    with database.writing() as session:
        found = [one for one, _ in queries.invitations(session, VAULT, made.row)]
        job = Job(kind="ratings.letters", account_id=made.director.account_id, facts={"campaign": made.row.uid},
                  created_at=MORNING, touched_at=MORNING)
        session.add(job)
        session.flush()
        letters.hand_to_job(session, made.row, found, job.uid, made.act())
    written = letters.write_codes

    def dies(*args):
        written(*args)
        raise RuntimeError("the process died here")

    monkeypatch.setattr(letters, "write_codes", dies)
    with app.app_context(), pytest.raises(RuntimeError):
        jobs.run(job.uid)
    with database.reading() as session:
        assert not [one for one in session.exec(select(RatingInvitation)).all() if one.code_hash]
        assert session.exec(select(Job.state)).one() is JobState.FAILED
    assert not result(app, job.uid).exists()


def test_a_code_that_another_job_made_is_not_overwritten(app, database, made):
    with database.writing() as session:
        found = [one for one, _ in queries.invitations(session, VAULT, made.row)]
        letters.hand_to_job(session, made.row, found, "a" * 32, made.act())
        letters.hand_to_job(session, made.row, found[:1], "b" * 32, made.act())
        assert letters.write_codes(session, made.row, "a" * 32, {one.id: f"hash{one.id}" for one in found}) == 2


def test_a_lost_letter_is_made_anew_and_the_answer_is_the_same_for_a_used_code(app, database, sign_in):
    with database.writing() as session:
        made = rating(session, invited=2).open().lettered()
        made.vote(made.codes[0], {1: 50})
        uids = [one.uid for one, _ in queries.invitations(session, VAULT, made.row)]
    client = sign_in(Role.DIRECTOR)
    answers = []
    for uid in uids:
        page = f"/ratings/{made.row.uid}/invitations"
        answer = press(client, page, f"/{uid}/reissue")
        answers.append((answer.status_code, answer.headers["Location"].rpartition("/")[0]))
    assert answers == [(303, "/jobs")] * 2
    with database.reading() as session:
        for code in made.codes:
            with pytest.raises(Exception, match="code_unknown"):
                casting.opened(session, VAULT, code, TODAY)
        trace = session.exec(select(AuditRow.facts).where(col(AuditRow.action) == "rating.reissue")).all()
    assert [sorted(facts) for facts in trace] == [["letters", "reissued"]] * 2


def test_no_page_shows_beside_a_name_whether_somebody_has_voted(database, sign_in):
    """The lists before and after the vote are the same."""
    with database.writing() as session:
        made = rating(session, groups={Group.ENTERPRISE: 6}).open().lettered()
    client = sign_in(Role.DIRECTOR)
    page = f"/ratings/{made.row.uid}/invitations"
    before = client.soup(page).find("main").find("table").get_text()
    with database.writing() as session:
        made.session = session
        for code in made.codes:
            made.vote(code, {1: 50})
    assert client.soup(page).find("main").find("table").get_text() == before
