"""附件6 as rows: the month's matters, names and numbers masked, free text scanned (domain.md §8)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from models.appeals.categories import find_category
from models.appeals.free_text import masked
from models.appeals.masks import mask_enterprise, mask_name, mask_phone
from models.appeals.types import CHANNEL_LABELS, KIND_LABELS, AppealKind, AppellantKind
from models.appeals.vault import Identity, IdentityVault
from models.handling.concluded import Matter
from models.handling.tables import ReplyItem
from models.handling.types import ATTITUDE_LABELS, OUTCOME_LABELS, Attitude
from models.workdays.rules import local_day
from webapp.spreadsheets import ReportRow

DONE = "已完成"
ANONYMOUS = "匿名"
CONFIDENTIAL = "匿名（身份保密）"


@dataclass(frozen=True)
class Report:
    """`places`: how often a name or number stood in free text and was masked there."""

    rows: tuple[ReportRow, ...]
    places: int


class _Scanner:
    """Free text of one matter, and the count of what was found in it."""

    def __init__(self, identity: Identity | None) -> None:
        self._identity, self.places = identity, 0

    def clean(self, text: str) -> str:
        found = masked(text, self._identity)
        self.places += found.places
        return found.text.replace("其它", "其他")


def report(matters: Sequence[Matter], units: Mapping[int, str], vault: IdentityVault) -> Report:
    """`units`: the short name by id."""
    rows, places = [], 0
    for line, matter in enumerate(matters, start=2):  # the headings are line 1
        opened = vault.open(matter.sealed, bound_to=matter.appeal.uid) if matter.sealed else None
        scanner = _Scanner(opened)
        rows.append(_row(line, matter, units, opened, scanner))
        places += scanner.places
    return Report(tuple(rows), places)


def _row(
    line: int, matter: Matter, units: Mapping[int, str], identity: Identity | None, scanner: _Scanner
) -> ReportRow:
    appeal = matter.appeal
    category = find_category(appeal.category)
    name, phone = _appellant(matter, identity)
    return ReportRow(
        line=line,
        category=KIND_LABELS[appeal.kind],
        filed_on=_filed_on(matter),
        channel=CHANNEL_LABELS[appeal.channel],
        appellant=name,
        phone=phone,
        unit=units.get(appeal.lead_unit_id or 0, ""),
        item=category.label if category else "其他",
        description=scanner.clean(appeal.title),
        complaint=scanner.clean(appeal.body),
        status=DONE,
        concluded_on=matter.concluded_on,
        findings=scanner.clean("\n".join(_findings(matter.answers))),
        follow_up=_follow_up(matter),
        reporter=mask_name(matter.reporter),
        reporter_phone="",
    )


def _filed_on(matter: Matter) -> date:
    return matter.appeal.paper_received_on or local_day(matter.appeal.filed_at)


def _appellant(matter: Matter, identity: Identity | None) -> tuple[str, str]:
    """Whoever asked for confidence, or reports somebody, is not named even by a surname (EXP-4)."""
    appeal = matter.appeal
    if appeal.is_confidential or appeal.kind is AppealKind.REPORT:
        return CONFIDENTIAL, ""
    if identity is None or appeal.appellant_kind is AppellantKind.ANONYMOUS:
        return ANONYMOUS, ""
    is_enterprise = appeal.appellant_kind is AppellantKind.ENTERPRISE and identity.enterprise_name
    name = mask_enterprise(identity.enterprise_name) if is_enterprise else mask_name(identity.name)
    return name or ANONYMOUS, mask_phone(identity.phone, last=1)


def _findings(answers: Sequence[ReplyItem | None]) -> Iterator[str]:
    """What was found and done, point by point; numbered where there are several."""
    for no, item in enumerate(answers, start=1):
        if item is not None:
            outcome = f"（{OUTCOME_LABELS[item.outcome]}）" if item.outcome else ""
            told = "".join(part for part in (item.facts, item.actions) if part)
            yield f"{no}.{told}{outcome}" if len(answers) > 1 else f"{told}{outcome}"


def _follow_up(matter: Matter) -> str:
    """What the unit told of its own matter. The office's own follow-up calls are not kept here yet."""
    if matter.registration is None or matter.registration.attitude is Attitude.NOT_ASKED:
        return ""
    return f"诉求人{ATTITUDE_LABELS[matter.registration.attitude]}"
