"""Lists saved under a name: a worklist as a person narrowed it, kept, renamed and thrown away by that person alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from incubator.canonical import public_id
from incubator.clock import today
from incubator.engine.roles import Actor
from incubator.errors import Conflict, Invalid, NotAllowed, NotFound
from incubator.models.base import NOBODY, table
from incubator.models.desk import SavedList
from incubator.models.streets import Person
from incubator.queries.list_addresses import filters_from, query_of
from incubator.queries.saved_lists import SavedLine
from incubator.queries.worklist import rows_of
from incubator.text import Text

LONGEST_NAME = 40  # characters
MOST = 30  # lists of a person
_LISTS, _PEOPLE = table(SavedList), table(Person)


class NameTaken(Conflict):
    """The person has another list under that name."""

    code: ClassVar[str] = "name_taken"
    title: ClassVar[Text] = Text("清单名称已使用", "The name is taken")


def save_list(connection: Connection, *, actor: Actor, name: str, query: str, now: datetime) -> SavedLine:
    """Keep the list that an address's query narrows to under a name; its page and what narrows nothing are left out.

    Raises Invalid (fields name, query) for a name that is empty or too long, for what is no list of the worklist and for
    one list more than a person may have; NameTaken; NotAllowed for whoever is no person.
    """
    filters = filters_from(query)
    rows_of(actor, filters, day=today(now))  # refuses what could be read, and yet never be listed
    name = _checked(name)
    others = _names_locked(connection, actor)
    if name in others:
        raise _taken(name)
    if len(others) >= MOST:
        words = Text(
            f"常用清单最多保存 {MOST} 个，请先删除不再使用的清单",
            f"Nobody keeps more than {MOST} lists: delete one first that you use no more",
        )
        raise Invalid(words, fields={"name": [words]})
    row: dict[str, Any] = {
        "public_id": public_id(), "street_id": actor.street_id, "person_id": actor.person_id, "name": name,
        "query": query_of(filters), "saved_at": now,
    }  # fmt: skip
    connection.execute(insert(_LISTS), row)
    return SavedLine(row["public_id"], name, row["query"], now, filters)


def rename_list(connection: Connection, *, actor: Actor, list_id: str, name: str) -> None:
    """Give one's list (by public id) another name. Raises Invalid, NameTaken, and NotFound for another person's list."""
    name = _checked(name)
    if name in _names_locked(connection, actor, besides=list_id):
        raise _taken(name)
    if connection.execute(update(_LISTS).where(*_own(actor, list_id)).values(name=name)).rowcount == 0:
        raise _not_found()


def delete_list(connection: Connection, *, actor: Actor, list_id: str) -> None:
    """Throw one's list away. NotFound where it is not there, or another person's."""
    if connection.execute(delete(_LISTS).where(*_own(actor, list_id))).rowcount == 0:
        raise _not_found()


def _checked(name: str) -> str:
    """The name with its blanks put in order."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        words = Text(
            f"请填写清单名称，不超过 {LONGEST_NAME} 个字", f"Give the list a name of at most {LONGEST_NAME} characters"
        )
        raise Invalid(words, fields={"name": [words]})
    return name


def _names_locked(connection: Connection, actor: Actor, besides: str = "") -> set[str]:
    """The names of the actor's lists; the person is locked, as two windows may save at once."""
    if actor.person_id == NOBODY:
        raise NotAllowed(Text("请先登录再保存清单", "Sign in first: a list belongs to a person"))
    connection.execute(select(_PEOPLE.c.id).where(_PEOPLE.c.id == actor.person_id).with_for_update())
    names = select(_LISTS.c.name).where(_LISTS.c.person_id == actor.person_id, _LISTS.c.public_id != besides)
    return set(connection.scalars(names))


def _own(actor: Actor, list_id: str) -> tuple[ColumnElement[bool], ...]:
    return _LISTS.c.public_id == list_id, _LISTS.c.person_id == actor.person_id


def _taken(name: str) -> NameTaken:
    return NameTaken(
        Text(
            f"已有名为“{name}”的常用清单，请换一个名称", f"You have a list named “{name}” already: choose another name"
        )
    )


def _not_found() -> NotFound:
    return NotFound(Text("没有这个常用清单，可能已经删除", "There is no such list; it may have been deleted"))
