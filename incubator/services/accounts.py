"""Accounts: made by an administrator for a person, who may have several; four eyes still count the person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from incubator.canonical import public_id
from incubator.engine.roles import Actor, Grant, Role
from incubator.engine.streams import Entry, append
from incubator.errors import Conflict, Invalid, NotFound
from incubator.models.base import table
from incubator.models.streets import Account, Person, SignInSession
from incubator.queries.visibility import Permission, require
from incubator.services.passwords import check_password_rules, hash_password
from incubator.services.people import RoleInArea, create_person, grant_role
from incubator.text import Language, Text

_ACCOUNTS, _PEOPLE, _SESSIONS = table(Account), table(Person), table(SignInSession)
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


@dataclass(frozen=True, slots=True)
class AddedUser:
    """The keys of a new user: the account and the person who signs in with it."""

    account_id: int
    account_public_id: str
    person_id: int


def console(street_id: int) -> Actor:
    """Whoever works at the machine's command line, where nobody signs in; recorded as acting for the console."""
    return Actor(0, "命令行", street_id, (Grant(Role.AUTOMATION, street_id),), on_behalf_of="console")


def add_user(
    connection: Connection,
    *,
    street_id: int,
    username: str,
    password: str,
    name: str,
    roles: Sequence[RoleInArea],
    actor: Actor,
    now: datetime,
    language: str = Language.ZH,
    person_id: int | None = None,
    personal: Mapping[str, str] | None = None,
    password_hash: str | None = None,
) -> AddedUser:
    """Add an account with its roles, for a new person or, with `person_id`, a further one for a person already known.

    `password_hash` is the password's hash where the caller made it before the transaction began. Raises Invalid (fields
    username, password, name, roles), Conflict for a username in use, NotAllowed for all but administrators.
    """
    require(actor, Permission.MANAGE_USERS, street_id=street_id)
    if person_id is None:
        person_id = create_person(connection, street_id=street_id, name=name, actor=actor, now=now, personal=personal)
    made = create_account(
        connection,
        person_id=person_id,
        username=username,
        password=password,
        actor=actor,
        now=now,
        language=language,
        password_hash=password_hash,
    )
    for given in roles:
        grant_role(connection, person_id=person_id, given=given, actor=actor, now=now)
    return made


def create_account(
    connection: Connection,
    *,
    person_id: int,
    username: str,
    password: str,
    actor: Actor,
    now: datetime,
    language: str = Language.ZH,
    password_hash: str | None = None,
) -> AddedUser:
    """Give a person a further way to sign in. Errors as for `add_user`; NotFound for an unknown person."""
    street_id = connection.scalar(select(_PEOPLE.c.street_id).where(_PEOPLE.c.id == person_id))
    if street_id is None:
        raise NotFound(Text("没有这个人员", "There is no such person"))
    require(actor, Permission.MANAGE_USERS, street_id=street_id)
    username = checked_username(username)
    check_password_rules(password, username)
    if connection.scalar(select(_ACCOUNTS.c.id).where(_ACCOUNTS.c.username == username)) is not None:
        raise Conflict(
            Text("用户名“{username}”已被使用，请另选一个", "The username {username} is in use; choose another").fill(
                username=username
            )
        )
    row = {
        "public_id": public_id(),
        "street_id": street_id,
        "person_id": person_id,
        "username": username,
        "password_hash": password_hash or hash_password(password),
        "language": Language(language).value,
    }
    account_id = int(connection.scalars(insert(_ACCOUNTS).returning(_ACCOUNTS.c.id), row).one())
    change = {"username": username, "person": person_id}
    append(connection, Entry("access", account_id, street_id, "account.added", actor, change), now=now)
    return AddedUser(account_id, str(row["public_id"]), person_id)


def set_password(
    connection: Connection,
    *,
    account_id: int,
    password: str,
    actor: Actor,
    now: datetime,
    password_hash: str | None = None,
) -> None:
    """Set an account's password: one's own, or an administrator any; lifts a lock and ends the account's sessions.

    Whoever changes the own password has just proven the old one, which is the caller's part.
    """
    account = _account(connection, account_id)
    if actor.person_id == 0 or actor.person_id != account.person_id:
        require(actor, Permission.MANAGE_USERS, street_id=account.street_id)
    check_password_rules(password, account.username)
    values = {"password_hash": password_hash or hash_password(password), "failed_attempts": 0, "locked_until": None}
    _change(connection, account, "account.password_set", values, {}, actor, now)
    connection.execute(delete(_SESSIONS).where(_SESSIONS.c.account_id == account_id))


def unlock(connection: Connection, *, account_id: int, actor: Actor, now: datetime) -> None:
    """Lift the lock that failed attempts put on an account."""
    account = _account(connection, account_id)
    require(actor, Permission.MANAGE_USERS, street_id=account.street_id)
    _change(connection, account, "account.unlocked", {"failed_attempts": 0, "locked_until": None}, {}, actor, now)


def set_disabled(
    connection: Connection, *, account_id: int, disabled: bool, actor: Actor, now: datetime, comment: str = ""
) -> None:
    """Close an account, ending its sessions and silencing its tokens at once, or open it again."""
    account = _account(connection, account_id)
    require(actor, Permission.MANAGE_USERS, street_id=account.street_id)
    kind = "account.disabled" if disabled else "account.enabled"
    _change(connection, account, kind, {"disabled": disabled}, {}, actor, now, comment)
    if disabled:
        connection.execute(delete(_SESSIONS).where(_SESSIONS.c.account_id == account_id))


def set_language(connection: Connection, *, account_id: int, language: str, actor: Actor, now: datetime) -> None:
    """Remember in which language the account's owner reads the service; only the owner chooses. Invalid otherwise."""
    account = _account(connection, account_id)
    if actor.person_id != account.person_id:
        raise NotFound(Text("没有这个账号", "There is no such account"))
    if language not in tuple(Language):
        offered = [Text("可选：中文（zh）、英文（en）", "Choose Chinese (zh) or English (en)")]
        raise Invalid(Text("不支持这种语言", "This language is not offered"), fields={"language": offered})
    _change(connection, account, "account.language_chosen", {"language": language}, {"language": language}, actor, now)


def checked_username(username: str) -> str:
    """The username as it is kept, in small letters. Raises Invalid when it is not one."""
    plain = username.strip().lower()
    if not _USERNAME.fullmatch(plain):
        rule = Text(
            "用户名为2至40位小写字母、数字、点、下划线或连字符，以字母或数字开头",
            "A username has 2 to 40 small letters, digits, dots, underscores or dashes and begins with a letter or digit",
        )
        raise Invalid(Text("用户名不符合要求", "The username does not meet the rules"), fields={"username": [rule]})
    return plain


def _account(connection: Connection, account_id: int) -> Row[*tuple[Any, ...]]:
    columns = (_ACCOUNTS.c.id, _ACCOUNTS.c.street_id, _ACCOUNTS.c.person_id, _ACCOUNTS.c.username)
    found = connection.execute(select(*columns).where(_ACCOUNTS.c.id == account_id)).one_or_none()
    if found is None:
        raise NotFound(Text("没有这个账号", "There is no such account"))
    return found


def _change(
    connection: Connection,
    account: Row[*tuple[Any, ...]],
    kind: str,
    values: Mapping[str, Any],
    change: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    comment: str = "",
) -> None:
    connection.execute(update(_ACCOUNTS).where(_ACCOUNTS.c.id == account.id).values(**values))
    entry = Entry("access", account.id, account.street_id, kind, actor, change, comment=comment)
    append(connection, entry, now=now)
