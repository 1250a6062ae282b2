"""`/help`: the manuals of docs/manual/. Open to everybody: who cannot sign in needs them most; nothing is secret."""

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, abort, send_from_directory
from werkzeug.wrappers import Response

from webapp import access
from webapp.config import ROOT
from webapp.htmx import render

blueprint = Blueprint("manual", __name__, url_prefix="/help")
PICTURES: Final = ROOT / "docs" / "pictures"
DAY_SECONDS: Final = 24 * 3600


@dataclass(frozen=True)
class Manual:
    """One manual. `source` is its file in docs/manual/, from which its template is made."""

    name: str
    source: str
    title: str
    about: str

    @property
    def template(self) -> str:
        return f"manual/_{self.name}.html"


MANUALS: Final = {
    one.name: one
    for one in (
        Manual("appellant", "诉求人.md", "诉求人使用说明", "反映问题、保存回执、查进度、核验答复书、个人信息保护"),
        Manual("unit", "承办单位.md", "承办单位使用说明", "签收、核实、写答复、签发，时限怎么算"),
        Manual("office", "市优办.md", "市优办使用说明", "受理交办、审核、文书，导入和日常维护"),
        Manual("administrator", "系统管理员.md", "系统管理员使用说明", "建账号、换岗停用、重置密码，单位，我的账号"),
    )
}


@blueprint.get("")
@access.public
def index() -> Response:
    return render("manual/index.html", manuals=list(MANUALS.values()))


@blueprint.get("/<audience>")
@access.public
def show(audience: str) -> Response:
    manual = MANUALS.get(audience)
    if manual is None:
        abort(404)
    return render("manual/show.html", manual=manual)


@blueprint.get("/pictures/<name>.png")
@access.public
def picture(name: str) -> Response:
    return send_from_directory(PICTURES, f"{name}.png", max_age=DAY_SECONDS)
