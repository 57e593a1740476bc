"""Handovers: everything that a person has in hand goes to a colleague at one moment, with a list that both sign."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Connection, insert, select, update

from incubator.canonical import canonical, public_id, sha256
from incubator.clock import today
from incubator.engine import idempotency
from incubator.engine.roles import Actor
from incubator.engine.streams import Entry, append
from incubator.errors import Conflict, Invalid, NotAllowed
from incubator.models.base import table
from incubator.models.cases import Case, WorkItem
from incubator.models.desk import Handover, HandoverState
from incubator.models.streets import Person
from incubator.queries.absences import Colleague, may_arrange, staff
from incubator.queries.handovers import HandoverFile, handover_of
from incubator.queries.in_hand import Held, in_hand
from incubator.queries.people import PersonName, find_person
from incubator.queries.visibility import Permission, require
from incubator.services.automation.notice_writing import NewNotice, write_notice
from incubator.services.numbers import next_office_number
from incubator.services.uploads import Upload
from incubator.text import Text

LONGEST_REASON = 200
SERIES = "移交"
HANDED_OVER = "case.handed_over"
GAVE, TOOK = "person.handed_over", "person.took_over"
COUNTERSIGNED, SCANNED = "person.handover_countersigned", "person.handover_scan_added"
_HANDOVERS, _CASES, _ITEMS, _PEOPLE = table(Handover), table(Case), table(WorkItem), table(Person)
_FAULT = Text("移交有误，请改正后重新提交", "The handover does not fit: correct what is marked")


class NothingToHandOver(Conflict):
    """Nothing that the person has in hand can go to the colleague."""

    code: ClassVar[str] = "nothing_to_hand_over"
    title: ClassVar[Text] = Text("没有可移交的事项", "There is nothing to hand over")


class ListHasChanged(Conflict):
    """What the person has in hand, or whether it can go, is not what was confirmed any more."""

    code: ClassVar[str] = "list_has_changed"
    title: ClassVar[Text] = Text("移交清单已有变动", "The list has changed")


def to_hand_over(
    connection: Connection, *, giver: str, taker: str, actor: Actor, now: datetime
) -> tuple[PersonName, PersonName, tuple[Held, ...]]:
    """Who gives, who takes (both by public id), and what would become of everything that the giver has in hand.

    Raises NotFound, NotAllowed for another person's work unless the actor arranges the staff, Invalid for oneself as taker.
    """
    gives, takes = find_person(connection, actor, giver), find_person(connection, actor, taker)
    if not may_arrange(actor, gives.id):
        require(actor, Permission.ARRANGE_STAFF, street_id=actor.street_id)
    if gives.id == takes.id:
        words = Text("接收人不得是移交人本人", "Nobody hands over to oneself")
        raise Invalid(_FAULT, fields={"to": [words]})
    day = today(now)
    colleague = next(
        (each for each in staff(connection, actor, day, day) if each.person.id == takes.id), Colleague(takes, ())
    )
    return gives, takes, in_hand(connection, actor, gives, colleague, day)


def seen_as(held: tuple[Held, ...]) -> str:
    """What tells one list from another: whoever confirms it has seen this very list."""
    return sha256(canonical([each.item.as_json() for each in held]))


def hand_over(
    connection: Connection, *, giver: str, taker: str, reason: str, actor: Actor, now: datetime, seen: str | None = None,
    key: str = "",
) -> str:  # fmt: skip
    """Give everything that can go to the colleague, with an event in each case and on both persons; its public id.

    `seen` is `seen_as` of the list that was confirmed; None does not ask. Raises what `to_hand_over` does, and Invalid,
    NothingToHandOver, ListHasChanged. Under the same key it is done once.
    """
    reason = reason.strip()
    if len(reason) > LONGEST_REASON:
        words = Text(f"原因最多 {LONGEST_REASON} 个字", f"The reason has at most {LONGEST_REASON} characters")
        raise Invalid(_FAULT, fields={"reason": [words]})

    def make() -> dict[str, Any]:
        locked = _lock_cases(connection, find_person(connection, actor, giver))
        gives, takes, held = to_hand_over(connection, giver=giver, taker=taker, actor=actor, now=now)
        going = [each for each in held if each.item.goes]
        # What the giver claimed in this very moment is not locked yet.
        if (seen is not None and seen != seen_as(held)) or not locked.issuperset(each.case_key for each in going):
            raise ListHasChanged(
                Text(
                    "您打开清单后，移交人手上的事项或办理环节有变动，尚未移交。请核对新的清单后再确认。",
                    "What there is to hand over has changed since you opened the list, and nothing went: look at it again.",
                )
            )
        if not going:
            raise NothingToHandOver(
                Text(
                    f"{gives.name}手上没有可以移交给{takes.name}的事项。",
                    f"{gives.name} has nothing in hand that could go to {takes.name}.",
                )
            )
        return {"handover": _made(connection, actor, gives, takes, held, going, reason, now)}

    asked = ["handover", giver, taker, reason]
    return str(idempotency.once(connection, actor, key, asked, make, now=now)["handover"])


def countersign(connection: Connection, *, handover: str, actor: Actor, now: datetime) -> HandoverFile:
    """Sign the list as the one who took over. Raises NotFound, NotAllowed for anybody else; signed again, nothing changes."""
    file = _locked(connection, actor, handover)
    if actor.person_id != file.taker.id:
        raise NotAllowed(
            Text(f"移交清单由接收人{file.taker.name}本人签收", f"The list is for {file.taker.name} to countersign")
        )
    if file.state is HandoverState.COUNTERSIGNED:
        return file
    _sign(connection, file, now)
    change = {"handover": file.public_id, "number": file.number}
    append(connection, Entry("person", file.taker.id, file.street_id, COUNTERSIGNED, actor, change), now=now)
    return handover_of(connection, actor, handover)


def attach_signed_list(
    connection: Connection, *, handover: str, upload: Upload, actor: Actor, now: datetime
) -> HandoverFile:
    """Add the scan of the list that both signed, whose content is kept already; it counts as countersigned with it.

    By the two, by whoever made the handover and by whoever arranges the staff (NotAllowed). A later scan takes the place
    of an earlier one, which the event still names.
    """
    file = _locked(connection, actor, handover)
    require_attaching(file, actor)
    scan = {
        "document_sha256": upload.sha256, "document_name": upload.filename, "document_type": upload.media_type,
        "document_size": upload.size,
    }  # fmt: skip
    connection.execute(update(_HANDOVERS).where(_HANDOVERS.c.id == file.id).values(**scan))
    if file.state is HandoverState.MADE:
        _sign(connection, file, now)
    change = {
        "handover": file.public_id,
        "number": file.number,
        "filename": upload.filename,
        "sha256": upload.sha256,
        "replaces": file.signed_list.sha256 if file.signed_list else "",
    }
    append(connection, Entry("person", file.taker.id, file.street_id, SCANNED, actor, change), now=now)
    return handover_of(connection, actor, handover)


def require_attaching(file: HandoverFile, actor: Actor) -> None:
    """Raise NotAllowed unless the actor may hand in the scan of the signed list."""
    if not file.may_attach(actor):
        raise NotAllowed(
            Text(
                "签字清单由移交人、接收人、经办本次移交的人员或中心主任上传",
                "The signed list is handed in by the two, by whoever made the handover, or by the centre director",
            )
        )


def note_reading(connection: Connection, actor: Actor, file: HandoverFile, now: datetime) -> None:
    """Write on the reader's access stream that the scan was opened, as for every paper."""
    if actor.account_id:
        change = {"document": file.public_id, "kind": "handover_list"}
        entry = Entry("access", actor.account_id, file.street_id, "access.document_read", actor, change)
        append(connection, entry, now=now)


def _lock_cases(connection: Connection, giver: PersonName) -> set[int]:
    """Lock the cases whose steps the giver has, in one order and before their items, as advance does; their keys."""
    theirs = select(_ITEMS.c.case_id).where(_ITEMS.c.person_id == giver.id, _ITEMS.c.done_at.is_(None))
    locking = select(_CASES.c.id).where(_CASES.c.id.in_(theirs)).order_by(_CASES.c.id).with_for_update()
    return set(connection.scalars(locking))


def _made(
    connection: Connection, actor: Actor, giver: PersonName, taker: PersonName, held: tuple[Held, ...],
    going: list[Held], reason: str, now: datetime,
) -> str:  # fmt: skip
    number = next_office_number(connection, actor.street_id, SERIES, today(now).year, now)
    row = {
        "public_id": public_id(), "street_id": actor.street_id, "number": number, "from_person_id": giver.id,
        "to_person_id": taker.id, "reason": reason, "items": [each.item.as_json() for each in held],
        "made_by": actor.person_id, "made_at": now,
    }  # fmt: skip
    connection.execute(insert(_HANDOVERS), row)
    made = {"handover": row["public_id"], "number": number}
    moved = update(_ITEMS).where(_ITEMS.c.id.in_([each.item_id for each in going])).values(person_id=taker.id)
    connection.execute(moved)
    change = {
        "holder": {
            "before": {"person": giver.public_id, "name": giver.name},
            "after": {"person": taker.public_id, "name": taker.name},
        }
    }
    for each in sorted(going, key=lambda held: held.case_key):
        of_step = {"step": each.step, "role": each.role, **made, **change}
        entry = Entry(
            "case", each.case_key, actor.street_id, HANDED_OVER, actor, of_step, subject=each.item.case_id,
            comment=reason,
        )  # fmt: skip
        append(connection, entry, now=now)
    _lock_people(connection, giver, taker)
    told = {**made, "cases": [each.item.case_id for each in going]}
    for person, other, kind in ((giver, taker, GAVE), (taker, giver, TOOK)):
        between = {**told, "with": {"person": other.public_id, "name": other.name}}
        entry = Entry("person", person.id, actor.street_id, kind, actor, between, comment=reason)
        append(connection, entry, now=now)
    if taker.id != actor.person_id:
        _tell(connection, actor, giver, taker, str(row["public_id"]), number, len(going), now)
    return str(row["public_id"])


def _lock_people(connection: Connection, *people: PersonName) -> None:
    keys = [each.id for each in people]
    connection.execute(select(_PEOPLE.c.id).where(_PEOPLE.c.id.in_(keys)).order_by(_PEOPLE.c.id).with_for_update())


def _tell(
    connection: Connection, actor: Actor, giver: PersonName, taker: PersonName, handover: str, number: str, count: int,
    now: datetime,
) -> None:  # fmt: skip
    notice = NewNotice(
        cause=f"handover:{handover}",
        kind="handover.made",
        street_id=actor.street_id,
        person_id=taker.id,
        title=Text(
            f"{giver.name}的工作已移交给您：{count} 件（{number}）",
            f"The work of {giver.name} is yours now: {count} case{'' if count == 1 else 's'} ({number})",
        ),
        body=Text(
            "移交的事项已列入您的“待我办理”。请在“工作移交”中核对清单并签收。",
            "It is in your worklist. Look through the list under “Handovers” and countersign it.",
        ),
    )
    write_notice(connection, notice, now=now)


def _locked(connection: Connection, actor: Actor, handover: str) -> HandoverFile:
    """The handover, locked: of two who sign at once one does."""
    connection.execute(select(_HANDOVERS.c.id).where(_HANDOVERS.c.public_id == handover).with_for_update())
    return handover_of(connection, actor, handover)


def _sign(connection: Connection, file: HandoverFile, now: datetime) -> None:
    signed = {"state": HandoverState.COUNTERSIGNED.value, "countersigned_at": now}
    connection.execute(update(_HANDOVERS).where(_HANDOVERS.c.id == file.id).values(**signed))
