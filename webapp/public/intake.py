"""The public's filing: as webapp.intake makes an appeal, within the limits for strangers."""

from datetime import datetime
from functools import partial

from sqlmodel import Session

from models.appeals.tables import Appeal
from models.appeals.types import Filing
from models.appeals.vault import Identity, IdentityVault
from webapp import intake, staging
from webapp.intake import Filed
from webapp.public import enterprise_filing, limits
from webapp.public.enterprise_filing import AccountFilingForm


def file(form: AccountFilingForm, received: staging.Received, now: datetime) -> Filed:
    """Creates the appeal, or finds the one this form made before. Raises TooMany, ProofNeeded; a repeat is neither."""
    earlier = intake.earlier(form, received)
    if earlier is not None:
        return earlier
    proof = limits.offered(form.submission_key.data)
    limits.require_filing(now, proof)
    return intake.create(form, received, now, partial(_submit, proof, form.account.data or ""))


def _submit(
    proof: limits.Offered, account: str, session: Session, filing: Filing, whose: Identity | None,
    vault: IdentityVault, now: datetime,
) -> Appeal:
    """Counted in the transaction of the filing: what is not filed is not counted."""
    limits.take_filing(session, now, proof)
    appeal = intake.submitted(session, filing, whose, vault, now)
    enterprise_filing.link(session, account, appeal, now)
    return appeal
