"""The list of dates that are 暂算 until a year is arranged (domain.md §4 rule 3)."""

from werkzeug.wrappers import Response

from models.accounts.queries import unit_names
from models.handling import recalculation
from webapp import access, db
from webapp.calendar import current_calendar
from webapp.calendar_desk.moving import move_views
from webapp.htmx import render
from webapp.paging import ROWS, paginate


def show_provisional() -> Response:
    session, actor = db.session(), access.current_actor()
    pages = paginate(recalculation.provisional_count(session, actor), "calendar_desk.provisional")
    found = recalculation.provisional(session, actor, limit=ROWS, offset=pages.offset)
    rows = move_views(found, unit_names(session), current_calendar())
    return render("calendar_desk/provisional.html", part="calendar_desk/_provisional.html", rows=rows, pages=pages)
