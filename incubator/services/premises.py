"""Service centres are written here only: entered, changed, handed over to an organization, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from incubator.canonical import public_id
from incubator.engine import idempotency, streams
from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Actor
from incubator.errors import Conflict, Invalid, NotFound
from incubator.models.base import NO_DATE, table
from incubator.models.organizations import Organization, Standing
from incubator.models.premises import ServiceCentre
from incubator.models.streets import Community
from incubator.queries.visibility import Permission, require, visible_to
from incubator.services.organizations import change_organization, organization_not_found
from incubator.text import Text

CENTRES, COMMUNITIES, ORGANIZATIONS = table(ServiceCentre), table(Community), table(Organization)

LENGTHS = {"name": 100, "address": 200, "provider": 100, "purpose": 1000}
FIELDS = (*LENGTHS, "area", "rent_free")
LARGEST_AREA = 1_000_000  # square metres


class CentreNameTaken(Conflict):
    """The street has a service centre of this name."""

    code = "centre_name_taken"
    title = Text("名称已被使用", "The name is taken")


class CentreInUse(Conflict):
    """The service centre is run by an organization, or by nobody, and the request supposes otherwise."""

    code = "centre_in_use"
    title = Text("服务中心的使用情况不符", "The service centre is not free, or not in use")


@dataclass(frozen=True, slots=True)
class Centre:
    """A service centre as written."""

    public_id: str
    version: int


def enter_centre(
    connection: Connection, *, community: str, values: Mapping[str, Any], actor: Actor, now: datetime, key: str = ""
) -> Centre:
    """Enter a service centre in a community, by its public id. `values` are of `FIELDS`, `name` at least; area in m².

    Asked again under the same key, it is entered once. Raises NotFound, NotAllowed, Invalid, CentreNameTaken.
    """
    area = _community(connection, community, actor)
    require(actor, Permission.MANAGE_PREMISES, street_id=area.street_id, community_id=area.id)

    def enter() -> dict[str, Any]:
        row = {"address": "", "provider": "", "purpose": "", "area": 0, "rent_free": True, **_checked(values)}
        if not row.get("name"):
            raise _invalid("name", Text("此项必填", "This is required"))
        _refuse_taken(connection, area.street_id, row["name"], 0)
        fresh = public_id()
        centre_id = connection.execute(
            insert(CENTRES)
            .values(**row, public_id=fresh, street_id=area.street_id, community_id=area.id, recorded_at=now)
            .returning(CENTRES.c.id)
        ).scalar_one()
        _record(connection, centre_id, area.street_id, "premises.entered", row, actor, now)
        return {"public_id": fresh, "version": 1}

    return Centre(**idempotency.once(connection, actor, key, ["centre", community, dict(values)], enter, now=now))


def change_centre(
    connection: Connection, centre: str, *, values: Mapping[str, Any], actor: Actor, now: datetime, comment: str = ""
) -> Centre:
    """Change what is known of a service centre; the event holds old and new. Errors as for `enter_centre`."""
    row = _centre(connection, centre, actor)
    changes = {name: value for name, value in _checked(values).items() if getattr(row, name) != value}
    if not changes:
        return Centre(centre, row.version)
    if "name" in changes:
        _refuse_taken(connection, row.street_id, changes["name"], row.id)
    told = {name: [getattr(row, name), value] for name, value in changes.items()}
    return _write(connection, row, "premises.changed", changes, told, actor, now, comment=comment)


def hand_over(
    connection: Connection, centre: str, *, organization: str, on: date, until: date = NO_DATE, actor: Actor,
    now: datetime, comment: str = "",
) -> Centre:  # fmt: skip
    """Hand a free service centre to a filed or registered organization to use and run, with an event on both streams.

    Raises NotFound, NotAllowed, Invalid for a term that ends before it begins, CentreInUse.
    """
    row = _centre(connection, centre, actor)
    if row.operator_id:
        raise CentreInUse(
            Text(
                "该服务中心已交由其他组织使用，请先收回",
                "The centre is in the hands of another organization: take it back first",
            )
        )
    if until < on:
        raise _invalid("until", Text("期满日期早于交付日期", "It ends before it begins"))
    operator = connection.execute(
        select(ORGANIZATIONS.c.id, ORGANIZATIONS.c.name, ORGANIZATIONS.c.standing)
        .where(ORGANIZATIONS.c.public_id == organization, visible_to(actor, ORGANIZATIONS))
        .with_for_update()  # its filing may be ending at this very moment
    ).one_or_none()
    if operator is None:
        raise organization_not_found()
    if operator.standing not in (Standing.FILED, Standing.REGISTERED):
        words = Text(
            "服务中心只能交由已备案或已登记的组织使用",
            "A service centre goes to a filed or registered organization only",
        )
        raise _invalid("organization_id", words)
    changes = {"operator_id": operator.id, "handed_over_on": on, "agreed_until": until}
    term = {"on": on.isoformat(), "until": "" if until == NO_DATE else until.isoformat()}
    _note(connection, operator.id, "organization.given_premises", row, term, actor, now, on)
    told = {"organization": operator.name, "operator": operator.id, **term}
    return _write(connection, row, "premises.handed_over", changes, told, actor, now, effective_on=on, comment=comment)


def take_back(
    connection: Connection, centre: str, *, on: date, reason: str, actor: Actor, now: datetime
) -> Centre:  # fmt: skip
    """Take a service centre back from who runs it, with a reason. Raises NotFound, NotAllowed, Invalid, CentreInUse."""
    row = _centre(connection, centre, actor)
    if not row.operator_id:
        raise CentreInUse(
            Text("该服务中心目前无人使用，无需收回", "Nobody runs the centre: there is nothing to take back")
        )
    if not reason.strip():
        raise _invalid("reason", Text("请填写收回的理由", "Give the reason"))
    if on < row.handed_over_on:
        words = Text("收回日期早于交付日期{day}", "It is taken back before it was handed over, on {day}")
        raise _invalid("on", words.fill(day=in_words(row.handed_over_on)))
    _note(connection, row.operator_id, "organization.premises_returned", row, {"on": on.isoformat()}, actor, now, on)
    changes = {"operator_id": 0, "handed_over_on": NO_DATE, "agreed_until": NO_DATE}
    told = {"on": on.isoformat()}
    return _write(connection, row, "premises.taken_back", changes, told, actor, now, effective_on=on, comment=reason)


def _write(
    connection: Connection, row: Row[Any], event: str, changes: Mapping[str, Any], told: Mapping[str, Any], actor: Actor,
    now: datetime, *, effective_on: date | None = None, comment: str = "",
) -> Centre:  # fmt: skip
    version = row.version + 1
    connection.execute(update(CENTRES).where(CENTRES.c.id == row.id).values(**changes, version=version))
    _record(connection, row.id, row.street_id, event, told, actor, now, effective_on=effective_on, comment=comment)
    return Centre(row.public_id, version)


def _record(
    connection: Connection, centre_id: int, street_id: int, event: str, told: Mapping[str, Any], actor: Actor,
    now: datetime, *, effective_on: date | None = None, comment: str = "",
) -> None:  # fmt: skip
    entry = streams.Entry(
        "premises", centre_id, street_id, event, actor, told, effective_on=effective_on, comment=comment
    )
    streams.append(connection, entry, now=now)


def _note(
    connection: Connection, organization_id: int, event: str, centre: Row[Any], term: Mapping[str, Any], actor: Actor,
    now: datetime, on: date,
) -> None:  # fmt: skip
    also = {"centre": centre.public_id, "name": centre.name, "area": centre.area, **term}
    change_organization(
        connection, organization_id, event=event, changes={}, actor=actor, now=now, effective_on=on, also=also
    )  # fmt: skip


def _centre(connection: Connection, centre: str, actor: Actor) -> Row[Any]:
    """The service centre, locked."""
    row = connection.execute(
        select(CENTRES).where(CENTRES.c.public_id == centre, visible_to(actor, CENTRES)).with_for_update()
    ).one_or_none()
    if row is None:
        raise centre_not_found()
    require(actor, Permission.MANAGE_PREMISES, street_id=row.street_id, community_id=row.community_id)
    return row


def centre_not_found() -> NotFound:
    """There is no such service centre in the actor's area."""
    return NotFound(
        Text("没有这个服务中心，或不在您的管辖范围内", "There is no such service centre, or it lies outside your area")
    )


def _community(connection: Connection, community: str, actor: Actor) -> Row[Any, Any]:
    row = connection.execute(
        select(COMMUNITIES.c.id, COMMUNITIES.c.street_id).where(
            COMMUNITIES.c.public_id == community, visible_to(actor, COMMUNITIES)
        )
    ).one_or_none()
    if row is None:
        raise NotFound(
            Text("没有这个社区，或不在您的管辖范围内", "There is no such community, or it lies outside your area")
        )
    return row


def _refuse_taken(connection: Connection, street_id: int, name: str, centre_id: int) -> None:
    there = connection.execute(
        select(CENTRES.c.id).where(
            CENTRES.c.street_id == street_id, CENTRES.c.name == name, CENTRES.c.id != centre_id
        )
    ).one_or_none()  # fmt: skip
    if there is not None:
        raise CentreNameTaken(
            Text(f"本街道已有名为“{name}”的服务中心，请换一个名称", f"The street has a centre named {name!r}: choose another name")
        )  # fmt: skip


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name not in FIELDS:
            raise _invalid(name, Text("没有这一项", "There is no such field"))
        checked[name] = value.strip() if isinstance(value, str) else value
        if name in LENGTHS and len(checked[name]) > LENGTHS[name]:
            raise _invalid(name, Text(f"最多 {LENGTHS[name]} 个字", f"At most {LENGTHS[name]} characters"))
    if not 0 <= checked.get("area", 0) <= LARGEST_AREA:
        raise _invalid("area", Text("面积应在 0 至 1000000 平方米之间", "An area lies between 0 and 1,000,000 m²"))
    if "name" in checked and not checked["name"]:
        raise _invalid("name", Text("此项必填", "This is required"))
    return checked


def _invalid(field: str, words: Text) -> Invalid:
    return Invalid(
        Text("填写内容有误，请改正后重新提交", "The input does not fit: correct what is marked"),
        fields={field: [words]},
    )
