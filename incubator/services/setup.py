"""A street made ready for work: its communities, the policy that its new cases come under, the calendar it counts by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import partial

from sqlalchemy import Connection, select

from incubator.engine import library
from incubator.engine.calendars import announced_calendar
from incubator.engine.roles import automation
from incubator.errors import Invalid
from incubator.models.base import table
from incubator.models.events import PolicyInForce
from incubator.policies.packs import DEFAULT, shipped, shipped_names
from incubator.services.policies.stream import CALENDAR, record
from incubator.services.streets import ensure_street
from incubator.text import Text


def set_up_street(
    connection: Connection,
    *,
    code: str,
    name: str,
    district: str = "",
    communities: Iterable[str] = (),
    pack: str = DEFAULT,
    now: datetime,
) -> int:
    """The key of the street with this code, with what it lacks added; what it has stays as it is.

    A street without any policy gets the shipped pack of that name from the day that the pack says, before that the
    national baseline, and the announced calendar. Raises Invalid for an empty code or name, and for an unknown pack.
    """
    if pack not in shipped_names():
        listed = "、".join(shipped_names())
        raise Invalid(
            Text(
                f"没有名为“{pack}”的政策包，随软件提供的有：{listed}",
                f"No pack {pack!r} comes with the software; there are: {', '.join(shipped_names())}",
            )
        )
    street_id = ensure_street(connection, code=code, name=name, district=district, communities=communities)
    in_force = table(PolicyInForce)
    given = connection.scalar(select(in_force.c.id).where(in_force.c.street_id == street_id).limit(1))
    if given is None:
        calendar_hash = library.store_calendar(connection, announced_calendar(), now)
        library.put_calendar_in_force(connection, street_id, calendar_hash, now)
        begins = partial(record, connection, street_id=street_id, actor=automation(street_id), now=now)
        begins(name=CALENDAR, event="calendar.set_up", change={}, calendar_hash=calendar_hash)
        since = {str(content["effective_from"]): content for content in (shipped(), shipped(pack))}
        for day, content in since.items():
            policy = library.store_policy(connection, content, now)
            library.put_policy_in_force(connection, street_id, policy, date.fromisoformat(day), now)
            change = {"policy": policy.hash, "effective_from": day}
            begins(name=policy.name, event="policy.set_up", change=change, policy_hash=policy.hash)
    return street_id
