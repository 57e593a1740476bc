"""API tokens of one's own account: `/tokens`."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from api.addresses import PublicId
from api.callers import Administering, Caller, Reading
from api.json.shapes import Body, refusals
from incubator.clock import SHANGHAI
from incubator.errors import NotAllowed
from incubator.scopes import Scope
from incubator.services import tokens
from incubator.text import Text

router = APIRouter(tags=["tokens"])


class NewTokenIn(Body):
    """What a token is for; it lasts 90 days unless told, a year at most."""

    name: str = Field(max_length=100)
    scopes: list[str] = Field(max_length=10)
    expires_at: AwareDatetime | None = None


class NewTokenOut(BaseModel):
    """A fresh token; `token` is shown this once."""

    id: str
    token: str
    expires_at: datetime


class TokenOut(BaseModel):
    """A token as it is seen later."""

    id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@router.get("/tokens", responses=refusals(403))
def list_tokens(caller: Reading) -> list[TokenOut]:
    """The tokens made for the caller's account, the newest first."""
    found = caller.read(lambda connection: tokens.tokens_of(connection, caller.signed_in.account.id))
    return [
        TokenOut(
            id=each.public_id,
            name=each.name,
            scopes=list(each.scopes),
            created_at=each.created_at.astimezone(SHANGHAI),
            expires_at=each.expires_at.astimezone(SHANGHAI),
            revoked_at=each.revoked_at.astimezone(SHANGHAI) if each.revoked_at else None,
        )
        for each in found
    ]


@router.post("/tokens", status_code=201, responses=refusals(403, 422))
def create_token(caller: Administering, body: NewTokenIn) -> NewTokenOut:
    """Make a token for one's own account; a token makes no further tokens unless it may administer."""
    made = caller.write(
        lambda connection: tokens.create_token(
            connection,
            actor=caller.actor,
            name=body.name,
            scopes=_within(caller, body.scopes),
            now=caller.now,
            expires_at=body.expires_at,
        )
    )
    return NewTokenOut(id=made.public_id, token=made.token, expires_at=made.expires_at.astimezone(SHANGHAI))


@router.delete("/tokens/{token_id}", status_code=204, responses=refusals(403, 404, 422))
def revoke_token(caller: Administering, token_id: PublicId) -> None:
    """End a token at once."""
    caller.write(
        lambda connection: tokens.revoke_token(connection, token_public_id=token_id, actor=caller.actor, now=caller.now)
    )


def _within(caller: Caller, scopes: list[str]) -> list[str]:
    held = caller.signed_in.scopes
    if held is not None and not held.issuperset(scopes):
        raise NotAllowed(
            Text("令牌不能授予它自己没有的权限", "A token gives no more than it has itself"),
        )
    return scopes
