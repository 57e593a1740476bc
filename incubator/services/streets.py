"""Streets and their communities: the tenants and the areas within them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select

from incubator.canonical import public_id
from incubator.errors import Conflict, Invalid
from incubator.models.base import table
from incubator.models.streets import Community, Street
from incubator.text import Text

_STREETS, _COMMUNITIES = table(Street), table(Community)


def create_street(connection: Connection, *, code: str, name: str, district: str = "") -> int:
    """Add a street office and return its key. `code` is its division code, unique in the service; Conflict if taken."""
    code, name = _needed(code, "code"), _needed(name, "name")
    if connection.scalar(select(_STREETS.c.id).where(_STREETS.c.code == code)) is not None:
        raise Conflict(
            Text(
                "区划代码为 {code} 的街道已存在，请核对代码", "A street with the code {code} exists; check the code"
            ).fill(code=code)
        )
    row = {"public_id": public_id(), "code": code, "name": name, "district": district.strip()}
    return int(connection.scalars(insert(_STREETS).returning(_STREETS.c.id), row).one())


def create_community(connection: Connection, *, street_id: int, name: str) -> int:
    """Add a community to a street and return its key. Conflict if the street has one of that name."""
    name = _needed(name, "name")
    if name in communities_of(connection, street_id):
        raise Conflict(
            Text("本街道已有名为“{name}”的社区", "The street already has a community named {name}").fill(name=name)
        )
    row = {"public_id": public_id(), "street_id": street_id, "name": name}
    return int(connection.scalars(insert(_COMMUNITIES).returning(_COMMUNITIES.c.id), row).one())


def communities_of(connection: Connection, street_id: int) -> dict[str, int]:
    """The communities of a street, name to key, in the order in which they were added."""
    rows = connection.execute(
        select(_COMMUNITIES.c.name, _COMMUNITIES.c.id)
        .where(_COMMUNITIES.c.street_id == street_id)
        .order_by(_COMMUNITIES.c.id)
    )
    return {row.name: row.id for row in rows}


def ensure_street(
    connection: Connection, *, code: str, name: str, district: str = "", communities: Iterable[str] = ()
) -> int:
    """The key of the street with this code, added with its communities as far as they are missing; renames nothing."""
    found = connection.scalar(select(_STREETS.c.id).where(_STREETS.c.code == code.strip()))
    street_id = create_street(connection, code=code, name=name, district=district) if found is None else int(found)
    known = communities_of(connection, street_id)
    for community in dict.fromkeys(each.strip() for each in communities):
        if community not in known:
            create_community(connection, street_id=street_id, name=community)
    return street_id


def _needed(value: str, field: str) -> str:
    if not value.strip():
        missing = Text("此项必填", "This is required")
        raise Invalid(
            Text("街道或社区的信息不完整", "The street or community is incomplete"), fields={field: [missing]}
        )
    return value.strip()
