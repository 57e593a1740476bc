"""Lists of the worklist that the caller saved under a name: `/worklist/saved`."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.addresses import PublicId
from api.callers import Reading, Working
from api.json.shapes import Body, Listed, refusals
from incubator.clock import SHANGHAI, today
from incubator.queries.list_addresses import LONGEST
from incubator.queries.saved_lists import SavedLine, saved_lists
from incubator.queries.today import numbers_of
from incubator.services.saved_lists import LONGEST_NAME, delete_list, save_list

router = APIRouter(tags=["worklist"])


class NewSavedList(Body):
    """A name, unique among one's own lists, and what stands in the worklist's address after the question mark."""

    name: str = Field(max_length=LONGEST_NAME)
    query: str = Field(max_length=LONGEST)


class SavedListOut(BaseModel):
    """A saved list with how many lines it has now; None where this version narrows by something of it no more."""

    id: str
    name: str
    query: str
    saved_at: datetime
    number: int | None


@router.get("/worklist/saved", responses=refusals(403))
def get_saved_lists(caller: Reading) -> Listed[SavedListOut]:
    """The caller's own lists, whole: a person has thirty at most."""
    kept = caller.read(lambda connection: saved_lists(connection, caller.actor))
    wanted = {each.public_id: each.filters for each in kept if each.filters is not None}
    numbers = caller.read(lambda connection: numbers_of(connection, caller.actor, wanted, day=today(caller.now)))
    return Listed(items=[_out(each, numbers.get(each.public_id)) for each in kept], next_cursor="")


@router.post("/worklist/saved", status_code=201, responses=refusals(403, 409, 422))
def post_saved_list(caller: Working, body: NewSavedList) -> SavedListOut:
    """Save what an address of the worklist narrows to under a name."""
    made = caller.write(
        lambda connection: save_list(connection, actor=caller.actor, name=body.name, query=body.query, now=caller.now)
    )
    wanted = {made.public_id: made.filters} if made.filters is not None else {}
    numbers = caller.read(lambda connection: numbers_of(connection, caller.actor, wanted, day=today(caller.now)))
    return _out(made, numbers.get(made.public_id))


@router.delete("/worklist/saved/{list_id}", status_code=204, responses=refusals(403, 404, 422))
def delete_saved_list(caller: Working, list_id: PublicId) -> None:
    """Throw one's own list away."""
    caller.write(lambda connection: delete_list(connection, actor=caller.actor, list_id=list_id))


def _out(each: SavedLine, number: int | None) -> SavedListOut:
    return SavedListOut(
        id=each.public_id, name=each.name, query=each.query, saved_at=each.saved_at.astimezone(SHANGHAI), number=number
    )
