"""What a unit holds in its hand: in no kind of slip stands who filed a sealed matter, nor the code that opens it."""

import re

import pytest
from flask import Flask
from sqlmodel import Session

from models.appeals import receipt
from models.appeals.types import AppealKind, AppellantKind, Channel, State
from models.appeals.vault import Identity
from models.handling import commands as handling
from models.slips import commands
from models.slips.kinds import SlipKind
from models.slips.paper import content_of
from models.slips.tables import Slip
from tests.models.slips.facts import GIVEN
from tests.support.factories import LETTERHEAD, Story
from tests.webapp.pdf.conftest import text_of
from webapp.db import Database
from webapp.slip_pdf import render_slip

CODE = "0123456789ABCDEF"
IDENTITY = Identity("雀名一甲", "13912345671", "雀巢路一号", "雀企一有限公司", "91350100M0001TGQXM")
BODY = "我叫雀名一甲，电话13912345671，统一社会信用代码91350100M0001TGQXM。十月下旬提交变更申请，至今未出证。"
CANARIES = (IDENTITY.name, IDENTITY.phone, IDENTITY.address, IDENTITY.enterprise_name, IDENTITY.credit_code, CODE)
SEALED = {
    "confidential": {"is_confidential": True}, "report": {"kind": AppealKind.REPORT},
    "confidential enterprise": {"is_confidential": True, "appellant_kind": AppellantKind.ENTERPRISE},
}


def told(session: Session, **changes: object) -> Story:
    more = {"channel": Channel.HOTLINE_12345, "receipt_code_hash": receipt.hash_code(b"p" * 32, CODE), **changes}
    return Story(session, identity=IDENTITY, **more)


def issued(session: Session, wanted: SlipKind, **changes: object) -> Slip:
    story = told(session, **changes)
    act = story.act(story.supervisor)
    if wanted is SlipKind.DECLINE_NOTICE:
        handling.decline(session, story.appeal, story.act(story.clerk), reason_text="按规定不予受理。")
    elif wanted in (SlipKind.REPLY, SlipKind.HANDLING_REPORT):
        story.to(State.REPLIED)
    else:
        story.to(State.DISPATCHED)
    if wanted is SlipKind.REPLY:
        assert story.slip is not None
        return story.slip
    if wanted in GIVEN:
        return commands.issue(session, wanted, GIVEN[wanted], act, LETTERHEAD, appeal=story.appeal)
    return commands.issue_of_appeal(session, wanted, story.appeal, act, LETTERHEAD)


@pytest.mark.parametrize("sealed", SEALED)
@pytest.mark.parametrize("kind", SlipKind)
def test_no_kind_of_slip_names_a_sealed_appellant_or_the_code(
    printing: Flask, database: Database, kind: SlipKind, sealed: str
) -> None:
    with database.writing() as session:
        slip = issued(session, kind, **SEALED[sealed], body=BODY)
        content = slip.content
    text = text_of(render_slip(content_of(content), printing.extensions["zhitongche.pdf"]))
    for place in (content, text, re.sub(r"\s", "", text)):
        assert not [one for one in CANARIES if one in place], kind
    assert slip.verification_code in text


def test_the_canaries_would_be_seen(printing: Flask, database: Database) -> None:
    """An open matter's own words are printed as they are: the search above looks in the right place."""
    with database.writing() as session:
        content = issued(session, SlipKind.DISPATCH_ORDER, body=BODY).content
    assert IDENTITY.name in content and IDENTITY.phone in content
