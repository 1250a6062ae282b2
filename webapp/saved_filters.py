"""The filters somebody keeps, as links above a list: the same part for the queue and the office's list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from sqlmodel import Session

from models.accounts.rules import Permission
from models.accounts.saved_filters import LONGEST_NAME, MOST, Kept, canonical, saved
from models.accounts.tables import SavedFilter
from models.accounts.types import Actor, ListPlace
from webapp.forms import ActForm, text_field

LISTS = {ListPlace.DESK: "desk.index", ListPlace.OFFICE: "office.appeals"}
PERMISSIONS = {ListPlace.DESK: Permission.USE_DESK, ListPlace.OFFICE: Permission.USE_OFFICE}


class FilterForm(ActForm):
    """The name somebody gives to a filter."""

    name = text_field("名称", max_chars=LONGEST_NAME, required="请给这个筛选起个名字，例如“欠款、未分派”")


@dataclass(frozen=True)
class SavedLink:
    uid: str
    name: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class SavedPart:
    """What accounts/_saved_filters.html shows. `query` is the present filter, "" when there is none to keep."""

    place: ListPlace
    links: Sequence[SavedLink]
    query: str
    form: FilterForm | None

    @property
    def may_save(self) -> bool:
        is_kept = any(link.is_current for link in self.links)
        return bool(self.query) and not is_kept and len(self.links) < MOST


def saved_part(session: Session, actor: Actor, place: ListPlace, arguments: Mapping[str, Any]) -> SavedPart:
    """One statement. `arguments` is the list's address as it was understood, so nothing unknown is ever offered."""
    query = canonical(place, urlencode({name: value for name, value in arguments.items() if value}))
    links = [link(one, query) for one in saved(session, actor.account_id, place)]
    return SavedPart(place, links, query, FilterForm(formdata=None) if query else None)


def link(one: SavedFilter | Kept, query: str = "") -> SavedLink:
    return SavedLink(one.uid, one.name, list_url(one.place, one.query), one.query == query)


def list_url(place: ListPlace, query: str) -> str:
    """The list as the filter asks for it."""
    base = url_for(LISTS[place])
    return f"{base}?{query}" if query else base
