"""我的账号: who I am, where I am signed in, where mail goes, and who stands in for me while I am away."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import flash, redirect, url_for
from flask_login import current_user
from sqlmodel import Session
from werkzeug.wrappers import Response
from wtforms import SelectField
from wtforms.fields import SelectChoice

from models.accounts import commands, queries, staff_list, substitutes
from models.accounts.rules import Permission, refused_span
from models.accounts.types import Actor
from models.audit.commands import append
from models.errors import DomainError
from models.notices.commands import tell
from models.notices.types import NoticeKind
from models.workdays.rules import SHANGHAI
from webapp import access, clock, db, keyed
from webapp.accounts.views import blueprint
from webapp.forms import ActForm, Day, email_field
from webapp.htmx import render
from webapp.messages import message
from webapp.standing_in import span_text, trace_both


class EmailForm(ActForm):
    email = email_field("邮箱")


class SubstituteForm(ActForm):
    """First and last day, both counted."""

    colleague = SelectField("由哪位同事代办", validate_choice=False)
    first = Day("从哪天起")
    last = Day("到哪天止")

    def offer(self, session: Session, actor: Actor) -> "SubstituteForm":
        people = substitutes.colleagues(session, actor)
        choices = [SelectChoice(value=one.uid, label=one.display_name) for one in people]
        self.colleague.choices = [SelectChoice(value="", label="请选择"), *choices]
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        problems = self._problems()
        for name, text in problems.items():
            self[name].errors = [*self[name].errors, text]
        return is_valid and not problems

    def _problems(self) -> dict[str, str]:
        """What is wrong with the span, by field; a day that is no day says so itself."""
        days, words = {"first": self.first, "last": self.last}, {"first": "请选择开始日期", "last": "请选择结束日期"}
        missing = {name: words[name] for name, one in days.items() if one.data is None and not one.errors}
        if self.first.data is None or self.last.data is None:
            return missing
        code = refused_span(self.first.data, self.last.data, clock.today())
        return {"first" if code == "absence_in_past" else "last": message(code)} if code else {}


FIELD_OF = {"no_colleague": "colleague", "substitution_overlaps": "first", "substitution_chain": "colleague"}


@blueprint.get("/account")
@access.signed_in
def account() -> Response:
    return _page()


@blueprint.post("/account/sessions/end")
@access.signed_in
def end_others() -> Response:
    session, actor = db.session(), access.current_actor()
    own = queries.account_by_id(session, actor.account_id)
    commands.end_other_sessions(session, own, current_user.session_id, now=clock.now())
    _trace(actor, "sessions.end_others", own.uid)
    flash("其他设备上的登录已全部退出，本机继续使用。", "success")
    return redirect(url_for("accounts.account"), code=303)


@blueprint.post("/account/email")
@access.requires(Permission.WORK_HERE)
def set_email() -> Response:
    form = EmailForm()

    def run(session: Session, actor: Actor) -> Response:
        own = queries.account_by_id(session, actor.account_id)
        own.email = form.email.data or None
        session.add(own)
        _trace(actor, "account.email", own.uid, {"has_email": own.email is not None})
        return _done("邮箱已保存，以后的消息同时发到这个邮箱。" if own.email else "已删去邮箱，以后只在系统里提醒。")

    return _perform("email", form, run, lambda failed, status: _page(email=failed, status=status))


@blueprint.post("/account/substitute")
@access.requires(Permission.WORK_HERE)
def name_substitute() -> Response:
    form = SubstituteForm().offer(db.session(), access.current_actor())

    def run(session: Session, actor: Actor) -> Response:
        assert form.first.data is not None and form.last.data is not None  # the form has judged them
        made = substitutes.name(
            session, actor, form.colleague.data or "", starts_at=_morning(form.first.data),
            ends_at=_morning(form.last.data + timedelta(days=1)), now=clock.now(),
        )
        trace_both(session, actor, "substitution.name", made, now=clock.now())
        key = f"substitution:{made.substitution.uid}"
        tell(session, [made.substitution.substitute_id], NoticeKind.STANDS_IN, dedupe_key=key, now=clock.now())
        return _done(f"已请{made.substitute.display_name}代办，{span_text(made)}，到期自动结束。")

    return _perform("substitute", form, run, lambda failed, status: _page(substitute=failed, status=status))


@blueprint.post("/account/substitute/<uid>/end")
@access.requires(Permission.WORK_HERE)
def take_back(uid: str) -> Response:
    session, actor = db.session(), access.current_actor()
    ended = substitutes.take_back(session, actor, uid, now=clock.now())
    trace_both(session, actor, "substitution.end", ended, now=clock.now())
    return _done(f"已结束由{ended.substitute.display_name}代办。")


def _perform(
    subject: str, form: ActForm, run: keyed.Run, show: Callable[[ActForm, int], Response]
) -> Response:
    act = keyed.KeyedAct(f"{subject}:{access.current_actor().account_id}", lambda: url_for("accounts.account"))
    return keyed.perform(act, form, run=run, show=show, explain=_explain)


def _explain(form: ActForm, error: DomainError) -> None:
    name = FIELD_OF.get(error.code, "")
    if name in form:
        form[name].errors = [message(error.code)]
    else:
        form.form_errors.append(message(error.code))


def _done(said: str) -> Response:
    flash(said, "success")
    return redirect(url_for("accounts.account"), code=303)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _page(*, email: ActForm | None = None, substitute: ActForm | None = None, status: int = 200) -> Response:
    session, actor, now = db.session(), access.current_actor(), clock.now()
    own = queries.account_by_id(session, actor.account_id)
    live = staff_list.live_sessions(session, actor.account_id, now)
    naming = substitute or SubstituteForm(formdata=None).offer(session, actor)
    return render(
        "accounts/account.html", status=status, account=own, actor=actor, sessions=live,
        here_id=current_user.session_id, others=len(live) - 1, email=email or EmailForm(formdata=None, email=own.email),
        naming=naming if len(naming["colleague"].choices) > 1 else None,
        standing=[(one, span_text(one)) for one in substitutes.standing(session, own.id, now)],
    )


def _trace(actor: Actor, action: str, uid: str, facts: dict[str, object] | None = None) -> None:
    """What somebody did to their own account."""
    append(
        db.session(), at=clock.now(), actor_id=actor.account_id, action=action, object_kind="account", object_id=uid,
        facts=facts,
    )
