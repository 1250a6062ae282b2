"""Room for reveals of an identity and forms kept over a lost session."""

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Filled by the change that needs it."""


def downgrade() -> None:
    """Filled by the change that needs it."""
