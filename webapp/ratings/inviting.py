"""Importing invitees: read and checked line by line, entered when asked; what is wrong stays on the page."""

from dataclasses import dataclass
from io import BytesIO
from typing import Final

from flask import current_app, flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response
from wtforms import FileField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from models.accounts.types import Actor
from models.appeals.credit_code import WARNINGS
from models.ratings import invitations, queries
from models.ratings.invitations import Compared, Note
from models.ratings.tables import RatingCampaign
from models.ratings.types import GROUP_LABELS, CampaignState, Group, Invitee
from webapp import db, keyed
from webapp.errors import UNSHOWABLE
from webapp.files import download_headers
from webapp.forms import ActForm, LongText
from webapp.htmx import render
from webapp.messages import message
from webapp.rating_acts import vault
from webapp.ratings.planning import act_of
from webapp.ratings.reading import COLUMNS, MOST_CHARS, MOST_LINES, Fault, Read, from_file, read
from webapp.ratings.telling import explainer
from webapp.sheet_rows import SheetRefused

MOST_SHOWN: Final = 100
"""Lines of each kind that the check shows."""
explain = explainer({"invitations_many": "invitees"})


class ImportForm(ActForm):
    """`entries` come of `invitees`; a file takes the place of what was typed, so that an error brings it back."""

    group = RadioField(
        "类别", validate_choice=False, default=Group.ENTERPRISE.value,
        choices=[SelectChoice(value=one.value, label=label) for one, label in GROUP_LABELS.items()],
    )
    invitees = LongText("名单")
    invitees_file = FileField("或者选择文件")
    file_fault = ""

    def take_file(self) -> None:
        sent = request.files.get("invitees_file")
        if sent is None or not sent.filename:
            return
        try:
            self.invitees.data = from_file(sent)
        except SheetRefused as refused:
            self.file_fault = refused.message_zh

    def validate_group(self, field: RadioField) -> None:
        if field.data not in set(Group):
            raise ValidationError("请选择类别")

    def validate_invitees(self, field: LongText) -> None:
        text = field.data = (field.data or "").replace("\r\n", "\n").strip("\n")
        if not text.strip() and not self.file_fault:
            raise ValidationError("请粘贴名单，或者选择文件")
        if len(text) > MOST_CHARS or text.count("\n") >= MOST_LINES:
            raise ValidationError(f"一次最多导入 {MOST_LINES} 行，请分几次导入")
        if UNSHOWABLE.search(text):
            raise ValidationError("名单中含有无法显示的字符，请从表格中重新复制")

    def validate_invitees_file(self, field: FileField) -> None:
        if self.file_fault:
            raise ValidationError(self.file_fault)


@dataclass(frozen=True)
class Checked:
    """What the check says of the lines: entered, left out with the reason, and worth a look."""

    fresh: int
    sample: tuple[Invitee, ...]
    faults: tuple[Fault, ...]
    doubles: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def show_import(
    uid: str, form: ImportForm | None = None, status: int = 200, checked: Checked | None = None
) -> Response:
    row = queries.campaign_row(db.session(), uid)
    is_closed = row.state not in (CampaignState.DRAFT, CampaignState.OPEN)
    shown = form or ImportForm(formdata=None)
    shown.version.data = str(row.version)
    return render(
        "ratings/import.html", status=status, form=shown, row=row, checked=checked, columns=COLUMNS,
        why_not=message(f"campaign_is_{row.state.value}") if is_closed else "",
    )


def handle_import(uid: str) -> Response:
    """`step`: check (the default) shows what was read; add enters what is in order and keeps the rest on the page."""
    form = ImportForm()
    form.take_file()
    if request.form.get("step") == "add" and not form.file_fault:
        return _add(uid, form)
    if not form.validate_on_submit():
        keyed.renewed(form)
        return show_import(uid, form, 422)
    row = queries.campaign_row(db.session(), uid)
    found = read(form.invitees.data or "", Group(form.group.data))
    return show_import(uid, form, checked=_checked(found, _compared(row, found)))


def _compared(row: RatingCampaign, found: Read) -> Compared:
    return invitations.compare(db.session(), vault(), row, found.entries)


def _checked(found: Read, told: Compared) -> Checked:
    return Checked(
        len(told.fresh), tuple(one.invitee for one in told.fresh[:5]), found.faults[:MOST_SHOWN],
        tuple(_said(one) for one in told.doubles[:MOST_SHOWN]),
        tuple(_said(one) for one in told.warnings[:MOST_SHOWN]),
    )


def _said(note: Note) -> Fault:
    return Fault(note.line, WARNINGS.get(note.code) or message(note.code, other=note.other))


def _add(uid: str, form: ImportForm) -> Response:
    row = queries.campaign_row(db.session(), uid, lock=True)

    def run(session: Session, actor: Actor) -> Response:
        found = read(form.invitees.data or "", Group(form.group.data))
        told = _compared(row, found)
        added = invitations.add(session, vault(), row, found.entries, act_of(actor))
        flash(f"已加入 {added} 个邀请对象。" + _left_over(found, told), "success" if added else "info")
        if not found.faults:
            return redirect(url_for("ratings.invitations", uid=uid), code=303)
        kept = ImportForm(formdata=None, data={"group": form.group.data, "invitees": _lines_of(form, found)})
        return show_import(uid, kept, checked=_checked(read(kept.invitees.data or "", Group(form.group.data)),
                                                       Compared((), (), ())))

    act = keyed.KeyedAct(f"rating.invite:{uid}", lambda: url_for("ratings.invitations", uid=uid))
    return keyed.perform(
        act, form, run=run, show=lambda failed, status: show_import(uid, form, status), explain=explain
    )


def _left_over(found: Read, told: Compared) -> str:
    doubles = f"重复的 {len(told.doubles)} 行没有再加。" if told.doubles else ""
    return doubles + (f"有问题的 {len(found.faults)} 行没有加入，列在下面，请改正后再加。" if found.faults else "")


def _lines_of(form: ImportForm, found: Read) -> str:
    """The lines that could not be entered, as they were, under their heading if they had one."""
    lines = (form.invitees.data or "").split("\n")
    heading = [lines[0]] if lines and read(lines[0], Group.MEDIA) == Read((), ()) else []
    return "\n".join(heading + [lines[fault.line - 1] for fault in found.faults])


def template(uid: str) -> Response:
    """An empty table with the headings, for a campaign that there is."""
    queries.campaign_row(db.session(), uid)
    db.release()
    from webapp.spreadsheets import write_table

    stream = BytesIO()
    write_table(COLUMNS, [], stream, title="邀请名单")
    response = current_app.response_class(stream.getvalue())
    response.headers.update(download_headers("xlsx", "评议邀请名单模板.xlsx"))
    return response
