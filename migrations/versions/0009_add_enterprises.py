"""Enterprise accounts: enterprises, their people, invitations, and the appeals on their lists."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "enterprises",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("code_index", sa.String(length=64), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprises")),
        sa.UniqueConstraint("uid", name=op.f("uq_enterprises_uid")),
        sa.UniqueConstraint("code_index", name=op.f("uq_enterprises_code_index")),
    )
    op.create_table(
        "enterprise_members",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        _refers("enterprise_members", "account_id", "accounts"),
        _refers("enterprise_members", "enterprise_id", "enterprises"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_enterprise_members")),
    )
    op.create_index(op.f("ix_enterprise_members_enterprise_id"), "enterprise_members", ["enterprise_id"], unique=False)
    _create_invitations()
    _create_list()


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def _create_invitations() -> None:
    op.create_table(
        "enterprise_invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        _refers("enterprise_invitations", "enterprise_id", "enterprises"),
        _refers("enterprise_invitations", "created_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_invitations")),
        sa.UniqueConstraint("uid", name=op.f("uq_enterprise_invitations_uid")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_enterprise_invitations_token_hash")),
    )
    op.create_index(
        op.f("ix_enterprise_invitations_enterprise_id"), "enterprise_invitations", ["enterprise_id"], unique=False
    )


def _create_list() -> None:
    op.create_table(
        "enterprise_appeals",
        sa.Column("enterprise_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("appeal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        _refers("enterprise_appeals", "enterprise_id", "enterprises"),
        _refers("enterprise_appeals", "appeal_id", "appeals"),
        _refers("enterprise_appeals", "account_id", "accounts"),
        sa.PrimaryKeyConstraint("enterprise_id", "appeal_id", name=op.f("pk_enterprise_appeals")),
    )
    op.create_index(op.f("ix_enterprise_appeals_appeal_id"), "enterprise_appeals", ["appeal_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_enterprise_appeals_appeal_id"), table_name="enterprise_appeals")
    op.drop_table("enterprise_appeals")
    op.drop_index(op.f("ix_enterprise_invitations_enterprise_id"), table_name="enterprise_invitations")
    op.drop_table("enterprise_invitations")
    op.drop_index(op.f("ix_enterprise_members_enterprise_id"), table_name="enterprise_members")
    op.drop_table("enterprise_members")
    op.drop_table("enterprises")
