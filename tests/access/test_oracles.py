"""Two refusals that must not be told apart: by status, page, headers or time (F9, AUT-3).

The requests alternate, so that whatever slows the machine slows both; medians are compared, with room for a busy one.
The figure of the office's own machine (5 ms, 10 %) is for the full run; here a difference must be gross to count.
"""

import re
import time
from collections.abc import Callable
from statistics import median

import pytest
from werkzeug.test import TestResponse

from models.accounts.commands import create_account
from models.accounts.types import Role
from models.appeals import receipt
from models.appeals.types import State
from tests.access.scene import Person, Scene
from tests.support.factories import MORNING, Story

CHANGING = re.compile(r'(name="(?:csrf_token|submission_key|next)"[^>]*value=")[^"]*|(content=")[A-Za-z0-9_.-]{40,}')
OWN_HEADERS = frozenset({"Date", "Set-Cookie", "Content-Length"})
Ask = Callable[[int], TestResponse]
PASSWORD = "芦苇荡里的三只白鹭-2026"


def seen(answer: TestResponse, *own: str) -> tuple[int, str, list[tuple[str, str]]]:
    """What the asker sees, without what the asker wrote and what changes with every page."""
    text = CHANGING.sub(r"\1\2", answer.get_data(as_text=True))
    for word in own:
        text = text.replace(word, "…")
    return answer.status_code, text, sorted((key, value) for key, value in answer.headers if key not in OWN_HEADERS)


def timed(ask: Ask, number: int) -> float:
    begin = time.perf_counter()
    ask(number)
    return time.perf_counter() - begin


def assert_same_time(one: Ask, other: Ask, times: int) -> None:
    pairs = [(timed(one, 2 * n), timed(other, 2 * n + 1)) for n in range(times)]
    a, b = median(first for first, _ in pairs), median(second for _, second in pairs)
    assert abs(a - b) < max(0.010, 0.35 * max(a, b)), f"{a * 1000:.1f} ms and {b * 1000:.1f} ms"


def address(number: int) -> dict[str, str]:
    """Another computer each time: the throttles are not what is measured here."""
    return {"REMOTE_ADDR": f"10.7.{number // 250}.{number % 250 + 1}"}


@pytest.fixture
def handler(scene: Scene) -> Person:
    return scene.person(frozenset({Role.HANDLER}), "accused")


@pytest.mark.parametrize("path", ["/desk/appeals/{}", "/desk/appeals/{}/reply", "/desk/appeals/{}/files/" + "0" * 32])
def test_an_invisible_appeal_is_as_absent_as_none(scene: Scene, handler: Person, path: str) -> None:
    hidden, nothing = scene.subject("report", State.HANDLING).uid, "3" * 32
    answers = [seen(handler.client.get(path.format(uid)), uid) for uid in (hidden, nothing)]
    assert answers[0] == answers[1] and answers[0][0] == 404


def test_the_time_does_not_tell_whether_an_appeal_exists(scene: Scene, handler: Person) -> None:
    """Both leave a row in the log (AUD-4): the work is the same."""
    hidden = scene.subject("report", State.HANDLING).uid
    assert_same_time(
        lambda n: handler.client.get(f"/desk/appeals/{hidden}"),
        lambda n: handler.client.get(f"/desk/appeals/{n:032x}"), 200,
    )


def test_a_wrong_code_and_a_wrong_number_are_alike(scene: Scene) -> None:
    who = scene.person(frozenset(), "none")
    pepper = scene.app.extensions["zhitongche.config"].receipt_key
    with scene.database.writing() as session:
        right = Story(session, receipt_code_hash=receipt.hash_code(pepper, "0123456789ABCDEF")).appeal.number
    wrong = right[:-3] + "999"

    def ask(number: str) -> Ask:
        form = {"csrf_token": who.csrf, "number": number, "code": "ZZZZ-ZZZZ-ZZZZ-ZZZZ"}
        return lambda n: who.client.post("/appeals/track", data=form, environ_base=address(n))

    answers = [seen(ask(number)(0), number) for number in (right, wrong)]
    assert answers[0] == answers[1] and answers[0][0] == 422
    assert_same_time(ask(right), ask(wrong), 200)


def test_an_unknown_name_and_a_wrong_password_are_alike(scene: Scene) -> None:
    """Each name five times at most, or the throttle answers; so fewer requests than elsewhere."""
    who = scene.person(frozenset(), "none")
    with scene.database.writing() as session:
        for n in range(12):
            create_account(
                session, f"zhenshi{n}", "周杰", PASSWORD, [Role.CLERK], now=MORNING, is_one_time=False,
            )

    def ask(prefix: str, first: int) -> Ask:
        def asked(n: int) -> TestResponse:
            form = {"csrf_token": who.csrf, "username": f"{prefix}{n // 8}", "password": "不是这个密码，猜的"}
            return who.client.post("/login", data=form, environ_base=address(first + n))

        return asked

    answers = [seen(ask(name, at)(94), f"{name}11") for name, at in (("zhenshi", 2000), ("meiyou", 3000))]
    assert answers[0] == answers[1] and answers[0][0] == 422
    assert_same_time(ask("zhenshi", 0), ask("meiyou", 0), 44)
