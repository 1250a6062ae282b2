"""Forms of the desk."""

from wtforms import Form, FormField, HiddenField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from models.appeals.types import Complexity
from models.handling.types import OUTCOME_LABELS, Outcome
from webapp.forms import ActForm, Day, NumberedList, text_area

MOST_DEMANDS = 50
TOO_MANY = f"一份答复最多写 {MOST_DEMANDS} 点，多出的没有收下，请重新打开页面再写"


class VerifyForm(ActForm):
    """What was found, and whether the matter is simple or complex."""

    facts = text_area("核实情况", max_chars=5000, required="请写明核实到的情况：查了什么、事实是什么")
    complexity = RadioField(
        "这件事", [InputRequired("请选择按简单事项还是复杂事项办理")], default=Complexity.SIMPLE.value,
        choices=[
            SelectChoice(value=Complexity.SIMPLE.value, label="简单事项"),
            SelectChoice(value=Complexity.COMPLEX.value, label="复杂事项"),
        ],
    )


class SignOffForm(ActForm):
    note = text_area("签发意见", max_chars=1000)


class SendBackForm(ActForm):
    reason = text_area("退回理由", max_chars=1000, required="请写明退回理由，以便经办人修改")


class ProgressForm(ActForm):
    progress = text_area("办理进展", max_chars=2000, required="请写明办到哪一步、下一步做什么")


def _stripped(value: str | None) -> str:
    """Blanks are no choice. (The validator `Optional` would let them pass by the check of the choices.)"""
    return (value or "").strip()


class EntryForm(Form):
    """The answer to one demand."""

    demand_id = HiddenField()
    outcome = SelectField("办理结果", filters=[_stripped], choices=[
        SelectChoice(value="", label="请选择"),
        *(SelectChoice(value=one.value, label=OUTCOME_LABELS[one]) for one in Outcome),
    ])
    facts = text_area("查明的事实和办理情况", max_chars=5000)
    basis = text_area("依据和理由", max_chars=2000)
    actions = text_area("采取的措施", max_chars=2000)
    promised_on = Day("承诺完成日期")


class LastHidden(HiddenField):
    """Of several values the last: what autosave put behind the form's own is newer."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist[-1:])


class ReplyForm(ActForm):
    """A reply, one entry for each demand. `draft_version` is the draft's own row version, 0 when there was none yet.
    `too_long` is the number of the appeal whose slip would take too many pages.
    """

    too_long = ""
    draft_version = LastHidden(default="0")
    entries = NumberedList(FormField(EntryForm), max_entries=MOST_DEMANDS, too_many=TOO_MANY)

    @property
    def expected_draft(self) -> int:
        """The draft's version the form was made from. What is no version matches no draft."""
        text = self.draft_version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


class PreliminaryForm(ReplyForm):
    next_milestone_on = Day("下一步节点日期")
