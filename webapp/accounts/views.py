"""Signing in: the same page and time for an unknown user, a wrong password and a disabled account (AUT-3)."""

from flask import Blueprint, flash, redirect, request, session, url_for
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response as BaseResponse

from models.accounts import commands
from models.accounts.rules import Permission, permits
from models.accounts.types import Actor
from webapp import access, clock, db
from webapp.accounts import own_password, sign_in
from webapp.accounts.forms import LoginForm, PasswordForm
from webapp.accounts.throttle import TooManyTries
from webapp.entering import enter
from webapp.htmx import render
from webapp.kept_forms import leave
from webapp.paths import local_path
from webapp.refilling import discard

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/login", methods=["GET", "POST"])
@access.public
def login() -> BaseResponse:
    form = LoginForm(next=request.args.get("next", ""))
    if not form.validate_on_submit():
        return render("accounts/login.html", form=form, status=422 if form.is_submitted() else 200)
    outcome = sign_in.attempt(form.username.data or "", form.password.data or "")
    outcome = sign_in.admit(db.session(), outcome)  # the attempt has given the session before back
    if outcome.account is None:
        form.form_errors.append(outcome.message)
        return _waiting(render("accounts/login.html", form=form, status=outcome.status), outcome.retry_after)
    actor = enter(db.session(), outcome.account)
    return redirect(local_path(form.next.data or "") or home_of(actor), code=303)


def _waiting(response: BaseResponse, seconds: int) -> BaseResponse:
    if seconds:
        response.headers["Retry-After"] = str(seconds)
    return response


def home_of(actor: Actor) -> str:
    """Where each kind of people begins the day."""
    if actor.is_enterprise:
        return url_for("public.enterprise")
    if actor.is_unit:
        return url_for("desk.index")
    if actor.may_read_all:
        return url_for("office.index")
    if permits(actor.roles, Permission.ADMINISTER):
        return url_for("admin.index")
    if permits(actor.roles, Permission.DECIDE_REVEAL):
        return url_for("custody.index")
    return url_for("public.home")


@blueprint.post("/logout")
@access.signed_in
def logout() -> BaseResponse:
    token = current_user.token
    commands.end_session(db.session(), token, now=clock.now())
    logout_user()
    leave(token)
    flash("您已退出。", "success")
    return redirect(url_for("public.home"), code=303)


@blueprint.post("/account/kept/forget")
@access.signed_in
def forget_kept() -> BaseResponse:
    """What was kept of a form is not needed any more."""
    page = discard()
    flash("已不再保留。", "info")
    return redirect(local_path(page) or home_of(access.current_actor()), code=303)


@blueprint.route("/password", methods=["GET", "POST"])
@access.signed_in
def password() -> BaseResponse:
    form = PasswordForm()
    try:
        is_changed = form.validate_on_submit() and own_password.change(form)
    except TooManyTries as many:
        form.form_errors.append(many.message_zh)
        return _waiting(render("accounts/password.html", form=form, status=429), many.seconds)
    if not is_changed:
        return render("accounts/password.html", form=form, status=422 if form.is_submitted() else 200)
    session.clear()
    flash("密码已修改，请用新密码登录。", "success")
    return redirect(url_for("accounts.login"), code=303)
