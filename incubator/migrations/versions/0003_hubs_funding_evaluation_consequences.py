"""Revision 0003: hubs, funding, evaluation, consequences, the opening stock, service centres."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only where the type is spelled INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "call",
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("document_number", sa.String(), nullable=False),
        sa.Column("fund_source", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("budget_fen", BIG, nullable=False),
        sa.Column("terms", JSON, nullable=False),
        sa.Column("policy_hash", sa.String(), nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("published_by", BIG, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_call_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("public_id", name=op.f("uq_call_public_id")),
        sa.UniqueConstraint("street_id", "number", name=op.f("uq_call_street_id_number")),
    )
    op.create_index("ix_call_street_id_status_closes_on", "call", ["street_id", "status", "closes_on"], unique=False)
    op.create_table(
        "opening_stock_row",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("row_key", sa.String(), nullable=False),
        sa.Column("row_hash", sa.String(), nullable=False),
        sa.Column("organization_id", BIG, nullable=False),
        sa.Column("made", sa.String(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("recorded_by", BIG, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_opening_stock_row_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_stock_row")),
        sa.UniqueConstraint("public_id", name=op.f("uq_opening_stock_row_public_id")),
        sa.UniqueConstraint("street_id", "kind", "row_key", name=op.f("uq_opening_stock_row_street_id_kind_row_key")),
    )
    op.create_table(
        "service_centre",
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("area", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("rent_free", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("operator_id", BIG, nullable=False),
        sa.Column("handed_over_on", sa.Date(), nullable=False),
        sa.Column("agreed_until", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_service_centre_community_id_community")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_service_centre_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_centre")),
        sa.UniqueConstraint("public_id", name=op.f("uq_service_centre_public_id")),
        sa.UniqueConstraint("street_id", "name", name=op.f("uq_service_centre_street_id_name")),
    )
    op.create_index(op.f("ix_service_centre_community_id"), "service_centre", ["community_id"], unique=False)
    op.create_index("ix_service_centre_operator_id", "service_centre", ["operator_id"], unique=False)
    op.create_table(
        "activity",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("organization_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("other_organization_id", BIG, nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("recorded_by", BIG, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("voided_at", MOMENT, nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_activity_community_id_community")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_activity_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_activity_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("public_id", name=op.f("uq_activity_public_id")),
    )
    op.create_index(
        "ix_activity_organization_id_held_on", "activity", ["organization_id", "kind", "held_on"], unique=False
    )
    op.create_table(
        "affiliation",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("organization_id", BIG, nullable=False),
        sa.Column("hub_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("agreement_number", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["hub_id"], ["organization.id"], name=op.f("fk_affiliation_hub_id_organization")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_affiliation_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_affiliation_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_affiliation_public_id")),
    )
    op.create_index("ix_affiliation_hub_id_status", "affiliation", ["hub_id", "status"], unique=False)
    op.create_index(op.f("ix_affiliation_organization_id"), "affiliation", ["organization_id"], unique=False)
    op.create_index(
        "uq_affiliation_organization_id_valid",
        "affiliation",
        ["organization_id"],
        unique=True,
        sqlite_where=sa.text("status = 'valid'"),
        postgresql_where=sa.text("status = 'valid'"),
    )
    op.create_table(
        "hub",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("organization_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_hub_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_hub_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub")),
        sa.UniqueConstraint("public_id", name=op.f("uq_hub_public_id")),
    )
    op.create_index(op.f("ix_hub_organization_id"), "hub", ["organization_id"], unique=False)
    op.create_index("ix_hub_street_id_status", "hub", ["street_id", "status"], unique=False)
    op.create_index(
        "uq_hub_organization_id_valid",
        "hub",
        ["organization_id"],
        unique=True,
        sqlite_where=sa.text("status = 'valid'"),
        postgresql_where=sa.text("status = 'valid'"),
    )
    op.create_table(
        "hub_representative",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("organization_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_hub_representative_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hub_representative_person_id_person")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_hub_representative_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_representative")),
        sa.UniqueConstraint(
            "organization_id", "person_id", name=op.f("uq_hub_representative_organization_id_person_id")
        ),
    )
    op.create_index(op.f("ix_hub_representative_person_id"), "hub_representative", ["person_id"], unique=False)
    op.create_table(
        "rating",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("organization_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("score", sa.String(), nullable=False),
        sa.Column("document_number", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_rating_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_rating_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint("public_id", name=op.f("uq_rating_public_id")),
    )
    op.create_index(
        "ix_rating_organization_id_kind_status", "rating", ["organization_id", "kind", "status"], unique=False
    )
    op.create_index(
        "ix_rating_street_id_status_valid_until", "rating", ["street_id", "status", "valid_until"], unique=False
    )
    op.create_table(
        "restriction",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("organization_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("document_number", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("lifted_on", sa.Date(), nullable=False),
        sa.Column("lifted_at", MOMENT, nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_restriction_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_restriction_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restriction")),
        sa.UniqueConstraint("public_id", name=op.f("uq_restriction_public_id")),
    )
    op.create_index(
        "ix_restriction_organization_id_kind", "restriction", ["organization_id", "kind", "until"], unique=False
    )
    op.create_table(
        "sub_team",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("organization_id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("leader", sa.String(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("recorded_by", BIG, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_sub_team_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_sub_team_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sub_team")),
        sa.UniqueConstraint("organization_id", "name", name=op.f("uq_sub_team_organization_id_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sub_team_public_id")),
    )
    op.create_table(
        "project",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("organization_id", BIG, nullable=False),
        sa.Column("payee_id", BIG, nullable=False),
        sa.Column("call_id", BIG, nullable=False),
        sa.Column("application_case_id", BIG, nullable=True),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("work_key", sa.String(), nullable=False),
        sa.Column("asked_fen", BIG, nullable=False),
        sa.Column("awarded_fen", BIG, nullable=False),
        sa.Column("accepted_fen", BIG, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("agreement_number", sa.String(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("minutes_number", sa.String(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["application_case_id"], ["case_file.id"], name=op.f("fk_project_application_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_project_community_id_community")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_project_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["payee_id"], ["organization.id"], name=op.f("fk_project_payee_id_organization")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_project_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("public_id", name=op.f("uq_project_public_id")),
        sa.UniqueConstraint("street_id", "number", name=op.f("uq_project_street_id_number")),
    )
    op.create_index("ix_project_call_id_status", "project", ["call_id", "status"], unique=False)
    op.create_index("ix_project_organization_id_status", "project", ["organization_id", "status"], unique=False)
    op.create_index("ix_project_street_id_work_key", "project", ["street_id", "work_key"], unique=False)
    op.create_index("uq_project_application_case_id", "project", ["application_case_id"], unique=True)
    op.create_table(
        "budget_line",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("project_id", BIG, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("planned_fen", BIG, nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_budget_line_project_id_project")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_budget_line_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_line")),
        sa.UniqueConstraint("project_id", "line", name=op.f("uq_budget_line_project_id_line")),
    )
    op.create_table(
        "expense",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("project_id", BIG, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("fen", BIG, nullable=False),
        sa.Column("accepted_fen", BIG, nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("payee", sa.String(), nullable=False),
        sa.Column("voucher_number", sa.String(), nullable=False),
        sa.Column("document_id", BIG, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", BIG, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("decided_by", BIG, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.CheckConstraint("fen > 0", name=op.f("ck_expense_costs_something")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_expense_project_id_project")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_expense_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense")),
        sa.UniqueConstraint("public_id", name=op.f("uq_expense_public_id")),
    )
    op.create_index("ix_expense_project_id_line", "expense", ["project_id", "line"], unique=False)
    op.create_table(
        "tranche",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("project_id", BIG, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("gate", sa.String(), nullable=False),
        sa.Column("share", sa.String(), nullable=False),
        sa.Column("fen", BIG, nullable=False),
        sa.Column("paid_fen", BIG, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_tranche_project_id_project")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_tranche_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tranche")),
        sa.UniqueConstraint("project_id", "place", name=op.f("uq_tranche_project_id_place")),
    )
    op.add_column("filing", sa.Column("paper", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("filing", "paper")
    op.drop_table("tranche")
    op.drop_index("ix_expense_project_id_line", table_name="expense")
    op.drop_table("expense")
    op.drop_table("budget_line")
    op.drop_index("uq_project_application_case_id", table_name="project")
    op.drop_index("ix_project_street_id_work_key", table_name="project")
    op.drop_index("ix_project_organization_id_status", table_name="project")
    op.drop_index("ix_project_call_id_status", table_name="project")
    op.drop_table("project")
    op.drop_table("sub_team")
    op.drop_index("ix_restriction_organization_id_kind", table_name="restriction")
    op.drop_table("restriction")
    op.drop_index("ix_rating_street_id_status_valid_until", table_name="rating")
    op.drop_index("ix_rating_organization_id_kind_status", table_name="rating")
    op.drop_table("rating")
    op.drop_index(op.f("ix_hub_representative_person_id"), table_name="hub_representative")
    op.drop_table("hub_representative")
    op.drop_index(
        "uq_hub_organization_id_valid",
        table_name="hub",
        sqlite_where=sa.text("status = 'valid'"),
        postgresql_where=sa.text("status = 'valid'"),
    )
    op.drop_index("ix_hub_street_id_status", table_name="hub")
    op.drop_index(op.f("ix_hub_organization_id"), table_name="hub")
    op.drop_table("hub")
    op.drop_index(
        "uq_affiliation_organization_id_valid",
        table_name="affiliation",
        sqlite_where=sa.text("status = 'valid'"),
        postgresql_where=sa.text("status = 'valid'"),
    )
    op.drop_index(op.f("ix_affiliation_organization_id"), table_name="affiliation")
    op.drop_index("ix_affiliation_hub_id_status", table_name="affiliation")
    op.drop_table("affiliation")
    op.drop_index("ix_activity_organization_id_held_on", table_name="activity")
    op.drop_table("activity")
    op.drop_index("ix_service_centre_operator_id", table_name="service_centre")
    op.drop_index(op.f("ix_service_centre_community_id"), table_name="service_centre")
    op.drop_table("service_centre")
    op.drop_table("opening_stock_row")
    op.drop_index("ix_call_street_id_status_closes_on", table_name="call")
    op.drop_table("call")
