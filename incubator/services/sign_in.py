"""Signing in and out with a browser: sessions, the lock after failed attempts, and who a request comes from."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from incubator.canonical import sha256
from incubator.clock import today
from incubator.database import Database
from incubator.engine.roles import Actor, Grant, Role, automation
from incubator.engine.streams import Entry, append
from incubator.errors import Refused
from incubator.models.base import table
from incubator.models.streets import Account, Person, RoleGrant, SignInSession
from incubator.queries.absences import DEPUTY_FOR, deputy_for_of
from incubator.scopes import Scope, covers
from incubator.services.passwords import fits
from incubator.services.substitutes import STANDS_IN, stands_in_of
from incubator.text import Text

# MLPS level 2 asks for a lock after failures and an idle timeout; the domain's description gives 5 and 30 minutes.
FAILURES_BEFORE_LOCK = 5
LOCKED_FOR = timedelta(minutes=30)
IDLE_FOR = timedelta(minutes=30)
LONGEST_SESSION = timedelta(hours=12)
# How stale `last_seen_at` may grow: a write at every request would make each page wait for the disk.
SEEN_EVERY = timedelta(minutes=1)

_ACCOUNTS, _PEOPLE, _GRANTS, _SESSIONS = table(Account), table(Person), table(RoleGrant), table(SignInSession)


class SignInRefused(Refused):
    """Wrong username, wrong password, locked or closed: all the same to the caller, so that none can be told by trying."""

    status: ClassVar[int] = 401
    code: ClassVar[str] = "sign_in_refused"
    title: ClassVar[Text] = Text("登录失败", "Signing in failed")

    def __init__(self) -> None:
        super().__init__(
            Text(
                "用户名或密码不正确，或账号已被锁定、停用。连续{count}次失败将锁定{minutes}分钟；请稍后再试或联系系统管理员",
                "The username or password is wrong, or the account is locked or closed. {count} failures in a row lock it "
                "for {minutes} minutes; try again later or ask the administrator",
            ).fill(count=FAILURES_BEFORE_LOCK, minutes=LOCKED_FOR // timedelta(minutes=1))
        )


@dataclass(frozen=True, slots=True)
class AccountView:
    """The account that a request came through."""

    id: int
    public_id: str
    username: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who a request comes from. `scopes` is None for a person at a browser; `csrf_token` is empty for a program."""

    actor: Actor
    account: AccountView
    csrf_token: str
    language: str
    session_id: int = 0
    last_seen_at: datetime | None = None
    scopes: frozenset[Scope] | None = None

    def reaches(self, scope: Scope) -> bool:
        """Whether the sign-in is good for this; what the person's roles permit is asked besides."""
        return covers(self.scopes, scope)

    def is_seen_again(self, now: datetime) -> bool:
        """Whether `touch` has something to write."""
        return self.last_seen_at is not None and now - self.last_seen_at >= SEEN_EVERY


@dataclass(frozen=True, slots=True)
class NewSession:
    """A fresh sign-in; the token is known to the browser alone from here on."""

    token: str
    csrf_token: str
    expires_at: datetime


def sign_in(database: Database, *, username: str, password: str, now: datetime) -> NewSession:
    """Sign in with a password. Raises SignInRefused; the failure is counted and recorded nevertheless.

    Takes the database, not a connection: hashing takes long and must not hold a transaction, and a refusal has
    something to commit.
    """
    with database.read() as connection:
        stored = connection.scalar(select(_ACCOUNTS.c.password_hash).where(_is_named(username)))
    right = fits(password, stored)
    session = database.write(lambda connection: _settle(connection, username, stored if right else None, now))
    if session is None:
        raise SignInRefused
    return session


def authenticate(connection: Connection, session_token: str, now: datetime) -> SignedIn | None:
    """Who holds this session, in one statement; None when it is unknown, ended, idle too long, or its account closed."""
    asked = {"token_hash": sha256(session_token), "now": now, "seen_since": now - IDLE_FOR, "day": today(now)}
    rows = connection.execute(_BY_SESSION, asked).all()
    if not rows:
        return None
    first = rows[0]
    return SignedIn(
        actor_from(rows),
        AccountView(first.account_id, first.account_public_id, first.username),
        first.csrf_token,
        first.language,
        session_id=first.door_id,
        last_seen_at=first.last_seen_at,
    )


def touch(connection: Connection, signed_in: SignedIn, now: datetime) -> None:
    """Note that the session is in use; call it where `signed_in.is_seen_again(now)`, which is once a minute at most."""
    seen = update(_SESSIONS).where(_SESSIONS.c.id == signed_in.session_id, _SESSIONS.c.last_seen_at < now)
    connection.execute(seen.values(last_seen_at=now))


def sign_out(connection: Connection, session_token: str, now: datetime) -> None:
    """End a session; ending one that has ended already changes nothing."""
    signed_in = authenticate(connection, session_token, now)
    connection.execute(delete(_SESSIONS).where(_SESSIONS.c.token_hash == sha256(session_token)))
    if signed_in is not None:
        _record(connection, signed_in.account.id, signed_in.actor, "access.signed_out", {}, now)


def signed_in_by(door: FromClause) -> Select[*tuple[Any, ...]]:
    """What both doors, sessions and tokens, read of the person behind them: a row for each role valid on `day`.

    Executed with `token_hash`, `now` and `day`; built once for each door, for every request asks it.
    """
    day: BindParameter[date] = bindparam("day")
    valid = and_(_GRANTS.c.person_id == _PEOPLE.c.id, _GRANTS.c.since <= day, _GRANTS.c.until >= day)
    return (
        select(
            *(column for column in door.c if column.name not in ("id", "street_id", "public_id", "account_id")),
            door.c.id.label("door_id"),
            _ACCOUNTS.c.id.label("account_id"),
            _ACCOUNTS.c.public_id.label("account_public_id"),
            _ACCOUNTS.c.username,
            _ACCOUNTS.c.language,
            _PEOPLE.c.id.label("person_id"),
            _PEOPLE.c.public_id.label("person_public_id"),
            _PEOPLE.c.name.label("person_name"),
            _PEOPLE.c.street_id.label("person_street_id"),
            STANDS_IN,
            DEPUTY_FOR,
            _GRANTS.c.role,
            _GRANTS.c.street_id.label("grant_street_id"),
            _GRANTS.c.community_id,
        )
        .select_from(door)
        .join(_ACCOUNTS, _ACCOUNTS.c.id == door.c.account_id)
        .join(_PEOPLE, _PEOPLE.c.id == _ACCOUNTS.c.person_id)
        .outerjoin(_GRANTS, valid)
        .where(
            door.c.token_hash == bindparam("token_hash"),
            door.c.expires_at > bindparam("now"),
            _ACCOUNTS.c.disabled.is_(False),
        )
        .order_by(_GRANTS.c.id)
    )


_BY_SESSION = signed_in_by(_SESSIONS).where(_SESSIONS.c.last_seen_at > bindparam("seen_since"))


def actor_from(rows: Sequence[Row[*tuple[Any, ...]]]) -> Actor:
    """The actor of `signed_in_by`'s rows."""
    first = rows[0]
    grants = tuple(Grant(Role(row.role), row.grant_street_id, row.community_id) for row in rows if row.role)
    return Actor(
        first.person_id,
        first.person_name,
        first.person_street_id,
        grants,
        account_id=first.account_id,
        public_id=first.person_public_id,
        stands_in=stands_in_of(first),
        deputy_for=deputy_for_of(first),
    )


def _settle(connection: Connection, username: str, right_hash: str | None, now: datetime) -> NewSession | None:
    """Count the attempt and record it; the session when it succeeded. `right_hash` is the hash that the password fitted."""
    # Locked: attempts made at once must count one after the other.
    account = connection.execute(select(_ACCOUNTS).where(_is_named(username)).with_for_update()).one_or_none()
    if account is None or account.disabled or (account.locked_until is not None and account.locked_until > now):
        return None
    this = _ACCOUNTS.c.id == account.id
    # Compared again: the password may have been changed while this attempt was being hashed.
    if right_hash is None or right_hash != account.password_hash:
        # A lock that has run out starts the count anew.
        failed = 1 if account.locked_until is not None else account.failed_attempts + 1
        locked_until = now + LOCKED_FOR if failed >= FAILURES_BEFORE_LOCK else None
        connection.execute(update(_ACCOUNTS).where(this).values(failed_attempts=failed, locked_until=locked_until))
        nobody = automation(account.street_id)  # who typed it is not known
        _record(connection, account.id, nobody, "access.sign_in_failed", {"failed": failed}, now)
        if locked_until is not None:
            _record(connection, account.id, nobody, "access.locked", {"until": locked_until.isoformat()}, now)
        return None
    connection.execute(update(_ACCOUNTS).where(this).values(failed_attempts=0, locked_until=None))
    session = NewSession(secrets.token_urlsafe(32), secrets.token_urlsafe(32), now + LONGEST_SESSION)
    ended = _SESSIONS.c.expires_at <= now
    connection.execute(delete(_SESSIONS).where(_SESSIONS.c.account_id == account.id, ended))
    row = {
        "token_hash": sha256(session.token),
        "account_id": account.id,
        "csrf_token": session.csrf_token,
        "created_at": now,
        "last_seen_at": now,
        "expires_at": session.expires_at,
    }
    connection.execute(insert(_SESSIONS), row)
    person = Actor(account.person_id, username, account.street_id, (), account_id=account.id)
    _record(connection, account.id, person, "access.signed_in", {}, now)
    return session


def _is_named(username: str) -> ColumnElement[bool]:
    return _ACCOUNTS.c.username == username.strip().lower()


def _record(
    connection: Connection, account_id: int, actor: Actor, kind: str, change: dict[str, Any], now: datetime
) -> None:
    append(connection, Entry("access", account_id, actor.street_id, kind, actor, change), now=now)
