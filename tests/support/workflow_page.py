"""Writes docs/workflow.md from the workflow table: `python -m tests.support.workflow_page`."""

from pathlib import Path

from models.accounts.types import ROLE_LABELS, Role
from models.appeals.types import STATE_LABELS
from models.handling.assistance_rules import ASSISTANCE, AssistanceStep
from models.handling.rules import WORKFLOW, Clock, Condition, Step
from models.handling.types import ACTION_LABELS, ASSISTANCE_LABELS, Action

PAGE = Path(__file__).resolve().parents[2] / "docs" / "workflow.md"
CLOCK_WORDS = {
    Clock.NOTHING: "—",
    Clock.START: (
        "starts: sign, verify, conclude (or preliminary and final of a matter known as complex); today is day zero; "
        "the office's triage is met or missed"
    ),
    Clock.START_AGAIN: "a new round starts with a new day zero; the first round stays as it ended",
    Clock.MEET_TRIAGE: "the office's triage is met or missed",
    Clock.MEET_SIGN: "sign is met or missed",
    Clock.MEET_VERIFY: "verify is met or missed; a complex matter gets preliminary and final instead of conclude",
    Clock.TURN_COMPLEX: (
        "conclude is dropped, or missed when overdue; preliminary and final count from the same day zero"
    ),
    Clock.MEET_PRELIMINARY: "preliminary is met or missed; the day it names becomes the next report's",
    Clock.MEET_PROGRESS: "the staged report is met or missed; the next one gets its day",
    Clock.DROP: "every pending promise is dropped, or missed when overdue; a pause ends",
    Clock.MEET_CONCLUSION: (
        "every promise still pending of conclude, preliminary, final is met or missed, and so is the office's review"
    ),
    Clock.AWAIT_REVIEW: "the office's review starts",
    Clock.MEET_REVIEW: "the office's review is met or missed",
    Clock.AWAIT_RULING: "the office's ruling starts",
    Clock.MEET_RULING: "the office's ruling is met or missed",
    Clock.DROP_RULING: "an office's ruling still owed is dropped, or missed when overdue",
    Clock.ADJUST: (
        "the ruling is met or missed; an extension adds days to the result due first, a pause moves every pending "
        "promise of the unit, complexity works as `reclassify`"
    ),
    Clock.RULE_RETURN: "the ruling is met or missed; whoever has the appeal now signs anew; nothing else moves",
    Clock.RESUME: "the pause ends today; pending promises move back by the days it did not last",
    Clock.RESUME_WHEN_SUPPLEMENTED: "a pause that waited for the appellant ends, as by `resume`",
}
CONDITION_WORDS = {
    Condition.PRELIMINARY_DUE: "a preliminary result is still owed",
    Condition.STILL_SIMPLE: "the matter is still a simple one",
    Condition.QUESTION_OPEN: "a question to the appellant is open",
    Condition.ASSISTED: "an assisting unit still owes its contribution",
    Condition.HOLDS_NOTHING: "no other appeal is merged into this one",
    Condition.RUNNING: "the clock does not stand",
    Condition.PAUSED: "the clock stands",
    Condition.NOTHING_ASKED: "the unit asks for nothing yet",
    Condition.SOMETHING_ASKED: "the unit asks for something",
    Condition.TO_SIGN_OFF: "a request waits for the approver",
    Condition.TO_RULE: "a request waits for the office",
    Condition.NEVER_RETURNED: "nobody asked to return it in this round",
    Condition.ANSWERED_HERE: "a unit answered it here: no import, no report of a unit's own matter",
}
BACK_WORDS = {Action.ANSWER: "the state in which was asked", Action.UNMERGE: "the state in which it was merged"}
HEAD = """# The workflow

Made from `models.handling.rules.WORKFLOW` by `python -m tests.support.workflow_page`; a test compares.
Do not edit by hand.

| state | act | who | leads to | clock | only if |
|---|---|---|---|---|---|
"""
TAIL = """
Unit roles (经办人, 单位负责人) act only on appeals their own unit leads; office roles never on one it leads.
Sending back and rejecting leave every due date where it was. `recalculate` is the system's own act after a change of
the calendar: it changes pending dates only, and leaves an event. The system also ends a pause (`resume`) once its last
day has passed. `submit` makes an appeal, `register` records a concluded one, `self_register` reports what a unit
received and completed itself (自办件). 诉求人 stands for whoever has proved number and receipt code. A question to the
appellant changes no date: only an approved pause does. Days and numbers of what a unit may ask for stand in
`models.handling.adjustment_rules` and in the policy.

## The assisting unit's own table

Made from `models.handling.assistance_rules.ASSISTANCE`. Each act leaves an event on the appeal, whose state and
promised dates stay; `send_contribution` meets or misses the assisting unit's own date. All of it only while the appeal
is dispatched and open, and by people of the assisting unit alone.

| status | act | who | leads to |
|---|---|---|---|
"""
LINKING = """
Publishing, withdrawing: what was not sent lapses. Merging: `take_in` and `let_go` are the main appeal's side of `merge`
and `unmerge`; `reply_merged` follows from the main appeal's publication and is nobody's own act: 已并入 becomes 已答复,
and every promise still pending is met or missed by that day. `link` and `unlink` (office) change no state.
"""


def page() -> str:
    return HEAD + "".join(map(_row, WORKFLOW.values())) + TAIL + "".join(map(_task_row, ASSISTANCE.values())) + LINKING


def _task_row(step: AssistanceStep) -> str:
    roles = "、".join(ROLE_LABELS[role] for role in Role if role in step.roles)
    cells = (
        f"{ASSISTANCE_LABELS[step.status]} `{step.status}`", f"{ACTION_LABELS[step.action]} `{step.action}`", roles,
        f"{ASSISTANCE_LABELS[step.target]} `{step.target}`",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |\n"


def _row(step: Step) -> str:
    roles = "、".join(ROLE_LABELS[role] for role in Role if role in step.roles) or "诉求人"
    cells = (
        f"{STATE_LABELS[step.state]} `{step.state}`",
        f"{ACTION_LABELS[step.action]} `{step.action}`",
        roles,
        BACK_WORDS[step.action] if step.goes_back else f"{STATE_LABELS[step.target]} `{step.target}`",
        CLOCK_WORDS[step.clock],
        "; ".join(CONDITION_WORDS[one] for one in step.conditions),
    )
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
