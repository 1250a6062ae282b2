"""Writing what was said: the appeal, its demands, its files and its sealed identity. No commit here."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime

from sqlmodel import Session

from models.appeals import numbers
from models.appeals.tables import Appeal, AppellantIdentity, Attachment, Demand, StagedUpload
from models.appeals.text import is_hotline, is_phone
from models.appeals.types import Filing, State, StoredFile
from models.appeals.vault import Identity, IdentityVault
from models.base import new_uid


def create(
    session: Session,
    filing: Filing,
    identity: Identity | None,
    vault: IdentityVault,
    *,
    now: datetime,
    year: int,
    state: State,
) -> Appeal:
    """Makes the appeal under the next number of `year` (the local year of receipt). An anonymous filing seals
    nothing.
    """
    appeal = Appeal(
        uid=new_uid(),
        number=numbers.appeal_number(year, numbers.take(session, "appeal", year)),
        submission_digest=filing.submission_digest,
        content_digest=filing.content_digest,
        receipt_code_hash=filing.receipt_code_hash,
        source_ref=filing.source_ref,
        appellant_kind=filing.appellant_kind,
        is_confidential=filing.is_confidential,
        kind=filing.kind,
        category=filing.category,
        channel=filing.channel,
        level=filing.level,
        against_unit_id=filing.against_unit_id,
        title=filing.title,
        body=filing.body,
        filed_at=filing.filed_at,
        received_at=now,
        recorded_by_id=filing.recorded_by.account_id if filing.recorded_by else None,
        paper_received_on=filing.paper_received_on,
        is_self_registered=filing.is_self_registered,
        state=state,
    )
    session.add(appeal)
    session.flush()
    _add_parts(session, appeal, filing, now)
    if identity is not None:
        session.add(_sealed(appeal, identity, vault))
    session.flush()
    return appeal


def attach(session: Session, appeal: Appeal, files: Sequence[StoredFile], *, first_no: int, now: datetime) -> None:
    """Files that came later, numbered on from `first_no`."""
    assert appeal.id is not None
    for no, file in enumerate(files, start=first_no):
        session.add(_attachment(appeal.id, no, file, now))
    session.flush()


def _add_parts(session: Session, appeal: Appeal, filing: Filing, now: datetime) -> None:
    assert appeal.id is not None
    for no, text in enumerate(filing.demands, start=1):
        session.add(Demand(appeal_id=appeal.id, no=no, text=text))
    for no, file in enumerate(filing.files, start=1):
        session.add(_attachment(appeal.id, no, file, now))


def _attachment(appeal_id: int, no: int, file: StoredFile, now: datetime) -> Attachment:
    return Attachment(appeal_id=appeal_id, no=no, created_at=now, **asdict(file))


def _sealed(appeal: Appeal, identity: Identity, vault: IdentityVault) -> AppellantIdentity:
    assert appeal.id is not None
    return AppellantIdentity(
        appeal_id=appeal.id,
        sealed=vault.seal(identity, bound_to=appeal.uid),
        enterprise_index=vault.index(identity.credit_code) if identity.credit_code else "",
        # A masked number (138****9) is many people's, a hotline's (12345) nobody's.
        phone_index=vault.index(identity.phone) if is_phone(identity.phone) and not is_hotline(identity.phone) else "",
    )


def stage(session: Session, submission_digest: str, file: StoredFile, *, now: datetime) -> StagedUpload:
    """Remembers a stored file under the form's one-time key until the form is submitted or 24 hours pass."""
    upload = StagedUpload(submission_digest=submission_digest, created_at=now, **asdict(file))
    session.add(upload)
    session.flush()
    return upload


def stored_file(upload: StagedUpload) -> StoredFile:
    """The file of a staged upload, for the appeal that takes it over."""
    return StoredFile(**{one.name: getattr(upload, one.name) for one in fields(StoredFile)})


def unstage(session: Session, upload: StagedUpload) -> None:
    session.delete(upload)
