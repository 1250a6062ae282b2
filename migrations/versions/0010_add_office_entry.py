"""Room for paper intake and self-registered appeals."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Filled by the change that needs it."""


def downgrade() -> None:
    """Filled by the change that needs it."""
