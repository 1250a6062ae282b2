"""What a running term rests on, for the explanation beside its dates: name and basis of the policy it was dispatched
under. A version's words never change (database trigger), so each is read once.
"""

from collections.abc import Sequence

from flask import current_app
from sqlmodel import Session

from models.handling.computed import dispatched_under
from models.handling.policy_queries import words
from models.handling.tables import AppealEvent


def basis_text(session: Session, history: Sequence[AppealEvent]) -> str:
    """ "3/7/15个工作日办理时限：沅政办发〔2023〕5号附件3第83条"; nothing before the dispatch."""
    policy_id = dispatched_under(history)
    if policy_id is None:
        return ""
    known: dict[int, str] = current_app.extensions.setdefault("zhitongche.clock_basis", {})
    found = known.get(policy_id)
    if found is None:
        found = known[policy_id] = "：".join(words(session, policy_id))
    return found
