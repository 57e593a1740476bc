"""Sub-teams of a filed parent are written here only: added, changed, ended, each with an event on the parent's stream."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from incubator.canonical import public_id
from incubator.clock import today
from incubator.engine import idempotency
from incubator.engine.roles import Actor
from incubator.errors import Conflict, Invalid, NotFound
from incubator.models.base import NO_DATE, table
from incubator.models.hubs import SubTeam
from incubator.models.organizations import Organization, Standing
from incubator.queries.visibility import Permission, require, visible_to
from incubator.services.organizations import change_organization, organization_not_found
from incubator.text import Text

TEAMS, ORGANIZATIONS = table(SubTeam), table(Organization)
LENGTHS = {"name": 60, "leader": 60, "place": 200, "remark": 1000}
FIELDS = (*LENGTHS, "members")
MOST_MEMBERS = 10_000


class SubTeamNameTaken(Conflict):
    """The parent has, or had, a sub-team of this name."""

    code = "sub_team_name_taken"
    title = Text("名称已被使用", "The name is taken")


class SubTeamEnded(Conflict):
    """The sub-team has ended."""

    code = "sub_team_ended"
    title = Text("该小队已撤销", "The sub-team has ended")


def add_sub_team(
    connection: Connection, *, organization: str, values: Mapping[str, Any], actor: Actor, now: datetime,
    since: date | None = None, key: str = "",
) -> str:  # fmt: skip
    """Add a sub-team under a filed organization, by its public id; `values` are of `FIELDS`, `name` at least.

    Asked again under the same key, it is added once. Its public id. Raises NotFound, NotAllowed, Invalid (the parent is
    not filed, a day to come), SubTeamNameTaken.
    """
    parent, said = _parent(connection, organization, actor), _checked(values)
    day = _past(since or today(now), "since", now)

    def add() -> dict[str, Any]:
        if parent.standing != Standing.FILED:
            words = Text("只有已备案的组织可以下设小队", "Only a filed organization has sub-teams")
            raise _invalid("organization_id", words)
        row = {"leader": "", "place": "", "remark": "", "members": 0, **said}
        if not row.get("name"):
            raise _invalid("name", Text("此项必填", "This is required"))
        _refuse_taken(connection, parent.id, row["name"], 0)
        fresh = public_id()
        _note(connection, parent.id, "organization.sub_team_added", {"team": fresh, **row}, actor, now, day)
        connection.execute(
            insert(TEAMS).values(
                **row, public_id=fresh, street_id=parent.street_id, organization_id=parent.id, since=day,
                ended_on=NO_DATE, recorded_by=actor.person_id, recorded_at=now,
            )
        )  # fmt: skip
        return {"public_id": fresh}

    asked = ["sub_team", organization, dict(values), day.isoformat()]
    return str(idempotency.once(connection, actor, key, asked, add, now=now)["public_id"])


def change_sub_team(
    connection: Connection, *, organization: str, team: str, values: Mapping[str, Any], actor: Actor, now: datetime
) -> None:
    """Change what is known of a sub-team; the event holds old and new. Errors as for `add_sub_team`, SubTeamEnded."""
    parent, row = _team(connection, organization, team, actor)
    changes = {name: value for name, value in _checked(values).items() if getattr(row, name) != value}
    if not changes:
        return
    if "name" in changes:
        _refuse_taken(connection, parent.id, changes["name"], row.id)
    told = {
        "team": team,
        "name": row.name,
        "was": {name: [getattr(row, name), value] for name, value in changes.items()},
    }
    _note(connection, parent.id, "organization.sub_team_changed", told, actor, now, today(now))
    connection.execute(update(TEAMS).where(TEAMS.c.id == row.id).values(**changes))


def end_sub_team(
    connection: Connection, *, organization: str, team: str, reason: str, actor: Actor, now: datetime,
    on: date | None = None,
) -> None:  # fmt: skip
    """End a sub-team on a day (today unless told), with a reason. Raises NotFound, NotAllowed, Invalid, SubTeamEnded."""
    parent, row = _team(connection, organization, team, actor)
    day = _past(on or today(now), "on", now)
    if not reason.strip():
        raise _invalid("reason", Text("请填写撤销的理由", "Give the reason"))
    if day < row.since:
        raise _invalid("on", Text("撤销日期早于成立日期", "It ends before it began"))
    told = {"team": team, "name": row.name, "reason": reason.strip()}
    _note(connection, parent.id, "organization.sub_team_ended", told, actor, now, day)
    connection.execute(update(TEAMS).where(TEAMS.c.id == row.id).values(ended_on=day))


def _parent(connection: Connection, organization: str, actor: Actor) -> Row[Any]:
    """The parent, locked."""
    row = connection.execute(
        select(ORGANIZATIONS)
        .where(ORGANIZATIONS.c.public_id == organization, visible_to(actor, ORGANIZATIONS))
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise organization_not_found()
    require(actor, Permission.ADD_ORGANIZATION, street_id=row.street_id, community_id=row.community_id)
    return row


def _team(connection: Connection, organization: str, team: str, actor: Actor) -> tuple[Row[Any], Row[Any]]:
    parent = _parent(connection, organization, actor)
    row = connection.execute(
        select(TEAMS).where(TEAMS.c.public_id == team, TEAMS.c.organization_id == parent.id)
    ).one_or_none()
    if row is None:
        raise NotFound(Text("该组织没有这支小队", "The organization has no such sub-team"))
    if row.ended_on != NO_DATE:
        raise SubTeamEnded(Text(f"小队“{row.name}”已撤销，不能再变更", f"The sub-team {row.name!r} has ended and changes no more"))  # fmt: skip
    return parent, row


def _refuse_taken(connection: Connection, organization_id: int, name: str, team_id: int) -> None:
    there = connection.execute(
        select(TEAMS.c.ended_on).where(
            TEAMS.c.organization_id == organization_id, TEAMS.c.name == name, TEAMS.c.id != team_id
        )
    ).one_or_none()
    if there is not None:
        raise SubTeamNameTaken(
            Text(
                f"该组织{'已有' if there.ended_on == NO_DATE else '曾有'}名为“{name}”的小队，请换一个名称",
                f"The organization has or had a sub-team named {name!r}: choose another name",
            )
        )


def _note(
    connection: Connection, organization_id: int, event: str, said: Mapping[str, Any], actor: Actor, now: datetime,
    on: date,
) -> None:  # fmt: skip
    change_organization(
        connection, organization_id, event=event, changes={}, actor=actor, now=now, effective_on=on, also=dict(said)
    )  # fmt: skip


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name not in FIELDS:
            raise _invalid(name, Text("没有这一项", "There is no such field"))
        checked[name] = value.strip() if isinstance(value, str) else value
        if name in LENGTHS and len(checked[name]) > LENGTHS[name]:
            raise _invalid(name, Text(f"最多 {LENGTHS[name]} 个字", f"At most {LENGTHS[name]} characters"))
    if not 0 <= checked.get("members", 0) <= MOST_MEMBERS:
        words = Text(f"人数应在 0 至 {MOST_MEMBERS} 之间", f"Members are between 0 and {MOST_MEMBERS:,}")
        raise _invalid("members", words)
    if "name" in checked and not checked["name"]:
        raise _invalid("name", Text("此项必填", "This is required"))
    return checked


def _past(day: date, field: str, now: datetime) -> date:
    if day > today(now):
        raise _invalid(field, Text("日期不能晚于今天", "The day lies in the future"))
    return day


def _invalid(field: str, words: Text) -> Invalid:
    detail = Text("填写内容有误，请改正后重新提交", "The input does not fit: correct what is marked")
    return Invalid(detail, fields={field: [words]})
