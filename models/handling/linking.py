"""One appeal handled within another (并办), and two shown beside each other (关联). The office's alone (domain.md §3).

A merged appeal keeps its number, its promised dates and its appellant's own answer; the main appeal's reply answers its
demands too, and publishing that reply publishes each appellant's own part (docs/adr). Each act leaves an event on both
appeals, which names the other by its id alone: whoever reads the event is told the number of what they may know of
(`numbers`). A merge can be undone until then: the appeal goes back to the state it had, its clock never having stood.

What is merged in is read by an actor, here as everywhere: the tree of units moves, and a report that a lead unit was
free to answer yesterday may accuse kin of it today.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlmodel import Session, col, or_, select

from models.accounts.tables import Unit
from models.accounts.types import SYSTEM, Actor
from models.appeals import queries as appeals
from models.appeals.queries import not_kept_from, scope, visible_appeals
from models.appeals.tables import Appeal, Attachment
from models.appeals.types import State
from models.errors import NotFound, Refused
from models.handling import queries
from models.handling.assistance import lead_due_on
from models.handling.commands import Act, perform, record
from models.handling.concerned import check_neutral, is_reported, linked, units_at_work
from models.handling.effects_json import links_told
from models.handling.rules import BEFORE_A_REPLY, OFFICE
from models.handling.tables import AppealEvent
from models.handling.types import Action, Effects, Link, LinkKind

MOST_DEMANDS = 50
"""As many as one reply answers."""

# ---------------------------------------------------------------- merging


def merge(session: Session, appeal: Appeal, act: Act, *, main: Appeal, reason: str = "") -> AppealEvent:
    """Handles this appeal within `main`. Refuses a chain, itself, a main appeal whose reply is on its way or that no
    unit leads yet, and whatever would show a report to somebody it accuses.
    """
    _check_main(session, appeal, main, act.actor)
    said = replace(act, internal_note=reason)
    event = perform(session, appeal, Action.MERGE, said, more=Effects(linked=(_into(main),)))
    taken = replace(act, internal_note=f"请在答复稿中逐点答复。{reason}")
    record(session, main, Action.TAKE_IN, taken, Effects(linked=(_holds(appeal),)))
    return event


def _check_main(session: Session, appeal: Appeal, main: Appeal, actor: Actor) -> None:
    if not actor.roles & OFFICE:
        raise Refused("not_your_role", action=Action.MERGE)
    if main.id == appeal.id:
        raise Refused("linked_to_itself")
    if main.state is State.MERGED:
        raise Refused("main_is_merged")
    if main.state not in BEFORE_A_REPLY:
        raise Refused("main_not_at_work")
    if main.lead_unit_id == actor.unit_id:
        raise Refused("own_case", action=Action.MERGE)
    check_neutral(session, main, Action.MERGE, actor)
    if len(queries.demands_to_answer(session, actor, main)) + len(appeals.demands(session, appeal)) > MOST_DEMANDS:
        raise Refused("too_many_demands", most=MOST_DEMANDS)
    for path in _paths(session, units_at_work(session, appeal) | units_at_work(session, main)):
        if is_reported(session, appeal, path) or is_reported(session, main, path):
            raise Refused("merge_crosses_report")


def _paths(session: Session, ids: set[int]) -> Sequence[str]:
    return session.exec(select(Unit.path).where(col(Unit.id).in_(ids))).all()


def unmerge(session: Session, appeal: Appeal, act: Act, *, reason: str = "") -> AppealEvent:
    """Handles it by itself again, in the state it had."""
    main = _main(session, appeal)
    check_neutral(session, main, Action.UNMERGE, act.actor)
    said = replace(act, internal_note=reason)
    event = perform(session, appeal, Action.UNMERGE, said, more=Effects(unlinked=(_into(main),)))
    _let_go(session, main, appeal, replace(act, internal_note=reason))
    return event


def withdraw(session: Session, appeal: Appeal, act: Act) -> AppealEvent:
    """The appellant's withdrawal. A merged appeal leaves its main one; what is merged into a withdrawn appeal is
    handled by itself again, for its own appellant still waits.
    """
    now = queries.projection(session, appeal)
    main = _locked(session, now.main_id) if now.main_id is not None else None
    merged = [_locked(session, one) for one in now.merged_ids]
    unlinked = tuple(_holds(one) for one in merged) + ((_into(main),) if main else ())
    event = perform(session, appeal, Action.WITHDRAW, act, more=Effects(unlinked=unlinked))
    follows = Act(SYSTEM, act.now, act.calendar)
    if main is not None:
        _let_go(session, main, appeal, replace(follows, internal_note="已由诉求人撤回。"))
    for one in merged:
        said = replace(follows, internal_note="主件已由诉求人撤回。")
        state = queries.merged_from(session, one)
        record(session, one, Action.UNMERGE, said, Effects(unlinked=(_into(appeal),)), to_state=state)
    return event


def _let_go(session: Session, main: Appeal, appeal: Appeal, act: Act) -> None:
    record(session, main, Action.LET_GO, replace(act, expected_version=None), Effects(unlinked=(_holds(appeal),)))


def _into(main: Appeal) -> Link:
    return LinkKind.INTO, _id(main)


def _holds(appeal: Appeal) -> Link:
    return LinkKind.HOLDS, _id(appeal)


# ---------------------------------------------------------------- linking


def link(session: Session, appeal: Appeal, act: Act, *, other: Appeal) -> AppealEvent:
    """Shown beside each other to whoever may see both; nothing else changes."""
    _check_linker(session, appeal, other, act.actor)
    if (LinkKind.BESIDE, other.id) in queries.links(session, appeal):
        raise Refused("already_linked")
    return _both(session, appeal, other, Action.LINK, act)


def unlink(session: Session, appeal: Appeal, act: Act, *, other: Appeal) -> AppealEvent:
    _check_linker(session, appeal, other, act.actor)
    if (LinkKind.BESIDE, other.id) not in queries.links(session, appeal):
        raise Refused("not_linked")
    return _both(session, appeal, other, Action.UNLINK, act)


def _check_linker(session: Session, appeal: Appeal, other: Appeal, actor: Actor) -> None:
    if not actor.roles & OFFICE:
        raise Refused("not_your_role", action=Action.LINK)
    if appeal.id == other.id:
        raise Refused("linked_to_itself")
    for one in (appeal, other):
        check_neutral(session, one, Action.LINK, actor)


def _both(session: Session, appeal: Appeal, other: Appeal, action: Action, act: Act) -> AppealEvent:
    def effects(one: Appeal) -> Effects:
        links: tuple[Link, ...] = ((LinkKind.BESIDE, _id(one)),)
        return Effects(linked=links) if action is Action.LINK else Effects(unlinked=links)

    record(session, other, action, replace(act, internal_note=""), effects(appeal))
    return record(session, appeal, action, replace(act, internal_note=""), effects(other))


# ---------------------------------------------------------------- reading


def by_number(session: Session, actor: Actor, number: str) -> Appeal:
    """The appeal of that number that this actor sees, locked for writing. Refused("no_such_number")."""
    wanted = visible_appeals(actor).where(col(Appeal.number) == number.strip())
    found = session.exec(wanted.with_for_update(of=Appeal)).one_or_none()
    if found is None:
        raise Refused("no_such_number")
    return found


def merged(session: Session, actor: Actor, appeal: Appeal) -> Sequence[Appeal]:
    """The appeals merged into this one that this actor may read, in the order they were filed. The actor has come
    through the door of the main appeal.
    """
    return _of_kind(session, actor, appeal, LinkKind.HOLDS)


def main_of(session: Session, actor: Actor, appeal: Appeal) -> Appeal | None:
    """The appeal it is merged into, unless this actor may not know of that one."""
    return next(iter(_of_kind(session, actor, appeal, LinkKind.INTO)), None)


def beside(session: Session, actor: Actor, appeal: Appeal) -> Sequence[Appeal]:
    """Linked appeals that this actor may see anyway."""
    ids = _ids(session, appeal, LinkKind.BESIDE)
    if not ids:
        return ()
    return session.exec(visible_appeals(actor).where(col(Appeal.id).in_(ids)).order_by(col(Appeal.id))).all()


def holder_of(session: Session, actor: Actor, appeal: Appeal, file_uid: str) -> tuple[Appeal, Attachment]:
    """The file and whose it is: this appeal's, or one's that is merged into it and that this actor may read. NotFound
    for any other.
    """
    for one in (appeal, *merged(session, actor, appeal)):
        found = [file for file in appeals.attachments(session, one) if file.uid == file_uid]
        if found:
            return one, found[0]
    raise NotFound("no_such_attachment")


def sources(session: Session, actor: Actor, appeal: Appeal) -> dict[int, str]:
    """The number of the appeal that each demand merged into this one belongs to, by the demand's id."""
    return {
        demand.id: one.number
        for one in merged(session, actor, appeal) for demand in appeals.demands(session, one) if demand.id is not None
    }


def main_due_on(session: Session, appeal: Appeal) -> date | None:
    """What the appellant of an appeal merged before its dispatch is promised: the main appeal's date."""
    if appeal.state is not State.MERGED or appeal.dispatched_on is not None:
        return None
    main = next(iter(linked(session, appeal, LinkKind.INTO)), None)
    return lead_due_on(queries.projection(session, main)) if main else None


def numbers(session: Session, actor: Actor, history: Iterable[AppealEvent]) -> dict[int, str]:
    """The numbers of the appeals that these events tell of, by id: of those alone that this actor may know of. What
    stands beside is known to whoever sees it anyway; what belongs together, to whom it is not kept from.
    """
    ids: dict[bool, set[int]] = {True: set(), False: set()}
    for event in history:
        for kind, id_ in links_told(event.effects):
            ids[kind is LinkKind.BESIDE].add(id_)
    if not ids[True] and not ids[False]:
        return {}
    statement = select(Appeal.id, Appeal.number).where(or_(
        col(Appeal.id).in_(ids[False]) & not_kept_from(actor), col(Appeal.id).in_(ids[True]) & scope(actor)
    ))
    return {id_: number for id_, number in session.exec(statement).all() if id_ is not None}


def _of_kind(session: Session, actor: Actor, appeal: Appeal, kind: LinkKind) -> Sequence[Appeal]:
    ids = _ids(session, appeal, kind)
    if not ids:
        return ()
    statement = select(Appeal).where(col(Appeal.id).in_(ids), not_kept_from(actor))
    return session.exec(statement.order_by(col(Appeal.id))).all()


def _ids(session: Session, appeal: Appeal, kind: LinkKind) -> list[int]:
    return [id_ for one, id_ in queries.links(session, appeal) if one is kind]


def _main(session: Session, appeal: Appeal) -> Appeal:
    main_id = queries.projection(session, appeal).main_id
    if main_id is None:
        raise Refused("not_merged")
    return _locked(session, main_id)


def _locked(session: Session, appeal_id: int) -> Appeal:
    locked = select(Appeal).where(col(Appeal.id) == appeal_id).with_for_update(of=Appeal)
    return session.exec(locked.execution_options(populate_existing=True)).one()


def _id(appeal: Appeal) -> int:
    assert appeal.id is not None
    return appeal.id
