"""Whether the reply that is sent to be signed can be printed, its own slip and those of the appeals merged into it."""

from models.appeals.queries import visible_appeal
from models.appeals.types import State
from models.handling.linking import merged
from webapp import access, db
from webapp.desk.forms import ReplyForm
from webapp.desk.preview import typed_slip
from webapp.forms import ActForm
from webapp.slip_length import MOST_TO_SIGN, require_length


def check_length(uid: str, form: ActForm) -> None:
    """Raises Refused("reply_too_long"). Says nothing of a form with other faults: the act does."""
    if not isinstance(form, ReplyForm) or not form.validate():
        return
    actor = access.current_actor()
    with db.database().reading() as session:
        appeal = visible_appeal(session, actor, uid)
        others = [one for one in merged(session, actor, appeal) if one.state is State.MERGED]
        slips = [typed_slip(session, one, form) for one in (appeal, *others)]
    db.release()  # the calendar was read in the request's session, which may write
    require_length(slips, MOST_TO_SIGN, "reply_too_long")
