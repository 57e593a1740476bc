"""The append-only record: events in hash-chained streams, personal values apart, and the pinned versions they cite."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from incubator.models.base import Streamed, big, key, long_text, moment, ref


class Event(SQLModel, table=True):
    """One thing that happened. `body` is the canonical JSON that the hash covers; the columns repeat it for queries."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("stream", "subject_id", "seq"),
        Index("ix_event_street_id_id", "street_id", "id"),
    )
    id: int | None = key()
    street_id: int = ref("street.id")
    stream: str  # case, organization, person, policy, money, access
    subject_id: int = big()
    seq: int
    type: str
    effective_on: date
    recorded_at: datetime = moment()
    actor_id: int = big(0)  # a person, or 0 for automation
    body: str = long_text()
    prev_hash: str
    hash: str


class PersonalValue(SQLModel, table=True):
    """A personal value, encrypted, apart from the record so that it can be erased; the event keeps a commitment."""

    __tablename__ = "personal_value"
    __table_args__ = (
        Index("ix_personal_value_stream_subject_id_field_id", "stream", "subject_id", "field", "id"),
        Index("ix_personal_value_street_id_search_hash", "street_id", "search_hash"),
    )
    id: int | None = key()
    street_id: int = ref("street.id")
    stream: str
    subject_id: int = big()
    field: str
    sealed: str = long_text()  # ciphertext; empty once erased
    salt: str
    commitment: str
    search_hash: str = ""  # keyed hash, for finding the same identity or telephone number
    recorded_at: datetime = moment()
    erased_at: datetime | None = moment(default=None, nullable=True)


class DefinitionVersion(SQLModel, table=True):
    """A procedure as it was loaded, canonical JSON under its hash."""

    __tablename__ = "definition_version"
    hash: str = Field(primary_key=True)
    procedure: str = Field(index=True)
    content: str = long_text()
    recorded_at: datetime = moment()


class PolicyPack(Streamed, table=True):
    """A line of policy of one street; the head of its policy stream."""

    __tablename__ = "policy_pack"
    __table_args__ = (UniqueConstraint("street_id", "name"),)
    id: int | None = key()
    street_id: int = ref("street.id")
    name: str


class PolicyVersion(SQLModel, table=True):
    """A policy pack's content as it was loaded, canonical JSON under its hash."""

    __tablename__ = "policy_version"
    hash: str = Field(primary_key=True)
    name: str
    content: str = long_text()
    recorded_at: datetime = moment()


class PolicyInForce(SQLModel, table=True):
    """From which day a policy version governs the new cases of a street."""

    __tablename__ = "policy_in_force"
    __table_args__ = (UniqueConstraint("street_id", "effective_from"),)
    id: int | None = key()
    street_id: int = ref("street.id")
    policy_hash: str = Field(foreign_key="policy_version.hash")
    effective_from: date
    recorded_at: datetime = moment()


class ProposalState(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"  # -> activated, by another person | rejected, by another person | withdrawn, by the proposer
    ACTIVATED = "activated"  # -> revoked, while its day has not come
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


class PolicyProposal(SQLModel, table=True):
    """That a policy version comes into force from a day: proposed by one person with its rehearsal, decided by another."""

    __tablename__ = "policy_proposal"
    __table_args__ = (Index("ix_policy_proposal_street_id_id", "street_id", "id"),)
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    policy_hash: str = Field(foreign_key="policy_version.hash")
    effective_from: date
    state: str = ProposalState.PROPOSED
    reason: str = long_text()
    file_name: str = ""
    file_text: str = long_text(default="")  # the pack as it was written, comments and all
    rehearsal: str = long_text()  # canonical JSON of what it would do to the caseload
    rehearsed_at: datetime = moment()
    proposed_by: int = big(0)  # a person, or 0 for the console
    proposed_at: datetime = moment()
    decided_by: int = big(0)
    decided_at: datetime | None = moment(default=None, nullable=True)
    decision_comment: str = long_text(default="")


class CalendarVersion(SQLModel, table=True):
    """A working calendar as it was known, canonical JSON under its hash."""

    __tablename__ = "calendar_version"
    hash: str = Field(primary_key=True)
    name: str
    content: str = long_text()
    recorded_at: datetime = moment()


class CalendarInForce(SQLModel, table=True):
    """Which calendar a street counts by, from the moment it was recorded."""

    __tablename__ = "calendar_in_force"
    __table_args__ = (Index("ix_calendar_in_force_street_id_id", "street_id", "id"),)
    id: int | None = key()
    street_id: int = ref("street.id")
    calendar_hash: str = Field(foreign_key="calendar_version.hash")
    recorded_at: datetime = moment()
