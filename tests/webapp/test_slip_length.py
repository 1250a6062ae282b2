"""A reply that no printer will take is neither sent to be signed nor published: the pages are counted first (PDF-2)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from sqlmodel import select

from models.accounts.types import Role
from models.appeals.tables import Appeal
from models.appeals.types import State
from models.audit.tables import AuditRow
from models.handling import linking
from models.handling.tables import Reply, ReplyItem
from models.slips.tables import Slip
from tests.conftest import SignIn
from tests.support.factories import MORNING, Story
from tests.support.page import PageClient, find_form, hidden_fields
from webapp import slip_length
from webapp.db import Database

DEMANDS = tuple(f"请答复第{no}点。" for no in range(1, 21))
SENTENCE = "经核实，材料在两个股室之间流转时未及时登记。"
Made = Callable[..., Story]


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(MORNING, tick=True):
        yield


@pytest.fixture
def made(database: Database) -> Made:
    """`made(state, facts=…)`: an appeal of twenty demands, each answered with these facts."""

    def story(state: State, *, facts: str = "", holds: int = 0, **changes: Any) -> Story:
        with database.writing() as session:
            main = Story(session, **{"demands": DEMANDS, **changes})
            if holds:
                main.to(State.HANDLING)
                other = Story(session, demands=DEMANDS[:holds])
                linking.merge(session, other.appeal, other.act(other.clerk), main=main.appeal, reason="同一件事")
            main.to(state)
            for item in session.exec(select(ReplyItem)).all() if facts else ():
                item.facts = facts
                session.add(item)
            return main

    return story


def typed(count: int, facts: str) -> dict[str, str]:
    fields = {f"entries-{no}-facts": facts for no in range(count)}
    return {**fields, **{f"entries-{no}-outcome": "solved" for no in range(count)}, "step": "propose"}


def propose(client: PageClient, appeal: Appeal, facts: str, count: int = 20) -> Any:
    page = f"/desk/appeals/{appeal.uid}/reply"
    return client.post(page, data={**hidden_fields(find_form(client.soup(page))), **typed(count, facts)})


def publish(client: PageClient, appeal: Appeal) -> Any:
    form = find_form(client.soup(f"/office/appeals/{appeal.uid}"), "/publish")
    return client.post(str(form["action"]), data=hidden_fields(form))


def summary(answer: Any) -> str:
    found = BeautifulSoup(answer.data, "html.parser").find(id="error-summary")
    return found.get_text(" ", strip=True) if found else ""


def stored(database: Database, table: type[Any]) -> list[Any]:
    with database.reading() as session:
        return list(session.exec(select(table)).all())


def test_a_reply_that_cannot_be_printed_is_not_sent_and_nothing_typed_is_lost(
    made: Made, sign_in: SignIn, database: Database
) -> None:
    appeal = made(State.HANDLING).appeal
    facts = SENTENCE * 64
    answer = propose(sign_in(Role.HANDLER, unit="市监局"), appeal, facts)
    assert answer.status_code == 422 and answer.get_data(as_text=True).count(facts) == 20
    assert f"{appeal.number} 的答复书排印出来约 50 页，最多 45 页，超出约 5 页（约 3080 字）" in summary(answer)
    links = BeautifulSoup(answer.data, "html.parser").select("#error-summary a")
    assert [(link["href"], link.get_text()) for link in links] == [
        (f"#entries-{no}-facts", f"第 {no + 1} 点已写 {len(facts)} 字，可以从这里精简") for no in range(3)
    ]
    assert stored(database, Reply) == []
    assert [row.facts["view"] for row in stored(database, AuditRow) if row.action == "denied"] == [
        "desk.reply:propose_reply:reply_too_long"
    ]


def test_a_long_reply_that_can_be_printed_is_sent(made: Made, sign_in: SignIn) -> None:
    assert propose(sign_in(Role.HANDLER, unit="市监局"), made(State.HANDLING).appeal, SENTENCE * 40).status_code == 303


def test_what_is_far_too_long_is_told_without_composing_it(
    made: Made, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    composed: list[object] = []
    monkeypatch.setattr(slip_length, "lay_out", composed.append)
    answer = propose(sign_in(Role.HANDLER, unit="市监局"), made(State.HANDLING).appeal, "办" * 5_000)
    assert answer.status_code == 422 and "约 163 页" in summary(answer) and composed == []


def test_other_faults_are_told_first(made: Made, sign_in: SignIn) -> None:
    answer = propose(sign_in(Role.HANDLER, unit="市监局"), made(State.HANDLING).appeal, "办" * 5_001)
    assert answer.status_code == 422 and "5000" in summary(answer) and "答复书排印" not in summary(answer)


def test_a_merged_appeals_own_slip_is_counted_too(made: Made, sign_in: SignIn, database: Database) -> None:
    """One sentence to the one, fifty pages to the other: each gets a slip of their own."""
    main = made(State.HANDLING, holds=20, demands=("请答复。",)).appeal
    answer = propose(sign_in(Role.HANDLER, unit="市监局"), main, SENTENCE * 64, count=21)
    assert answer.status_code == 422
    assert "的答复书排印出来约" in summary(answer) and main.number not in summary(answer)


def test_a_draft_may_be_of_any_length(made: Made, sign_in: SignIn) -> None:
    appeal, client = made(State.HANDLING).appeal, sign_in(Role.HANDLER, unit="市监局")
    page = f"/desk/appeals/{appeal.uid}/reply"
    sent = {**hidden_fields(find_form(client.soup(page))), **typed(20, SENTENCE * 64), "step": "save"}
    assert client.post(page, data=sent).status_code == 303


def test_the_office_cannot_publish_what_could_never_be_printed(
    made: Made, sign_in: SignIn, database: Database
) -> None:
    appeal = made(State.IN_REVIEW, facts=SENTENCE * 66).appeal
    answer = publish(sign_in(Role.SUPERVISOR), appeal)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f"{appeal.number} 的答复书排印出来约" in text and "请退回承办单位精简" in text
    page = BeautifulSoup(text, "html.parser")
    assert page.select_one("#error-summary h2").get_text() == "这份答复还不能公开"  # type: ignore[union-attr]
    assert [button.get_text() for button in page.select("#appeal-acts .btn-main")] == ["退回承办单位"]
    assert page.select_one(".masthead [aria-current=page]").get_text(strip=True) == "总览"  # type: ignore[union-attr]
    assert stored(database, Slip) == []


def test_a_reply_of_ordinary_length_is_published(made: Made, sign_in: SignIn, database: Database) -> None:
    assert publish(sign_in(Role.SUPERVISOR), made(State.IN_REVIEW).appeal).status_code == 303
    assert len(stored(database, Slip)) == 1


def test_no_lock_is_held_while_pages_are_counted(
    made: Made, sign_in: SignIn, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_another_writer(slip: Any) -> Any:
        with database.writing() as session:
            session.exec(select(Appeal)).first()
        return type("Layout", (), {"pages": ()})

    monkeypatch.setattr(slip_length, "lay_out", with_another_writer)
    assert propose(sign_in(Role.HANDLER, unit="市监局"), made(State.HANDLING).appeal, SENTENCE).status_code == 303
    assert publish(sign_in(Role.SUPERVISOR), made(State.IN_REVIEW).appeal).status_code == 303
