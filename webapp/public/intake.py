"""The public's filing: as webapp.intake makes an appeal, within the limits for strangers."""

from datetime import datetime
from functools import partial

from sqlmodel import Session

from models.appeals.tables import Appeal
from models.appeals.types import Filing
from models.appeals.vault import Identity, IdentityVault
from webapp import intake
from webapp.intake import Filed, config, content_digest, identity, own_appeal
from webapp.public import limits, uploads
from webapp.public.forms import FilingForm

__all__ = ["Filed", "config", "content_digest", "file", "identity", "own_appeal"]


def file(form: FilingForm, received: uploads.Received, now: datetime) -> Filed:
    """Creates the appeal, or finds the one this form made before. Raises TooMany, ProofNeeded; a repeat is neither."""
    earlier = intake.earlier(form, received)
    if earlier is not None:
        return earlier
    proof = limits.offered(form.submission_key.data)
    limits.require_filing(now, proof)
    return intake.create(form, received, now, partial(_submit, proof))


def _submit(
    proof: limits.Offered, session: Session, filing: Filing, whose: Identity | None, vault: IdentityVault, now: datetime
) -> Appeal:
    """Counted in the transaction of the filing: what is not filed is not counted."""
    limits.take_filing(session, now, proof)
    return intake.submitted(session, filing, whose, vault, now)
