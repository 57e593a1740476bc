"""Streets, their communities, the people of the service and what they may do there."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from incubator.models.base import WHOLE_STREET, BigKey, Streamed, big, json, key, long_text, moment, ref


class Street(SQLModel, table=True):
    """A street office: the tenant."""

    __tablename__ = "street"
    id: int | None = key()
    public_id: str = Field(unique=True)
    code: str = Field(unique=True)
    name: str
    district: str = ""


class Community(SQLModel, table=True):
    """A community of a street, led by its residents' committee."""

    __tablename__ = "community"
    __table_args__ = (UniqueConstraint("street_id", "name"),)
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    name: str


class Person(Streamed, table=True):
    """A human being of the service; four eyes are counted by person, however many accounts one has."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_street_id_name", "street_id", "name"),)
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    name: str


class Account(Streamed, table=True):
    """A way for a person to sign in; the head of its access stream."""

    __tablename__ = "account"
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    person_id: int = ref("person.id", index=True)
    username: str = Field(unique=True)
    password_hash: str
    language: str = "zh"
    failed_attempts: int = 0
    locked_until: datetime | None = moment(default=None, nullable=True)
    disabled: bool = False


class RoleGrant(SQLModel, table=True):
    """A role of a person in an area: one community, or the whole street when `community_id` is 0."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("street_id", "person_id", "role", "community_id"),)
    id: int | None = key()
    street_id: int = ref("street.id")
    person_id: int = ref("person.id", index=True)
    role: str
    community_id: int = big(WHOLE_STREET)
    since: date
    until: date


class Substitute(SQLModel, table=True):
    """Who may act in a role when four eyes leave nobody else, named beforehand by somebody else."""

    __tablename__ = "substitute"
    __table_args__ = (UniqueConstraint("street_id", "role", "person_id"),)
    id: int | None = key()
    street_id: int = ref("street.id")
    role: str
    person_id: int = ref("person.id")
    named_by: int = ref("person.id")
    named_at: datetime = moment()
    until: date


class SignInSession(SQLModel, table=True):
    """A browser's sign-in; only the hash of its secret is kept."""

    __tablename__ = "sign_in_session"
    id: int | None = key()
    token_hash: str = Field(unique=True)
    account_id: int = ref("account.id", index=True)
    csrf_token: str
    created_at: datetime = moment()
    last_seen_at: datetime = moment()
    expires_at: datetime = moment()


class ApiToken(SQLModel, table=True):
    """A program's key to act for an account within named scopes; only its hash is kept."""

    __tablename__ = "api_token"
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    account_id: int = ref("account.id", index=True)
    name: str
    token_hash: str = Field(unique=True)
    scopes: list[str] = json(default=[])
    created_at: datetime = moment()
    expires_at: datetime = moment()
    revoked_at: datetime | None = moment(default=None, nullable=True)


class ServiceClock(SQLModel, table=True):
    """One row: how far the test clock of the whole service is moved, in seconds."""

    __tablename__ = "service_clock"
    id: int = Field(primary_key=True)
    offset_seconds: int = 0


class NumberSeries(SQLModel, table=True):
    """The last business number given in a series of a street and year."""

    __tablename__ = "number_series"
    street_id: int = Field(foreign_key="street.id", primary_key=True, sa_type=BigKey)
    series: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int = 0


class IssuedNumber(SQLModel, table=True):
    """A number that appeared on paper; it never repeats, and a void says why."""

    __tablename__ = "issued_number"
    __table_args__ = (UniqueConstraint("street_id", "number"),)
    id: int | None = key()
    street_id: int = ref("street.id")
    series: str
    year: int
    number: str
    case_id: int = big(0)
    issued_at: datetime = moment()
    voided_at: datetime | None = moment(default=None, nullable=True)
    void_reason: str = long_text(default="")
