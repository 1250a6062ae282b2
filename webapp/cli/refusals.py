"""How commands say no: one clear line in Chinese on standard error and exit code 2, never a traceback."""

import re
from datetime import date
from typing import IO, Any

import click

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COUNT = re.compile(r"[0-9]{1,9}")


class BadArgument(click.ClickException):
    """A value the command cannot work with. Several lines are shown as they are."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"错误：{self.message}", file=file, err=file is None)


def required(value: str | None, option: str) -> str:
    """The option's value; refuses when it was left out."""
    if value is None:
        raise BadArgument(f"缺少参数 {option}。加 --help 查看用法")
    return value


def iso_date(text: str, option: str) -> date:
    """A date written 2026-09-30 and nothing else."""
    if _ISO_DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:  # the 30th of February: told below like any other
            pass
    raise BadArgument(f"{option} 的值“{text}”不是有效日期，请写成 2026-09-30 的样式")


def whole_number(text: str, option: str, *, least: int) -> int:
    """A number in ASCII digits, not below `least`."""
    if _COUNT.fullmatch(text) and int(text) >= least:
        return int(text)
    raise BadArgument(f"{option} 的值“{text}”无效，应为不小于{least}的整数")
