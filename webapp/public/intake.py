"""From a valid form to an appeal, exactly once (DUR-4, DUR-5)."""

import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from models.appeals import commands as appeals
from models.appeals import credit_code, queries, receipt
from models.appeals.tables import Appeal, StagedUpload
from models.appeals.types import AppealKind, AppellantKind, Filing
from models.appeals.vault import Identity
from models.handling import commands
from webapp import db
from webapp.config import Config
from webapp.forms import key_digest
from webapp.public import limits, uploads
from webapp.public.forms import FilingForm


@dataclass(frozen=True)
class Filed:
    """The number that this form has. `is_other`: it was given earlier, to a different content."""

    number: str
    is_other: bool = False


def config() -> Config:
    return current_app.extensions["zhitongche.config"]


def file(form: FilingForm, received: uploads.Received, now: datetime) -> Filed:
    """Creates the appeal, or finds the one this form made before. Raises TooMany; a repeat is never too many."""
    key = form.submission_key.data
    earlier = _earlier(form, received.hashes)
    if earlier is not None:
        return earlier
    limits.require_filing(now)
    # The slow hash before the write lock is taken, not under it.
    code_hash = receipt.hash_code(config().receipt_key, receipt.receipt_code(config().receipt_key, key))
    try:
        number = _create(db.session(), form, code_hash, now)
    except IntegrityError:
        number = None
    if number is not None:
        return Filed(number)
    db.release()
    twin = _earlier(form, received.hashes)
    if twin is None:
        raise RuntimeError("a filing collided with something that is not its twin")
    return twin


def _create(session: Session, form: FilingForm, code_hash: str, now: datetime) -> str | None:
    """The number; None when the same form was faster in another request."""
    digest = key_digest(form.submission_key.data)
    if queries.by_submission(session, digest) is not None:
        return None
    limits.take_filing(session, now)
    rows = queries.staged_uploads(session, digest, lock=True)
    kept = _without_twins(rows)
    filing = _filing(form, kept, code_hash, now)
    appeal = commands.submit(session, filing, identity(form), current_app.extensions["zhitongche.vault"], now=now)
    for row in rows:
        appeals.unstage(session, row)
    session.flush()
    twins = [row for row in rows if row not in kept]
    db.after_commit(lambda: uploads.drop(twins))
    return appeal.number


def _without_twins(rows: Sequence[StagedUpload]) -> list[StagedUpload]:
    """The same file sent by two requests at once is one file."""
    return list({row.sha256: row for row in reversed(rows)}.values())[::-1]


def _earlier(form: FilingForm, sent: frozenset[str]) -> Filed | None:
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
    brought = sent | {row.sha256 for row in rows}
    is_same = brought <= hashes and hmac.compare_digest(appeal.content_digest, content_digest(form, hashes))
    if rows:
        _drop_staged(digest)
    return Filed(appeal.number, is_other=not is_same)


def _drop_staged(digest: str) -> None:
    with db.database().writing() as session:
        rows = queries.staged_uploads(session, digest, lock=True)
        for row in rows:
            appeals.unstage(session, row)
    uploads.drop(rows)


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
