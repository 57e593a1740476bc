"""Automation's tables: the outbox, the clock's ledger of periods, receipts and notices."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from incubator.models.base import big, json, key, long_text, moment, ref


class Outbox(SQLModel, table=True):
    """Work for automation, written with the transition that asks for it; settled with its effect."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_waiting",
            "available_at",
            "id",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
        Index("ix_outbox_case_id", "case_id"),
    )
    id: int | None = key()
    street_id: int = ref("street.id")
    case_id: int = big(0)
    task: str
    payload: dict[str, Any] = json(default={})
    created_at: datetime = moment()
    available_at: datetime = moment()
    lease_owner: str = ""
    lease_until: datetime | None = moment(default=None, nullable=True)
    attempt: int = 0
    last_error: str = long_text(default="")
    settled_at: datetime | None = moment(default=None, nullable=True)
    result: dict[str, Any] = json(default={})


class SchedulePeriod(SQLModel, table=True):
    """The clock's ledger: one row for each period of a schedule that came due, won by one scheduler."""

    __tablename__ = "schedule_period"
    __table_args__ = (UniqueConstraint("schedule", "period"),)
    id: int | None = key()
    schedule: str
    period: str  # the moment at which it was due, ISO with offset
    due_at: datetime = moment()
    claimed_at: datetime = moment()
    caught_up: bool = False  # found late, after downtime
    state: str = "started"  # started -> succeeded | failed -> started
    attempt: int = 1
    lease_until: datetime = moment()
    finished_at: datetime | None = moment(default=None, nullable=True)
    error: str = long_text(default="")
    flow_run: str = ""


class ReviewRun(SQLModel, table=True):
    """The receipt of one sweep that opens due reviews: what was due, what was done, what was not and why."""

    __tablename__ = "review_run"
    __table_args__ = (
        UniqueConstraint("street_id", "procedure", "run_key"),
        Index("ix_review_run_street_id_id", "street_id", "id"),
    )
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    procedure: str
    run_key: str
    period: str
    as_of: date
    started_at: datetime = moment()
    finished_at: datetime = moment()
    caught_up: bool = False
    due: int = 0
    opened: int = 0
    already_open: int = 0
    skipped: dict[str, int] = json(default={})
    attempt: int = 1
    flow_run: str = ""
    signed_off_by: int = big(0)
    signed_off_at: datetime | None = moment(default=None, nullable=True)


class Notice(SQLModel, table=True):
    """A message to a role in an area or to one person, in both languages, once per cause."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("cause"),
        Index("ix_notice_street_id_role_id", "street_id", "role", "id"),
    )
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    community_id: int = big(0)
    case_id: int = big(0)
    cause: str  # outbox:{id}
    kind: str
    role: str = ""
    person_id: int = big(0)
    title_zh: str
    title_en: str
    body_zh: str = long_text()
    body_en: str = long_text()
    recorded_at: datetime = moment()


class Means(StrEnum):
    """By what a person is told beside the page."""

    MAIL = "mail"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


class NoticeChannel(SQLModel, table=True):
    """A way by which a person is told beside the page: a mail address or an office messenger, sealed, at once or once a day."""

    __tablename__ = "notice_channel"
    __table_args__ = (Index("ix_notice_channel_person_id", "person_id"),)
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    person_id: int = ref("person.id")
    means: str
    sealed_address: str = long_text()
    kinds: list[str] = json(default=[])  # which notices; empty for all
    digest: bool = False  # once a day, together, and not at once
    added_at: datetime = moment()
    removed_at: datetime | None = moment(default=None, nullable=True)


class NoticeDelivery(SQLModel, table=True):
    """One message sent by a channel, for a notice or for a day's digest, once per cause; its failures stand beside it."""

    __tablename__ = "notice_delivery"
    __table_args__ = (UniqueConstraint("channel_id", "cause"),)
    id: int | None = key()
    street_id: int = ref("street.id")
    channel_id: int = ref("notice_channel.id")
    cause: str  # notice:{public id}, or digest:{day}
    notice_ids: list[int] = json(default=[])
    state: str = "waiting"  # waiting -> sent | failed
    attempt: int = 0
    error: str = long_text(default="")
    asked_at: datetime = moment()
    sent_at: datetime | None = moment(default=None, nullable=True)


class Heartbeat(SQLModel, table=True):
    """When a part of automation last said that it was well; the workbench tells when it is silent."""

    __tablename__ = "heartbeat"
    part: str = Field(primary_key=True)
    beat_at: datetime = moment()
    detail: str = ""
