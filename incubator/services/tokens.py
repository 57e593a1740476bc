"""API tokens: a program's key to act for an account within scopes, shown once and kept as a hash."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from incubator.canonical import public_id, sha256
from incubator.clock import today
from incubator.engine.roles import Actor
from incubator.engine.streams import Entry, append
from incubator.errors import Invalid, NotAllowed, NotFound
from incubator.models.base import table
from incubator.models.streets import Account, ApiToken
from incubator.queries.visibility import Permission, may, require
from incubator.scopes import SCOPE_NAMES, Scope
from incubator.services.sign_in import AccountView, SignedIn, actor_from, signed_in_by
from incubator.text import Text

LONGEST_LIFE = timedelta(days=366)
USUAL_LIFE = timedelta(days=90)
_PREFIX = "inc_"  # lets a scanner of leaked secrets recognise one

_TOKENS, _ACCOUNTS = table(ApiToken), table(Account)
_BY_TOKEN = signed_in_by(_TOKENS).where(_TOKENS.c.revoked_at.is_(None))


@dataclass(frozen=True, slots=True)
class NewToken:
    """A fresh token; `token` is shown this once and cannot be read again."""

    public_id: str
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token as its owner sees it later."""

    public_id: str
    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


def create_token(
    connection: Connection,
    *,
    actor: Actor,
    name: str,
    scopes: Collection[str],
    now: datetime,
    expires_at: datetime | None = None,
) -> NewToken:
    """Make a token for the account the actor is signed in with; it lasts 90 days unless told, a year at most.

    Raises Invalid (fields name, scopes, expires_at), and NotAllowed for the scope `admin` asked by somebody else than
    an administrator.
    """
    if not actor.account_id:
        raise NotAllowed(Text("请先登录再创建令牌", "Sign in first: a token belongs to an account"))
    expires_at = expires_at or now + USUAL_LIFE
    granted = _checked(name, scopes, expires_at, now)
    if Scope.ADMIN in granted:
        require(actor, Permission.MANAGE_USERS)
    token = _PREFIX + secrets.token_urlsafe(32)
    row = {
        "public_id": public_id(),
        "street_id": actor.street_id,
        "account_id": actor.account_id,
        "name": name.strip(),
        "token_hash": sha256(token),
        "scopes": [scope.value for scope in granted],
        "created_at": now,
        "expires_at": expires_at,
    }
    connection.execute(insert(_TOKENS), row)
    change = {
        "token": row["public_id"],
        "name": row["name"],
        "scopes": row["scopes"],
        "expires_at": expires_at.isoformat(),
    }
    entry = Entry("access", actor.account_id, actor.street_id, "access.token_made", actor, change)
    append(connection, entry, now=now)
    return NewToken(str(row["public_id"]), token, expires_at)


def authenticate_token(connection: Connection, token: str, now: datetime) -> SignedIn | None:
    """Whom this token acts for, in one statement; None when it is unknown, expired, revoked, or its account closed."""
    rows = connection.execute(_BY_TOKEN, {"token_hash": sha256(token), "now": now, "day": today(now)}).all()
    if not rows:
        return None
    first = rows[0]
    account = AccountView(first.account_id, first.account_public_id, first.username)
    scopes = frozenset(Scope(scope) for scope in first.scopes)
    return SignedIn(actor_from(rows), account, "", first.language, scopes=scopes)


def tokens_of(connection: Connection, account_id: int) -> list[TokenView]:
    """The tokens made for an account, the newest first."""
    rows = connection.execute(select(_TOKENS).where(_TOKENS.c.account_id == account_id).order_by(_TOKENS.c.id.desc()))
    return [
        TokenView(
            row.public_id,
            row.name,
            tuple(Scope(scope) for scope in row.scopes),
            row.created_at,
            row.expires_at,
            row.revoked_at,
        )
        for row in rows
    ]


def revoke_token(connection: Connection, *, token_public_id: str, actor: Actor, now: datetime) -> None:
    """End a token at once: one's own, or an administrator any of the street. NotFound for others, and for unknown ones."""
    found = connection.execute(
        select(_TOKENS.c.id, _TOKENS.c.account_id, _TOKENS.c.street_id, _TOKENS.c.revoked_at, _ACCOUNTS.c.person_id)
        .join(_ACCOUNTS, _ACCOUNTS.c.id == _TOKENS.c.account_id)
        .where(_TOKENS.c.public_id == token_public_id)
        .with_for_update(of=_TOKENS)
    ).one_or_none()
    own = found is not None and actor.person_id != 0 and found.person_id == actor.person_id
    if found is None or not (own or may(actor, Permission.MANAGE_USERS, street_id=found.street_id)):
        raise NotFound(Text("没有这个令牌", "There is no such token"))
    if found.revoked_at is None:
        connection.execute(update(_TOKENS).where(_TOKENS.c.id == found.id).values(revoked_at=now))
        change = {"token": token_public_id}
        entry = Entry("access", found.account_id, found.street_id, "access.token_revoked", actor, change)
        append(connection, entry, now=now)


def _checked(name: str, scopes: Collection[str], expires_at: datetime, now: datetime) -> list[Scope]:
    fields: dict[str, list[Text]] = {}
    if not name.strip():
        fields["name"] = [Text("请填写令牌名称，说明其用途", "Name the token after what it is for")]
    known = {scope.value for scope in Scope}
    if not scopes or not known.issuperset(scopes):
        offered = "、".join(f"{scope.value}（{SCOPE_NAMES[scope].zh}）" for scope in Scope)
        offered_en = ", ".join(f"{scope.value} ({SCOPE_NAMES[scope].en})" for scope in Scope)
        fields["scopes"] = [Text(f"请选择权限范围：{offered}", f"Choose one or more of: {offered_en}")]
    if not now < expires_at <= now + LONGEST_LIFE:
        within = Text("有效期须在{days}天以内", "It ends in the next {days} days")
        fields["expires_at"] = [within.fill(days=LONGEST_LIFE.days)]
    if fields:
        raise Invalid(Text("令牌的信息有误", "The token cannot be made like this"), fields=fields)
    return [scope for scope in Scope if scope.value in scopes]
