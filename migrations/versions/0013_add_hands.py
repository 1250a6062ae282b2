"""Room for assignees and saved filters."""

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Filled by the change that needs it."""


def downgrade() -> None:
    """Filled by the change that needs it."""
