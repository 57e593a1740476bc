"""What a person keeps at the desk: lists saved under a name, and forms not sent yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from incubator.models.base import key, long_text, moment, ref


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
