"""A bulk action is gone on with a few cases at a time, each in a transaction of its own.

What is done with a case and what came of it are committed together: a process that dies, a connection that is lost or an
error in the middle leaves every case either dealt with and told, or waiting, and whoever asked goes on from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, select, update

from incubator.database import Database
from incubator.engine import library
from incubator.engine.advance import Request, advance
from incubator.engine.definition import STAY, StepKind
from incubator.engine.loading import case_view
from incubator.engine.refusals import CaseHasMoved, case_not_found
from incubator.engine.roles import Actor
from incubator.errors import Conflict, Refused
from incubator.models.base import table
from incubator.models.desk import BulkAction, BulkItem, BulkItemState, BulkKind
from incubator.queries.bulk import BulkLine, BulkPart, bulk_line, parts_of
from incubator.queries.holding import Holding
from incubator.queries.visibility import sees_case
from incubator.services.assignments import SomebodyHasIt, assign, claim, release
from incubator.services.drafts import discard_drafts
from incubator.text import Text

AT_ONCE = 10  # cases that one request deals with
# A race that was lost is looked at again before anything more is done: trying again would be lost again.
LOST_RACES = frozenset({CaseHasMoved.code, SomebodyHasIt.code})
_BULKS, _PARTS = table(BulkAction), table(BulkItem)
_WAITING = BulkItemState.WAITING.value
_BROKEN = {
    "code": "internal_error",
    "title": Text("系统故障", "The service failed").as_pair(),
    "detail": Text(
        "办理本案时系统出现故障，本案未作任何更改。请稍后重试；仍不成功的，请联系系统管理员。",
        "The service failed at this case and nothing was changed. Try again later; if it goes on, tell the administrator.",
    ).as_pair(),
}

log = structlog.get_logger()


def go_on(database: Database, *, actor: Actor, bulk: str, now: datetime, at_once: int = AT_ONCE) -> BulkLine:
    """Deal with the next few waiting cases of one's own bulk action (by public id), and say how far it has come.

    Each case is asked anew whether the actor may, under the version that was seen. One that is refused or fails does not
    stop the others. Of two who go on at once each case is one's. Raises NotFound for another person's.
    """
    with database.read() as connection:
        line = bulk_line(connection, actor, bulk)
        parts = parts_of(connection, actor, line, waiting=True, limit=at_once)
    for part in parts:
        _deal_with(database, line, part, actor, now)
    return database.write(partial(_come_so_far, actor=actor, bulk=bulk, now=now))


def try_again(connection: Connection, *, actor: Actor, bulk: str) -> int:
    """Let the refused and failed cases of one's own bulk action wait again; how many they are.

    Not those whose race was lost: who moved them is to be looked at first. Raises NotFound, and Conflict where nothing is
    to be tried again.
    """
    line = bulk_line(connection, actor, bulk)
    again = [part.key for part in parts_of(connection, actor, line) if is_to_be_tried_again(part)]
    if not again:
        raise Conflict(Text("没有可以重试的案件", "There is no case to try again"))
    left = (BulkItemState.REFUSED.value, BulkItemState.FAILED.value)
    waits = update(_PARTS).where(_PARTS.c.id.in_(again), _PARTS.c.state.in_(left))
    number: int = connection.execute(waits.values(state=_WAITING, reason={}, done_at=None)).rowcount
    connection.execute(update(_BULKS).where(_BULKS.c.id == line.key).values(finished_at=None))
    return number


def is_to_be_tried_again(part: BulkPart) -> bool:
    """Whether a case was not dealt with, and the same may be asked of it once more as it was seen."""
    left = (BulkItemState.REFUSED, BulkItemState.FAILED)
    return part.state in left and part.reason.get("code") not in LOST_RACES


def _deal_with(database: Database, line: BulkLine, part: BulkPart, actor: Actor, now: datetime) -> None:
    def work(connection: Connection) -> None:
        # Locked, and asked whether it still waits: another window may go on with the same.
        waits = select(_PARTS.c.id).where(_PARTS.c.id == part.key, _PARTS.c.state == _WAITING).with_for_update()
        if connection.scalar(waits) is not None:
            _note(connection, part, BulkItemState.DONE, _do(connection, line, part, actor, now), now)

    try:
        database.write(work)
        return
    except Refused as refusal:
        state, reason = BulkItemState.REFUSED, _reason(refusal)
    except Exception:
        log.exception("bulk item failed", bulk=line.public_id, item=part.key)
        state, reason = BulkItemState.FAILED, dict(_BROKEN)
    database.write(lambda connection: _note(connection, part, state, reason, now))


def _note(
    connection: Connection, part: BulkPart, state: BulkItemState, reason: Mapping[str, Any], now: datetime
) -> None:
    of_this = update(_PARTS).where(_PARTS.c.id == part.key, _PARTS.c.state == _WAITING)
    connection.execute(of_this.values(state=state.value, reason=dict(reason), done_at=now))


def _come_so_far(connection: Connection, *, actor: Actor, bulk: str, now: datetime) -> BulkLine:
    line = bulk_line(connection, actor, bulk)
    if not line.waiting and line.finished_at is None:
        connection.execute(update(_BULKS).where(_BULKS.c.id == line.key).values(finished_at=now))
        return bulk_line(connection, actor, bulk)
    return line


def _do(connection: Connection, line: BulkLine, part: BulkPart, actor: Actor, now: datetime) -> dict[str, Any]:
    """Do what is asked of one case, and say where it stands then; whatever is refused is raised."""
    asked = line.request
    if line.kind is BulkKind.ADVANCE:
        return _advance(connection, asked, part, actor, now)
    _still_as_seen(connection, part, actor)
    whose: dict[str, Any] = {"case": part.case_id, "actor": actor, "now": now}
    match line.kind:
        case BulkKind.CLAIM:
            held = claim(connection, **whose)
        case BulkKind.RELEASE:
            seen = asked["holders"].get(part.case_id)
            held = release(connection, **whose, reason=asked["comment"], seen=seen)
        case _:
            seen = asked["holders"].get(part.case_id)
            held = assign(connection, **whose, person=asked["person"], reason=asked["comment"], seen=seen)
    return {"detail": _whose(held).as_pair()}


def _advance(
    connection: Connection, asked: Mapping[str, Any], part: BulkPart, actor: Actor, now: datetime
) -> dict[str, Any]:
    definition = library.definition(connection, part.definition_hash)
    request = Request(
        part.case_id, asked["action"], actor, part.seen_version, date.fromisoformat(asked["effective_on"]),
        asked["data"], asked["comment"],
    )  # fmt: skip
    advanced = advance(connection, request, now=now)
    taken = [step.by_name[request.action] for step in definition.steps if request.action in step.by_name]
    stays = all(decision.to == STAY for decision in taken)
    discard_drafts(connection, case_id=part.case_id, actor=actor, action=request.action if stays else "")
    step = definition.step(advanced.step)
    if step.kind is StepKind.END:
        where = Text(f"案件办结：{step.title.zh}", f"The case has ended: {step.title.en}")
    elif stays:
        where = Text(f"案件仍在“{step.title.zh}”环节", f"The case stays at {step.title.en}")
    else:
        where = Text(f"案件进入“{step.title.zh}”环节", f"The case goes to {step.title.en}")
    return {"detail": where.as_pair()}


def _still_as_seen(connection: Connection, part: BulkPart, actor: Actor) -> None:
    """Raise CaseHasMoved where the case stands elsewhere than it was seen: it would be another step's work."""
    case = case_view(connection, part.case_id, lock=True)
    if case is None or not sees_case(connection, actor, part.case_id):
        raise case_not_found()
    if case.version != part.seen_version:
        definition = library.definition_of(connection, case)
        raise CaseHasMoved.since(connection, case, definition, part.seen_version)


def _whose(held: Holding) -> Text:
    if held.name:
        return Text(f"由{held.name}办理", f"With {held.name}")
    return Text("已退回，由同岗人员认领", "Released, to be claimed by those who hold the role")


def _reason(refusal: Refused) -> dict[str, Any]:
    """A refusal as it is kept: words in both languages, the blockers and what is wrong with which field."""
    fields: Mapping[str, Sequence[Text]] = getattr(refusal, "fields", {})
    return {
        "code": refusal.code,
        "title": refusal.title.as_pair(),
        "detail": refusal.detail.as_pair(),
        "blockers": list(refusal.extra.get("blockers", ())),
        "fields": {path: [words.as_pair() for words in texts] for path, texts in fields.items()},
    }
