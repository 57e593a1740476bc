"""Funding: calls, the projects they award, their budget lines, tranches and expenses. The money itself is in the journal."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from incubator.models.base import NO_DATE, BigKey, Streamed, big, json, key, long_text, moment, ref


class CallStatus(StrEnum):
    """Where a call stands."""

    DRAFT = "draft"
    PUBLISHED = "published"  # draft -> published, by somebody else than who drafted it
    CLOSED = "closed"  # published -> closed: every award is made; what is left goes back
    CANCELLED = "cancelled"  # draft or published without an award -> cancelled


class Call(Streamed, table=True):
    """A call (批次): its fund source, budget, dates, and the terms that its cases come under."""

    __tablename__ = "call"
    __table_args__ = (
        UniqueConstraint("street_id", "number"),
        Index("ix_call_street_id_status_closes_on", "street_id", "status", "closes_on"),
    )
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    number: str
    title: str
    document_number: str = ""  # of the announcement
    fund_source: str  # the fund type's code in the policy
    status: str = CallStatus.DRAFT
    opens_on: date
    closes_on: date  # the last day to apply
    budget_fen: int = big()
    terms: dict[str, Any] = json(default={})  # policy paths with the values that this call says
    policy_hash: str = ""  # once published: the pack in force with the call's terms over it
    made_by: int = big(0)
    published_by: int = big(0)
    recorded_at: datetime = moment()
    published_at: datetime | None = moment(default=None, nullable=True)
    closed_at: datetime | None = moment(default=None, nullable=True)


class ProjectStatus(StrEnum):
    """Where a project stands."""

    AWARDED = "awarded"  # decided; notice and agreement follow
    RUNNING = "running"  # awarded -> running, by the signed agreement
    SETTLED = "settled"  # running -> settled
    TERMINATED = "terminated"  # running -> terminated, by a failed review or a breach
    LAPSED = "lapsed"  # awarded -> lapsed: award taken back before the agreement


class Project(SQLModel, table=True):
    """A funded project. Its payee is a legal person: the applicant or the registered co-applicant."""

    __tablename__ = "project"
    __table_args__ = (
        UniqueConstraint("street_id", "number"),
        Index("ix_project_organization_id_status", "organization_id", "status"),
        Index("ix_project_call_id_status", "call_id", "status"),
        Index("ix_project_street_id_work_key", "street_id", "work_key"),
        Index("uq_project_application_case_id", "application_case_id", unique=True),
    )
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    community_id: int = ref("community.id")
    organization_id: int = ref("organization.id")
    payee_id: int = ref("organization.id")
    call_id: int = big(0)  # 0: older than the software
    application_case_id: int | None = Field(default=None, foreign_key="case_file.id", sa_type=BigKey, nullable=True)
    case_id: int = big(0)  # the case in which it is carried out, once the agreement is signed
    number: str
    title: str
    field: str = ""  # the permitted field's code in the policy
    work_key: str = ""  # the work in a normal form: what double funding is found by
    asked_fen: int = big(0)
    awarded_fen: int = big(0)
    accepted_fen: int = big(0)  # cost accepted at the settlement
    status: str = ProjectStatus.AWARDED
    agreement_number: str = ""
    agreed_on: date = Field(default=NO_DATE)
    starts_on: date = Field(default=NO_DATE)
    ends_on: date = Field(default=NO_DATE)
    minutes_number: str = ""  # of the collective decision
    paper: str = ""  # historical: the paper that the opening stock cites
    recorded_at: datetime = moment()


class BudgetLine(SQLModel, table=True):
    """One line of a project's budget; a change keeps the line's earlier amounts in the case's events."""

    __tablename__ = "budget_line"
    __table_args__ = (UniqueConstraint("project_id", "line"),)
    id: int | None = key()
    street_id: int = ref("street.id")
    project_id: int = ref("project.id")
    line: int
    title: str
    kind: str = ""  # the cost kind's code in the policy
    planned_fen: int = big(0)


class TrancheStatus(StrEnum):
    """Where a tranche stands."""

    WAITING = "waiting"  # behind its gate
    OPEN = "open"  # waiting -> open: the gate is passed
    REQUESTED = "requested"  # open -> requested: a payment case runs
    PAID = "paid"  # requested -> paid, by the bank's result
    STOPPED = "stopped"  # waiting or open -> stopped, by a failed review
    RELEASED = "released"  # not needed: the accepted cost was lower


class Tranche(SQLModel, table=True):
    """A part of an award behind a gate; the last one takes the rounding, and at actual cost what is still owed."""

    __tablename__ = "tranche"
    __table_args__ = (UniqueConstraint("project_id", "place"),)
    id: int | None = key()
    street_id: int = ref("street.id")
    project_id: int = ref("project.id")
    place: int  # 1 is the first
    gate: str  # signed, midterm, final
    share: str  # of the award in percent, as the plan says
    fen: int = big(0)  # planned
    paid_fen: int = big(0)
    status: str = TrancheStatus.WAITING
    case_id: int = big(0)  # the payment's case
    paid_on: date = Field(default=NO_DATE)
    paper: str = ""


class ExpenseStatus(StrEnum):
    """What became of an expense."""

    RECORDED = "recorded"
    ACCEPTED = "accepted"  # recorded -> accepted, by another person
    REJECTED = "rejected"  # recorded -> rejected, with a reason


class Expense(SQLModel, table=True):
    """Something a project paid for, on one budget line, with its voucher. A wrong one is rejected and entered anew."""

    __tablename__ = "expense"
    __table_args__ = (
        Index("ix_expense_project_id_line", "project_id", "line"),
        CheckConstraint("fen > 0", name="costs_something"),
    )
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    project_id: int = ref("project.id")
    line: int
    spent_on: date
    fen: int = big(0)
    accepted_fen: int = big(0)
    purpose: str
    payee: str = ""
    voucher_number: str
    document_id: int = big(0)  # the voucher's picture
    status: str = ExpenseStatus.RECORDED
    reason: str = long_text(default="")
    recorded_by: int = big(0)
    recorded_at: datetime = moment()
    decided_by: int = big(0)
    decided_at: datetime | None = moment(default=None, nullable=True)
