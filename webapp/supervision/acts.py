"""What each act on a record of supervision looks like: form, button, words before and after."""

from dataclasses import dataclass
from typing import Any

from models.supervision.ladder_records import Said
from models.supervision.ladder_types import ACTION_LABELS, RecordAction
from webapp.filters import cn_full_date
from webapp.forms import ActForm
from webapp.supervision import forms
from webapp.supervision.forms import HasTerm, NoticeForm

ACT = RecordAction


@dataclass(frozen=True)
class RecordAct:
    """`kind` of button: main, quiet or grave. `said` is told afterwards: what happened and what comes next."""

    action: RecordAction
    form: type[ActForm]
    button: str
    said: str
    help: str = ""
    kind: str = "quiet"

    @property
    def label(self) -> str:
        return ACTION_LABELS[self.action]

    @property
    def slug(self) -> str:
        return self.action.value.replace("_", "-")


_ACTS = (
    RecordAct(ACT.REPORT, forms.ReportForm, "报市优办确认", "已报告整改完成，等待市优办确认；期限按今天报告的时间算。",
              "按报告的那一天判断是否按期；市优办认为没有到位的，会退回继续整改。", "main"),
    RecordAct(ACT.ANSWER, forms.AnswerForm, "提交说明", "说明已提交，市优办可以看到。", "说明可以提交多次，都会保留。"),
    RecordAct(ACT.CONTEST, forms.ContestForm, "提出申诉", "申诉已提交，由发出人以外的人员复核。",
              "认为亮牌、督办或者通报不当的，可以申诉一次，由发出人以外的人员复核。"),
    RecordAct(ACT.FORWARD, forms.ForwardForm, "转承办单位办理", "批示已转承办单位，期限不变。",
              "转办以后，承办单位才能看到批示。", "main"),
    RecordAct(ACT.HOLD_INTERVIEW, forms.ReasonForm, "决定约谈", "已决定约谈，请发出约谈通知。",
              "须由提出人以外的负责人决定。", "main"),
    RecordAct(ACT.DECLINE, forms.ReasonForm, "不予约谈", "已记录不予约谈的理由。"),
    RecordAct(ACT.NOTIFY, NoticeForm, "发出约谈通知", "约谈通知已发出，单位可以看到时间、地点。",
              "发出以后，单位才能看到约谈。", "main"),
    RecordAct(ACT.RECORD_MINUTES, forms.MinutesForm, "登记约谈记录", "约谈记录已登记，整改期限开始计算。", "", "main"),
    RecordAct(ACT.ACCEPT, forms.AcceptForm, "确认整改到位", "已确认并了结；是否按期以单位报告的那一天为准。",
              "", "main"),
    RecordAct(ACT.SEND_BACK, forms.SendBackForm, "退回继续整改", "已退回继续整改，原期限不变。"),
    RecordAct(ACT.FOLLOW_UP, forms.FollowUpForm, "记录跟踪情况", "跟踪情况已记录。"),
    RecordAct(ACT.UPHOLD, forms.DecideForm, "维持", "已维持，并告知单位。", "须由发出人以外的人员复核。", "main"),
    RecordAct(ACT.REVOKE, forms.RevokeForm, "撤销", "已撤销，不再计分；记录和理由都保留。",
              "须由发出人以外的人员撤销。撤销以后不再计分，记录保留。", "grave"),
    RecordAct(ACT.CLOSE, forms.CloseForm, "了结", "已了结。"),
)  # fmt: skip
ACTS: dict[RecordAction, RecordAct] = {one.action: one for one in _ACTS}
"""In the order of the page."""


def said_by(form: Any) -> Said:
    """What the filled form says."""
    if isinstance(form, NoticeForm):
        facts = {name: form[name].data or "" for name in ("held_at", "place", "attend", "bring")}
        return Said(facts={"held_on": form.held_on.data, **facts})
    due_on = form.due_on if isinstance(form, HasTerm) else None
    return Said(form.words.data or "", due_on=due_on)


def notice_text(facts: dict[str, Any], day: Any) -> str:
    """The notice of an interview in a line, for the record's timeline."""
    bring = f"，携带{facts['bring']}" if facts.get("bring") else ""
    return f"{cn_full_date(day)}{facts['held_at']}，{facts['place']}，{facts['attend']}参加{bring}"
