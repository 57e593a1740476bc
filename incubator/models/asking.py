"""What a case asks of an organization, the one-time link that it answers by, and what arrives before staff accepts it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from incubator.models.base import big, json, key, long_text, moment, ref


class AskedState(StrEnum):
    """How far a request has come."""

    OPEN = "open"  # -> answered | withdrawn
    ANSWERED = "answered"  # staff accepted what arrived, or said how else it was answered
    WITHDRAWN = "withdrawn"


class InformationRequest(SQLModel, table=True):
    """Something that a case asks of its organization by a day; it moves nothing and stops no clock."""

    __tablename__ = "information_request"
    __table_args__ = (Index("ix_information_request_case_id", "case_id", "state"),)
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    community_id: int = ref("community.id")
    organization_id: int = ref("organization.id")
    case_id: int = ref("case_file.id")
    kind: str  # correction: the points that the case was returned with; information: the officer's own
    step: str
    visit: int
    points: list[dict[str, Any]] = json(
        default=[]
    )  # what is asked: words, and the kind of document where one is wanted
    due_on: date
    asked_by: int = ref("person.id")
    asked_at: datetime = moment()
    state: str = AskedState.OPEN
    closed_by: int = big(0)
    closed_at: datetime | None = moment(default=None, nullable=True)
    closing_words: str = long_text(default="")


class RequestLink(SQLModel, table=True):
    """A link to one request, for a person without an account. Only the hash of its secret is kept."""

    __tablename__ = "request_link"
    __table_args__ = (Index("ix_request_link_request_id", "request_id"),)
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    request_id: int = ref("information_request.id")
    token_hash: str = Field(unique=True)
    made_by: int = ref("person.id")
    made_at: datetime = moment()
    expires_at: datetime = moment()
    revoked_at: datetime | None = moment(default=None, nullable=True)
    revoked_by: int = big(0)
    opened_at: datetime | None = moment(default=None, nullable=True)  # when somebody first looked


class SubmissionState(StrEnum):
    """How far what arrived by a link has come; it is never a transition of the case."""

    DRAFT = "draft"  # -> sent: being filled in, kept for a lost connection
    SENT = "sent"  # -> accepted | declined
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Submission(SQLModel, table=True):
    """What was typed and sent through a link; sealed, as anybody may have written anything."""

    __tablename__ = "submission"
    __table_args__ = (Index("ix_submission_request_id_state", "request_id", "state"),)
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    request_id: int = ref("information_request.id")
    link_id: int = ref("request_link.id")
    sealed: str = long_text(default="")
    state: str = SubmissionState.DRAFT
    begun_at: datetime = moment()
    sent_at: datetime | None = moment(default=None, nullable=True)
    decided_by: int = big(0)
    decided_at: datetime | None = moment(default=None, nullable=True)
    decision_words: str = long_text(default="")


class SubmissionFile(SQLModel, table=True):
    """A photo or paper of a submission, whole and checked; what is still arriving is no row yet."""

    __tablename__ = "submission_file"
    __table_args__ = (UniqueConstraint("submission_id", "upload"),)
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    submission_id: int = ref("submission.id")
    upload: str  # the upload's own name, so that a finished one is noted once
    point: int = 0  # which of the request's points it belongs to
    filename: str
    media_type: str
    size: int
    sha256: str
    received_at: datetime = moment()
    document_id: int = big(0)  # what it became in the case when it was accepted
