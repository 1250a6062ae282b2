"""The director ends a policy that is not the default: nothing is dispatched under it after its last day."""

from flask import flash, redirect
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.types import Actor
from models.errors import DomainError
from models.handling import policies
from models.handling import policy_queries as queries
from webapp import clock, db, keyed
from webapp.filters import cn_full_date
from webapp.forms import ActForm
from webapp.messages import message
from webapp.policies.forms import EndForm
from webapp.policies.pages import show_version, url_of

ENDED = "{name}适用到{last}，以后交办不再选用。已经按它交办的诉求不受影响。"
IN_FIELD = frozenset({"policy_ends_in_the_past", "policy_too_far_ahead", "policy_not_begun"})


def end(code: str) -> Response:
    """303 to the version's page; 422 where it may not end so, 409 where a new version came meanwhile."""
    form, line = EndForm(), queries.line(db.session(), code)

    def run(session: Session, actor: Actor) -> Response:
        row = policies.end(
            session, actor, code, last_on=form.last_on.data, expected_version=form.expected_version, now=clock.now()
        )
        flash(ENDED.format(name=row.name, last=cn_full_date(form.last_on.data)), "success")
        return redirect(url_of(line.newest), code=303)

    def again(failed: ActForm, status: int) -> Response:
        now = queries.line(db.session(), code)
        failed.version.data = str(now.newest.row.version) if status == 409 else failed.version.data
        return show_version(now, now.newest, failed=failed, status_code=status)

    act = keyed.KeyedAct(f"policy.end:{code}", lambda: url_of(line.newest))
    return keyed.perform(act, form, run=run, show=again, explain=_explain)


def _explain(form: ActForm, error: DomainError) -> None:
    said = message(error.code, **error.facts)
    if error.code in IN_FIELD:
        form["last_on"].errors = [said]
    else:
        form.form_errors.append(said)
