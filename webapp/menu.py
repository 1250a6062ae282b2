"""The menus of staff and of the public, as data: who is shown which entry, and which of them is the present page."""

from dataclasses import dataclass
from functools import lru_cache

from models.accounts.rules import Permission, permits
from models.accounts.types import Actor
from webapp.letterhead import OFFICE


@dataclass(frozen=True)
class Entry:
    """`audience` is a permission, "office" for all who read everything, "reader" for those who only read, "unit" for a
    unit's people. `also` are the pages that belong to it without standing in the menu.
    """

    endpoint: str
    label: str
    audience: tuple[Permission | str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    endpoint: str
    label: str
    is_current: bool


@dataclass(frozen=True)
class Menu:
    """What the masthead needs beside who is signed in. `manual` is the audience of the manual behind 帮助."""

    brand_line: str
    home_endpoint: str
    items: tuple[Item, ...]
    manual: str = "appellant"
    here: str = ""


STAFF = (
    Entry("desk.index", "待办诉求", ("unit",), ("desk.show",)),
    Entry("assisting.index", "协办", ("unit",)),
    Entry("desk.self_registered", "自办件", ("unit",), ("desk.new_matter",)),
    Entry("supervision.mine", "督办事项", ("unit",)),
    Entry("followup.cases", "不满意", ("unit",), ("followup.case",)),
    Entry("office.index", "总览", ("office",), ("office.appeals", "office.show")),
    Entry("office.new_entry", "登记诉求", (Permission.TRIAGE,), ("office.entered",)),
    Entry("office.triage", "受理交办", (Permission.TRIAGE,), ("office.triage_one",)),
    Entry("office.review", "待我审批", (Permission.REVIEW,)),
    Entry(
        "followup.index", "回访", (Permission.FOLLOW_UP,),
        ("followup.call", "followup.cases", "followup.case", "followup.rates", "followup.replies", "followup.policy",
         "followup.exclude", "followup.exclusion"),
    ),
    Entry(
        "followup.rates", "满意率", ("reader",),
        ("followup.replies", "followup.cases", "followup.case", "followup.policy", "followup.exclusion"),
    ),
    Entry("office.self_registered", "自办件", ("office without unit",)),
    Entry("supervision.index", "督办", ("office",), ("supervision.policy", "supervision.new_for_unit")),
    Entry("supervision.instructions", "批示", (Permission.INSTRUCT,)),
    Entry("slips.index", "文书", ("office", "unit")),
    Entry(
        "work_errors.index", "错情", (Permission.READ_WORK_ERRORS,),
        ("work_errors.new", "work_errors.show", "work_errors.edit", "work_errors.monthly", "work_errors.quarterly",
         "work_errors.half_years"),
    ),
    Entry(
        "calendar_desk.index", "日历", ("office",),
        ("calendar_desk.new", "calendar_desk.create", "calendar_desk.show", "calendar_desk.provisional"),
    ),
    Entry("policies.index", "时限规定", ("office",), ("policies.show", "policies.new", "policies.revision")),
    Entry(
        "ratings.index", "评议", (Permission.READ_RATINGS,),
        ("ratings.show", "ratings.new", "ratings.create", "ratings.edit", "ratings.change", "ratings.invitations",
         "ratings.new_invitations", "ratings.invite", "rating_results.index", "rating_results.campaign",
         "rating_results.publishing_of", "rating_results.publish", "rating_results.issue_bulletin",
         "rating_results.signal", "rating_results.proposals", "rating_results.yearly"),
    ),
    Entry("rating_results.mine", "评议结果", ("unit",)),
    Entry("custody.index", "身份查看审批", (Permission.DECIDE_REVEAL,), ("custody.request_for",)),
    Entry("admin.index", "账号管理", (Permission.ADMINISTER,)),
    Entry("admin.all_units", "单位管理", (Permission.ADMINISTER,)),
    Entry("admin.enterprise_accounts", "企业账号", (Permission.ADMINISTER,)),
    Entry("admin.mails", "邮件发送", (Permission.ADMINISTER,)),
)
PUBLIC = (
    Entry("public.home", "首页"),
    Entry("public.new_appeal", "我要反映", also=("public.receipt",)),
    Entry("public.track", "查进度"),
    Entry("public.enterprise", "企业账号"),
    Entry("slips.verify", "文书核验"),
    Entry("public.privacy", "隐私"),
)
PUBLIC_RATINGS = Entry("rating_results.published", "评议结果", also=("rating_results.published_one",))
"""Before the last one, once there is anything to read."""
PLACES: tuple[tuple[Permission | str, str, str], ...] = (
    ("office", "市优办工作台", "office.index"),
    ("unit", "承办单位工作台", "desk.index"),
    (Permission.ADMINISTER, "系统管理", "admin.index"),
    (Permission.DECIDE_REVEAL, "身份保管", "custody.index"),
)
"""Where somebody works, by the first audience they belong to."""


def _belongs(actor: Actor, audience: Permission | str) -> bool:
    if isinstance(audience, Permission):
        return permits(actor.roles, audience)
    is_of = {"office": actor.may_read_all, "unit": actor.is_unit}
    is_of["office without unit"] = actor.may_read_all and not actor.is_unit
    is_of["reader"] = actor.may_read_all and not actor.is_office
    return is_of[audience]


def _items(entries: tuple[Entry, ...], here: str) -> tuple[Item, ...]:
    return tuple(Item(one.endpoint, one.label, here == one.endpoint or here in one.also) for one in entries)


@lru_cache(maxsize=1024)
def staff_menu(actor: Actor | None, here: str) -> Menu:
    """What this person may open; `here` is the endpoint of the page, or the one it counts as."""
    if actor is None:
        return Menu("承办单位工作台", "public.home", ())
    shown = tuple(one for one in STAFF if any(_belongs(actor, audience) for audience in one.audience))
    place = next(((line, home) for audience, line, home in PLACES if _belongs(actor, audience)), None)
    line, home = place or ("承办单位工作台", "public.home")
    manual = "unit" if actor.is_unit else "administrator" if permits(actor.roles, Permission.ADMINISTER) else "office"
    return Menu(line, home, _items(shown, here), manual, here)


@lru_cache(maxsize=64)
def public_menu(here: str, has_ratings: bool = False) -> Menu:
    entries = (*PUBLIC[:-1], PUBLIC_RATINGS, PUBLIC[-1]) if has_ratings else PUBLIC
    return Menu(OFFICE.name, "public.home", _items(entries, here))


def bare_menu() -> Menu:
    """For an error page that needs as little as possible."""
    return Menu(OFFICE.name, "public.home", ())
