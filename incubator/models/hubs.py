"""Hubs: recognised organizations that carry others, who is affiliated with them, and sub-teams under a filed parent."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from incubator.models.base import NO_DATE, big, key, long_text, moment, ref


class HubStatus(StrEnum):
    """What became of a recognition as a hub."""

    VALID = "valid"
    ENDED = "ended"  # valid -> ended: given up, expired or the hub left
    REVOKED = "revoked"  # valid -> revoked, by the street


class Hub(SQLModel, table=True):
    """A recognition as a hub (枢纽型社会组织); one valid at a time."""

    __tablename__ = "hub"
    __table_args__ = (
        Index(
            "uq_hub_organization_id_valid",
            "organization_id",
            unique=True,
            sqlite_where=text("status = 'valid'"),
            postgresql_where=text("status = 'valid'"),
        ),
        Index("ix_hub_street_id_status", "street_id", "status"),
    )
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    organization_id: int = ref("organization.id", index=True)
    case_id: int = big(0)
    status: str = HubStatus.VALID
    since: date
    until: date = Field(default=NO_DATE)
    paper: str = ""  # historical: the paper that the opening stock cites
    recorded_at: datetime = moment()
    ended_on: date = Field(default=NO_DATE)


class HubRepresentative(SQLModel, table=True):
    """Who speaks for a hub in the service: a person with the role of a hub representative."""

    __tablename__ = "hub_representative"
    __table_args__ = (UniqueConstraint("organization_id", "person_id"),)
    id: int | None = key()
    street_id: int = ref("street.id")
    organization_id: int = ref("organization.id")
    person_id: int = ref("person.id", index=True)
    since: date
    until: date = Field(default=NO_DATE)


class AffiliationStatus(StrEnum):
    """What became of an affiliation agreement."""

    VALID = "valid"
    RENEWED = "renewed"  # valid -> renewed: another agreement took its place
    ENDED = "ended"  # valid -> ended, by agreement, by notice or with the hub
    EXPIRED = "expired"  # valid -> expired, when its term was over


class Affiliation(SQLModel, table=True):
    """An agreement by which a hub carries an organization for a term; one valid (primary) hub at a time."""

    __tablename__ = "affiliation"
    __table_args__ = (
        Index(
            "uq_affiliation_organization_id_valid",
            "organization_id",
            unique=True,
            sqlite_where=text("status = 'valid'"),
            postgresql_where=text("status = 'valid'"),
        ),
        Index("ix_affiliation_hub_id_status", "hub_id", "status"),
    )
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    organization_id: int = ref("organization.id", index=True)
    hub_id: int = ref("organization.id")  # the hub's organization
    case_id: int = big(0)
    agreement_number: str = ""
    status: str = AffiliationStatus.VALID
    since: date
    until: date
    paper: str = ""
    recorded_at: datetime = moment()
    ended_on: date = Field(default=NO_DATE)


class SubTeam(SQLModel, table=True):
    """A building-level team that a filed organization derives; it is not filed by itself."""

    __tablename__ = "sub_team"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    organization_id: int = ref("organization.id")  # the filed parent
    name: str
    leader: str = ""
    members: int = 0
    place: str = ""
    since: date
    ended_on: date = Field(default=NO_DATE)
    remark: str = long_text(default="")
    recorded_by: int = big(0)
    recorded_at: datetime = moment()
