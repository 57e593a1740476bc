"""Absences and handovers, bulk actions, requests answered by a link, channels of notices, an office's own templates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only where the type is spelled INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("deputy_id", BIG, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("named_by", BIG, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.id"], name=op.f("fk_absence_deputy_id_person")),
        sa.ForeignKeyConstraint(["named_by"], ["person.id"], name=op.f("fk_absence_named_by_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id_person")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_absence_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_absence_public_id")),
    )
    op.create_index("ix_absence_deputy_id_until", "absence", ["deputy_id", "until"], unique=False)
    op.create_index("ix_absence_person_id_until", "absence", ["person_id", "until"], unique=False)
    op.create_index("ix_absence_street_id_until", "absence", ["street_id", "until"], unique=False)
    op.create_table(
        "bulk_action",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("request", JSON, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_bulk_action_person_id_person")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_bulk_action_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_action")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bulk_action_public_id")),
    )
    op.create_index("ix_bulk_action_person_id_id", "bulk_action", ["person_id", "id"], unique=False)
    op.create_table(
        "handover",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("from_person_id", BIG, nullable=False),
        sa.Column("to_person_id", BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("items", JSON, nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("countersigned_at", MOMENT, nullable=True),
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.Column("document_name", sa.String(), nullable=False),
        sa.Column("document_type", sa.String(), nullable=False),
        sa.Column("document_size", BIG, nullable=False),
        sa.ForeignKeyConstraint(["from_person_id"], ["person.id"], name=op.f("fk_handover_from_person_id_person")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_handover_made_by_person")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_handover_street_id_street")),
        sa.ForeignKeyConstraint(["to_person_id"], ["person.id"], name=op.f("fk_handover_to_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("public_id", name=op.f("uq_handover_public_id")),
    )
    op.create_index("ix_handover_street_id_id", "handover", ["street_id", "id"], unique=False)
    op.create_table(
        "notice_channel",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("means", sa.String(), nullable=False),
        sa.Column("sealed_address", sa.Text(), nullable=False),
        sa.Column("kinds", JSON, nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_channel_person_id_person")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_notice_channel_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_channel")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notice_channel_public_id")),
    )
    op.create_index("ix_notice_channel_person_id", "notice_channel", ["person_id"], unique=False)
    op.create_table(
        "paper_template",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("added_by", BIG, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_paper_template_added_by_person")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_paper_template_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_template")),
        sa.UniqueConstraint("public_id", name=op.f("uq_paper_template_public_id")),
        sa.UniqueConstraint("street_id", "paper", "version", name=op.f("uq_paper_template_street_id_paper_version")),
    )
    op.create_table(
        "notice_delivery",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("channel_id", BIG, nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("notice_ids", JSON, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["notice_channel.id"], name=op.f("fk_notice_delivery_channel_id_notice_channel")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_notice_delivery_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_delivery")),
        sa.UniqueConstraint("channel_id", "cause", name=op.f("uq_notice_delivery_channel_id_cause")),
    )
    op.create_table(
        "bulk_item",
        sa.Column("id", BIG, nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("bulk_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("seen_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", JSON, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["bulk_id"], ["bulk_action.id"], name=op.f("fk_bulk_item_bulk_id_bulk_action")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_bulk_item_case_id_case_file")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_bulk_item_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_item")),
        sa.UniqueConstraint("bulk_id", "case_id", name=op.f("uq_bulk_item_bulk_id_case_id")),
    )
    op.create_index("ix_bulk_item_bulk_id_state", "bulk_item", ["bulk_id", "state", "id"], unique=False)
    op.create_table(
        "information_request",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("organization_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("points", JSON, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_by", BIG, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("closed_by", BIG, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closing_words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_information_request_asked_by_person")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_information_request_case_id_case_file")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_information_request_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_information_request_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_information_request_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_information_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_information_request_public_id")),
    )
    op.create_index("ix_information_request_case_id", "information_request", ["case_id", "state"], unique=False)
    op.create_table(
        "request_link",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("request_id", BIG, nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_by", BIG, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_request_link_made_by_person")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["information_request.id"], name=op.f("fk_request_link_request_id_information_request")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_request_link_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_link")),
        sa.UniqueConstraint("public_id", name=op.f("uq_request_link_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_request_link_token_hash")),
    )
    op.create_index("ix_request_link_request_id", "request_link", ["request_id"], unique=False)
    op.create_table(
        "submission",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("request_id", BIG, nullable=False),
        sa.Column("link_id", BIG, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("decided_by", BIG, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decision_words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["request_link.id"], name=op.f("fk_submission_link_id_request_link")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["information_request.id"], name=op.f("fk_submission_request_id_information_request")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_submission_street_id_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("public_id", name=op.f("uq_submission_public_id")),
    )
    op.create_index("ix_submission_request_id_state", "submission", ["request_id", "state"], unique=False)
    op.create_table(
        "submission_file",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("street_id", BIG, nullable=False),
        sa.Column("submission_id", BIG, nullable=False),
        sa.Column("upload", sa.String(), nullable=False),
        sa.Column("point", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("document_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_submission_file_street_id_street")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_submission_file_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_submission_file_public_id")),
        sa.UniqueConstraint("submission_id", "upload", name=op.f("uq_submission_file_submission_id_upload")),
    )


def downgrade() -> None:
    op.drop_table("submission_file")
    op.drop_index("ix_submission_request_id_state", table_name="submission")
    op.drop_table("submission")
    op.drop_index("ix_request_link_request_id", table_name="request_link")
    op.drop_table("request_link")
    op.drop_index("ix_information_request_case_id", table_name="information_request")
    op.drop_table("information_request")
    op.drop_index("ix_bulk_item_bulk_id_state", table_name="bulk_item")
    op.drop_table("bulk_item")
    op.drop_table("notice_delivery")
    op.drop_table("paper_template")
    op.drop_index("ix_notice_channel_person_id", table_name="notice_channel")
    op.drop_table("notice_channel")
    op.drop_index("ix_handover_street_id_id", table_name="handover")
    op.drop_table("handover")
    op.drop_index("ix_bulk_action_person_id_id", table_name="bulk_action")
    op.drop_table("bulk_action")
    op.drop_index("ix_absence_street_id_until", table_name="absence")
    op.drop_index("ix_absence_person_id_until", table_name="absence")
    op.drop_index("ix_absence_deputy_id_until", table_name="absence")
    op.drop_table("absence")
