"""Whose a step is: claimed by a colleague who holds its role, given back to the role, assigned by whoever leads the work."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Connection, insert, update

from incubator.clock import today
from incubator.engine import library
from incubator.engine.case import CaseView
from incubator.engine.definition import StepKind
from incubator.engine.loading import case_view
from incubator.engine.refusals import case_not_found
from incubator.engine.roles import ROLE_NAMES, Actor, names_of
from incubator.engine.streams import Entry, append
from incubator.errors import Conflict, Invalid, NotAllowed
from incubator.models.automation import Outbox
from incubator.models.base import NOBODY, table
from incubator.models.cases import WorkItem
from incubator.queries.holding import Holding, holding_of
from incubator.queries.people import PersonName, find_person, holders_of
from incubator.queries.visibility import Permission, require, sees_case
from incubator.text import Text

CLAIMED, RELEASED, ASSIGNED = "case.claimed", "case.released", "case.assigned"
LONGEST_REASON = 500
_ITEMS, _OUTBOX = table(WorkItem), table(Outbox)


class NothingToClaim(Conflict):
    """The case awaits nobody who could claim it: automation has it, a time runs, one person alone is asked, it has ended."""

    code: ClassVar[str] = "nothing_to_claim"
    title: ClassVar[Text] = Text("本环节无需认领", "There is nothing to claim here")


class SomebodyHasIt(Conflict):
    """Another colleague has the step; the detail says who, and who could change it."""

    code: ClassVar[str] = "somebody_has_it"
    title: ClassVar[Text] = Text("已有人办理", "Somebody has it")


def claim(connection: Connection, *, case: str, actor: Actor, now: datetime) -> Holding:
    """Let the step of a case (by its public id) be the actor's, who holds its role; claimed again, nothing changes.

    The case's version stays: claiming moves nothing. Raises NotFound, NotAllowed, NothingToClaim, and SomebodyHasIt for a
    lost race.
    """
    view, held = _locked(connection, case, actor, now)
    if not actor.person_id or held.role not in actor.roles_at(view.street_id, view.community_id):
        who = ROLE_NAMES[held.role]
        raise NotAllowed(
            Text(
                f"本环节由本辖区的{who.zh}办理，只有{who.zh}可以认领。",
                f"This step is for the {who.en} of the area, who alone may claim it.",
            )
        )
    if held.person_id == actor.person_id:
        return held
    if not held.free:
        raise _somebody_has_it(held)
    return _give(connection, view, held, CLAIMED, _oneself(actor), actor, "", now)


def release(
    connection: Connection, *, case: str, actor: Actor, now: datetime, reason: str = "", seen: str | None = None
) -> Holding:
    """Give the step of a case back to its role: one's own, or as an officer or a director a colleague's.

    Released again, nothing changes. `seen` as for `assign`. Raises NotFound, NotAllowed, NothingToClaim, SomebodyHasIt
    where another has it meanwhile, Invalid for a reason that is too long.
    """
    view, held = _locked(connection, case, actor, now)
    if held.person_id == NOBODY:
        return held
    if seen is not None and seen != held.public_id:
        raise _changed_since(held)
    if held.person_id != actor.person_id:
        require(actor, Permission.ASSIGN_WORK, street_id=view.street_id, community_id=view.community_id)
    return _give(connection, view, held, RELEASED, _NOBODY, actor, _reason(reason), now)


def assign(
    connection: Connection, *, case: str, person: str, actor: Actor, now: datetime, reason: str = "",
    seen: str | None = None,
) -> Holding:  # fmt: skip
    """Give the step of a case to a colleague (by public id) who holds its role over the area, and tell that colleague.

    `seen` is the public id of whom the actor saw having it, empty for nobody; None does not ask. Raises NotFound,
    NotAllowed, NothingToClaim, SomebodyHasIt where another has it meanwhile, Invalid for who does not hold the role.
    """
    view, held = _locked(connection, case, actor, now)
    require(actor, Permission.ASSIGN_WORK, street_id=view.street_id, community_id=view.community_id)
    somebody = find_person(connection, actor, person)
    colleagues = holders_of(
        connection, street_id=view.street_id, role=held.role, day=today(now), community_id=view.community_id
    )
    if somebody not in colleagues:
        raise _lacks_the_role(somebody, held, colleagues)
    if held.person_id == somebody.id:
        return held
    if seen is not None and seen != held.public_id:
        raise _changed_since(held)
    given = _give(connection, view, held, ASSIGNED, somebody, actor, _reason(reason), now)
    if somebody.id != actor.person_id:
        _tell(connection, view, somebody, now)
    return given


_NOBODY = PersonName(NOBODY, "", "")


def _oneself(actor: Actor) -> PersonName:
    return PersonName(actor.person_id, actor.public_id, actor.name)


def _locked(connection: Connection, case: str, actor: Actor, now: datetime) -> tuple[CaseView, Holding]:
    """The case, locked before its item as advance does it, and whose its step is."""
    view = case_view(connection, case, lock=True)
    if view is None or not sees_case(connection, actor, case):
        raise case_not_found()
    held = holding_of(connection, view.id, today(now))
    if held is None:
        raise nothing_to_claim(connection, view)
    return view, held


def _give(
    connection: Connection, case: CaseView, held: Holding, event: str, to: PersonName, actor: Actor, reason: str,
    now: datetime,
) -> Holding:  # fmt: skip
    connection.execute(update(_ITEMS).where(_ITEMS.c.id == held.item_id).values(person_id=to.id))
    change: dict[str, Any] = {
        "step": held.step,
        "role": held.role.value,
        "holder": {
            "before": {"person": held.public_id, "name": held.name},
            "after": {"person": to.public_id, "name": to.name},
        },
    }
    entry = Entry("case", case.id, case.street_id, event, actor, change, subject=case.public_id, comment=reason)
    append(connection, entry, now=now)
    return Holding(held.item_id, held.step, held.role, to.id, to.public_id, to.name, lapsed=False)


def _tell(connection: Connection, case: CaseView, somebody: PersonName, now: datetime) -> None:
    told = {"step": case.step, "version": case.version, "visit": case.visit, "person_id": somebody.id}
    row = {"street_id": case.street_id, "case_id": case.id, "task": "notice.assigned", "payload": told}
    connection.execute(insert(_OUTBOX), {**row, "created_at": now, "available_at": now})


def _reason(reason: str) -> str:
    if len(reason.strip()) > LONGEST_REASON:
        words = Text(f"原因最多 {LONGEST_REASON} 个字", f"A reason has at most {LONGEST_REASON} characters")
        raise _invalid("reason", words)
    return reason.strip()


def nothing_to_claim(connection: Connection, case: CaseView) -> NothingToClaim:
    """The refusal for a case whose step nobody can claim, with why."""
    step = library.definition_of(connection, case).step(case.step)
    match step.kind:
        case StepKind.AUTOMATED | StepKind.TIMER:
            words = Text(
                f"“{step.title.zh}”环节由系统自动办理，无需认领。",
                f"The system does the step {step.title.en!r} by itself: nobody has to claim it.",
            )
        case StepKind.END:
            words = Text("本案已办结，无需认领。", "The case has ended: there is nothing to claim.")
        case _:
            who = names_of(step.by)
            words = Text(
                f"“{step.title.zh}”环节由指定的{who.zh}本人办理，不能认领或指派。",
                f"The step {step.title.en!r} is for the {who.en} asked by name: it cannot be claimed or assigned.",
            )
    return NothingToClaim(words)


def _somebody_has_it(held: Holding) -> SomebodyHasIt:
    return SomebodyHasIt(
        Text(
            f"本环节已由{held.name}认领。需要接手的，请{held.name}退回，或由本辖区的经办人、中心主任改派。",
            f"{held.name} has this step. To take it over, let {held.name} release it, or an officer or the centre"
            " director of the area assign it.",
        ),
        extra={"person_id": held.public_id},
    )


def _changed_since(held: Holding) -> SomebodyHasIt:
    if not held.person_id:
        words = Text(
            "您打开页面后，本环节已被退回，现无人认领。请核对后再继续。",
            "The step was released since you opened the page, and nobody has it: look again before you go on.",
        )
    else:
        words = Text(
            f"您打开页面后，本环节已由{held.name}办理。请核对后再继续。",
            f"{held.name} has the step since you opened the page: look again before you go on.",
        )
    return SomebodyHasIt(words, extra={"person_id": held.public_id})


def _lacks_the_role(somebody: PersonName, held: Holding, colleagues: list[PersonName]) -> Invalid:
    role = ROLE_NAMES[held.role]
    zh, en = "、".join(each.name for each in colleagues), ", ".join(each.name for each in colleagues)
    words = Text(
        f"{somebody.name}不是本辖区的{role.zh}，不能办理本环节；可指派：{zh or '无'}",
        f"{somebody.name} is no {role.en} of the area; it can be given to: {en or 'nobody'}",
    )
    return _invalid("person_id", words)


def _invalid(field: str, words: Text) -> Invalid:
    return Invalid(
        Text("填写有误，请改正后重新提交", "It does not fit: correct what is marked"), fields={field: [words]}
    )
