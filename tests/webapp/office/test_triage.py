"""Triage: one appeal at a time, the decision beside what was said."""

from models.accounts.types import Role
from tests.conftest import SignIn
from tests.webapp.office.conftest import Make


def test_the_oldest_appeal_comes_first(make: Make, sign_in: SignIn) -> None:
    make(title="先来的诉求")
    make(title="后来的诉求")
    soup = sign_in(Role.CLERK).soup("/office/triage")
    assert soup.h1.get_text(strip=True) == "先来的诉求"
    assert "第 1 件，共 2 件" in soup.main.get_text()
