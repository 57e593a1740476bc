"""Lists saved under a name: kept from the worklist's page, renamed and thrown away on the day's."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api.addresses import PublicId
from api.pages.rendering import go
from api.pages.submitted import one
from api.pages.visitors import Sending, require_staff
from incubator.errors import Refused
from incubator.services.saved_lists import delete_list, rename_list, save_list
from incubator.text import Text

router = APIRouter()

ADDRESS = "/worklist/saved"
_THEM_ALL = "/today#saved"


@router.post(ADDRESS)
def save(request: Request, sending: Sending) -> Response:
    """Keep the list that the worklist's page shows, and go on reading it."""
    visitor, query = sending.visitor, one(sending.form, "query")
    require_staff(visitor.actor)
    return _done(
        request, sending, f"/worklist?{query}", Text("已存入常用清单", "The list is saved; you find it under Today"),
        lambda connection: save_list(
            connection, actor=visitor.actor, name=one(sending.form, "name"), query=query, now=visitor.now
        ),
    )  # fmt: skip


@router.post(f"{ADDRESS}/{{list_id}}/rename")
def rename(request: Request, sending: Sending, list_id: PublicId) -> Response:
    """Give one's list another name."""
    actor, name = sending.visitor.actor, one(sending.form, "name")
    return _done(
        request, sending, _THEM_ALL, Text("清单名称已修改", "The list has its new name"),
        lambda connection: rename_list(connection, actor=actor, list_id=list_id, name=name),
    )  # fmt: skip


@router.post(f"{ADDRESS}/{{list_id}}/delete")
def delete(request: Request, sending: Sending, list_id: PublicId) -> Response:
    """Throw one's list away; saved again it is back."""
    actor = sending.visitor.actor
    return _done(
        request, sending, _THEM_ALL, Text("常用清单已删除", "The list is deleted"),
        lambda connection: delete_list(connection, actor=actor, list_id=list_id),
    )  # fmt: skip


def _done(request: Request, sending: Sending, back: str, words: Text, work: Callable[[Connection], object]) -> Response:
    """Do it and say so where the reader came from, or say there why not."""
    try:
        sending.visitor.caller.write(work)
    except Refused as refusal:
        return go(request, back, refusal.detail, kind="danger")
    return go(request, back, words)
