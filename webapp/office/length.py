"""Whether the slips that publishing a reply would issue can be printed: the last guard, the unit was asked before."""

from models.appeals.queries import visible_appeal
from models.appeals.types import State
from models.handling.commands import Act
from models.handling.linking import merged
from models.handling.queries import reply, reply_items
from models.handling.types import ReplyKind
from models.slips.commands import preview_draft, preview_reply
from webapp import access, clock, db
from webapp.calendar import current_calendar
from webapp.forms import ActForm
from webapp.office.acts import letterhead
from webapp.slip_length import MOST_TO_PUBLISH, require_length


def check_length(uid: str, form: ActForm) -> None:
    """Raises Refused("slip_too_long")."""
    actor = access.current_actor()
    act = Act(actor, clock.now(), current_calendar())
    with db.database().reading() as session:
        appeal = visible_appeal(session, actor, uid)
        found = reply(session, appeal, ReplyKind.FINAL)
        if found is None:
            return
        said = reply_items(session, found)
        others = [one for one in merged(session, actor, appeal) if one.state is State.MERGED]
        slips = [preview_draft(session, one, act, letterhead(), said) for one in others]
        slips.insert(0, preview_reply(session, appeal, found, act, letterhead()))
    db.release()  # the calendar was read in the request's session, which may write
    require_length(slips, MOST_TO_PUBLISH, "slip_too_long")
