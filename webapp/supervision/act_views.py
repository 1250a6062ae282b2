"""The acts on a record, one view each, so that each says who may enter it. The table of acts says the rest."""

from collections.abc import Callable

from werkzeug.wrappers import Response

from models.accounts.rules import Permission
from models.supervision.ladder_types import RecordAction
from webapp import access
from webapp.supervision.acts import ACTS, RecordAct
from webapp.supervision.record_page import perform
from webapp.supervision.views import blueprint

ENTRANCES = {
    **dict.fromkeys((RecordAction.ANSWER, RecordAction.REPORT, RecordAction.CONTEST), Permission.USE_DESK),
    **dict.fromkeys((RecordAction.HOLD_INTERVIEW, RecordAction.DECLINE), Permission.DIRECT_LADDER),
}
"""Everything else is the reviewers'. A test holds this against the roles of the table of acts."""


def entrance(action: RecordAction) -> Permission:
    return ENTRANCES.get(action, Permission.REVIEW)


def _view(act: RecordAct) -> Callable[[str], Response]:
    @access.requires(entrance(act.action))
    def view(uid: str) -> Response:
        return perform(uid, act.action)

    return view


for _act in ACTS.values():
    blueprint.add_url_rule(
        f"/records/<uid>/{_act.slug}", endpoint=_act.action.value, view_func=_view(_act), methods=["POST"]
    )
