"""Units as pickers offer them: by short name, full name and pinyin; and the nearest ones when nothing was picked."""

from collections.abc import Iterable
from functools import lru_cache

from flask import Flask
from wtforms.validators import ValidationError

from models.accounts.pinyin import fits, syllables
from models.accounts.queries import handling_units
from models.accounts.tables import Unit
from webapp import db

MOST_NEAR = 3


@lru_cache(maxsize=500)
def _keys(*names: str) -> str:
    return "|".join(" ".join(syllables(name)) for name in names)


def unit_keys(unit: Unit) -> str:
    """What static/js/picker.js searches: "shi jian ju|yuan jiang shi …". Computed once for each name."""
    return _keys(unit.short_name, unit.full_name)


def near(text: str, units: Iterable[Unit]) -> list[str]:
    """Short names of the units that `text` may mean: by their full name only when no short name fits it."""
    wanted, offered = text[:40], list(units)
    by_short = [unit.short_name for unit in offered if fits(wanted, unit.short_name)]
    by_full = [unit.short_name for unit in offered if fits(wanted, unit.full_name)]
    return (by_short or by_full)[:MOST_NEAR]


def unknown_unit(text: str, units: Iterable[Unit]) -> str:
    """Beside a picker whose text names no unit: what to do, and which one may be meant."""
    found = near(text, units)
    if not found:
        return f"没有名为“{text}”的承办单位，请输入一两个字或者拼音首字母后从列表中选择"
    return f"没有名为“{text}”的承办单位，您要找的是不是：{'、'.join(found)}"


def named_unit(name: str) -> Unit:
    """The handling unit of that name. Raises ValidationError with the units that may be meant."""
    units = handling_units(db.session())
    named = [unit for unit in units if name in (unit.short_name, unit.full_name)]
    if not named:
        raise ValidationError(unknown_unit(name, units))
    return named[0]


def init_app(app: Flask) -> None:
    app.add_template_filter(unit_keys)
