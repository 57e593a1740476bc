"""What a person keeps at the desk: lists under a name, forms not sent yet; who stands in while one is away, what was handed over."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from incubator.models.base import big, json, key, long_text, moment, ref


class SavedList(SQLModel, table=True):
    """A worklist as a person narrowed it, under a name of the person's own."""

    __tablename__ = "saved_list"
    __table_args__ = (UniqueConstraint("person_id", "name"),)
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    person_id: int = ref("person.id")
    name: str
    query: str = long_text()  # what stands in the address after the question mark, without the page
    saved_at: datetime = moment()


class Draft(SQLModel, table=True):
    """What a person has typed into a decision's form and not sent: one a person, case and decision, sealed as it may be personal."""

    __tablename__ = "draft"
    __table_args__ = (
        UniqueConstraint("person_id", "case_id", "action"),
        Index("ix_draft_case_id", "case_id"),
    )
    id: int | None = key()
    street_id: int = ref("street.id")
    person_id: int = ref("person.id")
    case_id: int = ref("case_file.id")
    step: str
    visit: int  # the case's visit that it was typed in: a later one shows it as of before
    action: str
    sealed: str = long_text()
    saved_at: datetime = moment()


class Absence(SQLModel, table=True):
    """Days on which a person is away, and who acts in the person's stead; ended early with a moment, never removed."""

    __tablename__ = "absence"
    __table_args__ = (
        Index("ix_absence_street_id_until", "street_id", "until"),
        Index("ix_absence_deputy_id_until", "deputy_id", "until"),
        Index("ix_absence_person_id_until", "person_id", "until"),
    )
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    person_id: int = ref("person.id")
    deputy_id: int = ref("person.id")
    since: date
    until: date  # the last day away; what was ended early ends the day before
    reason: str = long_text(default="")
    named_by: int = ref("person.id")
    recorded_at: datetime = moment()
    ended_at: datetime | None = moment(default=None, nullable=True)


class HandoverState(StrEnum):
    """How far a handover has come; the work itself moved when it was made."""

    MADE = "made"  # -> countersigned
    COUNTERSIGNED = "countersigned"  # the one who took over has signed the list


class Handover(SQLModel, table=True):
    """Everything that one person had in hand, given to a colleague at one moment, with the list that both sign."""

    __tablename__ = "handover"
    __table_args__ = (Index("ix_handover_street_id_id", "street_id", "id"),)
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    number: str  # of the street and year
    from_person_id: int = ref("person.id")
    to_person_id: int = ref("person.id")
    reason: str = long_text(default="")
    items: list[dict[str, Any]] = json(
        default=[]
    )  # the list as it was made: case, step, due date, and what could not go over
    made_by: int = ref("person.id")
    made_at: datetime = moment()
    state: str = HandoverState.MADE
    countersigned_at: datetime | None = moment(default=None, nullable=True)
    document_sha256: str = ""  # the scan of the signed list
    document_name: str = ""
    document_type: str = ""
    document_size: int = big(0)


class BulkKind(StrEnum):
    """What is done with each case of a bulk action."""

    ADVANCE = "advance"  # a decision of the step that all of them are at
    CLAIM = "claim"
    RELEASE = "release"
    ASSIGN = "assign"


class BulkItemState(StrEnum):
    """What became of one item of a bulk action."""

    WAITING = "waiting"  # -> done | refused | failed
    DONE = "done"
    REFUSED = "refused"  # a rule, a right or a lost race said no; `reason` says why -> waiting, when it is tried again
    FAILED = "failed"  # the service failed at it -> waiting, when it is tried again


class BulkAction(SQLModel, table=True):
    """One action on many cases, each by itself: what was asked, and how far it has come."""

    __tablename__ = "bulk_action"
    __table_args__ = (Index("ix_bulk_action_person_id_id", "person_id", "id"),)
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    person_id: int = ref("person.id")
    kind: str  # BulkKind
    request: dict[str, Any] = json(default={})  # the decision and what its form says, or the person it is given to
    asked_at: datetime = moment()
    finished_at: datetime | None = moment(default=None, nullable=True)


class BulkItem(SQLModel, table=True):
    """One case of a bulk action: the version that the person saw, and its result with the reason."""

    __tablename__ = "bulk_item"
    __table_args__ = (
        UniqueConstraint("bulk_id", "case_id"),
        Index("ix_bulk_item_bulk_id_state", "bulk_id", "state", "id"),
    )
    id: int | None = key()
    street_id: int = ref("street.id")
    bulk_id: int = ref("bulk_action.id")
    case_id: int = ref("case_file.id")
    seen_version: int
    state: str = BulkItemState.WAITING
    reason: dict[str, Any] = json(
        default={}
    )  # a problem as the page shows it: title and detail in both languages, blockers
    done_at: datetime | None = moment(default=None, nullable=True)
