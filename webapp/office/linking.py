"""Merging and linking at the office: forms, commands, and what the page of an appeal offers for it."""

from typing import Any, cast

from flask import url_for
from sqlmodel import Session
from wtforms import HiddenField, StringField

from models.accounts.types import Actor
from models.appeals.tables import Appeal
from models.errors import DomainError
from models.handling import linking
from models.handling.assistance_rules import LINKERS
from models.handling.commands import Act
from models.handling.types import Action
from webapp.acts import ActView, form_for, in_summary
from webapp.forms import ActForm, Clean, Required, text_area
from webapp.messages import message

BESIDE_NUMBER = frozenset({
    "linked_to_itself", "no_such_number", "main_is_merged", "main_not_at_work", "merge_crosses_report",
    "too_many_demands", "already_linked",
})  # fmt: skip


class MergeForm(ActForm):
    number = StringField("主件的受理编号", [Required("请填写主件的受理编号"), Clean(20, 1)])
    reason = text_area("并入理由", max_chars=500, required="请写明为什么合并办理，例如同一企业反映同一件事")


class UnmergeForm(ActForm):
    reason = text_area("恢复理由", max_chars=500, required="请写明为什么恢复单独办理")


class LinkForm(ActForm):
    number = StringField("另一件的受理编号", [Required("请填写另一件诉求的受理编号"), Clean(20, 1)])


class UnlinkForm(ActForm):
    number = HiddenField()


def beside_number(form: ActForm, error: DomainError) -> None:
    if error.code in BESIDE_NUMBER:
        field = cast(MergeForm, form).number
        field.errors = [*field.errors, message(error.code)]
    else:
        in_summary(form, error)


def _merge(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    form = cast(MergeForm, form)
    main = linking.by_number(session, act.actor, form.number.data or "")
    linking.merge(session, appeal, act, main=main, reason=form.reason.data or "")
    return f"{appeal.number} 已并入 {main.number}，原定期限不变；主件答复时一并答复这位诉求人。"


def _unmerge(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    linking.unmerge(session, appeal, act, reason=cast(UnmergeForm, form).reason.data or "")
    return f"{appeal.number} 已恢复单独办理，状态和期限与并入以前相同。"


def _link(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    other = linking.by_number(session, act.actor, cast(LinkForm, form).number.data or "")
    linking.link(session, appeal, act, other=other)
    return f"已与 {other.number} 关联，两件仍分别办理。"


def _unlink(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    other = linking.by_number(session, act.actor, cast(UnlinkForm, form).number.data or "")
    linking.unlink(session, appeal, act, other=other)
    return f"已取消与 {other.number} 的关联。"


ACTS = {
    Action.MERGE: ActView(
        Action.MERGE, MergeForm, _merge, "并入主件", template="office/_merge_fields.html", is_quiet=True,
        is_folded=True, explain=beside_number,
    ),
    Action.UNMERGE: ActView(
        Action.UNMERGE, UnmergeForm, _unmerge, "恢复单独办理", template="office/_unmerge.html", is_quiet=True,
        is_folded=True,
    ),
}
LINK_ACTS = {
    Action.LINK: ActView(Action.LINK, LinkForm, _link, "关联", explain=beside_number),
    Action.UNLINK: ActView(Action.UNLINK, UnlinkForm, _unlink, "取消关联"),
}
"""No row of the workflow: they stand in a part of their own."""


def link_context(actor: Actor, appeal: Appeal, failed: ActForm | None, action: Action | None) -> dict[str, Any]:
    """The forms of the part office/_link.html; a failed one with its errors there, and nowhere else on the page."""
    if not actor.roles & LINKERS[Action.LINK]:
        return {"link_form": None}
    context: dict[str, Any] = {
        "link_form": failed if action is Action.LINK else form_for(LINK_ACTS[Action.LINK], appeal),
        "unlink_form": failed if action is Action.UNLINK else form_for(LINK_ACTS[Action.UNLINK], appeal),
        "link_url": url_for("office.link", uid=appeal.uid), "unlink_url": url_for("office.unlink", uid=appeal.uid),
    }
    return context | ({"kept": []} if action in LINK_ACTS else {})
