"""Recognitions and affiliations are written here only: each begins and ends with an event on every stream it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from incubator.canonical import public_id
from incubator.engine.roles import Actor
from incubator.errors import Conflict
from incubator.models.base import NO_DATE, table
from incubator.models.hubs import Affiliation, AffiliationStatus, Hub, HubStatus
from incubator.models.organizations import Organization
from incubator.models.streets import Street
from incubator.services.organizations import change_organization
from incubator.text import Text

HUBS, AFFILIATIONS, ORGANIZATIONS, STREETS = table(Hub), table(Affiliation), table(Organization), table(Street)


class HasAHub(Conflict):
    """The organization has a primary hub already."""

    code = "has_a_hub"
    title = Text("已挂靠枢纽型组织", "It has a hub already")


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does it, in which case, when, and from which day it holds."""

    actor: Actor
    now: datetime
    effective_on: date
    case_id: int = 0
    case: str = ""  # the case's public id
    comment: str = ""

    def note(self, connection: Connection, organization_id: int, event: str, said: Mapping[str, Any]) -> None:
        """Append an event to the organization's stream; its row stays locked until the transaction ends."""
        change_organization(
            connection, organization_id, event=event, changes={}, actor=self.actor, now=self.now,
            effective_on=self.effective_on, comment=self.comment,
            also={**said, **({"case": self.case} if self.case else {})},
        )  # fmt: skip


def recognise(
    connection: Connection, *, organization_id: int, since: date, until: date, deed: Deed, paper: str = ""
) -> str:
    """Recognise an organization as a hub, or anew; of an earlier recognition that holds the beginning stays. Its public id."""
    held = connection.execute(
        select(HUBS.c.since, HUBS.c.until).where(
            HUBS.c.organization_id == organization_id, HUBS.c.status == HubStatus.VALID.value
        )
    ).one_or_none()
    if held is not None and held.until >= deed.effective_on:
        since = held.since
    deed.note(connection, organization_id, "organization.recognised_as_hub", _term(since, until, paper))
    connection.execute(
        update(HUBS)
        .where(HUBS.c.organization_id == organization_id, HUBS.c.status == HubStatus.VALID.value)
        .values(status=HubStatus.ENDED.value, ended_on=deed.effective_on)
    )
    fresh = public_id()
    connection.execute(
        insert(HUBS).values(
            public_id=fresh, street_id=_organization(connection, organization_id).street_id,
            organization_id=organization_id, case_id=deed.case_id, status=HubStatus.VALID.value, since=since,
            until=until, paper=paper, recorded_at=deed.now, ended_on=NO_DATE,
        )
    )  # fmt: skip
    return fresh


def end_recognition(connection: Connection, *, organization_id: int, status: HubStatus, reason: str, deed: Deed) -> int:
    """End a hub's recognition and every affiliation with it, and say how many members it carried.

    Each member's stream tells its officers that it has no hub any more. Nothing happens where no recognition is valid.
    """
    _hold(connection, organization_id)
    hub = connection.execute(
        select(HUBS.c.id).where(HUBS.c.organization_id == organization_id, HUBS.c.status == HubStatus.VALID.value)
    ).one_or_none()
    if hub is None:
        return 0
    deed.note(connection, organization_id, "organization.hub_ended", {"status": status.value, "reason": reason})
    connection.execute(update(HUBS).where(HUBS.c.id == hub.id).values(status=status.value, ended_on=deed.effective_on))
    members = connection.execute(_valid().where(AFFILIATIONS.c.hub_id == organization_id)).all()
    name = _organization(connection, organization_id).name
    for member in members:
        _end(connection, member, AffiliationStatus.ENDED, deed)
        said = {"hub": name, "agreement": member.agreement_number, "reason": reason}
        deed.note(connection, member.organization_id, "organization.lost_its_hub", said)
    return len(members)


def restore_recognition(connection: Connection, *, organization_id: int, deed: Deed) -> int:
    """Bring back the recognition that ended last and the affiliations that ended with it, and say how many.

    A member that another hub carries by now stays there. Nothing happens where a recognition is valid.
    """
    _hold(connection, organization_id)
    rows = connection.execute(
        select(HUBS).where(HUBS.c.organization_id == organization_id).order_by(HUBS.c.id.desc())
    ).all()  # fmt: skip
    if not rows or any(row.status == HubStatus.VALID for row in rows):
        return 0
    ended = rows[0]
    deed.note(connection, organization_id, "organization.hub_restored", _term(ended.since, ended.until))
    connection.execute(
        update(HUBS).where(HUBS.c.id == ended.id).values(status=HubStatus.VALID.value, ended_on=NO_DATE)
    )  # fmt: skip
    lost = connection.execute(
        select(AFFILIATIONS)
        .where(
            AFFILIATIONS.c.hub_id == organization_id,
            AFFILIATIONS.c.status == AffiliationStatus.ENDED.value,
            AFFILIATIONS.c.ended_on == ended.ended_on,
        )
        .order_by(AFFILIATIONS.c.id)
    ).all()
    return sum(_restore(connection, row, deed) for row in lost)


def affiliate(
    connection: Connection, *, organization_id: int, hub_id: int, number: str, since: date, until: date, deed: Deed,
    paper: str = "",
) -> str:  # fmt: skip
    """Put an organization under a hub by an agreement, with an event on both streams. Its public id.

    An earlier agreement whose term is over, or with the same hub, makes room; one in force with another hub does not:
    HasAHub. The organization's row is locked, so that of two who ask at once the second is told.
    """
    _hold(connection, organization_id)
    hub, member = _organization(connection, hub_id), _organization(connection, organization_id)
    said = {"agreement": number, **_term(since, until, paper)}
    deed.note(connection, organization_id, "organization.affiliated", {"hub": hub.name, **said})
    deed.note(connection, hub_id, "organization.took_on_member", {"member": member.name, **said})
    earlier = connection.execute(_valid().where(AFFILIATIONS.c.organization_id == organization_id)).one_or_none()
    if earlier is not None:
        if earlier.hub_id == hub_id and earlier.until >= deed.effective_on:
            _end(connection, earlier, AffiliationStatus.RENEWED, deed)
        elif earlier.until < deed.effective_on:
            _end(connection, earlier, AffiliationStatus.EXPIRED, deed)
        else:
            raise HasAHub(
                Text(
                    "该组织已挂靠其他枢纽型组织，请先解除原挂靠关系",
                    "Another hub carries the organization: let that affiliation end first",
                )
            )
    fresh = public_id()
    connection.execute(
        insert(AFFILIATIONS).values(
            public_id=fresh, street_id=member.street_id, organization_id=organization_id, hub_id=hub_id,
            case_id=deed.case_id, agreement_number=number, status=AffiliationStatus.VALID.value, since=since,
            until=until, paper=paper, recorded_at=deed.now, ended_on=NO_DATE,
        )
    )  # fmt: skip
    return fresh


def end_affiliation(
    connection: Connection, *, organization_id: int, kind: str, reason: str, on: date, deed: Deed
) -> bool:  # fmt: skip
    """End the organization's affiliation on a day, with an event on both streams; False where there is none.

    A day yet to come shortens the agreement's term; it then ends by itself.
    """
    _hold(connection, organization_id)
    row = connection.execute(_valid().where(AFFILIATIONS.c.organization_id == organization_id)).one_or_none()
    if row is None:
        return False
    said = {"agreement": row.agreement_number, "kind": kind, "reason": reason, "on": on.isoformat()}
    member, hub = _organization(connection, organization_id), _organization(connection, row.hub_id)
    deed.note(connection, organization_id, "organization.affiliation_ended", {"hub": hub.name, **said})
    deed.note(connection, row.hub_id, "organization.member_left", {"member": member.name, **said})
    if on > deed.effective_on:
        connection.execute(
            update(AFFILIATIONS).where(AFFILIATIONS.c.id == row.id).values(until=min(on, row.until))
        )  # fmt: skip
    else:
        _end(connection, row, AffiliationStatus.ENDED, deed)
    return True


def restore_affiliation(connection: Connection, *, organization_id: int, deed: Deed) -> bool:
    """Bring back the affiliation that ended last, unless its term is over or a hub carries the organization by now."""
    _hold(connection, organization_id)
    row = connection.execute(
        select(AFFILIATIONS)
        .where(AFFILIATIONS.c.organization_id == organization_id)
        .order_by(AFFILIATIONS.c.id.desc())
        .limit(1)
    ).one_or_none()
    return row is not None and row.status == AffiliationStatus.ENDED and _restore(connection, row, deed)


def hub_by_public_id(connection: Connection, street_id: int, organization: str) -> Row[Any, Any]:
    """The organization's id and name of a hub that a form of the street picked."""
    return connection.execute(
        select(ORGANIZATIONS.c.id, ORGANIZATIONS.c.name).where(
            ORGANIZATIONS.c.public_id == organization, ORGANIZATIONS.c.street_id == street_id
        )
    ).one()


def _hold(connection: Connection, organization_id: int) -> None:
    """Let no other affiliation of the street begin or end meanwhile: the street's row first, as the facts' guard does."""
    street_id = select(ORGANIZATIONS.c.street_id).where(ORGANIZATIONS.c.id == organization_id).scalar_subquery()
    connection.execute(select(STREETS.c.id).where(STREETS.c.id == street_id).with_for_update(key_share=True))


def _valid() -> Any:
    return (
        select(AFFILIATIONS)
        .where(AFFILIATIONS.c.status == AffiliationStatus.VALID.value)
        .order_by(AFFILIATIONS.c.organization_id)
        .with_for_update()
    )


def _end(connection: Connection, row: Row[Any], status: AffiliationStatus, deed: Deed) -> None:
    ended_on = row.until if status is AffiliationStatus.EXPIRED else deed.effective_on
    connection.execute(
        update(AFFILIATIONS).where(AFFILIATIONS.c.id == row.id).values(status=status.value, ended_on=ended_on)
    )


def _restore(connection: Connection, row: Row[Any], deed: Deed) -> bool:
    hub = _organization(connection, row.hub_id)
    said = {"hub": hub.name, "agreement": row.agreement_number}
    if connection.execute(_valid().where(AFFILIATIONS.c.organization_id == row.organization_id)).first() is not None:
        return False
    deed.note(connection, row.organization_id, "organization.affiliation_restored", said)
    connection.execute(
        update(AFFILIATIONS)
        .where(AFFILIATIONS.c.id == row.id)
        .values(status=AffiliationStatus.VALID.value, ended_on=NO_DATE)
    )
    return True


def _organization(connection: Connection, organization_id: int) -> Row[Any, Any]:
    return connection.execute(
        select(ORGANIZATIONS.c.street_id, ORGANIZATIONS.c.name).where(ORGANIZATIONS.c.id == organization_id)
    ).one()


def _term(since: date, until: date, paper: str = "") -> dict[str, str]:
    return {
        "since": since.isoformat(),
        **({"until": until.isoformat()} if until != NO_DATE else {}),
        **({"paper": paper} if paper else {}),
    }
