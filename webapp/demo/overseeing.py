"""What the demonstration shows of supervision: the ladder climbed evening by evening, and what people did on it."""

import tomllib
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from sqlmodel import col, select

from models.accounts.types import Role
from models.handling.types import Stage as Milestone
from models.supervision import ladder_records, sweeping
from models.supervision.ladder_records import Content, Said
from models.supervision.ladder_tables import SupervisionRecord
from models.supervision.ladder_types import Ground, RecordAction, RecordKind
from models.supervision.sweeping import Sweep
from models.workdays.rules import due_date, local_day
from webapp.demo.cues import Cue, Do
from webapp.demo.plans import Workdays
from webapp.demo.stage import Stage
from webapp.demo.stories import FOLDER

EVENINGS: Final = (-26, -24, -20, -15, *range(-13, 0))
"""Working days after which the ladder is climbed: the last ones, and earlier those on which a promise had been missed.
Every evening would be truer, and would take the loading a second longer.
"""
EVENING: Final = "18:30"
"""When everybody has gone home: what is due today and still open will be late."""
ISSUED_BY: Final = {RecordKind.INSTRUCTION: Role.LEADER}
"""Everything else is the supervisor's."""
Row = dict[str, Any]


def cues(workdays: Workdays) -> list[Cue]:
    told = tomllib.loads((FOLDER / "office" / "ladder.toml").read_text(encoding="utf-8"))
    found = [Cue(workdays.moment(offset, EVENING), climb) for offset in EVENINGS]
    for row in told["record"]:
        found.append(Cue(workdays.moment(*row["at"]), partial(_begin, row)))
        found += _then(row, partial(_named, row), workdays)
    for row in told["card"]:
        found += _then(row, partial(_card, row), workdays)
    return found


def _then(row: Row, find: Any, workdays: Workdays) -> list[Cue]:
    return [Cue(workdays.moment(*deed["at"]), _doing(deed, find, workdays)) for deed in row.get("then", ())]


def climb(stage: Stage, at: datetime) -> None:
    """Every step of the ladder that is due, as the sweep takes them."""
    sweep = Sweep(at, stage.calendar, stage.letterhead)
    for record_id in list(sweeping.due_records(stage.session, sweep)):
        sweeping.miss(stage.session, record_id, sweep)
    for appeal_id in list(sweeping.due_steps(stage.session, sweep)):
        sweeping.take(stage.session, appeal_id, sweep)


# ---------------------------------------------------------------- what people did


def _begin(row: Row, stage: Stage, at: datetime) -> None:
    kind = RecordKind(row["kind"])
    appeal = stage.appeals.get(row.get("appeal", ""))
    unit = stage.unit(row["unit"]) if appeal is None else stage.unit_of(appeal)
    content = Content(
        kind, unit, Ground(row["ground"]), row.get("grounds", "").strip(), row.get("demand", "").strip(),
        row.get("responsible", ""), row.get("recipient", ""), row.get("annexes", "").strip(),
        f"{local_day(at):%Y-%m}" if kind is RecordKind.BULLETIN_ENTRY else "", _due_on(row, stage, at),
    )
    act = stage.acting(ISSUED_BY.get(kind, Role.SUPERVISOR), "", at)
    stage.records[row["name"]] = ladder_records.begin(stage.session, content, act, stage.letterhead, appeal=appeal)


def _due_on(row: Row, stage: Stage, at: datetime) -> date | None:
    return due_date(local_day(at), row["workdays"], stage.calendar).due_on if "workdays" in row else None


def _named(row: Row, stage: Stage) -> SupervisionRecord:
    return stage.records[row["name"]]


def _card(row: Row, stage: Stage) -> SupervisionRecord:
    """What time issued for this promise."""
    statement = select(SupervisionRecord).where(
        col(SupervisionRecord.appeal_id) == stage.appeals[row["appeal"]].id,
        col(SupervisionRecord.kind) == RecordKind(row["kind"]), col(SupervisionRecord.stage) == Milestone(row["stage"]),
    )
    return stage.session.exec(statement).one()


def _doing(deed: Row, find: Any, workdays: Workdays) -> Do:
    def do(stage: Stage, at: datetime) -> None:
        record: SupervisionRecord = find(stage)
        act = stage.acting(Role(deed["by"]), stage.unit_named(record.unit_id), at)
        appeal = next((one for one in stage.appeals.values() if one.id == record.appeal_id), None)
        said = Said(deed.get("words", "").strip(), _due_on(deed, stage, at), _facts(deed, workdays))
        action = RecordAction(deed["act"])
        ladder_records.perform(stage.session, record, action, act, said, stage.letterhead, appeal=appeal)

    return do


def _facts(deed: Row, workdays: Workdays) -> dict[str, Any]:
    """When and where an interview is held."""
    if "held" not in deed:
        return {}
    texts = {name: deed[name] for name in ("held_at", "place", "attend", "bring")}
    return {"held_on": workdays[deed["held"]], **texts}
