"""What anybody may read of ratings: as much as the office decided, with its denominators."""

from flask import url_for
from werkzeug.wrappers import Response

from models.accounts.queries import unit_names
from models.errors import NotFound
from models.ratings import result_queries as queries
from models.ratings import results
from models.ratings.result_types import PublicScope
from models.slips.kinds import SlipStatus
from models.slips.registering import number_of
from webapp import db
from webapp.htmx import render
from webapp.rating_results import campaign_pages, presenters


def show_list() -> Response:
    rows = [
        (presenters.period_of(one), one.title, url_for("rating_results.published_one", uid=one.uid))
        for one, _ in queries.public_campaigns(db.session())
    ]
    return render("rating_results/published.html", rows=rows)


def show_one(uid: str) -> Response:
    """404 for what is not public, as for what there is not."""
    session = db.session()
    found = next(((one, scope) for one, scope in queries.public_campaigns(session) if one.uid == uid), None)
    if found is None:
        raise NotFound("no_such_rating")
    row, scope = found
    names = unit_names(session)
    rows = [
        presenters.result_row(one, names[one.unit_id], unit=names[one.unit_id])
        for one in queries.public_results(session, row.id or 0)
    ]
    valid = [one for one in queries.bulletins(session, row.id or 0) if one.status is SlipStatus.ISSUED]
    return render(
        "rating_results/published_one.html", campaign=row, period=presenters.period_of(row), rows=rows,
        shows_scores=scope is PublicScope.SCORES, too_few=[one.unit for one in rows if not one.is_enough],
        turnout=presenters.turnout_rows(results.turnout_of(session, row.id or 0)),
        bulletins=[(number_of(one), one.verification_code) for one in valid],
        **campaign_pages.formula(session, row),
    )
