"""What each act on a case looks like: form, button, words before and after."""

from dataclasses import dataclass
from typing import Any

from models.followup.cases import Said, contact_said
from models.followup.types import CASE_ACTION_LABELS, CaseAction, ContactWay
from webapp.followup import forms
from webapp.followup.forms import UNREACHED_WAY, ContactForm, ExtendForm
from webapp.forms import ActForm, whole_number

ACT = CaseAction
MOST_WORKDAYS = 60


@dataclass(frozen=True)
class CaseAct:
    """`kind` of button: main, quiet or grave. `said` is told afterwards: what happened and what comes next."""

    action: CaseAction
    form: type[ActForm]
    label: str
    button: str
    said: str
    help: str = ""
    kind: str = "quiet"

    @property
    def slug(self) -> str:
        return self.action.value.replace("_", "-")

    @property
    def endpoint(self) -> str:
        return f"followup.{self.action.value}"


_ACTS = (
    CaseAct(ACT.ANSWER, forms.AnswerForm, "说明情况", "提交说明", "说明已提交，市优办可以看到。",
            "说明可以提交多次，都会保留。是否重新办理由市优办决定。", "main"),
    CaseAct(ACT.CONTACT, ContactForm, "联系诉求人", "保存联系情况", "联系情况已登记。",
            "1个工作日内联系上，或者在诉求人的进度页面留言。没有接通的也请登记。", "main"),
    CaseAct(ACT.DECIDE_REDO, forms.RedoForm, "决定重新办理", "重新办理",
            "已交原承办单位重新办理，时限重新起算；诉求人在进度页面可以看到。",
            "由原承办单位重新办理，时限从今天重新起算；原来的答复和评价都保留。", "main"),
    CaseAct(ACT.DECIDE_NOT, forms.NoRedoForm, "决定不重新办理", "不重新办理",
            "已记录不重新办理的理由，并告知诉求人。", "理由承办单位看得到；告知的话诉求人看得到。"),
    CaseAct(ACT.PUT_RIGHT, forms.PutRightForm, "确认整改到位", "确认整改到位",
            "已确认整改到位，请征求诉求人意见后了结。", "按今天判断是否按期。", "main"),
    CaseAct(ACT.EXTEND, ExtendForm, "延长整改期限", "延长", "整改期限已延长，并告知诉求人。",
            "只能延长一次。填写从诉求人表示不满意那天起合计的工作日数。"),
    CaseAct(ACT.CLOSE, forms.CloseForm, "了结", "了结", "已了结。",
            "了结以前应当已经与诉求人联系上，或者留了言。"),
)  # fmt: skip
ACTS: dict[CaseAction, CaseAct] = {one.action: one for one in _ACTS}
"""In the order of the page."""
NAMES = CASE_ACTION_LABELS


def meant(action: CaseAction, form: Any) -> CaseAction:
    """A call that reached nobody is no contact."""
    is_try = action is ACT.CONTACT and form.way.data == UNREACHED_WAY
    return ACT.TRY_CONTACT if is_try else action


def said_by(form: Any) -> Said:
    """What the filled form says."""
    if isinstance(form, ContactForm):
        way = ContactWay.PHONE if form.way.data == UNREACHED_WAY else ContactWay(form.way.data)
        return contact_said(way, told=form.told.data or "", inner=form.inner.data or "")
    workdays = whole_number(form.workdays.data or "", MOST_WORKDAYS) or 0 if isinstance(form, ExtendForm) else 0
    told = form.told.data or "" if "told" in form else ""
    return Said(told=told, words=form.words.data or "", workdays=workdays)
