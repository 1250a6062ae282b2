"""What a unit may do with an appeal: each act's form, command and the sentence that says what comes next."""

from typing import cast

from sqlmodel import Session

from models.appeals.tables import Appeal
from models.appeals.types import Complexity, State
from models.errors import DomainError, Refused
from models.handling import assigning, commands, notes, replies, supplements
from models.handling.commands import Act
from models.handling.types import STAGE_LABELS, Action, Outcome, ReplyKind, Stage
from webapp.act_forms import NOTED, AskForm, NoteForm
from webapp.acts import ActView, in_summary, noted
from webapp.desk import adjusting
from webapp.desk.assigning import AssignForm, beside_people
from webapp.desk.forms import (
    EntryForm,
    PreliminaryForm,
    ProgressForm,
    ReplyForm,
    SendBackForm,
    SignOffForm,
    VerifyForm,
)
from webapp.desk.self_registered import AMEND
from webapp.filters import cn_date
from webapp.forms import ActForm, row_id
from webapp.messages import message

KINDS = {Action.PROPOSE_REPLY: ReplyKind.FINAL, Action.PROPOSE_PRELIMINARY: ReplyKind.PRELIMINARY}


def next_promise(appeal: Appeal) -> str:
    """What the clock asks for next, as the last words of a confirmation."""
    if appeal.next_due_on is None or appeal.next_stage is None:
        return ""
    return f"下一步：{cn_date(appeal.next_due_on)}前{STAGE_LABELS[Stage(appeal.next_stage)]}。"


def _sign(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    commands.sign(session, appeal, act)
    return f"已签收。{next_promise(appeal)}"


def _verify(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    form = cast(VerifyForm, form)
    complexity = Complexity(form.complexity.data)
    commands.verify(session, appeal, noted(act, internal=form.facts.data or ""), complexity=complexity)
    return f"核实情况已记录。{next_promise(appeal)}"


def _sign_off(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    replies.sign_off(session, appeal, noted(act, internal=cast(SignOffForm, form).note.data or ""))
    if appeal.state is State.CONTINUING:
        return f"初步结果已签发，诉求人现在可以看到。{next_promise(appeal)}"
    return "答复已签发，送市优办审核；审核通过后向诉求人公开。"


def _send_back(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    replies.send_back(session, appeal, noted(act, internal=cast(SendBackForm, form).reason.data or ""))
    return "已退回经办人修改，退回理由记在经过里，诉求人看不到；时限不变。"


def _save(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    replies.save_draft(session, appeal, draft_of(form), act)
    return "草稿已保存，还没有送签。写完后请点“送单位负责人签发”。"


def _propose(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    replies.propose(session, appeal, draft_of(form), act)
    return "已送单位负责人签发。签发之前诉求人看不到这份内容。"


def _report_progress(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    notes.report_progress(session, appeal, act, text=cast(ProgressForm, form).progress.data or "")
    return f"进展已公开，诉求人在查询页面可以看到；时限不变。{next_promise(appeal)}"


def _ask_appellant(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    supplements.ask_appellant(session, appeal, act, question=cast(AskForm, form).question.data or "")
    return f"问题已发给诉求人，回答会显示在经过里；时限照常计算。{next_promise(appeal)}"


def _note(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    notes.note(session, appeal, act, text=cast(NoteForm, form).remark.data or "")
    return NOTED


def _assign(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    form = cast(AssignForm, form)
    assigning.assign(session, appeal, act, assignee_id=form.assignee_id)
    return f"已分派给{form.chosen_name}经办，时限不变。"


def draft_of(form: ActForm) -> replies.Draft:
    """What was typed, as the domain takes it."""
    form = cast(ReplyForm, form)
    is_preliminary = isinstance(form, PreliminaryForm)
    return replies.Draft(
        ReplyKind.PRELIMINARY if is_preliminary else ReplyKind.FINAL,
        tuple(_entry(entry.form) for entry in form.entries),
        next_milestone_on=form.next_milestone_on.data if isinstance(form, PreliminaryForm) else None,
        version=form.expected_draft,
    )


def _entry(form: EntryForm) -> replies.DraftEntry:
    return replies.DraftEntry(
        demand_id(form), Outcome(form.outcome.data) if form.outcome.data else None, form.facts.data or "",
        form.basis.data or "", form.actions.data or "", form.promised_on.data,
    )


def demand_id(form: EntryForm) -> int:
    """The demand an entry answers; 0, which is no demand, for anything that is no id."""
    return row_id(form.demand_id.data or "")


def beside_fields(form: ActForm, error: DomainError) -> None:
    """What a reply still lacks goes beside the field it is missing from; anything else above the form."""
    in_summary(form, error)
    form = cast(ReplyForm, form)
    form.too_long = str(error.facts["number"]) if error.code == "reply_too_long" else ""
    problems = error.facts.get("problems", {}) if isinstance(error, Refused) else {}
    for (demand, name), code in problems.items():
        if not demand and isinstance(form, PreliminaryForm):
            form.next_milestone_on.errors = [message(code)]
        for entry in form.entries:
            if demand and demand_id(entry.form) == demand:
                entry.form[name].errors = [message(code)]


ACTS = {
    Action.AMEND: AMEND,
    Action.SIGN: ActView(Action.SIGN, ActForm, _sign, "签收", is_plain=True),
    Action.VERIFY: ActView(Action.VERIFY, VerifyForm, _verify, "核实到位", template="desk/_verify.html"),
    Action.PROPOSE_PRELIMINARY: ActView(
        Action.PROPOSE_PRELIMINARY, PreliminaryForm, _propose, "写初步结果",
        page="desk.preliminary", explain=beside_fields,
    ),
    Action.PROPOSE_REPLY: ActView(
        Action.PROPOSE_REPLY, ReplyForm, _propose, "写答复", page="desk.reply", explain=beside_fields
    ),
    Action.SIGN_OFF: ActView(Action.SIGN_OFF, SignOffForm, _sign_off, "签发", template="desk/_sign_off.html"),
    Action.SEND_BACK: ActView(
        Action.SEND_BACK, SendBackForm, _send_back, "退回修改", template="desk/_send_back.html", is_quiet=True,
        is_plain=True,
    ),
    Action.ASK_APPELLANT: ActView(
        Action.ASK_APPELLANT, AskForm, _ask_appellant, "发给诉求人", template="appeals/_ask.html",
        is_quiet=True, is_folded=True, is_plain=True,
    ),
    Action.REPORT_PROGRESS: ActView(
        Action.REPORT_PROGRESS, ProgressForm, _report_progress, "公开这条进展", template="desk/_report_progress.html",
        is_quiet=True, is_folded=True, is_plain=True,
    ),
    **adjusting.ACTS,
    Action.ASSIGN: ActView(
        Action.ASSIGN, AssignForm, _assign, "选择经办人", page="desk.assign", is_quiet=True, is_folded=True,
        explain=beside_people,
    ),
    Action.NOTE: ActView(
        Action.NOTE, NoteForm, _note, "保存内部说明", template="appeals/_note.html", is_quiet=True, is_folded=True,
        is_plain=True,
    ),
}
"""The acts of the appeal page; the two replies are written on a page of their own."""
SAVES = {
    action: ActView(action, ACTS[action].form, _save, "保存草稿", page=ACTS[action].page, explain=beside_fields)
    for action in KINDS
}
