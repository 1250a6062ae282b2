"""Signs of retaliation of one campaign: for the director and the auditor, each look noted."""

from dataclasses import dataclass

from flask import url_for
from werkzeug.wrappers import Response

from models.ratings import looks, signal
from models.ratings import result_queries as queries
from models.ratings.looks import Look
from models.ratings.result_types import LookKind
from models.ratings.signal import Sign
from webapp import access, db, rating_looks
from webapp.filters import cn_datetime
from webapp.htmx import render
from webapp.rating_results import presenters

MOST_LOOKS = 20


@dataclass(frozen=True)
class SignRow:
    url: str
    unit: str
    score: str
    is_below: bool
    still_open: str
    filed_after: str
    said: str


def show(uid: str) -> Response:
    session, actor = db.session(), access.current_actor()
    row = queries.counted_campaign(session, uid)
    assert row.id is not None
    rating_looks.seen(Look(row.id, LookKind.SIGNAL))
    return render(
        "rating_results/signal.html", campaign=row, period=presenters.period_of(row), months=signal.MONTHS,
        rows=[_row(one) for one in signal.signs(session, actor, row)],
        looks=[
            (one.name, cn_datetime(one.at), one.at.isoformat())
            for one in looks.of_campaign(session, row.id, LookKind.SIGNAL, limit=MOST_LOOKS)
        ],
    )


def _row(one: Sign) -> SignRow:
    score = presenters.result_row(one.result, "").score
    numbers = (one.still_open, one.filed_after, one.said)
    return SignRow(
        url_for("rating_results.unit", uid=one.result.uid), one.unit.short_name, score, one.result.is_below,
        *(presenters.FEWER if number is None else str(number) for number in numbers),
    )
