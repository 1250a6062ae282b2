"""The register of slips, prints, and the public page that tells whether a slip is genuine."""

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response as BaseResponse

from models.accounts.queries import unit_names
from models.accounts.rules import Permission
from models.appeals.types import ViewKind
from models.slips import queries
from models.slips.rules import read_code
from webapp import access, clock, db, view_log
from webapp.htmx import render
from webapp.paging import paginate
from webapp.slip_print import Audience, print_headers, slip_pdf
from webapp.slips.forms import RegisterFilter, VerifyForm
from webapp.slips.presenters import genuine, rows

blueprint = Blueprint("slips", __name__, url_prefix="/slips")


@blueprint.get("")
@access.requires(Permission.READ_SLIPS)
def index() -> BaseResponse:
    session, actor = db.session(), access.current_actor()
    asked = RegisterFilter(request.args)
    asked.offer(clock.today())
    is_sound = asked.check()
    total = queries.register_count(session, actor, asked.wanted)
    page = paginate(total, "slips.index", **asked.asked)
    found = queries.register(session, actor, asked.wanted, limit=50, offset=page.offset)
    shown = rows(found, unit_names(session))
    return render(
        "register/index.html", part="register/_list.html", form=asked, rows=shown, pages=page,
        actor=actor, status=200 if is_sound else 422,
    )


@blueprint.post("/<uid>/print")
@access.requires(Permission.READ_SLIPS)
def print_slip(uid: str) -> BaseResponse:
    """POST, because a print leaves a trace (WEB-4). The same bytes every time."""
    actor = access.current_actor()
    slip = queries.visible_slip(db.session(), actor, uid)
    if slip.appeal_id is not None:
        view_log.seen_id(slip.appeal_id, ViewKind.PRINT)
    pdf = slip_pdf(slip, actor, Audience.STAFF)
    return make_response(pdf, 200, print_headers(slip))


@blueprint.get("/verify", defaults={"code": ""})
@blueprint.get("/verify/<code>")
@access.public
def verify(code: str) -> BaseResponse:
    """Genuine or not. An unknown code is an answer like any other: 200, and what to do."""
    asked = code or request.args.get("code", "")
    wanted = read_code(asked)
    slip = queries.by_verification_code(db.session(), wanted) if wanted else None
    return render(
        "register/verify.html", part="register/_verdict.html", form=VerifyForm(data={"code": wanted or asked[:40]}),
        asked=asked.strip(), slip=genuine(slip) if slip else None,
    )
