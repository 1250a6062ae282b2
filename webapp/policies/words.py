"""How the parts of a policy are called on its pages."""

from collections.abc import Mapping
from datetime import date

from models.appeals.types import KIND_LABELS, AppealKind
from models.handling.policy_queries import Line, Version
from models.handling.policy_rules import Provision
from models.handling.types import Stage
from webapp.filters import cn_full_date

LIMIT_TEXTS: Mapping[Stage, str] = {
    Stage.SIGN: "签收", Stage.VERIFY: "核实到位", Stage.CONCLUDE: "简单事项办结",
    Stage.PRELIMINARY: "复杂事项明确初步结果", Stage.FINAL: "复杂事项最终结果",
    Stage.PROGRESS: "复杂事项报告进展的间隔", Stage.TRIAGE: "市优办受理交办",
    Stage.RULING: "市优办裁定申请", Stage.REVIEW: "市优办审核答复",
}  # fmt: skip
ALLOWANCE_TEXTS: Mapping[str, str] = {
    "return_workdays": "交办后几个工作日内可以申请退回", "extensions_most": "最多延期几次（0 为不延期）",
    "extension_workdays_most": "一次最多延几个工作日", "pause_workdays_most": "一轮最多中止几个工作日",
}  # fmt: skip
COMPLEXITY_TEXTS = {"": "简单事项和复杂事项", "simple": "只用于简单事项", "complex": "只用于复杂事项"}


def reach_text(said: Provision) -> str:
    """For which appeals it may be chosen: "投诉、举报，只用于复杂事项"."""
    if said.is_default:
        return "全部诉求（默认）"
    kinds = "、".join(KIND_LABELS[kind] for kind in AppealKind if kind in said.kinds)
    return kinds + (f"，{COMPLEXITY_TEXTS[said.complexity.value]}" if said.complexity else "")


def span_text(one: Version) -> str:
    """ "2023年4月23日起" or "2023年4月23日至2026年12月31日"."""
    span = one.span
    if span.is_empty:
        return f"原定{cn_full_date(span.first_on)}起"
    until = f"至{cn_full_date(span.last_on)}" if span.last_on else "起"
    return f"{cn_full_date(span.first_on)}{until}"


def status(line: Line, one: Version, today: date) -> tuple[str, str]:
    """A word and its tone for `components/status.state`."""
    if one.span.is_empty:
        return "没有施行", "ended"
    if one.span.covers(today):
        return "现行", "active"
    if one.span.first_on > today:
        return "尚未施行", "todo"
    return ("已停用" if one is line.newest else "已由新版代替"), "closed"
