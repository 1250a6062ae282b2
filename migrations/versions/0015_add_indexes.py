"""Room for indexes for the lists and guards of the milestones."""

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Filled by the change that needs it."""


def downgrade() -> None:
    """Filled by the change that needs it."""
