"""Receipts of the sweeps that open due reviews: what was due, opened, open already, skipped and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, insert, select, update

from incubator.canonical import public_id
from incubator.clock import SHANGHAI
from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Actor
from incubator.engine.streams import Entry, append
from incubator.errors import Conflict, NotFound
from incubator.models.automation import ReviewRun
from incubator.models.base import table
from incubator.queries.people import names_of_people
from incubator.queries.visibility import Permission, require, visible_to
from incubator.text import Text

RUNS = table(ReviewRun)


class AlreadySignedOff(Conflict):
    """Somebody has signed the receipt off."""

    code = "already_signed_off"
    title = Text("回执已签收", "The receipt is signed off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What one run did for one procedure in one street.

    `due` are the organizations to be reviewed in the period: `opened` now, `already_open` (or ended), or kept back by a
    refusal. `skipped` maps a reason's code to a number of organizations: why those that are not due are not, and the code
    of a refusal that kept back due ones.
    """

    street_id: int
    procedure: str
    run_key: str
    period: str
    as_of: date
    caught_up: bool
    attempt: int
    due: int
    opened: int
    already_open: int
    skipped: Mapping[str, int] = field(default_factory=dict)
    flow_run: str = ""
    public_id: str = ""


def find(connection: Connection, *, street_id: int, procedure: str, run_key: str) -> Receipt | None:
    """The receipt of this run, where an earlier attempt already did the work."""
    row = connection.execute(
        select(RUNS).where(RUNS.c.street_id == street_id, RUNS.c.procedure == procedure, RUNS.c.run_key == run_key)
    ).one_or_none()
    if row is None:
        return None
    return Receipt(**{name: getattr(row, name) for name in Receipt.__slots__})


def write(connection: Connection, receipt: Receipt, *, started_at: datetime, finished_at: datetime) -> None:
    """Keep the receipt, in the transaction that opened its cases; the key lets each run do its work once."""
    connection.execute(
        insert(RUNS).values(
            **{
                **{name: getattr(receipt, name) for name in Receipt.__slots__},
                "skipped": dict(receipt.skipped),
                "public_id": receipt.public_id or public_id(),
                "started_at": started_at,
                "finished_at": finished_at,
                "signed_off_by": 0,
                "signed_off_at": None,
            }
        )
    )


def receipt_not_found() -> NotFound:
    """There is no such receipt in the actor's area."""
    return NotFound(
        Text("没有这份回执，或不在您的管辖范围内", "There is no such receipt, or it lies outside your area")
    )


def sign_off(connection: Connection, public_id: str, actor: Actor, now: datetime) -> None:
    """Sign a receipt off as seen, once, with an event on the actor's own stream.

    Raises NotFound outside the actor's area, NotAllowed for a role that may not, AlreadySignedOff with who did and when.
    """
    run = connection.execute(
        select(RUNS).where(RUNS.c.public_id == public_id, visible_to(actor, RUNS)).with_for_update()
    ).one_or_none()
    if run is None:
        raise receipt_not_found()
    require(actor, Permission.SIGN_OFF_REVIEW_RUN, street_id=run.street_id)
    if run.signed_off_by:
        name = names_of_people(connection, [run.signed_off_by])[run.signed_off_by]
        at = run.signed_off_at.astimezone(SHANGHAI)
        day = in_words(at.date())
        raise AlreadySignedOff(
            Text(
                f"{name}已于 {day.zh} {at:%H:%M} 签收，无需再签", f"{name} signed it off on {day.en} {at:%H:%M} already"
            ),
            extra={"signed_off_by": name, "signed_off_at": at.isoformat()},
        )
    connection.execute(update(RUNS).where(RUNS.c.id == run.id).values(signed_off_by=actor.person_id, signed_off_at=now))
    change = {"review_run": public_id, "procedure": run.procedure, "period": run.period, "run": run.run_key}
    entry = Entry("person", actor.person_id, run.street_id, "person.signed_off_review_run", actor, change)
    append(connection, entry, now=now)
