"""Revision 0001: tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only where the type is spelled INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "calendar_version",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_calendar_version")),
    )
    op.create_table(
        "definition_version",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("procedure", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_definition_version")),
    )
    op.create_index(op.f("ix_definition_version_procedure"), "definition_version", ["procedure"], unique=False)
    op.create_table(
        "heartbeat",
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("beat_at", MOMENT, nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "idempotent_answer",
        sa.Column("id", BIG, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotent_answer")),
        sa.UniqueConstraint("actor", "idempotency_key", name=op.f("uq_idempotent_answer_actor_idempotency_key")),
    )
    op.create_table(
        "policy_version",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_policy_version")),
    )
    op.create_table(
        "schedule_period",
        sa.Column("id", BIG, nullable=False),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("claimed_at", MOMENT, nullable=False),
        sa.Column("caught_up", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("flow_run", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_period")),
        sa.UniqueConstraint("schedule", "period", name=op.f("uq_schedule_period_schedule_period")),
    )
    op.create_table(
        "service_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offset_seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_clock")),
    )
    op.create_table(
        "street",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_street")),
        sa.UniqueConstraint("code", name=op.f("uq_street_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_street_public_id")),
    )
    op.create_table(
        "calendar_in_force",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("calendar_hash", sa.String(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_hash"],
            ["calendar_version.hash"],
            name=op.f("fk_calendar_in_force_calendar_hash_calendar_version"),
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_calendar_in_force_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_in_force")),
    )
    op.create_index("ix_calendar_in_force_street_id_id", "calendar_in_force", ["street_id", "id"], unique=False)
    op.create_table(
        "community",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_community_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community")),
        sa.UniqueConstraint("public_id", name=op.f("uq_community_public_id")),
        sa.UniqueConstraint("street_id", "name", name=op.f("uq_community_street_id_name")),
    )
    op.create_table(
        "event",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("subject_id", BIG, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("actor_id", BIG, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_event_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("stream", "subject_id", "seq", name=op.f("uq_event_stream_subject_id_seq")),
    )
    op.create_index("ix_event_street_id_id", "event", ["street_id", "id"], unique=False)
    op.create_table(
        "issued_number",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("voided_at", MOMENT, nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_issued_number_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_number")),
        sa.UniqueConstraint("street_id", "number", name=op.f("uq_issued_number_street_id_number")),
    )
    op.create_table(
        "money_account",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("guarded", sa.Boolean(), nullable=False),
        sa.Column("balance", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("NOT guarded OR balance >= 0", name=op.f("ck_money_account_never_overdrawn")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_money_account_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_account")),
        sa.UniqueConstraint("street_id", "code", name=op.f("uq_money_account_street_id_code")),
    )
    op.create_table(
        "money_book",
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_money_book_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_book")),
        sa.UniqueConstraint("street_id", "year", name=op.f("uq_money_book_street_id_year")),
    )
    op.create_table(
        "notice",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("body_zh", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_notice_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("cause", name=op.f("uq_notice_cause")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notice_public_id")),
    )
    op.create_index("ix_notice_street_id_role_id", "notice", ["street_id", "role", "id"], unique=False)
    op.create_table(
        "number_series",
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_number_series_street_id_street")),
        sa.PrimaryKeyConstraint("street_id", "series", "year", name=op.f("pk_number_series")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("available_at", MOMENT, nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("result", JSON, nullable=False),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_outbox_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_case_id", "outbox", ["case_id"], unique=False)
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["available_at", "id"],
        unique=False,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "person",
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_person_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("public_id", name=op.f("uq_person_public_id")),
    )
    op.create_index("ix_person_street_id_name", "person", ["street_id", "name"], unique=False)
    op.create_table(
        "personal_value",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("subject_id", BIG, nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("search_hash", sa.String(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("erased_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_personal_value_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_value")),
    )
    op.create_index(
        "ix_personal_value_stream_subject_id_field_id",
        "personal_value",
        ["stream", "subject_id", "field", "id"],
        unique=False,
    )
    op.create_index(
        "ix_personal_value_street_id_search_hash", "personal_value", ["street_id", "search_hash"], unique=False
    )
    op.create_table(
        "policy_in_force",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("policy_hash", sa.String(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_hash"], ["policy_version.hash"], name=op.f("fk_policy_in_force_policy_hash_policy_version")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_policy_in_force_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_in_force")),
        sa.UniqueConstraint("street_id", "effective_from", name=op.f("uq_policy_in_force_street_id_effective_from")),
    )
    op.create_table(
        "policy_pack",
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_policy_pack_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_pack")),
        sa.UniqueConstraint("street_id", "name", name=op.f("uq_policy_pack_street_id_name")),
    )
    op.create_table(
        "review_run",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("procedure", sa.String(), nullable=False),
        sa.Column("run_key", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=False),
        sa.Column("caught_up", sa.Boolean(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("already_open", sa.Integer(), nullable=False),
        sa.Column("skipped", JSON, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("flow_run", sa.String(), nullable=False),
        sa.Column("signed_off_by", BIG, nullable=False),
        sa.Column("signed_off_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_review_run_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_run")),
        sa.UniqueConstraint("public_id", name=op.f("uq_review_run_public_id")),
        sa.UniqueConstraint(
            "street_id", "procedure", "run_key", name=op.f("uq_review_run_street_id_procedure_run_key")
        ),
    )
    op.create_index("ix_review_run_street_id_id", "review_run", ["street_id", "id"], unique=False)
    op.create_table(
        "survey_import",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("imported_by", BIG, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_survey_import_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_survey_import_public_id")),
    )
    op.create_index("ix_survey_import_street_id_id", "survey_import", ["street_id", "id"], unique=False)
    op.create_table(
        "account",
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", MOMENT, nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id_person")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_account_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("public_id", name=op.f("uq_account_public_id")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_index(op.f("ix_account_person_id"), "account", ["person_id"], unique=False)
    op.create_table(
        "journal_entry",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("book_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("reverses_id", BIG, nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("actor_id", BIG, nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["money_book.id"], name=op.f("fk_journal_entry_book_id_money_book")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["journal_entry.id"], name=op.f("fk_journal_entry_reverses_id_journal_entry")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_journal_entry_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint("cause", name=op.f("uq_journal_entry_cause")),
    )
    op.create_index("ix_journal_entry_street_id_id", "journal_entry", ["street_id", "id"], unique=False)
    op.create_index("uq_journal_entry_reverses_id", "journal_entry", ["reverses_id"], unique=True)
    op.create_table(
        "organization",
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("initials", sa.String(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("leader", sa.String(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("founded_on", sa.String(), nullable=False),
        sa.Column("premises", sa.String(), nullable=False),
        sa.Column("activity_frequency", sa.String(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("filing_number", sa.String(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("filing_valid_until", sa.Date(), nullable=False),
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_organization_community_id_community")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_organization_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("public_id", name=op.f("uq_organization_public_id")),
        sa.UniqueConstraint(
            "street_id", "community_id", "name_key", name=op.f("uq_organization_street_id_community_id_name_key")
        ),
    )
    op.create_index(op.f("ix_organization_community_id"), "organization", ["community_id"], unique=False)
    op.create_index("ix_organization_street_id_name", "organization", ["street_id", "name"], unique=False)
    op.create_index(
        "ix_organization_street_id_standing_id", "organization", ["street_id", "standing", "id"], unique=False
    )
    op.create_table(
        "role_grant",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id_person")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_role_grant_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint(
            "street_id",
            "person_id",
            "role",
            "community_id",
            name=op.f("uq_role_grant_street_id_person_id_role_community_id"),
        ),
    )
    op.create_index(op.f("ix_role_grant_person_id"), "role_grant", ["person_id"], unique=False)
    op.create_table(
        "substitute",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("named_by", BIG, nullable=False),
        sa.Column("named_at", MOMENT, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["named_by"], ["person.id"], name=op.f("fk_substitute_named_by_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_substitute_person_id_person")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_substitute_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitute")),
        sa.UniqueConstraint("street_id", "role", "person_id", name=op.f("uq_substitute_street_id_role_person_id")),
    )
    op.create_table(
        "survey_row_fate",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("import_id", BIG, nullable=False),
        sa.Column("sheet", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("fate", sa.String(), nullable=False),
        sa.Column("organization_id", BIG, nullable=False),
        sa.Column("account", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["survey_import.id"], name=op.f("fk_survey_row_fate_import_id_survey_import")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_survey_row_fate_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_row_fate")),
        sa.UniqueConstraint("import_id", "sheet", "row", name=op.f("uq_survey_row_fate_import_id_sheet_row")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_api_token_account_id_account")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_api_token_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_token_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_account_id"), "api_token", ["account_id"], unique=False)
    op.create_table(
        "case_file",
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("organization_id", BIG, nullable=False),
        sa.Column("procedure", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("step_entered_at", MOMENT, nullable=False),
        sa.Column("step_entered_on", sa.Date(), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("came_from", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("definition_hash", sa.String(), nullable=False),
        sa.Column("policy_hash", sa.String(), nullable=False),
        sa.Column("calendar_hash", sa.String(), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("milestones", JSON, nullable=False),
        sa.Column("acts", JSON, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_case_file_community_id_community")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_case_file_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_case_file_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_case_file_public_id")),
        sa.UniqueConstraint("street_id", "number", name=op.f("uq_case_file_street_id_number")),
    )
    op.create_index(
        "ix_case_file_in_hand",
        "case_file",
        ["street_id", "due_on", "id"],
        unique=False,
        sqlite_where=sa.text("(open OR came_from <> '')"),
        postgresql_where=sa.text("(open OR came_from <> '')"),
    )
    op.create_index("ix_case_file_organization_id_id", "case_file", ["organization_id", "id"], unique=False)
    op.create_index(
        "ix_case_file_street_id_procedure_step_id", "case_file", ["street_id", "procedure", "step", "id"], unique=False
    )
    op.create_index(
        "uq_case_file_street_id_organization_id_procedure_period",
        "case_file",
        ["street_id", "organization_id", "procedure", "period"],
        unique=True,
        sqlite_where=sa.text("period <> ''"),
        postgresql_where=sa.text("period <> ''"),
    )
    op.create_table(
        "document",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("organization_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_document_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_document_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("public_id", name=op.f("uq_document_public_id")),
    )
    op.create_index("ix_document_case_id_kind", "document", ["case_id", "kind"], unique=False)
    op.create_index(op.f("ix_document_organization_id"), "document", ["organization_id"], unique=False)
    op.create_table(
        "filing",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("organization_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_filing_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_filing_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing")),
        sa.UniqueConstraint("public_id", name=op.f("uq_filing_public_id")),
        sa.UniqueConstraint("street_id", "number", name=op.f("uq_filing_street_id_number")),
    )
    op.create_index("ix_filing_organization_id_valid_until", "filing", ["organization_id", "valid_until"], unique=False)
    op.create_table(
        "journal_line",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("entry_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("fen", BIG, nullable=False),
        sa.CheckConstraint("fen <> 0", name=op.f("ck_journal_line_moves_something")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["money_account.id"], name=op.f("fk_journal_line_account_id_money_account")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entry.id"], name=op.f("fk_journal_line_entry_id_journal_entry")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_journal_line_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_line")),
    )
    op.create_index("ix_journal_line_account_id_id", "journal_line", ["account_id", "id"], unique=False)
    op.create_index(op.f("ix_journal_line_entry_id"), "journal_line", ["entry_id"], unique=False)
    op.create_table(
        "organization_revision",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("organization_id", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("state", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_organization_revision_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_organization_revision_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_revision")),
        sa.UniqueConstraint(
            "organization_id", "version", name=op.f("uq_organization_revision_organization_id_version")
        ),
    )
    op.create_table(
        "sign_in_session",
        sa.Column("id", BIG, nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("csrf_token", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sign_in_session_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_session_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_session_account_id"), "sign_in_session", ["account_id"], unique=False)
    op.create_table(
        "deadline",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("policy_path", sa.String(), nullable=False),
        sa.Column("pauses", JSON, nullable=False),
        sa.Column("extensions", JSON, nullable=False),
        sa.Column("calendar_hash", sa.String(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("proof", JSON, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_deadline_case_id_case_file")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_deadline_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
        sa.UniqueConstraint("case_id", "step", "visit", name=op.f("uq_deadline_case_id_step_visit")),
    )
    op.create_table(
        "panel_seat",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("alternate", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("review", JSON, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_panel_seat_case_id_case_file")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_panel_seat_person_id_person")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_panel_seat_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_seat")),
        sa.UniqueConstraint("case_id", "visit", "person_id", name=op.f("uq_panel_seat_case_id_visit_person_id")),
    )
    op.create_table(
        "timer",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("fires_on", sa.Date(), nullable=False),
        sa.Column("fired_at", MOMENT, nullable=True),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_timer_case_id_case_file")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_timer_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint("case_id", "visit", "action", "level", name=op.f("uq_timer_case_id_visit_action_level")),
    )
    op.create_index(
        "ix_timer_due",
        "timer",
        ["fires_on", "id"],
        unique=False,
        sqlite_where=sa.text("fired_at IS NULL"),
        postgresql_where=sa.text("fired_at IS NULL"),
    )
    op.create_table(
        "work_item",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_work_item_case_id_case_file")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_work_item_community_id_community")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_work_item_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_item")),
        sa.UniqueConstraint(
            "case_id", "visit", "role", "person_id", "kind", name=op.f("uq_work_item_case_id_visit_role_person_id_kind")
        ),
    )
    op.create_index(
        "ix_work_item_person",
        "work_item",
        ["person_id", "due_on", "id"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index(
        "ix_work_item_worklist",
        "work_item",
        ["street_id", "role", "due_on", "id"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_work_item_worklist",
        table_name="work_item",
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.drop_index(
        "ix_work_item_person",
        table_name="work_item",
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.drop_table("work_item")
    op.drop_index(
        "ix_timer_due",
        table_name="timer",
        sqlite_where=sa.text("fired_at IS NULL"),
        postgresql_where=sa.text("fired_at IS NULL"),
    )
    op.drop_table("timer")
    op.drop_table("panel_seat")
    op.drop_table("deadline")
    op.drop_index(op.f("ix_sign_in_session_account_id"), table_name="sign_in_session")
    op.drop_table("sign_in_session")
    op.drop_table("organization_revision")
    op.drop_index(op.f("ix_journal_line_entry_id"), table_name="journal_line")
    op.drop_index("ix_journal_line_account_id_id", table_name="journal_line")
    op.drop_table("journal_line")
    op.drop_index("ix_filing_organization_id_valid_until", table_name="filing")
    op.drop_table("filing")
    op.drop_index(op.f("ix_document_organization_id"), table_name="document")
    op.drop_index("ix_document_case_id_kind", table_name="document")
    op.drop_table("document")
    op.drop_index(
        "uq_case_file_street_id_organization_id_procedure_period",
        table_name="case_file",
        sqlite_where=sa.text("period <> ''"),
        postgresql_where=sa.text("period <> ''"),
    )
    op.drop_index("ix_case_file_street_id_procedure_step_id", table_name="case_file")
    op.drop_index("ix_case_file_organization_id_id", table_name="case_file")
    op.drop_index(
        "ix_case_file_in_hand",
        table_name="case_file",
        sqlite_where=sa.text("(open OR came_from <> '')"),
        postgresql_where=sa.text("(open OR came_from <> '')"),
    )
    op.drop_table("case_file")
    op.drop_index(op.f("ix_api_token_account_id"), table_name="api_token")
    op.drop_table("api_token")
    op.drop_table("survey_row_fate")
    op.drop_table("substitute")
    op.drop_index(op.f("ix_role_grant_person_id"), table_name="role_grant")
    op.drop_table("role_grant")
    op.drop_index("ix_organization_street_id_standing_id", table_name="organization")
    op.drop_index("ix_organization_street_id_name", table_name="organization")
    op.drop_index(op.f("ix_organization_community_id"), table_name="organization")
    op.drop_table("organization")
    op.drop_index("uq_journal_entry_reverses_id", table_name="journal_entry")
    op.drop_index("ix_journal_entry_street_id_id", table_name="journal_entry")
    op.drop_table("journal_entry")
    op.drop_index(op.f("ix_account_person_id"), table_name="account")
    op.drop_table("account")
    op.drop_index("ix_survey_import_street_id_id", table_name="survey_import")
    op.drop_table("survey_import")
    op.drop_index("ix_review_run_street_id_id", table_name="review_run")
    op.drop_table("review_run")
    op.drop_table("policy_pack")
    op.drop_table("policy_in_force")
    op.drop_index("ix_personal_value_street_id_search_hash", table_name="personal_value")
    op.drop_index("ix_personal_value_stream_subject_id_field_id", table_name="personal_value")
    op.drop_table("personal_value")
    op.drop_index("ix_person_street_id_name", table_name="person")
    op.drop_table("person")
    op.drop_index(
        "ix_outbox_waiting",
        table_name="outbox",
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.drop_index("ix_outbox_case_id", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("number_series")
    op.drop_index("ix_notice_street_id_role_id", table_name="notice")
    op.drop_table("notice")
    op.drop_table("money_book")
    op.drop_table("money_account")
    op.drop_table("issued_number")
    op.drop_index("ix_event_street_id_id", table_name="event")
    op.drop_table("event")
    op.drop_table("community")
    op.drop_index("ix_calendar_in_force_street_id_id", table_name="calendar_in_force")
    op.drop_table("calendar_in_force")
    op.drop_table("street")
    op.drop_table("service_clock")
    op.drop_table("schedule_period")
    op.drop_table("policy_version")
    op.drop_table("idempotent_answer")
    op.drop_table("heartbeat")
    op.drop_index(op.f("ix_definition_version_procedure"), table_name="definition_version")
    op.drop_table("definition_version")
    op.drop_table("calendar_version")
