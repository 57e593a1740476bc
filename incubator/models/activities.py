"""What is known of an organization's life: activities, visits, contacts, a hub's duties; and restrictions on it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from incubator.models.base import NO_DATE, big, json, key, long_text, moment, ref


class ActivityKind(StrEnum):
    """What was recorded."""

    ACTIVITY = "activity"  # something the organization did
    VISIT = "visit"  # the centre or the community went there
    CONTACT = "contact"  # somebody tried to reach it; `reached` says whether it worked
    DUTY = "duty"  # a hub did what it owes one that it carries


class Activity(SQLModel, table=True):
    """One activity, visit, contact or duty. A wrong record is voided with a reason, never changed."""

    __tablename__ = "activity"
    __table_args__ = (Index("ix_activity_organization_id_held_on", "organization_id", "kind", "held_on"),)
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    community_id: int = ref("community.id")
    organization_id: int = ref("organization.id")
    kind: str
    held_on: date
    title: str = ""
    reached: bool = True  # a contact that failed: False
    participants: int = 0
    note: str = long_text(default="")
    duty: str = ""  # a hub's duty, by the policy's code
    other_organization_id: int = big(0)  # whom the duty was done for
    details: dict[str, Any] = json(default={})
    recorded_by: int = big(0)
    recorded_at: datetime = moment()
    voided_at: datetime | None = moment(default=None, nullable=True)
    void_reason: str = long_text(default="")


class RestrictionKind(StrEnum):
    """What holds an organization back."""

    PROJECT_BAN = "project_ban"  # no funding until a day
    ABNORMAL_LIST = "abnormal_list"  # the registrar's, recorded with its document
    SERIOUS_BREACH_LIST = "serious_breach_list"  # the registrar's, recorded with its document
    CLOSER_SUPERVISION = "closer_supervision"  # the street's
    DORMANT = "dormant"  # the street's, while a dormancy case runs


class Restriction(SQLModel, table=True):
    """A restriction on an organization; lifted with a reason, never removed."""

    __tablename__ = "restriction"
    __table_args__ = (Index("ix_restriction_organization_id_kind", "organization_id", "kind", "until"),)
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    organization_id: int = ref("organization.id")
    kind: str
    since: date
    until: date = Field(default=NO_DATE)  # the last day it holds
    case_id: int = big(0)
    document_number: str = ""
    reason: str = long_text(default="")
    recorded_at: datetime = moment()
    lifted_on: date = Field(default=NO_DATE)
    lifted_at: datetime | None = moment(default=None, nullable=True)  # when the lifting was recorded
    lift_reason: str = long_text(default="")
