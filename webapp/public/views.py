"""Public pages: home, filing, receipt, follow-up. Everything works without JavaScript and without an account."""

from flask import Blueprint, Response, current_app, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from models.accounts.types import PUBLIC
from models.appeals import receipt as codes
from models.audit.commands import append
from webapp import access, clock, db, intake
from webapp.files import download_headers
from webapp.filing_form import make_showable, shown
from webapp.htmx import render
from webapp.pages import LARGE_TYPE_COOKIE
from webapp.paths import local_path
from webapp.public import calculator, dialogue, filing, following, limits, memory, pausing, proofs
from webapp.public import home as home_page
from webapp.public.forms import TrackForm, parse_number
from webapp.public.receipt_page import receipt_page
from webapp.receipts import ReceiptPage, as_print, track_url
from webapp.slip_pdf import qr_svg, render_receipt
from webapp.slip_print import Audience, print_headers, slip_pdf

blueprint = Blueprint("public", __name__)
YEAR_SECONDS = 365 * 24 * 3600
GONE = "查询码只在提交以后显示一次，现在不能再看。请凭保存好的受理编号和查询码查询进度。"


@blueprint.teardown_request
def close_uploads(error: BaseException | None) -> None:
    """Large uploads lie in temporary files: closed at once, not when memory is next tidied."""
    request.close()


@blueprint.get("/")
@access.public
def home() -> BaseResponse:
    session = db.session()
    calculation = calculator.calculate(
        session, shown(request.args.get("start", "")), request.args.get("matter", ""), clock.today()
    )
    return render(
        "public/home.html",
        part="public/_calculator.html",
        status=422 if calculation.error else 200,
        calculation=calculation,
        figures=home_page.figures(session, clock.now()),
    )


@blueprint.post("/large-type")
@access.public
def toggle_large_type() -> BaseResponse:
    response = redirect(local_path(request.form.get("next", "")) or url_for("public.home"), 303)
    if request.cookies.get(LARGE_TYPE_COOKIE) == "1":
        response.delete_cookie(LARGE_TYPE_COOKIE)
        return response
    response.set_cookie(
        LARGE_TYPE_COOKIE, "1", max_age=YEAR_SECONDS, httponly=True, samesite="Lax", secure=intake.config().is_https
    )
    return response


@blueprint.get("/privacy")
@access.public
def privacy() -> BaseResponse:
    return render("public/privacy.html")


@blueprint.route("/appeals/new", methods=["GET", "POST"])
@access.public
def new_appeal() -> BaseResponse:
    form = filing.new_form()
    return filing.show(form) if request.method == "GET" else filing.answer(form)


@blueprint.route("/appeals/new/resume", methods=["GET", "POST"])
@access.public
def resume() -> BaseResponse:
    """What a visitor asked to have kept, fetched by its code."""
    return pausing.ask() if request.method == "GET" else filing.resumed(filing.new_form())


def _given_receipt() -> ReceiptPage | None:
    """The receipt this browser may still see, read in a short transaction."""
    given = memory.receipt(clock.now())
    if given is None:
        return None
    with db.database().reading() as session:
        return receipt_page(session, given, clock.today())


@blueprint.get("/appeals/receipt")
@access.public
def receipt() -> BaseResponse:
    page = _given_receipt()
    if page is None:
        return render("public/receipt_gone.html")
    return render("public/receipt.html", receipt=page)


@blueprint.get("/appeals/receipt/qr.svg")
@access.public
def receipt_qr() -> BaseResponse:
    """The address of the follow-up page as a picture; it carries neither number nor code."""
    return Response(qr_svg(track_url()), mimetype="image/svg+xml")


@blueprint.post("/appeals/receipt/pdf")
@access.public
def receipt_pdf() -> BaseResponse:
    page = _given_receipt()
    if page is None:
        flash(GONE, "info")
        return redirect(url_for("public.receipt"), 303)
    pdf = render_receipt(as_print(page), current_app.extensions["zhitongche.pdf"])
    append(
        db.session(),
        at=clock.now(),
        actor_id=PUBLIC.account_id,
        action="receipt.print",
        object_kind="appeal",
        object_id=page.number,
        facts={},
    )
    response = make_response(pdf)
    response.headers.update(download_headers("pdf", f"受理回执{page.number}.pdf"))
    return response


@blueprint.post("/appeals/receipt/saved")
@access.public
def receipt_saved() -> BaseResponse:
    memory.forget_receipt()
    if access.current_actor().is_enterprise:
        flash("查询码已从这台设备的页面上清除。这件诉求在下面可以一直看到。", "success")
        return redirect(url_for("public.enterprise"), 303)
    flash("查询码已从这台设备的页面上清除。以后凭受理编号和查询码查进度。", "success")
    return redirect(url_for("public.track"), 303)


@blueprint.get("/appeals/track")
@access.public
def track() -> BaseResponse:
    session = db.session()
    appeal = following.remembered(session, memory.tracked(clock.now()))
    if appeal is None:
        return _ask_code(TrackForm(), 200)
    return dialogue.show(session, appeal)


def _ask_code(form: TrackForm, status: int, wait: str = "") -> BaseResponse:
    """`wait`: nothing is to be put right, only to be tried again later."""
    proof = proofs.for_look_up(clock.now()) if status != 429 else None  # who must wait is not made to work
    return render("public/track.html", form=form, status=status, proof=proof, wait=wait)


@blueprint.post("/appeals/track")
@access.public
def open_track() -> BaseResponse:
    form = TrackForm()
    make_showable(form)
    if not form.validate_on_submit():
        return _ask_code(form, 422)
    number = parse_number(form.number.data or "")
    code = codes.normalise_code(form.code.data or "")
    proof = limits.offered(request.form.get("proof_key", ""))
    try:
        is_right = limits.guarded(number or "", lambda: following.is_right(number, code), clock.now(), proof)
    except limits.TooMany as many:
        return limits.waiting(_ask_code(form, 429, many.message_zh), many)
    except limits.ProofNeeded:
        return _ask_code(form, 422)
    if not is_right:
        form.code.errors = [following.WRONG]
        return _ask_code(form, 422)
    memory.remember_tracked(number or "", clock.now())
    return redirect(url_for("public.track"), 303)


@blueprint.post("/appeals/track/answer")
@access.public
def answer() -> BaseResponse:
    return dialogue.answer()


@blueprint.post("/appeals/track/withdraw")
@access.public
def withdraw() -> BaseResponse:
    return dialogue.withdraw()


@blueprint.post("/appeals/track/end")
@access.public
def end_track() -> BaseResponse:
    memory.forget_tracked()
    flash("已结束查询，这台设备上不再显示您的诉求。", "success")
    return redirect(url_for("public.track"), 303)


@blueprint.post("/appeals/track/slips/<uid>/pdf")
@access.public
def track_slip(uid: str) -> BaseResponse:
    number = memory.tracked(clock.now())
    if number is None:
        flash("查询已超过 30 分钟没有操作，请重新填写受理编号和查询码。", "info")
        return redirect(url_for("public.track"), 303)
    with db.database().reading() as session:
        slip = following.own_slip(session, following.followed(session, number), uid)
    response = make_response(slip_pdf(slip, PUBLIC, Audience.APPELLANT))
    response.headers.update(print_headers(slip, disposition="attachment"))
    return response
