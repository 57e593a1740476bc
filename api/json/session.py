"""Signing in and out: `/session`."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from api.callers import SESSION_COOKIE, Reading, service_of
from api.json.shapes import Body, refusals
from api.session_cookie import clear_session, set_session
from incubator.clock import SHANGHAI
from incubator.engine.roles import Role
from incubator.services.sign_in import authenticate, sign_in, sign_out

router = APIRouter(tags=["session"])


class SignIn(Body):
    """A username and its password."""

    username: str = Field(max_length=100)
    password: str = Field(max_length=200)


class GrantOut(BaseModel):
    """A role; `whole_street` or the communities it is limited to."""

    role: Role
    whole_street: bool


class SessionOut(BaseModel):
    """A sign-in. Every write that comes with the session's cookie carries `csrf_token` in X-CSRF-Token."""

    person: str
    name: str
    username: str
    roles: list[GrantOut]
    csrf_token: str
    expires_at: datetime


@router.post("/session", status_code=201, responses=refusals(422))
def create_session(request: Request, response: Response, body: SignIn) -> SessionOut:
    """Sign in; the session's cookie comes with the answer."""
    service = service_of(request)
    now = service.clock.now()
    made = sign_in(service.database, username=body.username, password=body.password, now=now)
    with service.database.read() as connection:
        who = authenticate(connection, made.token, now)
    assert who is not None
    set_session(response, made, service.settings)
    return SessionOut(
        person=who.actor.public_id,
        name=who.actor.name,
        username=who.account.username,
        roles=[GrantOut(role=grant.role, whole_street=not grant.community_id) for grant in who.actor.grants],
        csrf_token=made.csrf_token,
        expires_at=made.expires_at.astimezone(SHANGHAI),
    )


@router.delete("/session", status_code=204, responses=refusals(403))
def delete_session(request: Request, response: Response, caller: Reading) -> None:
    """Sign out; a token is not ended by this."""
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        caller.write(lambda connection: sign_out(connection, token, caller.now))
    clear_session(response)
