"""What the demonstration shows of the register of work errors: some units, every grade, an answer, one revoked."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from models.accounts.types import Role
from models.supervision import work_errors
from models.supervision.work_error_periods import containing
from models.supervision.work_error_tables import WorkError
from models.supervision.work_error_types import Circumstance, Finding, Grade, RevokeReason, Source
from models.supervision.work_errors import Act
from models.workdays.rules import local_day
from webapp.demo.people import account_of
from webapp.demo.stage import Stage

SCOLDED: Final = "由单位分管负责人对直接责任人进行批评教育。"


@dataclass(frozen=True)
class Told:
    """`days_ago`: when it happened, but never in the half-year before."""

    unit: str
    days_ago: int
    grade: Grade
    content: str
    source: Source = Source.OWN_CHECK
    circumstances: tuple[Circumstance, ...] = ()
    accountability: str = SCOLDED
    appeal: str = ""
    answer: str = ""
    revoked: str = ""


_ERRORS: Final = (
    Told("市监局", 52, Grade.SLIGHT, "报送的营商环境周报把两家企业的名称写错，当天发现并更正。"),
    Told("市监局", 38, Grade.SLIGHT, "参会回执漏报一名参会人员，会前补报。"),
    Told("市监局", 24, Grade.SLIGHT, "转办件的附件漏传一页，下午补传。"),
    Told("市监局", 20, Grade.GENERAL, "会议通知把开会时间写错，六家企业白跑一趟，当天逐家致歉并另行通知。",
         accountability="由单位主要负责人对直接责任人进行批评教育，约谈办公室负责人，在单位内部通报批评。"),
    Told("市监局", 9, Grade.SLIGHT, "答复稿引用的文件文号有误，送签前核对发现并更正。"),
    Told("住建局", 35, Grade.LARGER, "企业反映施工许可补正材料被反复退回三次，经查证属实；已上门说明并当天办结。",
         Source.APPEAL, (Circumstance.ART_7_4,),
         "由单位主要负责人对直接责任人提出批评，在系统内通报，直接责任人和责任领导作出书面检查。",
         appeal="workshop-roof-permit",
         answer="材料退回三次属实，原因是窗口人员没有一次性告知。已修订一次性告知单并组织培训，今后以告知单为准。"),
    Told("城管执法局", 33, Grade.SERIOUS, "督查反馈的占道收费问题逾期没有整改，被市领导批示指出。", Source.LEADERS,
         (Circumstance.ART_8_3,), ""),
    Told("税务局", 15, Grade.GENERAL, "办税服务厅系统中断两小时没有及时公告。", accountability="",
         revoked="中断由上级系统升级失败引起，事前没有通知到县级，属于客观原因。"),
)  # fmt: skip


def register_errors(stage: Stage, now: datetime) -> None:
    supervisor, director = (stage.actors[account_of(role).username] for role in (Role.SUPERVISOR, Role.DIRECTOR))
    for told in _ERRORS:
        error = work_errors.register(
            stage.session, stage.unit(told.unit), _finding(stage, told, local_day(now)), Act(supervisor, now)
        )
        if told.answer:
            head = stage.actors[account_of(Role.APPROVER, told.unit).username]
            work_errors.answer(stage.session, error, Act(head, now), words=told.answer)
        if told.revoked:
            _revoke(stage, error, told, Act(director, now))


def _finding(stage: Stage, told: Told, today: date) -> Finding:
    day = max(today - timedelta(days=told.days_ago), containing(today, 6).first_on)
    finding = Finding(day, told.content, told.source, told.grade, told.circumstances, "", told.accountability)
    return replace(finding, appeal_id=stage.appeals[told.appeal].id) if told.appeal else finding


def _revoke(stage: Stage, error: WorkError, told: Told, act: Act) -> None:
    unit = stage.unit(told.unit)
    work_errors.revoke(stage.session, error, unit, RevokeReason.OBJECTIVE, act, reason=told.revoked)
