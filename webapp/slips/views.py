"""The register of slips and their pages, acts and prints, and the public page that tells whether a slip is genuine."""

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response as BaseResponse

from models.accounts.queries import unit_names
from models.accounts.rules import Permission, permits
from models.appeals.types import ViewKind
from models.slips import queries
from models.slips.rules import read_code
from webapp import access, clock, db, view_log
from webapp.htmx import render
from webapp.paging import paginate
from webapp.slip_print import Audience, print_headers, slip_pdf
from webapp.slips import batches, issuing, one
from webapp.slips import wording as office_wording
from webapp.slips.act_forms import PlainForm
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
    may_issue = permits(actor.roles, Permission.ISSUE_SLIPS)
    return render(
        "register/index.html", part="register/_list.html", form=asked, rows=rows(found, unit_names(session)),
        pages=page, actor=actor, status=200 if is_sound else 422,
        batch_key=PlainForm(formdata=None), order_key=PlainForm(formdata=None),
        waiting=len(queries.without_order(session, actor, clock.today())) if may_issue else 0,
    )


@blueprint.get("/<uid>")
@access.requires(Permission.READ_SLIPS)
def show(uid: str) -> BaseResponse:
    return one.show(uid)


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


@blueprint.post("/<uid>/sign")
@access.requires(Permission.USE_DESK)
def sign(uid: str) -> BaseResponse:
    return one.sign(uid)


@blueprint.post("/<uid>/void")
@access.requires(Permission.REVIEW)
def void(uid: str) -> BaseResponse:
    return one.void(uid)


@blueprint.post("/<uid>/reissue")
@access.requires(Permission.REVIEW)
def reissue(uid: str) -> BaseResponse:
    return one.reissue(uid)


@blueprint.post("/<uid>/scans")
@access.requires(Permission.ISSUE_SLIPS)
def scan(uid: str) -> BaseResponse:
    return one.scan(uid)


@blueprint.get("/<uid>/scans/<scan_uid>")
@access.requires(Permission.ISSUE_SLIPS)
def scanned(uid: str, scan_uid: str) -> BaseResponse:
    return one.scanned(uid, scan_uid)


@blueprint.get("/appeals/<appeal_uid>")
@access.requires(Permission.ISSUE_SLIPS)
def issuing_for(appeal_uid: str) -> BaseResponse:
    return issuing.show(appeal_uid)


@blueprint.get("/appeals/<appeal_uid>/<kind>")
@access.requires(Permission.ISSUE_SLIPS)
def preview(appeal_uid: str, kind: str) -> BaseResponse:
    return issuing.preview(appeal_uid, kind)


@blueprint.post("/appeals/<appeal_uid>/<kind>")
@access.requires(Permission.ISSUE_SLIPS)
def issue(appeal_uid: str, kind: str) -> BaseResponse:
    return issuing.issue(appeal_uid, kind)


@blueprint.post("/appeals/<appeal_uid>/transfer-letter")
@access.requires(Permission.ISSUE_SLIPS)
def transfer(appeal_uid: str) -> BaseResponse:
    return issuing.transfer(appeal_uid)


@blueprint.post("/dispatch-orders")
@access.requires(Permission.ISSUE_SLIPS)
def dispatch_orders() -> BaseResponse:
    return batches.issue_dispatch_orders()


@blueprint.post("/batches")
@access.requires(Permission.READ_SLIPS)
def batch() -> BaseResponse:
    return batches.order(request.form)


@blueprint.get("/wordings")
@access.requires(Permission.EDIT_WORDING)
def wordings() -> BaseResponse:
    return office_wording.show_list()


@blueprint.get("/wordings/<kind>")
@access.requires(Permission.EDIT_WORDING)
def wording(kind: str) -> BaseResponse:
    return office_wording.show(kind)


@blueprint.post("/wordings/<kind>")
@access.requires(Permission.EDIT_WORDING)
def save_wording(kind: str) -> BaseResponse:
    return office_wording.save(kind)


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
