"""The sweep that opens what is due by the clock: set-based, street by street, with a receipt in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

from sqlalchemy import Connection, func, select

from incubator.engine import library
from incubator.engine.opening import open_cases
from incubator.errors import Refused
from incubator.models.base import table
from incubator.models.organizations import Organization
from incubator.models.streets import Street
from incubator.queries.clock_openings import ClockOpening, already_open, opened_by_the_clock
from incubator.services.automation import receipts
from incubator.services.automation.receipts import Receipt
from incubator.services.bootstrap import Service

STREETS = table(Street)


def open_due_reviews(
    service: Service,
    *,
    as_of: date,
    run_key: str,
    caught_up: bool = False,
    attempt: int = 1,
    flow_run: str = "",
    hold: Callable[[], None] = lambda: None,
) -> list[Receipt]:
    """Open, in every street, the periodic reviews that are due on `as_of` and not open yet; one receipt each.

    A run is known by its `run_key`: where an earlier attempt at it finished a street, that receipt is given back and
    nothing is opened again. `hold` is called between streets, for whoever must keep a lease.
    """
    found: list[Receipt] = []
    with service.database.read() as connection:
        streets = connection.execute(select(STREETS.c.id).order_by(STREETS.c.id)).scalars().all()
    for street_id in streets:
        for definition in library.current_definitions():
            opening = opened_by_the_clock().get(definition.key)
            if opening is None:
                continue
            hold()
            planned = Receipt(
                street_id=street_id,
                procedure=definition.key,
                run_key=run_key,
                period=opening.period(as_of),
                as_of=as_of,
                caught_up=caught_up,
                attempt=attempt,
                due=0,
                opened=0,
                already_open=0,
                flow_run=flow_run,
            )
            found.append(service.database.write(partial(_run, service, opening, planned)))
    return found


def _run(service: Service, opening: ClockOpening, planned: Receipt, connection: Connection) -> Receipt:
    started_at = service.clock.now()
    # One sweep of a street at a time: a second one finds the first one's receipt, or the reviews that it opened.
    connection.execute(select(STREETS.c.id).where(STREETS.c.id == planned.street_id).with_for_update(key_share=True))
    earlier = receipts.find(
        connection, street_id=planned.street_id, procedure=planned.procedure, run_key=planned.run_key
    )
    if earlier is not None:
        return earlier
    there = already_open(connection, planned.procedure, planned.street_id, planned.period)
    to_open = opened = refused = 0
    skipped: dict[str, int] = {}
    judged = False
    try:
        due = opening.due(connection, planned.street_id, planned.period, planned.as_of)
        to_open = connection.scalar(select(func.count()).select_from(due.subquery())) or 0
        skipped = dict(opening.skipped(connection, planned.street_id, planned.period, planned.as_of))
        judged = True
        with connection.begin_nested():
            opened = open_cases(
                connection,
                procedure=planned.procedure,
                street_id=planned.street_id,
                period=planned.period,
                organizations=due,
                now=started_at,
                effective_on=planned.as_of,
            )
    except Refused as refusal:
        # A street without a policy, say: its receipt tells, and the other streets' reviews open all the same.
        if judged and to_open:
            skipped[refusal.code] = refused = to_open
        elif not judged:  # nobody can say who is due
            passed_over = _organizations(connection, planned.street_id) - there
            skipped = {refusal.code: passed_over} if passed_over else {}
    done = replace(
        planned, due=there + to_open, opened=opened, already_open=there + to_open - opened - refused, skipped=skipped
    )  # fmt: skip
    receipts.write(connection, done, started_at=started_at, finished_at=service.clock.now())
    return done


def _organizations(connection: Connection, street_id: int) -> int:
    groups = table(Organization)
    return connection.scalar(select(func.count()).where(groups.c.street_id == street_id)) or 0
