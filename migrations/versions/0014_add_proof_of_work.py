"""Room for used proofs of work."""

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Filled by the change that needs it."""


def downgrade() -> None:
    """Filled by the change that needs it."""
