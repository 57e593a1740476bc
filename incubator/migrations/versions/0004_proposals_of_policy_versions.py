"""Revision 0004: proposals of policy versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only where the type is spelled INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "policy_proposal",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("policy_hash", sa.String(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_text", sa.Text(), nullable=False),
        sa.Column("rehearsal", sa.Text(), nullable=False),
        sa.Column("rehearsed_at", MOMENT, nullable=False),
        sa.Column("proposed_by", BIG, nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("decided_by", BIG, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decision_comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_hash"], ["policy_version.hash"], name=op.f("fk_policy_proposal_policy_hash_policy_version")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_policy_proposal_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_proposal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_policy_proposal_public_id")),
    )
    op.create_index("ix_policy_proposal_street_id_id", "policy_proposal", ["street_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_policy_proposal_street_id_id", table_name="policy_proposal")
    op.drop_table("policy_proposal")
