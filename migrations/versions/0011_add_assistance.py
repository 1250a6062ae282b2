"""Room for assisting units, links and merges."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Filled by the change that needs it."""


def downgrade() -> None:
    """Filled by the change that needs it."""
