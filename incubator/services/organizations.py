"""Organizations are written here only: each change bumps the version, keeps what was known, and appends an event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from incubator.canonical import public_id
from incubator.engine.roles import Actor
from incubator.engine.streams import Entry, append
from incubator.errors import Conflict, Invalid, NotFound
from incubator.models.base import NO_DATE, table
from incubator.models.organizations import Organization, OrganizationRevision, Standing
from incubator.models.streets import Community
from incubator.services.survey.communities import name_key
from incubator.text import Text

# What a person or an effect may say of an organization; keys, versions and heads are the service's own.
FIELDS = (
    "name",
    "standing",
    "category",
    "leader",
    "members",
    "founded_on",
    "premises",
    "activity_frequency",
    "remark",
    "details",
    "filing_number",
    "filed_on",
    "filing_valid_until",
)
LENGTHS = {"name": 100, "category": 60, "leader": 60, "founded_on": 10, "premises": 200, "activity_frequency": 100}


@dataclass(frozen=True, slots=True)
class Written:
    """An organization as it stands after a write."""

    id: int
    public_id: str
    version: int


class NameTaken(Conflict):
    """Another organization of the community bears the name."""

    code = "name_taken"
    title = Text("名称已被使用", "The name is taken")


class OrganizationHasChanged(Conflict):
    """Somebody else changed it in the meantime."""

    code = "organization_has_changed"
    title = Text("组织信息已被他人修改", "The organization has changed")


def create_organization(
    connection: Connection, *, street_id: int, community_id: int, values: Mapping[str, Any], actor: Actor, now: datetime,
    effective_on: date | None = None, personal: Mapping[str, str] | None = None, comment: str = "",
    event: str = "organization.entered",
) -> Written:  # fmt: skip
    """Enter an organization. `values` are of `FIELDS`, `name` at least; `personal` is sealed (leader_phone, ...).

    Raises Invalid for values that do not fit, NotFound for a community that is not the street's, NameTaken.
    """
    _check(values)
    community = _community(connection, street_id, community_id)
    name = str(values.get("name", "")).strip()
    if not name:
        raise _invalid("name", Text("此项必填", "This is required"))
    key = name_key(name, community)
    _refuse_taken(connection, street_id, community_id, key, 0, name)
    row: dict[str, Any] = {
        "category": "", "leader": "", "members": 0, "founded_on": "", "premises": "", "activity_frequency": "",
        "remark": "", "details": {}, "filing_number": "", "filed_on": NO_DATE, "filing_valid_until": NO_DATE,
        "standing": Standing.INFORMAL.value,
    }  # fmt: skip
    row |= {**values, "name": name}
    fresh = public_id()
    organizations = table(Organization)
    organization_id = int(
        connection.execute(
            insert(organizations)
            .values(
                **row, public_id=fresh, street_id=street_id, community_id=community_id, name_key=key,
                initials=initials(name), registered_at=now, version=1, head_seq=0, head_hash="",
            )
            .returning(organizations.c.id)
        ).scalar_one()
    )  # fmt: skip
    _keep(connection, street_id, organization_id, 1, {**row, "community_id": community_id}, now)
    change = {name: _plain(value) for name, value in row.items() if value not in ("", 0, NO_DATE, {})}
    append(
        connection,
        Entry(
            "organization", organization_id, street_id, event, actor,
            {"public_id": fresh, "community_id": community_id, **change},
            effective_on=effective_on, comment=comment, personal=dict(personal or {}),
        ),
        now=now,
    )  # fmt: skip
    return Written(organization_id, fresh, 1)


def change_organization(
    connection: Connection, organization_id: int, *, event: str, changes: Mapping[str, Any], actor: Actor, now: datetime,
    effective_on: date | None = None, personal: Mapping[str, str] | None = None, comment: str = "",
    also: Mapping[str, Any] | None = None, expected_version: int | None = None,
) -> Written:  # fmt: skip
    """Change what is known of an organization and append `event` (such as `organization.renamed`) with old and new.

    Values that stay the same are left out; where nothing changes and nothing personal or `also` (further JSON-ready
    particulars of the event) is given, nothing is written. Raises NotFound, Invalid, NameTaken, OrganizationHasChanged.
    """
    _check(changes)
    organizations = table(Organization)
    now_row = connection.execute(
        select(organizations).where(organizations.c.id == organization_id).with_for_update()
    ).one_or_none()
    if now_row is None:
        raise organization_not_found()
    if expected_version is not None and expected_version != now_row.version:
        raise OrganizationHasChanged(
            Text(
                "您打开后该组织信息已被修改，请刷新后重试", "It was changed since you opened it: reload and try again"
            ),
            extra={"expected_version": expected_version, "version": now_row.version},
        )
    differing = {name: value for name, value in changes.items() if getattr(now_row, name) != value}
    written = Written(organization_id, now_row.public_id, now_row.version)
    if not differing and not personal and also is None:
        return written
    if differing:
        written = Written(organization_id, now_row.public_id, now_row.version + 1)
        derived = _renamed(connection, now_row, str(differing["name"])) if "name" in differing else {}
        connection.execute(
            update(organizations)
            .where(organizations.c.id == organization_id)
            .values(**differing, **derived, version=written.version)
        )
        state = {name: getattr(now_row, name) for name in (*FIELDS, "community_id")} | differing
        _keep(connection, now_row.street_id, organization_id, written.version, state, now)
    change = {
        **(also or {}),
        "changed": {name: [_plain(getattr(now_row, name)), _plain(value)] for name, value in differing.items()},
    }
    append(
        connection,
        Entry(
            "organization", organization_id, now_row.street_id, event, actor, change, effective_on=effective_on,
            comment=comment, personal=dict(personal or {}),
        ),
        now=now,
    )  # fmt: skip
    return written


def organization_by_public_id(connection: Connection, organization: str) -> Row[Any]:
    """The organization's row by its public id; NotFound. Whether the caller may see it is the caller's question."""
    organizations = table(Organization)
    row = connection.execute(select(organizations).where(organizations.c.public_id == organization)).one_or_none()
    if row is None:
        raise organization_not_found()
    return row


def organization_not_found() -> NotFound:
    """There is no such organization in the actor's area."""
    return NotFound(
        Text("没有这个组织，或不在您的管辖范围内", "There is no such organization, or it lies outside your area")
    )


def initials(name: str) -> str:
    """The pinyin initials that a search finds the name by, `ghsqcqhct` for 桂花社区常青合唱团."""
    # Here and not above: its dictionary takes long to load, and most processes never need it.
    from pypinyin import Style, lazy_pinyin

    letters = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
    return "".join(each for each in letters if each.isalnum()).lower()[:100]


def _renamed(connection: Connection, row: Row[Any], name: str) -> dict[str, str]:
    key = name_key(name, _community(connection, row.street_id, row.community_id))
    _refuse_taken(connection, row.street_id, row.community_id, key, row.id, name)
    return {"name_key": key, "initials": initials(name)}


def _community(connection: Connection, street_id: int, community_id: int) -> str:
    communities = table(Community)
    # Locked: two people may enter the same group at once, and the second is to be told so.
    name = connection.execute(
        select(communities.c.name)
        .where(communities.c.id == community_id, communities.c.street_id == street_id)
        .with_for_update()
    ).scalar_one_or_none()
    if name is None:
        raise NotFound(Text("本街道没有这个社区", "The street has no such community"))
    return str(name)


def _refuse_taken(
    connection: Connection, street_id: int, community_id: int, key: str, organization_id: int, name: str
) -> None:
    organizations = table(Organization)
    other = connection.execute(
        select(organizations.c.name, organizations.c.public_id).where(
            organizations.c.street_id == street_id,
            organizations.c.community_id == community_id,
            organizations.c.name_key == key,
            organizations.c.id != organization_id,
        )
    ).one_or_none()
    if other is not None:
        raise NameTaken(
            Text(
                f"本社区已有名为“{other.name}”的组织，请核对是否为同一组织，或改用其他名称",
                f"The community has an organization named {other.name!r}: check whether {name!r} is the same, or choose "
                "another name",
            ),
            extra={"organization_id": other.public_id},
        )


def _keep(
    connection: Connection, street_id: int, organization_id: int, version: int, state: Mapping[str, Any], now: datetime
) -> None:
    connection.execute(
        insert(table(OrganizationRevision)),
        {
            "street_id": street_id,
            "organization_id": organization_id,
            "version": version,
            "recorded_at": now,
            "state": {name: _plain(value) for name, value in state.items()},
        },
    )


def _check(values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name not in FIELDS:
            raise _invalid(name, Text("没有这一项", "There is no such field"))
        if name in LENGTHS and len(str(value)) > LENGTHS[name]:
            raise _invalid(name, Text(f"最多 {LENGTHS[name]} 个字", f"At most {LENGTHS[name]} characters"))
    if not 0 <= int(values.get("members", 0)) <= 1_000_000:
        raise _invalid("members", Text("人数应在 0 至 1000000 之间", "Members must be between 0 and 1,000,000"))
    if "name" in values and not str(values["name"]).strip():
        raise _invalid("name", Text("此项必填", "This is required"))


def _invalid(field: str, words: Text) -> Invalid:
    return Invalid(
        Text("组织信息填写有误，请改正后重新提交", "The organization's particulars do not fit: correct what is marked"),
        fields={field: [words]},
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
