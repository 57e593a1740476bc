"""A street made ready for work: its communities, the policy that its new cases come under, the calendar it counts by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Connection, select

from incubator.engine import library
from incubator.engine.calendars import announced_calendar
from incubator.models.base import table
from incubator.models.events import PolicyInForce
from incubator.policies.packs import shipped
from incubator.services.streets import ensure_street


def set_up_street(
    connection: Connection,
    *,
    code: str,
    name: str,
    district: str = "",
    communities: Iterable[str] = (),
    now: datetime,
) -> int:
    """The key of the street with this code, with what it lacks added; what it has stays as it is.

    A street without any policy gets the national baseline, from the day that the pack says, and the announced calendar.
    Raises Invalid for an empty code or name.
    """
    street_id = ensure_street(connection, code=code, name=name, district=district, communities=communities)
    in_force = table(PolicyInForce)
    given = connection.scalar(select(in_force.c.id).where(in_force.c.street_id == street_id).limit(1))
    if given is None:
        content = shipped()
        policy = library.store_policy(connection, content, now)
        calendar_hash = library.store_calendar(connection, announced_calendar(), now)
        since = date.fromisoformat(str(content["effective_from"]))
        library.put_in_force(connection, street_id, policy, calendar_hash, since, now)
    return street_id
