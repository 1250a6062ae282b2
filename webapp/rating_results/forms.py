"""Forms of what follows a rating: a finding, a decision, what is published, the bulletin."""

from typing import Any

from wtforms import RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation, ValidationError

from models.appeals.reveal_rules import names_somebody
from models.ratings.result_types import SCOPE_LABELS, PublicScope
from webapp.forms import ActForm, Clean, LongText, Required
from webapp.messages import message

REASON_CHARS, EVIDENCE_CHARS = 500, 2_000


def nameless(form: Any, field: Any) -> None:
    """The unit may read it later: no telephone, identity card or credit code in it."""
    if names_somebody(field.data or ""):
        raise StopValidation(message("rating_words_identify"))


def words(label: str, max_chars: int, required: str | None = None) -> LongText:
    first = [Required(required)] if required else []
    return LongText(label, [*first, Clean(max_chars), nameless])


class OneOf(RadioField):
    """Only what is offered is a choice; says in Chinese what to do otherwise."""

    def __init__(self, label: str, offered: dict[str, str], asked: str, **kwargs: Any) -> None:
        choices = [SelectChoice(value=value, label=text) for value, text in offered.items()]
        super().__init__(label, choices=choices, validate_choice=False, **kwargs)
        self.asked = asked

    def pre_validate(self, form: Any) -> None:
        if self.data not in {one.value for one in self.choices}:
            raise ValidationError(self.asked)


class FindingForm(ActForm):
    verdict = OneOf("认定意见", {"confirmed": "认定属实", "not_confirmed": "不予认定"}, "请选择认定意见")
    evidence = words("认定依据", EVIDENCE_CHARS)
    reasons = words("理由", REASON_CHARS, "请写明为什么这样认定")

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        super().validate(*args, **kwargs)
        if self.verdict.data == "confirmed" and not self.evidence.data and not self.evidence.errors:
            self.evidence.errors = [message("rating_evidence_missing")]
        return not self.errors


class DecisionForm(ActForm):
    decision = OneOf("决定", {"confirmed": "同意", "declined": "不同意"}, "请选择同意或者不同意")
    reasons = words("理由", REASON_CHARS, "请写明理由，责任单位和纪检督查可以看到")

    @property
    def is_confirmed(self) -> bool:
        return bool(self.decision.data == "confirmed")


class PublishForm(ActForm):
    scope = OneOf("公开范围", {one.value: text for one, text in SCOPE_LABELS.items()}, "请选择公开范围")
    reasons = words("理由", REASON_CHARS, "请写明根据什么决定、由谁批准")

    @property
    def chosen(self) -> PublicScope:
        return PublicScope(self.scope.data)


class PlainForm(ActForm):
    """Nothing but the one-time key."""
