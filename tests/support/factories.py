"""Appeals for tests, driven through the real commands to the state a test needs."""

from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from models.accounts.queries import unit_by_name
from models.accounts.types import SYSTEM, Role
from models.appeals.tables import Appeal
from models.appeals.types import AppealKind, AppellantKind, Complexity, Filing, State
from models.appeals.vault import Identity, IdentityVault
from models.handling import commands, queries, replies
from models.handling.commands import Act
from models.handling.types import Outcome, ReplyKind
from models.slips.commands import Letterhead, publish_reply
from models.slips.tables import Slip
from models.workdays.shipped import shipped_calendar
from models.workdays.types import WorkCalendar
from tests.support.actors import actor

VAULT = IdentityVault(b"i" * 32)
LETTERHEAD = Letterhead(
    "沅江市优化营商环境协调办公室",
    "0737-2700000",
    "凭受理编号和查询码再次反映。",
    "http://127.0.0.1:8000/slips/verify/",
)
IDENTITY = Identity(
    name="周喆珺", phone="13873712345", address="沅江市琼湖街道桔城大道1号", enterprise_name="", credit_code=""
)
MORNING = datetime(2026, 11, 17, 2, 5, tzinfo=UTC)
"""Tuesday 2026-11-17, 10:05 in Asia/Shanghai."""


def filing(**changes: object) -> Filing:
    values: dict[str, object] = {
        "appellant_kind": AppellantKind.PERSON,
        "kind": AppealKind.COMPLAINT,
        "category": "other",
        "title": "食品经营许可变更超过承诺时限未出证",
        "body": "十月下旬提交食品经营许可变更，窗口告知五个工作日出证，至今未收到任何通知。",
        "demands": ("请说明变更申请现在到了哪一步。", "请告知最迟何时出证。"),
        "filed_at": MORNING,
    }
    return Filing(**{**values, **changes})  # type: ignore[arg-type]


class Story:
    """One appeal and the people who work on it. `to(state)` goes there by the shortest way; the clock stands unless
    moved.
    """

    def __init__(
        self,
        session: Session,
        *,
        unit: str = "市监局",
        at: datetime = MORNING,
        calendar: WorkCalendar | None = None,
        identity: Identity | None = IDENTITY,
        complexity: Complexity = Complexity.SIMPLE,
        vault: IdentityVault = VAULT,
        **changes: object,
    ) -> None:
        self.session, self.unit_name, self.at = session, unit, at
        self.calendar = calendar or shipped_calendar()
        self.complexity = complexity
        self.clerk = actor(session, Role.CLERK, name="李受理")
        self.supervisor = actor(session, Role.SUPERVISOR, name="王审核")
        self.handler = actor(session, Role.HANDLER, unit=unit, name="张经办")
        self.approver = actor(session, Role.APPROVER, unit=unit, name="陈局长")
        made = filing(filed_at=at, **changes)
        self.appeal: Appeal = commands.submit(session, made, identity, vault, now=at)
        self.slip: Slip | None = None

    def act(self, who: object, **changes: object) -> Act:
        return Act(who, self.at, self.calendar, **changes)  # type: ignore[arg-type]

    def later(self, **delta: int) -> "Story":
        self.at += timedelta(**delta)
        return self

    def to(self, state: State) -> "Story":
        if state is State.TRANSFERRED:
            return self._handed_over()
        steps = self._steps()
        passed = [target for target, _ in steps]
        first = passed.index(self.appeal.state) + 1 if self.appeal.state in passed else 0
        for _, step in steps[first:]:
            if self.appeal.state is state:
                break
            step()
        assert self.appeal.state is state, f"{self.appeal.state} is not {state}"
        self.session.flush()
        return self

    def _handed_over(self) -> "Story":
        """From a unit's desk to another authority."""
        self.to(State.HANDLING)
        commands.transfer(self.session, self.appeal, self.act(self.supervisor), recipient="市公安局")
        return self

    def _steps(self) -> list[tuple[State, object]]:
        steps: list[tuple[State, object]] = [
            (State.ACCEPTED, lambda: commands.accept(self.session, self.appeal, self.act(self.clerk))),
            (State.DISPATCHED, self.dispatch),
            (State.VERIFYING, lambda: commands.sign(self.session, self.appeal, self.act(self.handler))),
            (State.HANDLING, self.verify),
            (State.REPLY_SIGN_OFF, self.propose),
            (State.IN_REVIEW, lambda: replies.sign_off(self.session, self.appeal, self.act(self.approver))),
            (State.REPLIED, self.publish),
            (
                State.CLOSED,
                lambda: commands.decide(self.session, self.appeal, self.act(self.clerk), commands.Action.CLOSE),
            ),
        ]
        return steps

    def dispatch(self) -> None:
        unit = unit_by_name(self.session, self.unit_name)
        assert unit is not None
        commands.dispatch(self.session, self.appeal, self.act(self.clerk), lead_unit=unit)

    def verify(self) -> None:
        note = self.act(self.handler, internal_note="系统显示材料流转到登记注册股。")
        commands.verify(self.session, self.appeal, note, complexity=self.complexity)

    def draft(self, kind: ReplyKind = ReplyKind.FINAL) -> replies.Draft:
        entries = tuple(
            replies.DraftEntry(
                demand.id or 0,
                Outcome.SOLVED,
                "经核实，材料在两个股室之间流转时未及时登记。",
                "《食品经营许可和备案管理办法》",
                "许可证已制作完成。",
            )
            for demand in queries.demands_to_answer(self.session, SYSTEM, self.appeal)
        )
        return replies.Draft(kind, entries)

    def propose(self) -> None:
        replies.propose(self.session, self.appeal, self.draft(), self.act(self.handler))

    def publish(self) -> None:
        self.slip = publish_reply(self.session, self.appeal, self.act(self.supervisor), LETTERHEAD)
