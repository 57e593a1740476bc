"""What several resources of the API have in common: documented refusals, pages of lists, the idempotency key."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Header, Query
from pydantic import BaseModel, ConfigDict, model_validator

from api.problems import BlockerOut, Problem
from incubator.engine.rules import Blocker
from incubator.models.base import NO_DATE
from incubator.text import Text

T = TypeVar("T")

_REFUSALS = {
    401: "Nobody is signed in, or the token is not valid",
    403: "The role, the area or the token's scope does not cover it",
    404: "It does not exist, or lies outside the caller's area",
    409: "It cannot be done now: the state has moved on, or a condition is not met",
    413: "The body is larger than the limit",
    422: "The input does not fit",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documented problem responses of a route: these and 401."""
    return {status: {"description": _REFUSALS[status], "model": Problem} for status in sorted({401, *statuses})}


class Body(BaseModel):
    """A request's body; what is not declared is refused, so that a misspelt field is noticed."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _can_be_kept(cls, body: Any) -> Any:
        # No text of ours holds a NUL or half a character, and no database takes them.
        if cannot_be_kept(body):
            raise ValueError("a text holds a character that cannot be kept")
        return body


class Listed(BaseModel, Generic[T]):
    """One page of a list; `next_cursor` asks for the next one and is empty on the last."""

    items: list[T]
    next_cursor: str


Cursor = Annotated[str, Query(max_length=500, description="`next_cursor` of the page before")]
Limit = Annotated[int, Query(ge=1, le=200, description="Rows on a page")]
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        pattern=r"^[\x21-\x7e]*$",
        description="The same key of the same caller acts once; with another body it is refused",
    ),
]


def blockers_out(blockers: tuple[Blocker, ...], language: str) -> list[BlockerOut]:
    """Blockers in the caller's language."""
    return [
        BlockerOut(
            code=blocker.code,
            kind=blocker.kind,
            message=blocker.message.read(language),
            who=blocker.who.read(language),
            next=blocker.next.read(language),
            cite=blocker.cite.read(language) if blocker.cite else None,
        )
        for blocker in blockers
    ]


def due_out(day: date) -> date | None:
    """A due date, None where there is none."""
    return None if day == NO_DATE else day


def words(text: Text, language: str) -> str:
    """A sentence in the caller's language."""
    return text.read(language)


def cannot_be_kept(value: Any) -> bool:
    """Whether some text in a value holds a sign that no database takes."""
    if isinstance(value, str):
        return "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, dict):
        return any(cannot_be_kept(each) for pair in value.items() for each in pair)
    return isinstance(value, list) and any(cannot_be_kept(each) for each in value)
