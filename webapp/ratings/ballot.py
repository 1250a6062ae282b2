"""The ballot of whoever has a code. One address; where somebody is on it stands in their draft, so that no log, no
history and no address tells which units they know (docs/adr/0022).

Every answer to a POST that did something leads back to the address. Nobody is signed in here, whoever's browser it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from flask import make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from models.accounts.queries import unit_names
from models.errors import Refused
from models.ratings import casting
from models.ratings.ballots import nothing_said
from models.ratings.casting import Ballot
from models.ratings.drafts import CHECK, UNIT, UNITS, Draft
from models.ratings.types import CONDUCT_LABELS, CONDUCT_TEXTS
from webapp import clock, db
from webapp.errors import UNSHOWABLE
from webapp.forms import looked_for, row_id
from webapp.htmx import render
from webapp.messages import message
from webapp.rating_acts import vault
from webapp.ratings import ballot_limits, ballot_page, ticket
from webapp.ratings.ballot_forms import CodeForm, UnitForm, unit_form

MOST_WORDS: Final = 20


def show() -> Response:
    """The page where this browser's ballot is; without a ballot, the code."""
    code = ticket.code(clock.now())
    if code is None:
        return show_done() if ticket.is_cast() else show_enter()
    try:
        return show_ballot(casting.opened(db.session(), vault(), code, clock.today()))
    except Refused as refused:
        ticket.forget()
        return show_refused(refused)


def show_ballot(ballot: Ballot, form: UnitForm | None = None, status: int = 200, fault: str = "") -> Response:
    draft, campaign = ballot.draft, ballot.campaign
    if draft.at == UNIT and campaign.unit(draft.unit_no):
        said = draft.said.get(draft.unit_no) or nothing_said(draft.unit_no, campaign.dimensions)
        return render(
            "ratings/ballot_unit.html", status=status, form=form or unit_form(campaign, said), campaign=campaign,
            place=ballot_page.place(campaign, draft.unit_no), texts=CONDUCT_TEXTS,
        )
    if draft.at == CHECK:
        return render(
            "ratings/ballot_check.html", status=status, campaign=campaign, fault=fault,
            rows=ballot_page.check_rows(ballot), silent=ballot_page.silent(ballot),
        )
    return render(
        "ratings/ballot_units.html", status=status, campaign=campaign, words=draft.words, fault=fault,
        rows=ballot_page.unit_rows(ballot, _short_names()), answered=len(draft.said), is_fresh=not draft.said,
    )


def show_enter(
    form: CodeForm | None = None, status: int = 200, told: str = "", kept: Sequence[tuple[str, str]] = ()
) -> Response:
    return render(
        "ratings/ballot_enter.html", status=status, form=form or CodeForm(formdata=None), told=told, kept=kept,
    )


def _remarks() -> list[tuple[str, str]]:
    """What was written on a page that could not be saved, to be copied."""
    found = [(label, request.form.get(f"remark_{one.value}", "")) for one, label in CONDUCT_LABELS.items()]
    return [(label, UNSHOWABLE.sub("", text)) for label, text in found if text.strip()]


def _short_names() -> dict[int, str]:
    return unit_names(db.session())


def show_done() -> Response:
    return render("ratings/ballot_done.html")


def show_refused(refused: Refused) -> Response:
    return render(
        "ratings/ballot_over.html", code=refused.code, text=message(refused.code, **refused.facts),
    )


# ---------------------------------------------------------------- what is sent


def handle() -> Response:
    step = STEPS.get(request.form.get("step", ""))
    if step is enter:
        return enter()
    if step is leave:
        return leave()
    code = ticket.code(clock.now())
    if code is None:
        return show_enter(status=422, told=message("ballot_ticket_gone"), kept=_remarks())
    try:
        return step(code) if step else _on()
    except Refused as refused:
        db.release()
        return _refused(refused)


def _refused(refused: Refused) -> Response:
    """The ballot is not open any more, or what was sent is not from a form of ours: nothing was kept."""
    if refused.code in ("code_spent", "code_unknown", "rating_over", "rating_not_begun"):
        ticket.forget()
        answer = make_response(show_refused(refused))
        answer.status_code = 409
        return answer
    code = ticket.code(clock.now())
    assert code is not None
    ballot = casting.opened(db.session(), vault(), code, clock.today())
    text = message(refused.code, **refused.facts)
    if ballot.draft.at == UNIT and ballot.campaign.unit(ballot.draft.unit_no):
        form = unit_form(ballot.campaign, is_sent=True)
        form.form_errors.append(text)
        return show_ballot(ballot, form, 422)
    return show_ballot(ballot, status=422, fault=text)


def enter() -> Response:
    """The code opens the ballot. Wrong ones are counted by address; nothing of a right one is written."""
    form, now = CodeForm(), clock.now()
    if not form.validate_on_submit():
        return show_enter(form, 422)
    wait = ballot_limits.wait(now)
    if wait:
        return ballot_limits.refused(show_enter(form, 429, told=wait.text), wait)
    code = form.found
    try:
        if code is None:
            raise Refused("code_unknown")
        with db.database().reading() as session:
            casting.opened(session, vault(), code, clock.today())
    except Refused as refused:
        if refused.code != "code_unknown":
            return show_refused(refused)
        db.release()
        ballot_limits.count_wrong(now)
        form.code.errors = [message("code_unknown")]
        return show_enter(form, 422)
    ticket.keep(code, now)
    return _on()


def leave() -> Response:
    """From this browser only; what is answered stays for the code."""
    ticket.forget()
    return _on()


def _on() -> Response:
    return redirect(url_for("ratings.ballot"), code=303)


def _opened(code: str) -> Ballot:
    return casting.opened(db.session(), vault(), code, clock.today(), lock=True)


def go(code: str) -> Response:
    """To a unit, or back to the list, keeping what is answered."""
    ballot = _opened(code)
    return _move(ballot, ballot.draft, request.form.get("go", ""))


def _move(ballot: Ballot, draft: Draft, target: str) -> Response:
    """`target`: check, or the number of a unit; anything else is the list."""
    if target == CHECK:
        casting.to_check(db.session(), vault(), ballot, draft)
        return _on()
    unit = ballot.campaign.unit(row_id(target))
    moved = replace(draft, at=UNIT, unit_no=unit.no) if unit else replace(draft, at=UNITS, unit_no=0)
    casting.keep(db.session(), vault(), ballot, moved)
    return _on()


def find(code: str) -> Response:
    """Narrows the list. By POST: an address would tell whom somebody looks for."""
    ballot = _opened(code)
    words = looked_for(request.form.get("words", ""), MOST_WORDS)
    casting.keep(db.session(), vault(), ballot, replace(ballot.draft, at=UNITS, words=words))
    return _on()


def save(code: str) -> Response:
    """One unit's answers, and on to where the button says."""
    ballot = _opened(code)
    form = unit_form(ballot.campaign, is_sent=True)
    if ballot.campaign.unit(form.unit_no) is None:
        return _move(ballot, ballot.draft, "")
    draft = replace(ballot.draft, at=UNIT, unit_no=form.unit_no, words="")  # what was looked for is found
    if request.form.get("go") == "skip":
        empty = nothing_said(form.unit_no, ballot.campaign.dimensions)
        return _move(ballot, draft.with_answers(empty), ballot_page.place(ballot.campaign, form.unit_no).next)
    if not form.validate_on_submit():
        return show_ballot(replace(ballot, draft=draft), form, 422)
    return _move(ballot, draft.with_answers(form.said), request.form.get("go", ""))


def cast(code: str) -> Response:
    """Casts it. Nothing on the page that follows proves what was said."""
    casting.cast(db.session(), vault(), code, clock.today())
    ticket.mark_cast()
    return _on()


STEPS: Final[Mapping[str, Callable[..., Response]]] = {
    "enter": enter, "leave": leave, "go": go, "find": find, "save": save, "cast": cast,
}
