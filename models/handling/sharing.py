"""What a main appeal's reply says to the appellants merged into it: each gets a reply of their own, of their own
demands (domain.md §3: merging answers both appellants).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from models.appeals import queries as appeals
from models.appeals.tables import Appeal
from models.appeals.types import State
from models.handling import queries
from models.handling.assistance_rules import lapsed
from models.handling.clock import give_up
from models.handling.commands import Act, record
from models.handling.concerned import check_neutral
from models.handling.reducer import reach
from models.handling.tables import Reply, ReplyItem
from models.handling.types import (
    RESULT_STAGES,
    Action,
    Effects,
    Projection,
    ReplyKind,
    ReplyStatus,
    Stage,
)
from models.workdays.rules import local_day

PROMISED = (Stage.VERIFY, *RESULT_STAGES)


def waiting(session: Session, main: Appeal) -> Sequence[Appeal]:
    """The appeals merged into `main` that still wait for its reply, oldest first, locked: one whose appellant is
    answering or withdrawing at this moment is read as that leaves it. Ask before anything is written, so that nobody
    who holds one of them waits for the writer.
    """
    ids = queries.projection(session, main).merged_ids
    if not ids:
        return ()
    wanted = select(Appeal).where(col(Appeal.id).in_(ids), col(Appeal.state) == State.MERGED)
    locked = wanted.order_by(col(Appeal.id)).with_for_update(of=Appeal)
    return session.exec(locked.execution_options(populate_existing=True)).all()


def share(session: Session, main: Appeal, merged: Iterable[Appeal], reply: Reply, act: Act) -> None:
    """Publishes to every merged appellant what `reply`, published just now, says to their demands."""
    for one in merged:
        check_neutral(session, one, Action.REPLY_MERGED, act.actor, is_units=reply.kind is ReplyKind.PRELIMINARY)
        _answer(session, main, one, reply, act)


def _answer(session: Session, main: Appeal, merged: Appeal, reply: Reply, act: Act) -> None:
    now = queries.projection(session, merged)
    is_final = reply.kind is ReplyKind.FINAL
    effects = _concluded(session, main, merged, now, act) if is_final else _preliminary(now, act)
    said = replace(act, public_note="", internal_note="", expected_version=None)
    state = State.REPLIED if is_final else State.MERGED
    _copy(session, merged, reply)
    record(session, merged, Action.REPLY_MERGED, said, effects, to_state=state)


def _preliminary(now: Projection, act: Act) -> Effects:
    return reach(now, (Stage.PRELIMINARY,), local_day(act.now))


def _concluded(session: Session, main: Appeal, merged: Appeal, now: Projection, act: Act) -> Effects:
    """Every promise to the appellant is met or missed today. The signature that nobody had to give any more is dropped,
    unless it was overdue when the appeal was merged; so is the report of progress that nobody waits for.
    """
    today = local_day(act.now)
    owed_until = {Stage.SIGN: queries.merged_on(session, merged) or today}
    signature = give_up(now, (Stage.SIGN, Stage.PROGRESS), today, owed_until=owed_until)
    return replace(
        signature, reached=signature.reached + reach(now, PROMISED, today).reached, has_question=False,
        lead_unit_id=main.lead_unit_id if merged.lead_unit_id is None else None,
        assistances=lapsed(now.assistances, today),
    )


def _copy(session: Session, merged: Appeal, reply: Reply) -> None:
    """A reply of the merged appeal's own, in the place of whatever draft its former unit had begun."""
    assert merged.id is not None
    own = queries.reply(session, merged, reply.kind) or Reply(
        appeal_id=merged.id, round=merged.round, kind=reply.kind, status=ReplyStatus.DRAFT,
        updated_at=reply.updated_at, version=0,
    )
    for name in (
        "status", "summary", "next_milestone_on", "drafted_by_id", "signed_off_by_id", "reviewed_by_id", "updated_at",
        "published_at",
    ):
        setattr(own, name, getattr(reply, name))
    own.version += 1
    session.add(own)
    session.flush()
    _copy_items(session, merged, reply, own)


def _copy_items(session: Session, merged: Appeal, reply: Reply, own: Reply) -> None:
    said, kept = queries.reply_items(session, reply), queries.reply_items(session, own)
    for demand in appeals.demands(session, merged):
        assert demand.id is not None and own.id is not None
        item = kept.get(demand.id) or ReplyItem(reply_id=own.id, demand_id=demand.id)
        for name in ("outcome", "facts", "basis", "actions", "promised_on"):
            setattr(item, name, getattr(said[demand.id], name))
        session.add(item)
    session.flush()
