"""The words of the register of work errors (错情): grades, sources, circumstances, what an entry says.

Source: 附件2 《沅江市工作错情登记通报制度（试行）》; articles are named by their numbers.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.accounts.types import Role


class Grade(StrEnum):
    """The four grades of article 4, the least first."""

    SLIGHT = "slight"
    GENERAL = "general"
    LARGER = "larger"
    SERIOUS = "serious"


GRADE_LABELS: dict[Grade, str] = {
    Grade.SLIGHT: "轻微", Grade.GENERAL: "一般", Grade.LARGER: "较大", Grade.SERIOUS: "严重",
}  # fmt: skip
GRADE_TEXTS: dict[Grade, str] = {
    Grade.SLIGHT: "第五条：性质、情节显著轻微，在单位内及时发现和纠正到位，未造成不良影响和后果",
    Grade.GENERAL: "第六条：性质、情节轻微，在单位内造成一定负面影响，及时纠正到位并挽回不良影响",
    Grade.LARGER: "第七条：性质比较恶劣、情节比较严重，造成较大不良影响或后果；应当同时选择第七条所列情形",
    Grade.SERIOUS: "第八条：性质恶劣、情节严重，造成严重不良影响或后果；应当同时选择第八条所列情形",
}
CONSEQUENCES: dict[Grade, str] = {
    Grade.SLIGHT: "第十六条：由单位分管负责人对直接责任人进行批评教育；主动报告并及时纠正的，可免予追责。",
    Grade.GENERAL: "第十七条：由单位主要负责人对直接责任人进行批评教育，约谈提醒责任部门负责人，并在单位内部通报批评。",
    Grade.LARGER: "第十八条：由单位主要负责人对直接责任人提出批评，在系统内通报，责令直接责任人和责任领导作出书面检查；"
    "不胜任工作的，教育培训，仍不胜任的调整岗位。",
    Grade.SERIOUS: "第十九条：由市委办、市政府办在全市通报，单位党委（党组、工委）向市委作出书面检查；"
    "相关市领导约谈单位主要负责人；涉嫌违纪违规的，由市纪委监委处理。",
}
"""What articles 16 to 19 attach to a grade: shown beside the field 责任追究, never filled in by the system."""


class Source(StrEnum):
    """错情来源: how the error came to be known. The sources are those that articles 7, 8 and 12 name."""

    OWN_CHECK = "own_check"
    OFFICES_FOUND = "offices_found"
    PETITION = "petition"
    ONLINE = "online"
    APPEAL = "appeal"
    CITY_NOTICE = "city_notice"
    PROVINCE_NOTICE = "province_notice"
    CITY_OFFICES_NOTICE = "city_offices_notice"
    LEADERS = "leaders"
    INSPECTION = "inspection"
    OTHER = "other"


SOURCE_LABELS: dict[Source, str] = {
    Source.OWN_CHECK: "单位自查发现",
    Source.OFFICES_FOUND: "市委办、市政府办发现",
    Source.PETITION: "群众信访反映",
    Source.ONLINE: "网络投诉举报反映",
    Source.APPEAL: "直通车诉求反映",
    Source.CITY_NOTICE: "益阳市级机关单位在全市系统内通报",
    Source.PROVINCE_NOTICE: "省级机关单位在全省系统内通报",
    Source.CITY_OFFICES_NOTICE: "益阳市委办、市政府办通报",
    Source.LEADERS: "沅江市级以上领导同志批评、批示指出",
    Source.INSPECTION: "巡视巡察、督查等监督发现和反馈",
    Source.OTHER: "其他",
}


class Circumstance(StrEnum):
    """认定情形: what makes an error 较大 (article 7) or 严重 (article 8), item by item. `UNPROVEN` belongs to no
    article: what a complaint said proved untrue, and the error came to light in looking into it.
    """

    ART_7_1 = "7-1"
    ART_7_2 = "7-2"
    ART_7_3 = "7-3"
    ART_7_4 = "7-4"
    ART_7_5 = "7-5"
    ART_8_1 = "8-1"
    ART_8_2 = "8-2"
    ART_8_3 = "8-3"
    ART_8_4 = "8-4"
    ART_8_5 = "8-5"
    ART_8_6 = "8-6"
    UNPROVEN = "unproven"


@dataclass(frozen=True)
class Clause:
    """`grade`: what the circumstance makes of an error; None for what makes nothing of it."""

    grade: Grade | None
    place: str
    text: str

    @property
    def label(self) -> str:
        return f"{self.place} {self.text}".strip()


CLAUSES: dict[Circumstance, Clause] = {
    Circumstance.ART_7_1: Clause(Grade.LARGER, "第七条第（一）项", "被益阳市级机关单位在全市系统内通报的"),
    Circumstance.ART_7_2: Clause(
        Grade.LARGER, "第七条第（二）项", "被市委办、市政府办发现，可能造成较大不良影响或后果的"),
    Circumstance.ART_7_3: Clause(Grade.LARGER, "第七条第（三）项", "在本单位（系统）内造成一定损失或影响的"),
    Circumstance.ART_7_4: Clause(
        Grade.LARGER, "第七条第（四）项",
        "群众信访、网络投诉举报反映，经查证属实，经做工作挽回不良影响或降低损失的"),
    Circumstance.ART_7_5: Clause(Grade.LARGER, "第七条第（五）项", "其他应认定为较大差错的情形"),
    Circumstance.ART_8_1: Clause(Grade.SERIOUS, "第八条第（一）项", "被省级机关单位在全省系统内通报的"),
    Circumstance.ART_8_2: Clause(Grade.SERIOUS, "第八条第（二）项", "被益阳市委办、市政府办通报的"),
    Circumstance.ART_8_3: Clause(Grade.SERIOUS, "第八条第（三）项", "被沅江市级以上领导同志批评、批示指出的"),
    Circumstance.ART_8_4: Clause(
        Grade.SERIOUS, "第八条第（四）项",
        "对巡视巡察、督查等监督发现和反馈的问题整改落实不到位，造成严重不良影响或后果的"),
    Circumstance.ART_8_5: Clause(
        Grade.SERIOUS, "第八条第（五）项", "群众信访、网络投诉举报反映，经查证属实，造成严重不良影响或后果的"),
    Circumstance.ART_8_6: Clause(Grade.SERIOUS, "第八条第（六）项", "其他应认定为严重差错的情形"),
    Circumstance.UNPROVEN: Clause(None, "", "反映的问题经查证不属实，差错是在核查中另行发现的"),
}  # fmt: skip


class Status(StrEnum):
    REGISTERED = "registered"
    REVOKED = "revoked"


STATUS_LABELS: dict[Status, str] = {Status.REGISTERED: "在册", Status.REVOKED: "已撤销"}


class RevokeReason(StrEnum):
    """Why an entry is taken off the account. The first two are article 2's: such errors are not registered at all."""

    UNFORESEEABLE = "unforeseeable"
    FORCE_MAJEURE = "force_majeure"
    OBJECTIVE = "objective"
    OTHER_UNIT = "other_unit"
    REPEATED = "repeated"
    UNTRUE = "untrue"


REVOKE_LABELS: dict[RevokeReason, str] = {
    RevokeReason.UNFORESEEABLE: "由于不可预见的原因造成（第二条，不列入登记通报）",
    RevokeReason.FORCE_MAJEURE: "由于不可抗力造成（第二条，不列入登记通报）",
    RevokeReason.OBJECTIVE: "由于其他客观原因造成（第二条，不列入登记通报）",
    RevokeReason.OTHER_UNIT: "责任单位登记有误",
    RevokeReason.REPEATED: "重复登记",
    RevokeReason.UNTRUE: "经核实，错情不成立",
}


class Happened(StrEnum):
    """What an event of an entry was."""

    REGISTER = "register"
    REGRADE = "regrade"
    CORRECT = "correct"
    ANSWER = "answer"
    REVOKE = "revoke"


HAPPENED_LABELS: dict[Happened, str] = {
    Happened.REGISTER: "登记错情",
    Happened.REGRADE: "重新定级",
    Happened.CORRECT: "更正登记内容",
    Happened.ANSWER: "作出说明",
    Happened.REVOKE: "撤销登记",
}


class Recipient(StrEnum):
    """To whom a unit reports (article 13)."""

    PARTY_OFFICE = "市委办"
    GOVERNMENT_OFFICE = "市政府办"


@dataclass(frozen=True)
class Finding:
    """What is registered of an error (article 11), without the unit: that never changes.

    `basis` says why under a circumstance that is only "other", or who decided it; `circumstances` stand in the law's
    order.
    """

    occurred_on: date
    content: str
    source: Source
    grade: Grade
    circumstances: tuple[Circumstance, ...] = ()
    basis: str = ""
    accountability: str = ""
    appeal_id: int | None = None


@dataclass(frozen=True)
class Event:
    """One event as the reducer sees it. `finding` as it stands after a registration, grading or correction."""

    seq: int
    happened: Happened
    at: datetime
    actor_id: int
    role: Role
    finding: Finding | None = None
    reason: str = ""
    code: RevokeReason | None = None


@dataclass(frozen=True)
class Entry:
    """What the events of one entry add up to. `graded_at`: when it got the grade it has."""

    finding: Finding
    status: Status
    registrar_id: int
    registrar_role: Role
    graded_at: datetime
    is_answered: bool
    version: int


@dataclass(frozen=True)
class Step:
    """One grade of a roll-up: its own errors, those made of the grade below, what they make, and what is left over."""

    grade: Grade
    own: int
    made: int
    makes: int
    left: int

    @property
    def total(self) -> int:
        return self.own + self.made


@dataclass(frozen=True)
class RollUp:
    """A unit's half-year by article 9, from slight to serious. Worked out when asked for, never stored."""

    steps: tuple[Step, ...]

    def counted(self, grade: Grade) -> int:
        """How many count at this grade in the end: the serious all, of the others what made nothing higher."""
        return next(step.left for step in self.steps if step.grade is grade)

    def made(self, grade: Grade) -> int:
        return next(step.made for step in self.steps if step.grade is grade)

    def own(self, grade: Grade) -> int:
        return next(step.own for step in self.steps if step.grade is grade)
