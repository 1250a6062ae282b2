"""Where a rating meets supervision: an interview that a rating proposed, once a director confirms it, becomes the one
kind of interview record. Neither area knows the other.
"""

from dataclasses import replace

from sqlmodel import Session

from models.accounts.types import SYSTEM
from models.handling.commands import Act
from models.ratings import proposals
from models.ratings.result_queries import Proposed
from models.slips.commands import Letterhead
from models.supervision import ladder_records
from models.supervision.ladder_records import Content, Said
from models.supervision.ladder_tables import SupervisionRecord
from models.supervision.ladder_types import Ground, Origin, RecordAction, RecordKind

CALLED = "单位主要负责人"
PROPOSER = replace(SYSTEM, display_name="评议系统")
"""Whom the record names as having proposed it: the figures, no person; so any director may decide."""


def confirm_interview(
    session: Session, found: Proposed, act: Act, letterhead: Letterhead, *, reasons: str
) -> SupervisionRecord:
    """The record, proposed by the house and decided by the director with their reasons; the notice is sent from its own
    page. The caller holds the proposal's row.
    """
    proposals.check_open(found.proposal, found.unit, act.actor)
    content = Content(
        RecordKind.INTERVIEW, found.unit, Ground.RATED_LOW, found.proposal.evidence, responsible=CALLED,
        origin=Origin.RATING_CAMPAIGN,
    )
    record = ladder_records.write(session, content, replace(act, actor=PROPOSER, expected_version=None), letterhead)
    ladder_records.perform(
        session, record, RecordAction.HOLD_INTERVIEW, replace(act, expected_version=None), Said(reasons), letterhead
    )
    proposals.decide(
        session, found.proposal, found.unit, act, is_confirmed=True, reasons=reasons, record_uid=record.uid
    )
    return record
