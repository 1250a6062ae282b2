"""The office's own wording: a list of kinds, and one kind's sentences with the slip that they would make."""

from functools import partial

from flask import flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.types import Actor
from models.errors import DomainError, NotFound
from models.slips import wordings
from models.slips.kinds import SLIP_LABELS, SlipKind
from models.slips.specimens import specimen
from models.slips.wording import PLACES
from webapp import db, keyed
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.messages import message
from webapp.slip_drawing import Preview
from webapp.slips.act_forms import WordingForm
from webapp.slips.acting import act_of, drawn, letterhead
from webapp.slips.presenters import version_views


def show_list() -> Response:
    used = wordings.versions(db.session())
    kinds = [(kind.value, label, used.get(kind, 0)) for kind, label in SLIP_LABELS.items()]
    return render("register/wordings.html", kinds=kinds)


def show(
    kind_name: str, *, failed: ActForm | None = None, preview: Preview | None = None, status: int = 200
) -> Response:
    session, kind = db.session(), _kind(kind_name)
    form = failed if isinstance(failed, WordingForm) else _form(kind, filled=session)
    written = version_views(session, wordings.history(session, kind))
    shown = preview or drawn(specimen(kind, wordings.current(session, kind), letterhead()))
    return render(
        "register/wording.html", status=status, kind=kind.value, label=SLIP_LABELS[kind], form=form, preview=shown,
        places=PLACES[kind], versions=written, is_typed=preview is not None,
    )


def save(kind_name: str) -> Response:
    """A new version, 303; the words drawn, when only that is asked; 422 and 409 with what was typed."""
    kind = _kind(kind_name)
    form = _form(kind)
    if request.form.get("step") == "preview":
        return _drawn(kind, form)

    def run(session: Session, actor: Actor) -> Response:
        row = wordings.rewrite(session, kind, form.wording, act_of(actor))
        label = SLIP_LABELS[kind]
        said = f"已启用第{row.version}版措辞，今后出具的{label}按此印制。" if row else "措辞没有变化。"
        flash(said, "info" if row is None else "success")
        return redirect(url_for("slips.wording", kind=kind_name), code=303)

    act = keyed.KeyedAct(f"wording:{kind.value}", partial(url_for, "slips.wording", kind=kind_name))
    return keyed.perform(act, form, run=run, show=partial(_again, kind_name), explain=_explain)


def _drawn(kind: SlipKind, form: WordingForm) -> Response:
    if not form.validate_on_submit():
        return show(kind.value, failed=keyed.renewed(form), status=422)
    return show(kind.value, failed=form, preview=drawn(specimen(kind, form.wording, letterhead())))


def _again(kind_name: str, form: ActForm, status: int) -> Response:
    return show(kind_name, failed=form, status=status)


def _explain(form: ActForm, error: DomainError) -> None:
    form.form_errors.append(message(error.code))


def _form(kind: SlipKind, filled: Session | None = None) -> WordingForm:
    form = WordingForm() if filled is None else WordingForm(formdata=None)
    form.keep(kind)
    if filled is not None:
        form.fill(wordings.current(filled, kind))
    return form


def _kind(name: str) -> SlipKind:
    if name not in set(SlipKind):
        raise NotFound("no_such_id")
    return SlipKind(name)
