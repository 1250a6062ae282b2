"""What the pages of custody show: requests as lines, an appeal as far as each reader needs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from models.accounts.queries import unit_names
from models.accounts.types import Actor
from models.appeals import reveals
from models.appeals.reveal_rules import is_open, refused_to_decide
from models.appeals.tables import Appeal, IdentityReveal
from models.appeals.types import KIND_LABELS, REVEAL_STATUS_LABELS, STATE_LABELS, RevealStatus
from webapp.filters import cn_datetime
from webapp.messages import message

TONES: Mapping[RevealStatus, str] = {
    RevealStatus.ASKED: "active", RevealStatus.GRANTED: "done", RevealStatus.REFUSED: "todo",
    RevealStatus.WITHDRAWN: "todo",
}


@dataclass(frozen=True)
class RevealView:
    """One request as a line of a list or a page of its own. `blocked` says why this custodian may not decide it."""

    uid: str
    number: str
    title: str
    kind: str
    state: str
    accused: str
    is_confidential: bool
    requester: str
    unit: str
    roles: str
    reason: str
    asked_text: str
    asked_iso: str
    status_label: str
    status_tone: str
    is_waiting: bool
    decided_text: str
    remark: str
    until_text: str
    openings: int
    blocked: str = ""


def reveal_views(
    session: Session, found: Sequence[tuple[IdentityReveal, Appeal]], *, custodian: Actor | None = None
) -> list[RevealView]:
    """A bounded number of statements. With a custodian: also what keeps this one from deciding."""
    units, people = unit_names(session), reveals.requesters(session, [reveal for reveal, _ in found])
    return [_view(reveal, appeal, units, people[reveal.requester_id], custodian) for reveal, appeal in found]


def _view(
    reveal: IdentityReveal, appeal: Appeal, units: Mapping[int, str], requester: Actor, custodian: Actor | None
) -> RevealView:
    refusal = refused_to_decide(custodian, requester) if custodian is not None else None
    return RevealView(
        uid=reveal.uid, number=appeal.number, title=appeal.title, kind=KIND_LABELS[appeal.kind],
        state=STATE_LABELS[appeal.state], accused=units.get(appeal.against_unit_id or 0, "不清楚"),
        is_confidential=appeal.is_confidential, requester=requester.display_name,
        unit=units.get(reveal.unit_id or 0, ""), roles="、".join(requester.role_labels), reason=reveal.reason,
        asked_text=cn_datetime(reveal.asked_at), asked_iso=reveal.asked_at.isoformat(),
        status_label=REVEAL_STATUS_LABELS[reveal.status], status_tone=TONES[reveal.status],
        is_waiting=reveal.status is RevealStatus.ASKED, decided_text=cn_datetime(reveal.decided_at),
        remark=reveal.remark, until_text=cn_datetime(reveal.expires_at), openings=reveal.openings,
        blocked=message(refusal) if refusal else "",
    )


def standing(reveal: IdentityReveal | None, is_opened: bool, now: datetime) -> str:
    """Where this person stands: none, asked, open, closed (granted, but no longer), or refused."""
    if reveal is None or reveal.status is RevealStatus.WITHDRAWN:
        return "none"
    if reveal.status is RevealStatus.GRANTED:
        return "open" if is_opened and is_open(reveal.status, reveal.expires_at, now) else "closed"
    return reveal.status.value
