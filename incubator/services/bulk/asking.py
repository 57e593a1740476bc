"""What is asked of many cases at once: kept whole before anything is done, so that whoever asked can go on with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Connection, insert

from incubator.canonical import public_id
from incubator.clock import today
from incubator.engine import forms, idempotency, library
from incubator.engine.decide import Attempt, Refusal, complete_form, decide, facts_needed
from incubator.engine.definition import Decision, Step
from incubator.engine.refusals import CaseHasMoved, UnknownAction, case_not_found
from incubator.engine.roles import Actor, Role
from incubator.errors import Conflict, Invalid, NotAllowed
from incubator.facts import registry
from incubator.models.base import NOBODY, table
from incubator.models.desk import BulkAction, BulkItem, BulkItemState, BulkKind
from incubator.queries.bulk import Candidate, candidates
from incubator.queries.people import find_person
from incubator.text import Text

MOST = 200  # cases of one bulk action
_BULKS, _PARTS = table(BulkAction), table(BulkItem)


class EachByItself(Conflict):
    """The decision asks for what differs from case to case, so that one form cannot say it for many."""

    code: ClassVar[str] = "each_by_itself"
    title: ClassVar[Text] = Text("须逐件办理", "One case at a time")

    @classmethod
    def of(cls, decision: Decision) -> EachByItself:
        """The refusal for this decision."""
        return cls(
            Text(
                f"“{decision.title.zh}”须按每件案件的情况填写，不能批量办理，请打开案件逐件办理。",
                f"{decision.title.en!r} says something else of each case: open the cases one by one.",
            )
        )


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case (by public id) with the version that the person saw, and whom it saw having the step (None: not asked)."""

    case_id: str
    version: int
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done with each case: a decision with what its form says, or whose the step is to be."""

    kind: BulkKind
    action: str = ""  # of BulkKind.ADVANCE
    data: Mapping[str, Any] = field(default_factory=dict)
    effective_on: date | None = None  # None is the day on which it is asked
    comment: str = ""  # of BulkKind.ADVANCE, or the reason of an assignment or a release
    person: str = ""  # the public id of BulkKind.ASSIGN


def each_by_itself(step: Step, decision: Decision) -> bool:
    """Whether a decision asks for what one form cannot say for many cases.

    The step's own form, which tells of this one case; what is personal; a part in a panel; a choice among what the case
    itself offers; what corrects or keeps what stands in it; tables, groups of entries, points and money.
    """
    form = complete_form(step, decision)
    own = step.form is not None and decision.needs_complete_step
    if own or decision.panel or forms.personal_fields(form) or forms.option_facts(form):
        return True
    return any(_tells_of_one(field) for field in (form or {}).get("properties", {}).values())


def is_automations(step: Step, decision: Decision) -> bool:
    """Whether nobody but the service takes the decision."""
    return (decision.by or step.by) == (Role.AUTOMATION,)


def _tells_of_one(field: Mapping[str, Any]) -> bool:
    grouped = "x-sheet" in field or "properties" in field or forms.is_table(field)
    return bool(grouped or field.get("x-keeps") or field.get("x-widget") == forms.MONEY)


def ask(
    connection: Connection, *, actor: Actor, wanted: Wanted, chosen: Sequence[Chosen], now: datetime, key: str = ""
) -> str:
    """Keep what is asked of the chosen cases; the public id of the bulk action. Under one key it is asked once.

    Nothing is done with them yet: that is `go_on`'s. Raises Invalid for none, too many or the same one twice (cases), for
    nobody to assign to (person_id) and for what is wrong with the form of every case; NotFound for a case outside the
    area; UnknownAction, EachByItself; CaseHasMoved where none stands as it was seen; NotAllowed for whoever is no person.
    """
    if actor.person_id == NOBODY:
        raise NotAllowed(Text("请先登录再批量办理", "Sign in first: a bulk action is asked by a person"))
    ids = {each.case_id for each in chosen}
    if not chosen or len(chosen) > MOST or len(ids) < len(chosen):
        words = Text(f"请选择 1 至 {MOST} 件案件，每件选一次", f"Choose 1 to {MOST} cases, each once")
        raise Invalid(words, fields={"cases": [words]})
    found = {each.case.public_id: each for each in candidates(connection, actor, ids, now)}
    if len(found) < len(ids):
        raise case_not_found()
    request = _request(connection, actor, wanted, chosen, found, now)
    asked = [wanted.kind, request, [[each.case_id, each.version] for each in chosen]]

    def put() -> Mapping[str, str]:
        made = public_id()
        own = {"street_id": actor.street_id, "person_id": actor.person_id}
        row = {**own, "public_id": made, "kind": wanted.kind.value, "request": request, "asked_at": now}
        bulk = connection.scalars(insert(_BULKS).values(row).returning(_BULKS.c.id)).one()
        parts = [
            {
                "street_id": found[each.case_id].case.street_id,
                "bulk_id": bulk,
                "case_id": found[each.case_id].case.id,
                "seen_version": each.version,
                "state": BulkItemState.WAITING.value,
                "reason": {},
            }
            for each in chosen
        ]
        connection.execute(insert(_PARTS), parts)
        return {"id": made}

    return str(idempotency.once(connection, actor, key, asked, put, now=now)["id"])


def _request(
    connection: Connection,
    actor: Actor,
    wanted: Wanted,
    chosen: Sequence[Chosen],
    found: Mapping[str, Candidate],
    now: datetime,
) -> dict[str, Any]:
    """What is kept of what was asked."""
    seen = {each.case_id: each.holder for each in chosen if each.holder is not None}
    match wanted.kind:
        case BulkKind.ADVANCE:
            standing = [found[each.case_id] for each in chosen if found[each.case_id].case.version == each.version]
            if not standing:
                first = found[chosen[0].case_id]
                raise CaseHasMoved.since(connection, first.case, first.definition, chosen[0].version)
            day = wanted.effective_on or today(now)
            decision = _decision(wanted.action, standing)
            _fits_somewhere(connection, actor, wanted, standing, now)
            return {
                "action": wanted.action,
                "title": decision.title.as_pair(),
                "data": dict(wanted.data),
                "effective_on": day.isoformat(),
                "comment": wanted.comment,
            }
        case BulkKind.ASSIGN:
            if not wanted.person:
                words = Text("请选择由谁办理", "Choose who is to have it")
                raise Invalid(words, fields={"person_id": [words]})
            somebody = find_person(connection, actor, wanted.person)
            return {
                "person": somebody.public_id, "name": somebody.name, "comment": wanted.comment, "holders": seen,
            }  # fmt: skip
        case BulkKind.RELEASE:
            return {"comment": wanted.comment, "holders": seen}
        case BulkKind.CLAIM:
            return {}


def _decision(action: str, standing: Sequence[Candidate]) -> Decision:
    """The decision as the cases that stand as they were seen know it; the others are told at their turn."""
    for each in standing:
        decision = each.step.by_name.get(action)
        if decision is None:
            raise UnknownAction.of(each.step, action)
        if each_by_itself(each.step, decision):
            raise EachByItself.of(decision)
    return standing[0].step.by_name[action]


def _fits_somewhere(
    connection: Connection, actor: Actor, wanted: Wanted, standing: Sequence[Candidate], now: datetime
) -> None:
    """Raise Invalid where the form would be refused in every case: it is corrected at once and not case by case."""
    needs = [facts_needed(each.definition, each.step, (wanted.action,)) for each in standing]
    facts = registry.load(connection, [each.case for each in standing], frozenset().union(*needs), registry.AsOf(now))
    attempt = Attempt(wanted.action, wanted.data, wanted.effective_on, wanted.comment)
    faults: list[Mapping[str, tuple[Text, ...]]] = []
    for each, known in zip(standing, facts, strict=True):
        policy = library.policy(connection, each.case.policy_hash)
        calendar = library.calendar(connection, each.case.calendar_hash)
        answer = decide(each.definition, each.case, attempt, actor, known, policy, calendar, now)
        if not isinstance(answer, Refusal) or not answer.faults:
            return
        faults.append(answer.faults)
    words = Text(
        "填写内容有误，未作任何更改，请按提示改正后重新提交",
        "The input does not fit and nothing was changed: correct what is marked",
    )
    raise Invalid(words, fields=faults[0])
