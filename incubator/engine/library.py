"""The pinned versions: definitions, policies and calendars under their hashes, and which of them new cases get."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import SQLModel

from incubator.canonical import canonical, sha256
from incubator.clock import today
from incubator.engine.calendars import WorkCalendar
from incubator.engine.definition import Definition
from incubator.engine.policy import Policy
from incubator.engine.rules import RULES
from incubator.engine.soundness import Known, prove
from incubator.errors import Conflict, NotFound, Refused
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.events import CalendarInForce, CalendarVersion, DefinitionVersion, PolicyInForce, PolicyVersion
from incubator.text import Text

T = TypeVar("T")

# What a hash names never changes, so a process may keep it for good.
_definitions: dict[str, Definition] = {}
_policies: dict[str, Policy] = {}
_calendars: dict[str, WorkCalendar] = {}
_current: dict[str, Definition] = {}
_running: dict[tuple[str, str], Definition] = {}


class Pinned(Protocol):
    """What a case says of the versions it runs on."""

    @property
    def definition_hash(self) -> str: ...
    @property
    def policy_hash(self) -> str: ...


class RulesGone(Refused):
    """Open cases need rules that this version of the software no longer has; it must not start."""

    status = 503
    code = "rules_gone"
    title = Text("缺少在办案件所需的规则", "Rules that open cases need are gone")


class DayTaken(Conflict):
    """Another policy comes into force on that very day."""

    code = "day_taken"
    title = Text("该日已有政策生效", "Another policy comes into force on that day")


class NoPolicyInForce(Refused):
    """The street has no policy pack for that day, so nothing can be opened."""

    status = 409
    code = "no_policy_in_force"
    title = Text("没有生效的政策", "No policy is in force")


def load_definitions(connection: Connection, definitions: Iterable[Definition], known: Known, now: datetime) -> None:
    """Prove each definition sound, store it under its hash and give these, and no others, to new cases.

    Raises UnsoundDefinition, and RulesGone where open cases would lose rules; new cases then get what they got before.
    """
    global _current
    fresh: dict[str, Definition] = {}
    for definition in definitions:
        prove(definition, known)
        _store(
            connection,
            DefinitionVersion,
            definition.hash,
            procedure=definition.key,
            content=definition.content,
            recorded_at=now,
        )
        _definitions[definition.hash] = definition
        fresh[definition.key] = definition
    _refuse_lost_rules(connection)
    _current = fresh


def store_policy(connection: Connection, content: Mapping[str, Any], now: datetime) -> Policy:
    """Keep a checked pack's content under its hash."""
    policy = Policy(content)
    _store(connection, PolicyVersion, policy.hash, name=policy.name, content=canonical(content), recorded_at=now)
    return _policies.setdefault(policy.hash, policy)


def store_calendar(connection: Connection, calendar: WorkCalendar, now: datetime) -> str:
    """Keep a calendar under its hash, which is returned."""
    digest, content = keep_calendar(calendar), canonical(calendar.as_json())
    _store(connection, CalendarVersion, digest, name=calendar.name, content=content, recorded_at=now)
    return digest


def keep_calendar(calendar: WorkCalendar) -> str:
    """The hash of a calendar, by which this process finds it also where it is only tried and not stored."""
    digest = sha256(canonical(calendar.as_json()))
    _calendars.setdefault(digest, calendar)
    return digest


def put_policy_in_force(connection: Connection, street_id: int, policy: Policy, since: date, now: datetime) -> None:
    """Let a street's new cases come under this stored policy from a day on. Raises DayTaken where another does from then."""
    given = table(PolicyInForce)
    _upsert_nothing(
        connection, PolicyInForce, street_id=street_id, policy_hash=policy.hash, effective_from=since, recorded_at=now
    )  # fmt: skip
    there = connection.execute(
        select(given.c.policy_hash).where(given.c.street_id == street_id, given.c.effective_from == since)
    ).scalar_one()
    if there != policy.hash:
        raise DayTaken(
            Text(
                f"{since} 起生效的政策已经存在，请换一个生效日期",
                f"A policy is already in force from {since}: choose another day",
            )
        )


def put_calendar_in_force(connection: Connection, street_id: int, calendar_hash: str, now: datetime) -> None:
    """Let a street count by this stored calendar from now on; nothing where it does already."""
    if _calendar_hash_in_force(connection, street_id) != calendar_hash:
        connection.execute(
            insert(table(CalendarInForce)).values(street_id=street_id, calendar_hash=calendar_hash, recorded_at=now)
        )


def current_definition(procedure: str) -> Definition:
    """The definition that a new case of this procedure gets."""
    try:
        return _current[procedure]
    except KeyError:
        known = "、".join(_current)
        raise NotFound(
            Text(
                f"没有“{procedure}”这一流程；现有流程：{known}",
                f"There is no procedure {procedure!r}; there are: {', '.join(_current)}",
            )
        ) from None


def current_definitions() -> tuple[Definition, ...]:
    """Every procedure that new cases can be opened in."""
    return tuple(_current.values())


def definition(connection: Connection, digest: str) -> Definition:
    """The stored definition that a case runs on."""
    found = _definitions.get(digest)
    if found is None:
        found = _definitions[digest] = Definition.from_content(_content(connection, DefinitionVersion, digest))
    return found


def definition_of(connection: Connection, case: Pinned) -> Definition:
    """The stored definition that a case runs on, as it runs under the case's policy."""
    return running(definition(connection, case.definition_hash), policy(connection, case.policy_hash))


def running(original: Definition, under: Policy) -> Definition:
    """A definition as it runs under a policy; kept, since every action and every list asks for it."""
    found = _running.get((original.hash, under.hash))
    if found is None:
        found = _running[original.hash, under.hash] = original.under(under)
    return found


def policy(connection: Connection, digest: str) -> Policy:
    """The stored policy that a case is under."""
    found = _policies.get(digest)
    if found is None:
        import json

        found = _policies[digest] = Policy(json.loads(_content(connection, PolicyVersion, digest)))
    return found


def calendar(connection: Connection, digest: str) -> WorkCalendar:
    """The stored calendar."""
    found = _calendars.get(digest)
    if found is None:
        import json

        found = _calendars[digest] = WorkCalendar.from_json(json.loads(_content(connection, CalendarVersion, digest)))
    return found


def policy_in_force(connection: Connection, street_id: int, day: date) -> Policy:
    """The policy that a case opened on that day comes under."""
    given = table(PolicyInForce)
    digest = connection.execute(
        select(given.c.policy_hash)
        .where(given.c.street_id == street_id, given.c.effective_from <= day)
        .order_by(given.c.effective_from.desc())
        .limit(1)
    ).scalar_one_or_none()
    if digest is None:
        raise NoPolicyInForce(
            Text(
                f"{day} 没有生效的政策，请系统管理员先启用政策",
                f"No policy is in force on {day}: the administrator must activate one",
            )
        )
    return policy(connection, digest)


def completed(connection: Connection, older: Policy, street_id: int, now: datetime) -> Policy:
    """A policy that was pinned for cases yet to be opened, such as a call's, with what only the policy in force says.

    An older version of this software did not ask for it; today's definitions may.
    """
    whole = older.completed_by(policy_in_force(connection, street_id, today(now)))
    return whole if whole is older else store_policy(connection, whole.content, now)


def calendar_in_force(connection: Connection, street_id: int) -> tuple[str, WorkCalendar]:
    """The hash and the calendar that a street counts by now."""
    digest = _calendar_hash_in_force(connection, street_id)
    if digest is None:
        raise NoPolicyInForce(
            Text("尚未设置工作日历，请系统管理员导入", "No working calendar is set: the administrator must import one")
        )
    return digest, calendar(connection, digest)


def _calendar_hash_in_force(connection: Connection, street_id: int) -> str | None:
    given = table(CalendarInForce)
    return connection.execute(
        select(given.c.calendar_hash).where(given.c.street_id == street_id).order_by(given.c.id.desc()).limit(1)
    ).scalar_one_or_none()


def _refuse_lost_rules(connection: Connection) -> None:
    cases = table(Case)
    running = connection.execute(select(cases.c.definition_hash).where(cases.c.open.is_(True)).distinct()).scalars()
    for digest in running:
        needed = definition(connection, digest)
        gone = sorted(needed.rule_names() - RULES.keys())
        if gone:
            listed = ", ".join(gone)
            raise RulesGone(
                Text(
                    f"在办的“{needed.title.zh}”案件需要规则 {listed}，本版本没有，服务不能启动。请安装含有这些规则的版本。",
                    f"Open cases of {needed.title.en!r} need the rules {listed}, which this version lacks. Install one that has them.",
                ),
                extra={"rules": gone},
            )


def _store(connection: Connection, model: type[SQLModel], digest: str, **values: Any) -> None:
    _upsert_nothing(connection, model, hash=digest, **values)


def _upsert_nothing(connection: Connection, model: type[SQLModel], **values: Any) -> None:
    make = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    connection.execute(make(table(model)).values(**values).on_conflict_do_nothing())


def _content(connection: Connection, model: type[SQLModel], digest: str) -> str:
    stored = table(model)
    return str(connection.execute(select(stored.c.content).where(stored.c.hash == digest)).scalar_one())
