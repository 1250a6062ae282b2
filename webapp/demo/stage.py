"""Plays the stories: every step through the same commands that the pages use, with the step's own time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlmodel import Session

from models.accounts.queries import unit_by_name
from models.accounts.tables import Unit
from models.accounts.types import SYSTEM, UNIT_ROLES, Actor, Role
from models.appeals import enterprises
from models.appeals import queries as appeals
from models.appeals.categories import find_decline_reason
from models.appeals.enterprise_queries import Membership
from models.appeals.receipt import hash_code, receipt_code
from models.appeals.tables import Appeal
from models.appeals.types import Channel, Complexity, Filing, StoredFile
from models.appeals.vault import Identity, IdentityVault
from models.handling import adjustments, commands, entry, replies, self_registered, supplements
from models.handling.adjustment_types import AdjustmentKind, PauseReason
from models.handling.adjustments import Request
from models.handling.commands import Act
from models.handling.self_registered import Report
from models.handling.types import Action, Attitude, ReplyKind
from models.slips.commands import Letterhead, publish_reply
from models.slips.tables import Slip
from models.supervision.ladder_tables import SupervisionRecord
from models.workdays.rules import local_day
from models.workdays.types import WorkCalendar
from webapp.demo import evidence
from webapp.demo.people import COMPANY, account_of
from webapp.demo.plans import Step, Workdays
from webapp.demo.stories import Answer, Story
from webapp.files import FileStore, judge

HANDED_OVER: Final = frozenset({Channel.WEB, Channel.HOTLINE_12345})
"""People file on the web themselves, and the hotline hands its matters over by import."""


DAYS_SINCE_COMPLETION: Final = {"self_waiting": 1, "self_returned": 2, "self_recognised": 1, "self_late": 15}
"""Plans of what a unit completed itself, and how many days later it reported."""


@dataclass
class Stage:
    """What the play needs, and the appeals it has made so far, by key."""

    session: Session
    calendar: WorkCalendar
    vault: IdentityVault
    receipt_key: bytes
    identity_key: bytes
    store: FileStore
    letterhead: Letterhead
    actors: Mapping[str, Actor]
    members: Mapping[str, Membership]
    """People of the demo enterprise by name: what they file comes on its list."""
    appeals: dict[str, Appeal] = field(default_factory=dict)
    records: dict[str, SupervisionRecord] = field(default_factory=dict)
    """Of supervision, by the name that `overseeing` gives them."""
    orders: dict[str, Slip] = field(default_factory=dict)
    """Dispatch orders by the key of their appeal."""
    stored: list[str] = field(default_factory=list)

    def play(self, step: Step) -> None:
        _ACTS[step.act](self, step.story, step.at)

    def act(self, role: Role, story: Story, at: datetime, note: str = "") -> Act:
        return replace(self.acting(role, story.unit, at), internal_note=note)

    def acting(self, role: Role, unit: str, at: datetime) -> Act:
        """By whoever has this role, in this unit where the role belongs to one."""
        own = unit if role in UNIT_ROLES else ""
        return Act(self.actors[account_of(role, own).username], at, self.calendar)

    def unit(self, name: str) -> Unit:
        unit = unit_by_name(self.session, name)
        if unit is None:
            raise LookupError(f"no unit {name}")
        return unit

    def unit_of(self, appeal: Appeal) -> Unit:
        """That leads it."""
        return self.session.get_one(Unit, appeal.lead_unit_id)

    def unit_named(self, unit_id: int) -> str:
        return self.session.get_one(Unit, unit_id).short_name


def code_of(receipt_key: bytes, story: Story) -> str:
    """The receipt code of a demo appeal, derived as the form's page does it."""
    return receipt_code(receipt_key, story.source_ref)


# ---------------------------------------------------------------- filing


def _submit(stage: Stage, story: Story, at: datetime) -> None:
    filing = _filing(stage, story, at)
    if story.plan in DAYS_SINCE_COMPLETION:
        stage.appeals[story.key] = _self_register(stage, story, filing, at)
        return
    file = commands.submit if story.channel in HANDED_OVER else partial(_write_down, stage)
    appeal = stage.appeals[story.key] = file(stage.session, filing, story.identity, stage.vault, now=at)
    if story.identity and story.identity.enterprise_name == COMPANY:
        enterprises.link(stage.session, stage.members[story.identity.name], appeal, how="file", now=at)


def _filing(stage: Stage, story: Story, at: datetime) -> Filing:
    return Filing(
        appellant_kind=story.who,
        kind=story.kind,
        category=story.category,
        title=story.title,
        body=story.body,
        demands=story.demands,
        filed_at=at,
        channel=story.channel,
        level=story.level,
        is_confidential=story.confidential,
        against_unit_id=stage.unit(story.against).id if story.against else None,
        files=tuple(_evidence(stage, story, kind) for kind in story.files),
        receipt_code_hash=hash_code(stage.receipt_key, code_of(stage.receipt_key, story)),
        source_ref=story.source_ref,
        recorded_by=SYSTEM if story.channel is Channel.HOTLINE_12345 else None,
    )


def _self_register(stage: Stage, story: Story, filing: Filing, at: datetime) -> Appeal:
    """By a handler of the unit, for a matter received the day before it was completed."""
    act = stage.act(Role.HANDLER, story, at)
    completed_on = local_day(at) - timedelta(days=DAYS_SINCE_COMPLETION[story.plan])
    written = replace(
        filing, recorded_by=act.actor, is_self_registered=True, paper_received_on=completed_on - timedelta(days=1)
    )
    answers = tuple((answer.outcome, answer.facts) for answer in story.reply)
    report = Report(completed_on, Attitude.SATISFIED, answers)
    return self_registered.register(stage.session, written, story.identity, stage.vault, report, act)


def _write_down(
    stage: Stage, session: Session, filing: Filing, identity: Identity | None, vault: IdentityVault, *, now: datetime
) -> Appeal:
    """By the clerk, as calls, letters and visits are; letters come the evening before and are found in the morning."""
    is_letter = filing.channel is Channel.LETTER
    written = replace(
        filing, recorded_by=stage.actors[account_of(Role.CLERK).username],
        paper_received_on=local_day(now) - timedelta(days=int(is_letter)),
    )
    reason = "信件在前一天下班后送到收发室。" if is_letter else ""
    return entry.write_down(session, written, identity, vault, reason=reason, now=now, calendar=stage.calendar)


def _evidence(stage: Stage, story: Story, kind: str) -> StoredFile:
    number = sum(map(ord, story.key))
    return keep(stage, evidence.photo(number) if kind == "photo" else evidence.pdf(number), evidence.NAMES[kind])


def keep(stage: Stage, data: bytes, name: str) -> StoredFile:
    judged = judge(data, name)
    stored_name = stage.store.put(data)
    stage.stored.append(stored_name)
    return StoredFile(stored_name, judged.display_name, judged.kind, judged.size, judged.sha256)


# ---------------------------------------------------------------- the office


def _accept(stage: Stage, story: Story, at: datetime) -> None:
    commands.accept(stage.session, stage.appeals[story.key], stage.act(Role.CLERK, story, at))


def _decline(stage: Stage, story: Story, at: datetime) -> None:
    reason = find_decline_reason(story.reason)
    if reason is None:
        raise LookupError(f"no reason {story.reason}")
    text = f"按规定不予受理，原因：{reason.label}。{reason.channel}"
    act = stage.act(Role.CLERK, story, at)
    commands.decline(stage.session, stage.appeals[story.key], act, reason_text=text)


def _ask(stage: Stage, story: Story, at: datetime) -> None:
    act = stage.act(Role.CLERK, story, at)
    supplements.ask_supplement(stage.session, stage.appeals[story.key], act, question=story.why)


def _ask_appellant(stage: Stage, story: Story, at: datetime) -> None:
    act = stage.act(Role.HANDLER, story, at)
    supplements.ask_appellant(stage.session, stage.appeals[story.key], act, question=story.why)


def _withdraw(stage: Stage, story: Story, at: datetime) -> None:
    """By the appellant, on the follow-up page."""
    appeal = stage.appeals[story.key]
    supplements.withdraw(stage.session, appeal, reason=story.why, now=at, calendar=stage.calendar)


def _dispatch(stage: Stage, story: Story, at: datetime) -> None:
    act = stage.act(Role.CLERK, story, at)
    commands.dispatch(stage.session, stage.appeals[story.key], act, lead_unit=stage.unit(story.unit))


def _reclassify(stage: Stage, story: Story, at: datetime) -> None:
    note = "涉及几个部门，七个工作日内难以办结，同意改按复杂事项办理。"
    act = stage.act(Role.SUPERVISOR, story, at, note=note)
    commands.decide(stage.session, stage.appeals[story.key], act, Action.RECLASSIFY)


def _reject(stage: Stage, story: Story, at: datetime) -> None:
    act = stage.act(Role.SUPERVISOR, story, at, note=story.why)
    replies.reject(stage.session, stage.appeals[story.key], act)


def _publish(stage: Stage, story: Story, at: datetime) -> None:
    act = stage.act(Role.SUPERVISOR, story, at)
    publish_reply(stage.session, stage.appeals[story.key], act, stage.letterhead)


def _recognise(stage: Stage, story: Story, at: datetime) -> None:
    self_registered.recognise(stage.session, stage.appeals[story.key], stage.act(Role.SUPERVISOR, story, at))


def _return_record(stage: Stage, story: Story, at: datetime) -> None:
    act = stage.act(Role.SUPERVISOR, story, at, note=story.why)
    self_registered.return_record(stage.session, stage.appeals[story.key], act)


def _close(stage: Stage, story: Story, at: datetime) -> None:
    act = stage.act(Role.CLERK, story, at, note="已电话告知诉求人，对答复无异议。")
    commands.decide(stage.session, stage.appeals[story.key], act, Action.CLOSE)


# ---------------------------------------------------------------- the unit


def _sign(stage: Stage, story: Story, at: datetime) -> None:
    commands.sign(stage.session, stage.appeals[story.key], stage.act(Role.HANDLER, story, at))


def _verify(stage: Stage, story: Story, at: datetime, complexity: Complexity = Complexity.SIMPLE) -> None:
    act = stage.act(Role.HANDLER, story, at, note=story.finding)
    commands.verify(stage.session, stage.appeals[story.key], act, complexity=complexity)


def _verify_complex(stage: Stage, story: Story, at: datetime) -> None:
    _verify(stage, story, at, Complexity.COMPLEX)


def _propose(stage: Stage, story: Story, at: datetime) -> None:
    draft = _draft(stage, story, at, ReplyKind.FINAL, story.reply)
    replies.propose(stage.session, stage.appeals[story.key], draft, stage.act(Role.HANDLER, story, at))


def _propose_preliminary(stage: Stage, story: Story, at: datetime) -> None:
    draft = _draft(stage, story, at, ReplyKind.PRELIMINARY, story.preliminary)
    replies.propose(stage.session, stage.appeals[story.key], draft, stage.act(Role.HANDLER, story, at))


def _draft(
    stage: Stage, story: Story, at: datetime, kind: ReplyKind, answers: tuple[Answer, ...]
) -> replies.Draft:
    ahead = Workdays(local_day(at), stage.calendar)
    demands = appeals.demands(stage.session, stage.appeals[story.key])
    entries = tuple(
        replies.DraftEntry(
            demand.id or 0, answer.outcome, answer.facts, answer.basis, answer.actions,
            ahead[answer.promised] if answer.promised else None,
        )
        for demand, answer in zip(demands, answers, strict=True)
    )  # fmt: skip
    return replies.Draft(kind, entries, next_milestone_on=ahead[story.next] if kind is ReplyKind.PRELIMINARY else None)


def _sign_off(stage: Stage, story: Story, at: datetime) -> None:
    replies.sign_off(stage.session, stage.appeals[story.key], stage.act(Role.APPROVER, story, at))


def _send_back(stage: Stage, story: Story, at: datetime) -> None:
    act = stage.act(Role.APPROVER, story, at, note=story.why)
    replies.send_back(stage.session, stage.appeals[story.key], act)


def _ask_return(stage: Stage, story: Story, at: datetime) -> None:
    proposed = unit_by_name(stage.session, story.against)
    request = Request(AdjustmentKind.RETURN, story.why, story.finding, proposed=proposed)
    adjustments.ask(stage.session, stage.appeals[story.key], stage.act(Role.APPROVER, story, at), request)


def _ask_for(
    stage: Stage, story: Story, at: datetime, *, kind: AdjustmentKind, reason: PauseReason | None = None,
    by: Role = Role.APPROVER,
) -> None:
    """Written down by a handler it waits for the unit's approver."""
    request = Request(kind, story.why, workdays=story.next, reason=reason)
    adjustments.ask(stage.session, stage.appeals[story.key], stage.act(by, story, at), request)


def _grant(stage: Stage, story: Story, at: datetime) -> None:
    act = replace(stage.act(Role.SUPERVISOR, story, at), public_note=story.reason)
    adjustments.grant(stage.session, stage.appeals[story.key], act, ruling=story.reason)


def _redo(stage: Stage, story: Story, at: datetime) -> None:
    act = replace(stage.act(Role.SUPERVISOR, story, at, note=story.why), public_note=story.reason)
    commands.redo(stage.session, stage.appeals[story.key], act)


def _transfer(stage: Stage, story: Story, at: datetime) -> None:
    act = stage.act(Role.SUPERVISOR, story, at, note=story.why)
    commands.transfer(stage.session, stage.appeals[story.key], act, recipient=story.reason)


_ACTS: Final[dict[str, Callable[[Stage, Story, datetime], None]]] = {
    "submit": _submit,
    "accept": _accept,
    "decline": _decline,
    "ask": _ask,
    "ask_appellant": _ask_appellant,
    "withdraw": _withdraw,
    "dispatch": _dispatch,
    "sign": _sign,
    "verify": _verify,
    "verify_complex": _verify_complex,
    "reclassify": _reclassify,
    "propose_preliminary": _propose_preliminary,
    "propose": _propose,
    "sign_off": _sign_off,
    "send_back": _send_back,
    "reject": _reject,
    "publish": _publish,
    "close": _close,
    "ask_return": _ask_return,
    "ask_extension": partial(_ask_for, kind=AdjustmentKind.EXTENSION),
    "write_extension": partial(_ask_for, kind=AdjustmentKind.EXTENSION, by=Role.HANDLER),
    "ask_pause": partial(_ask_for, kind=AdjustmentKind.PAUSE, reason=PauseReason.TEST),
    "grant": _grant,
    "redo": _redo,
    "transfer": _transfer,
    "recognise": _recognise,
    "return_record": _return_record,
}
