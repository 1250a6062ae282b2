"""What an assisting unit may do with its task: form, command and the sentence that says what comes next."""

from typing import cast

from sqlmodel import Session

from models.appeals.tables import Appeal
from models.handling import assistance
from models.handling.commands import Act
from models.handling.types import Action
from webapp.acts import ActView, noted
from webapp.filters import cn_date
from webapp.forms import ActForm, text_area


class ContributionForm(ActForm):
    contribution = text_area(
        "协办意见", max_chars=5000, required="请写明协办意见：查明了什么、依据是什么、建议怎么答复"
    )


class ReturnForm(ActForm):
    reason = text_area("退回理由", max_chars=1000, required="请写明退回理由，以便经办人修改")


def _sign(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    assistance.sign(session, appeal, act)
    return f"已签收协办任务，请在{cn_date(assistance.own(session, appeal, act.actor).due_on)}前把协办意见送主办单位。"


def _propose(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    assistance.propose(session, appeal, act, text=cast(ContributionForm, form).contribution.data or "")
    return "协办意见已送单位负责人签发，签发以后主办单位才看得到。"


def _send(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    assistance.send(session, appeal, act)
    return "协办意见已签发，主办单位和市优办现在可以看到；诉求人由主办单位答复。"


def _send_back(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    assistance.send_back(session, appeal, noted(act, internal=cast(ReturnForm, form).reason.data or ""))
    return "已退回经办人修改，协办期限不变。"


ACTS = {
    Action.SIGN_ASSISTANCE: ActView(Action.SIGN_ASSISTANCE, ActForm, _sign, "签收协办"),
    Action.PROPOSE_CONTRIBUTION: ActView(
        Action.PROPOSE_CONTRIBUTION, ContributionForm, _propose, "送单位负责人签发", template="assisting/_propose.html"
    ),
    Action.SEND_CONTRIBUTION: ActView(
        Action.SEND_CONTRIBUTION, ActForm, _send, "签发，送主办单位", template="assisting/_send.html"
    ),
    Action.RETURN_CONTRIBUTION: ActView(
        Action.RETURN_CONTRIBUTION, ReturnForm, _send_back, "退回修改", template="assisting/_return.html", is_quiet=True
    ),
}

