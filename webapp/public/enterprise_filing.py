"""Filing through an enterprise's account: the form is filled in beforehand, and the appeal comes on the list.

The form itself carries for which enterprise it was opened. So nothing typed on a page that did not say that colleagues
will see it comes on their list, whoever signs in meanwhile in another window; and a sign-in that is over is told.
"""

from datetime import datetime
from typing import Final

from flask import request
from sqlmodel import Session
from wtforms.fields import HiddenField, SelectChoice

from models.appeals import enterprise_queries, enterprises
from models.appeals.enterprise_queries import Membership
from models.appeals.tables import Appeal
from models.appeals.types import APPELLANT_KIND_LABELS, AppellantKind
from webapp import db
from webapp.filing_form import FilingForm
from webapp.public import member

LOST: Final = (
    "企业账号已经退出登录，诉求还没有提交。可以直接再提交一次：这样不会出现在企业账号里，"
    "以后登录企业账号，凭受理编号和查询码可以加进去。"
)


class AccountFilingForm(FilingForm):
    """`account` is the public id of the enterprise for which the page was opened, '' for everybody else."""

    account = HiddenField(default="")
    is_lost = False
    """The page was opened by an account that is not signed in any more."""

    def hidden_values(self) -> list[tuple[str, str]]:
        return [*super().hidden_values(), *([("account", self.account.data)] if self.account.data else [])]


def prepared() -> AccountFilingForm:
    form = AccountFilingForm()
    with db.database().reading() as session:
        found = member.current(session)
        if request.method == "GET" and found is not None:
            _fill(session, found, form)
    if not form.account.data:
        return form
    if found is None or found.enterprise_uid != form.account.data:
        form.account.data, form.is_lost = "", True
        return form
    only = AppellantKind.ENTERPRISE
    form.appellant_kind.choices = [SelectChoice(only.value, APPELLANT_KIND_LABELS[only])]
    form.appellant_kind.data = only.value
    return form


def _fill(session: Session, found: Membership, form: AccountFilingForm) -> None:
    enterprise = enterprise_queries.enterprise_identity(session, member.vault(), found)
    who = enterprise_queries.own_contact(session, member.vault(), found)
    form.account.data = found.enterprise_uid
    form.enterprise_name.data, form.credit_code.data = enterprise.enterprise_name, enterprise.credit_code
    form.appellant_name.data, form.phone.data = who.name, who.phone


def link(session: Session, account: str, appeal: Appeal, now: datetime) -> None:
    """In the transaction of the filing, when the form was an account's."""
    found = member.current(session) if account else None
    if found is not None and found.enterprise_uid == account:
        enterprises.link(session, found, appeal, how="file", now=now)
