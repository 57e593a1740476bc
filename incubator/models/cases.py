"""Cases and what hangs on them: work items, deadlines, timers, panel seats, idempotent answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from incubator.models.base import NO_DATE, NOBODY, Streamed, big, json, key, moment, ref


class Case(Streamed, table=True):
    """One run of a procedure for one organization. Only `advance` and `open_cases` write its position."""

    __tablename__ = "case_file"
    __table_args__ = (
        UniqueConstraint("street_id", "number"),
        # A periodic review is opened once in its period, however many clocks wake at once.
        Index(
            "uq_case_file_street_id_organization_id_procedure_period",
            "street_id",
            "organization_id",
            "procedure",
            "period",
            unique=True,
            sqlite_where=text("period <> ''"),
            postgresql_where=text("period <> ''"),
        ),
        Index("ix_case_file_street_id_procedure_step_id", "street_id", "procedure", "step", "id"),
        Index("ix_case_file_organization_id_id", "organization_id", "id"),
        # The list of what is in hand; the query repeats the predicate, since it is used only then.
        Index(
            "ix_case_file_in_hand",
            "street_id",
            "due_on",
            "id",
            sqlite_where=text("(open OR came_from <> '')"),
            postgresql_where=text("(open OR came_from <> '')"),
        ),
    )
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    community_id: int = ref("community.id")
    organization_id: int = ref("organization.id")
    procedure: str
    number: str
    period: str = ""  # '2027' for a review opened by the clock
    step: str
    step_entered_at: datetime = moment()
    step_entered_on: date  # effective date of the step's beginning
    visit: int = 1  # counts the steps entered: tells a step's second visit from its first
    came_from: str = ""  # the step to go back to after a correction or an objection
    version: int = 1
    open: bool = True
    outcome: str = ""
    due_on: date = Field(default=NO_DATE)
    definition_hash: str
    policy_hash: str
    calendar_hash: str
    data: dict[str, Any] = json(default={})  # step -> field -> value; personal values are kept apart
    milestones: dict[str, str] = json(default={})  # received, accepted, complete, signed, served -> effective date
    acts: dict[str, list[int]] = json(default={})  # 'step.decision' -> persons who made it
    opened_at: datetime = moment()
    opened_on: date
    ended_at: datetime | None = moment(default=None, nullable=True)


class WorkItem(SQLModel, table=True):
    """Something that awaits somebody: a role in an area, or one person."""

    __tablename__ = "work_item"
    __table_args__ = (
        UniqueConstraint("case_id", "visit", "role", "person_id", "kind"),
        Index(
            "ix_work_item_worklist",
            "street_id",
            "role",
            "due_on",
            "id",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
        Index(
            "ix_work_item_person",
            "person_id",
            "due_on",
            "id",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )
    id: int | None = key()
    street_id: int = ref("street.id")
    community_id: int = ref("community.id")
    case_id: int = ref("case_file.id")
    visit: int
    step: str
    kind: str  # step, seat (a panel member's), escalation
    role: str
    person_id: int = big(NOBODY)  # the assignee; 0 while it belongs to the role
    due_on: date = Field(default=NO_DATE)
    created_at: datetime = moment()
    done_at: datetime | None = moment(default=None, nullable=True)


class Deadline(SQLModel, table=True):
    """A running, paused or finished time limit of a case with its proof."""

    __tablename__ = "deadline"
    __table_args__ = (UniqueConstraint("case_id", "step", "visit"),)
    id: int | None = key()
    street_id: int = ref("street.id")
    case_id: int = ref("case_file.id")
    step: str
    visit: int  # the step's first visit in this run of the clock
    state: str = "running"  # running <-> paused -> met | missed | ended
    due_on: date = Field(default=NO_DATE)
    policy_path: str
    pauses: list[list[str]] = json(default=[])
    extensions: list[int] = json(default=[])
    calendar_hash: str
    provisional: bool = False
    proof: dict[str, Any] = json(default={})


class Timer(SQLModel, table=True):
    """Something that happens to a case by itself on a day: a notice period ends, a reminder falls due."""

    __tablename__ = "timer"
    __table_args__ = (
        UniqueConstraint("case_id", "visit", "action", "level"),
        Index(
            "ix_timer_due",
            "fires_on",
            "id",
            sqlite_where=text("fired_at IS NULL"),
            postgresql_where=text("fired_at IS NULL"),
        ),
    )
    id: int | None = key()
    street_id: int = ref("street.id")
    case_id: int = ref("case_file.id")
    visit: int
    action: str  # the decision to take, or 'remind'
    level: str = ""  # reminder, second_reminder, escalation
    fires_on: date
    fired_at: datetime | None = moment(default=None, nullable=True)
    cancelled: bool = False


class PanelSeat(SQLModel, table=True):
    """A reviewer's place in a panel step."""

    __tablename__ = "panel_seat"
    __table_args__ = (UniqueConstraint("case_id", "visit", "person_id"),)
    id: int | None = key()
    street_id: int = ref("street.id")
    case_id: int = ref("case_file.id")
    visit: int
    person_id: int = ref("person.id")
    alternate: bool = False
    state: str = "seated"  # alternate -> seated -> declared -> given; seated -> conflicted
    review: dict[str, Any] = json(default={})


class IdempotentAnswer(SQLModel, table=True):
    """What an actor's keyed request was answered, so that asking twice acts once."""

    __tablename__ = "idempotent_answer"
    __table_args__ = (UniqueConstraint("actor", "idempotency_key"),)
    id: int | None = key()
    actor: str
    idempotency_key: str
    request_hash: str
    answer: dict[str, Any] = json()
    recorded_at: datetime = moment()
