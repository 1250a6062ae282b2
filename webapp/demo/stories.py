"""The invented appeals, read from data/*.toml."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from models.appeals import credit_code
from models.appeals.types import AppealKind, AppellantKind, Channel, Level
from models.appeals.vault import Identity
from models.handling.types import Outcome
from webapp.demo.people import COMPANY, COMPANY_CODE

FOLDER: Final = Path(__file__).resolve().parent / "data"
MARK: Final = "demo:"
PASSED_ON: Final = "演示："
"""Both begin the references of appeals that belong to the demonstration."""


@dataclass(frozen=True)
class Answer:
    """What the unit says to one demand. `promised` is counted in working days from the day of the proposal."""

    outcome: Outcome
    facts: str
    basis: str
    actions: str
    promised: int | None = None


@dataclass(frozen=True)
class Story:
    """One appeal and its fate. `day` is the dispatch (or the decision), in working days from today: -7 is due today.
    `ref`: the number under which somebody else passed it on, as slips print it.
    """

    key: str
    plan: str
    who: AppellantKind
    identity: Identity | None
    kind: AppealKind
    category: str
    title: str
    body: str
    demands: tuple[str, ...]
    day: int = 0
    minutes: int = 0
    unit: str = ""
    against: str = ""
    reason: str = ""
    channel: Channel = Channel.WEB
    ref: str = ""
    level: Level = Level.NORMAL
    confidential: bool = False
    files: tuple[str, ...] = ()
    finding: str = ""
    why: str = ""
    next: int = 10
    reply: tuple[Answer, ...] = ()
    preliminary: tuple[Answer, ...] = ()

    @property
    def source_ref(self) -> str:
        return f"{PASSED_ON}{self.ref}" if self.ref else f"{MARK}{self.key}"


@lru_cache(maxsize=1)
def stories() -> tuple[Story, ...]:
    rows: list[dict[str, Any]] = []
    for path in sorted(FOLDER.glob("*.toml")):
        rows += tomllib.loads(path.read_text(encoding="utf-8"))["story"]
    first: dict[tuple[str, ...], int] = {}
    numbers = [first.setdefault(_party(row["who"]), number) for number, row in enumerate(rows, start=1)]
    return tuple(_story(row, number) for row, number in zip(rows, numbers, strict=True))


def _party(who: list[str]) -> tuple[str, ...]:
    """Stories of one enterprise, or of one person, have telephone and credit code in common."""
    return tuple(who[3:]) or tuple(who)


def _story(row: dict[str, Any], number: int) -> Story:
    kind = AppellantKind(row["who"][0])
    typed = {
        "who": kind,
        "identity": _identity(kind, row["who"][1:], number),
        "kind": AppealKind(row["kind"]),
        "channel": Channel(row.get("channel", Channel.WEB)),
        "level": Level(row.get("level", Level.NORMAL)),
        "body": row["body"].strip(),
        "demands": tuple(row["demands"]),
        "files": tuple(row.get("files", ())),
        "reply": _answers(row.get("reply", ())),
        "preliminary": _answers(row.get("preliminary", ())),
    }
    return Story(**{**row, **typed})


def _answers(rows: Any) -> tuple[Answer, ...]:
    return tuple(Answer(Outcome(outcome), *rest) for outcome, *rest in rows)


def _identity(kind: AppellantKind, parts: list[str], number: int) -> Identity | None:
    """Telephone numbers and credit codes are made of the number of the party's first story: they belong to nobody."""
    if kind is AppellantKind.ANONYMOUS:
        return None
    name, address, *enterprise = parts
    phone = f"138000000{number:02d}"
    if not enterprise:
        return Identity(name=name, phone=phone, address=f"沅江市{address}")
    code = f"91430981MA0DEM{number:03d}"
    return Identity(
        name=name, phone=phone, address=address, enterprise_name=enterprise[0],
        credit_code=COMPANY_CODE if enterprise[0] == COMPANY else code + credit_code.check_digit(code),
    )  # fmt: skip
