"""From a valid form to an appeal, exactly once (DUR-4, DUR-5): the public's filing and the office's entry alike."""

import hmac
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from models.appeals import commands as appeals
from models.appeals import credit_code, queries, receipt
from models.appeals.tables import Appeal, StagedUpload
from models.appeals.types import AppealKind, AppellantKind, Filing
from models.appeals.vault import Identity, IdentityVault
from models.handling import commands
from webapp import db, staging, turns
from webapp.config import Config
from webapp.filing_form import FilingForm
from webapp.forms import key_digest


@dataclass(frozen=True)
class Filed:
    """The number that this form has. `is_other`: it was given earlier, to a different content."""

    number: str
    is_other: bool = False


Submit = Callable[[Session, Filing, Identity | None, IdentityVault, datetime], Appeal]


def submitted(
    session: Session, filing: Filing, identity: Identity | None, vault: IdentityVault, now: datetime
) -> Appeal:
    """As the public files: nothing to add to what the form says."""
    return commands.submit(session, filing, identity, vault, now=now)


def config() -> Config:
    return current_app.extensions["zhitongche.config"]


def file(form: FilingForm, received: staging.Received, now: datetime, submit: Submit = submitted) -> Filed:
    """Creates the appeal, or finds the one this form made before. What `submit` raises undoes it all."""
    return earlier(form, received) or create(form, received, now, submit)


def create(form: FilingForm, received: staging.Received, now: datetime, submit: Submit = submitted) -> Filed:
    # The slow hash before the write lock is taken, not under it.
    with turns.set_aside():
        code_hash = receipt.hash_code(config().receipt_key, code_of(form.submission_key.data))
    try:
        number = _create(db.session(), form, code_hash, now, submit)
    except IntegrityError:
        number = None
    if number is not None:
        return Filed(number)
    db.release()
    twin = earlier(form, received)
    if twin is None:
        raise RuntimeError("a filing collided with something that is not its twin")
    return twin


def code_of(key: str) -> str:
    """The receipt code of the form with this one-time key."""
    return receipt.receipt_code(config().receipt_key, key)


def _create(session: Session, form: FilingForm, code_hash: str, now: datetime, submit: Submit) -> str | None:
    """The number; None when the same form was faster in another request."""
    digest = key_digest(form.submission_key.data)
    if queries.by_submission(session, digest) is not None:
        return None
    rows = queries.staged_uploads(session, digest, lock=True)
    kept = _without_twins(rows)
    filing = _filing(form, kept, code_hash, now)
    appeal = submit(session, filing, identity(form), current_app.extensions["zhitongche.vault"], now)
    for row in rows:
        appeals.unstage(session, row)
    session.flush()
    twins = [row for row in rows if row not in kept]
    db.after_commit(lambda: staging.drop(twins))
    return appeal.number


def _without_twins(rows: Sequence[StagedUpload]) -> list[StagedUpload]:
    """The same file sent by two requests at once is one file."""
    return list({row.sha256: row for row in reversed(rows)}.values())[::-1]


def earlier(form: FilingForm, received: staging.Received) -> Filed | None:
    """Whether this form's key has made an appeal already, and whether from the same content.

    Files staged for the repeat are dropped. A repeat may bring fewer files (the first took those staged), never others.
    """
    digest = key_digest(form.submission_key.data)
    with db.database().reading() as session:
        appeal = queries.by_submission(session, digest)
        if appeal is None:
            return None
        hashes = {one.sha256 for one in queries.attachments(session, appeal)}
        rows = queries.staged_uploads(session, digest)
    brought = received.hashes | {row.sha256 for row in rows}
    is_same = brought <= hashes and hmac.compare_digest(appeal.content_digest, content_digest(form, hashes))
    if rows:
        _drop_staged(digest)
    return Filed(appeal.number, is_other=not is_same)


def _drop_staged(digest: str) -> None:
    with db.database().writing() as session:
        rows = queries.staged_uploads(session, digest, lock=True)
        for row in rows:
            appeals.unstage(session, row)
    staging.drop(rows)


def content_digest(form: FilingForm, hashes: Iterable[str]) -> str:
    """A keyed hash of what is said, for telling a repeat from something else: without the key nobody can try names."""
    values = {name: value for name, value in form.hidden_values() if name != "submission_key"}
    text = json.dumps([values, sorted(hashes)], ensure_ascii=False, sort_keys=True)
    return hmac.new(
        config().receipt_key, b"content/1\x00" + text.encode("utf-8", "surrogatepass"), "sha256"
    ).hexdigest()


def _filing(form: FilingForm, rows: Sequence[StagedUpload], code_hash: str, now: datetime) -> Filing:
    files = tuple(appeals.stored_file(row) for row in rows)
    return Filing(
        appellant_kind=AppellantKind(form.appellant_kind.data),
        kind=AppealKind(form.kind.data),
        category=form.category.data or "other",
        title=form.title.data,
        body=form.body.data,
        demands=form.demand_texts,
        filed_at=now,
        is_confidential=bool(form.confidential.data),
        against_unit_id=form.accused.id if form.accused else None,
        files=files,
        receipt_code_hash=code_hash,
        submission_digest=key_digest(form.submission_key.data),
        content_digest=content_digest(form, (one.sha256 for one in files)),
    )


def identity(form: FilingForm) -> Identity | None:
    """Who files. An anonymous filing has nobody, whatever was typed; a person has no enterprise."""
    if form.is_anonymous:
        return None
    return Identity(
        name=form.appellant_name.data,
        phone=form.phone.data,
        address=form.address.data,
        enterprise_name=form.enterprise_name.data if form.is_enterprise else "",
        credit_code=credit_code.normalise(form.credit_code.data) if form.is_enterprise else "",
    )


def own_appeal(session: Session, number: str, key: str) -> Appeal | None:
    """The appeal that the holder of this form key filed under this number."""
    appeal = queries.by_submission(session, key_digest(key))
    return appeal if appeal is not None and appeal.number == number else None
