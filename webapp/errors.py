"""Every error as a page in Chinese: what happened, what to do, and what was typed (WEB-5, CON-4)."""

import logging
import re

from flask import Flask, Response, g, make_response, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from models.accounts.rules import Permission, permits
from models.accounts.types import PUBLIC
from models.errors import Conflict, NotFound, Refused
from webapp import access, db
from webapp.files import FileRefused
from webapp.htmx import wants_part
from webapp.messages import message
from webapp.pdf import PdfBusy, PdfRefused

log = logging.getLogger("zhitongche")
UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Characters that HTML cannot carry."""
PAGES = frozenset({400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503})
KEPT_LABELS = {
    "title": "标题",
    "body": "情况说明",
    "appellant_name": "姓名",
    "phone": "联系电话",
    "address": "联系地址",
    "enterprise_name": "企业名称",
    "credit_code": "统一社会信用代码",
    "facts": "核实情况",
    "note": "说明",
    "reason": "理由",
    "remark": "说明或意见",
    "question": "问题",
    "progress": "进展",
    "text": "补充说明",
    "answer": "您的回答",
    "contribution": "协办意见",
    "assist_task": "请协办的事项",
    "assist2_task": "请另一家协办的事项",
    "late_reason": "没有当天登记的原因",
    "notice_text": "通知正文",
    "return_grounds": "退回理由", "return_basis": "退回依据", "return_unit": "建议的承办单位",
    "extension_grounds": "延期理由", "pause_grounds": "中止计时说明", "complex_grounds": "改办理由",
    "send_note": "签发意见", "resume_note": "恢复计时说明", "told_reason": "告知诉求人的理由", "grant_note": "内部意见",
    "refusal": "不同意的理由", "ruled_unit": "裁定的承办单位", "ruling": "裁定理由",
    "redo_reason": "重办理由", "redo_told": "告知诉求人", "transfer_to": "接收机关", "transfer_reason": "移送理由",
    "content": "错情内容",
    "accountability": "责任追究",
    "basis": "认定说明",
    "statement": "说明",
    "words": "说明或意见",
    "reasons": "理由", "evidence": "认定依据",
    "grounds": "事实和依据",
    "demand": "要求或内容",
    "annexes": "附件清单",
    "source": "来源", "verified": "已核实的情况", "opinion": "移交意见", "annex_names": "附件",
    "confidentiality": "保密要求", "copies_to": "抄送", "opening": "开头语", "closing": "结尾语",
    "come_back": "再次反映的说明",
    "policy_name": "时限规定的名称", "policy_basis": "时限规定的依据",
    "letter": "评议信正文", "closing_reason": "提前截止的理由", "extend_reason": "延长的理由", "invitees": "邀请名单",
    "remark_rough": "粗暴执法的具体情况", "remark_selective": "选择性执法的具体情况",
    "remark_retaliatory": "报复性执法的具体情况",
    "told": "告知诉求人或者留言", "inner": "联系情况",
}
SAME_EVENT = ("uq_appeal_events_appeal_id_seq", "appeal_events.appeal_id, appeal_events.seq")
"""How PostgreSQL and SQLite name the key on which two acts on one appeal collide."""
KEPT_LISTS = {"demands-": "诉求点", "entries-": "答复内容", "done-": "办理情况"}
"""By how the names of a list's fields begin."""
MOST_READ = 64 * 2**20
"""Bytes of a refused form with files that are still read for the text in it."""
MOST_KEPT = 320
"""Texts that an error page brings back: the longest form, a reply to fifty demands, has fewer."""
NEVER_KEPT = ("csrf_token", "submission_key", "password", "code", "version", "step", "act")


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(Refused, lambda error: error_page(409, detail=message(error.code)))
    app.register_error_handler(FileRefused, _no_copy)
    app.register_error_handler(Conflict, lambda error: error_page(409, detail=message(error.code)))
    app.register_error_handler(OperationalError, _locked)
    app.register_error_handler(IntegrityError, _second_to_the_same)
    app.register_error_handler(PdfBusy, lambda error: busy())
    app.register_error_handler(
        PdfRefused, lambda error: error_page(422, detail="这份文书无法生成：内容过长或含有不能排版的内容。")
    )


def error_page(status: int, *, detail: str = "", about: str = "", back_url: str = "") -> Response:
    """The page of a status, or its part for an htmx swap. What was typed comes back with it. `about`: a page of its
    own, where the status's words do not fit. `back_url`: the appeal's page, where one asked from there.
    """
    _know_who_asks()
    number = status if status in PAGES else (500 if status >= 500 else 400)
    template = "errors/_message.html" if wants_part() else f"errors/{about or number}.html"
    words = {"about": about} if about else {}
    page = render_template(
        template, status=status, detail=detail, kept=_kept(), reader=_reader(), back_url=back_url, **words
    )
    return make_response(page, status)


def _know_who_asks() -> None:
    """The page names who is signed in. When the database cannot say, it is the public's page, not a second failure."""
    try:
        access.current_actor()
    except DBAPIError:
        db.release()
        g.actor = PUBLIC


def _reader() -> str:
    """Whom the page speaks to, where its words differ; "" for the public. By person and room, never by what was asked
    for there: a 404 stays the same for what is not there and what may not be seen (ACC-3).
    """
    actor = access.current_actor()
    if actor.is_enterprise:
        return "enterprise"
    if request.blueprint == "admin" and permits(actor.roles, Permission.ADMINISTER):
        return "administrator"
    if actor.is_office:
        return "office"
    return "staff" if actor.account_id is not None else ""


def busy() -> Response:
    response = error_page(503)
    response.headers["Retry-After"] = "5"
    return response


def _kept() -> list[tuple[str, str]]:
    """The long texts of a refused form, labelled for people. Never a secret, never a hidden field."""
    if request.method != "POST" or request.content_length is None:
        return []
    if request.mimetype == "multipart/form-data":
        request.max_content_length = MOST_READ  # too many files are no reason to lose the words beside them
    try:
        fields = request.form.items(multi=True)
        kept = [(name, UNSHOWABLE.sub("", value)) for name, value in fields if _is_kept(name)]
        return [(_kept_label(name), value) for name, value in kept if value.strip()][:MOST_KEPT]
    except HTTPException:
        return []


def _is_kept(name: str) -> bool:
    return not name.startswith(NEVER_KEPT) and (name in KEPT_LABELS or name.startswith(tuple(KEPT_LISTS)))


def _kept_label(name: str) -> str:
    return KEPT_LABELS.get(name) or next(label for prefix, label in KEPT_LISTS.items() if name.startswith(prefix))


def _not_found(error: NotFound) -> Response:
    """The same page, and the same trace in the log, for what is not there and for what this person may not see: the
    record knows who tried the door (AUD-4), neither words nor time tell which of the two it was (ACC-3, F9).
    """
    try:
        access.record_denied(access.current_actor(), f"{request.endpoint}:{error.code}", access.asked_id())
    except OperationalError as busy_database:
        return _locked(busy_database)
    return error_page(404)


def _http(error: HTTPException) -> Response:
    if isinstance(error, SecurityError):  # a Host that is not ours: no address can be built, so no page either
        return Response("请使用本系统的正式网址访问。", 400, mimetype="text/plain")
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    response = error_page(error.code or 500)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _csrf(error: CSRFError) -> Response:
    return error_page(
        400,
        detail="页面停留太久或登录已变化，安全校验没有通过。请返回重新打开页面再提交；您填写的内容列在下面，可以复制。",
    )


def _no_copy(error: FileRefused) -> Response:
    """A file of which there is no copy to hand out: for now, or for good."""
    asked = request.view_args or {}
    back_url = url_for(".show", uid=asked["uid"]) if "file_uid" in asked else ""
    if error.code != "copy_busy":
        return error_page(422, detail=error.message_zh, about="no_copy", back_url=back_url)
    response = error_page(503, detail=error.message_zh, about="copy_busy", back_url=back_url)
    response.headers["Retry-After"] = "5"
    return response


def _locked(error: OperationalError) -> Response:
    """A lock that did not come free in time is "try again", never a failure of the form (CON-4)."""
    db.release()
    log.warning("database busy: %s", type(error.orig).__name__)
    return busy()


def _second_to_the_same(error: IntegrityError) -> Response:
    """Two acts on one appeal at once: the later one is told that it was overtaken (CON-1). Anything else is a fault."""
    if not any(key in str(error.orig) for key in SAME_EVENT):
        raise error
    db.release()
    return error_page(409, detail=message("changed_meanwhile"))


def on_commit_failure(error: DBAPIError) -> Response:
    db.release()
    log.error("commit failed: %s", type(error.orig).__name__)
    return busy()
