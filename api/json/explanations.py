"""What a past event of a case rested on: `/cases/{id}/events/{seq}/explanation`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from api.addresses import PublicId
from api.callers import Caller, Reading
from api.json.shapes import refusals
from incubator.clock import SHANGHAI
from incubator.queries.explanation import Explanation, Pinned, Repinned, explain_event
from incubator.queries.limits_then import LimitThen
from incubator.queries.rules_asked import RuleAsked, ValueRead, as_text
from incubator.text import Text

router = APIRouter(tags=["cases"])

Seq = Annotated[int, Path(ge=1, le=1_000_000, description="The event's `seq` in its case")]


class VersionOut(BaseModel):
    """A pinned version: the record names it by its hash, and it is read from the stored copy."""

    title: str
    hash: str
    recorded_at: datetime
    effective_from: date | None = None
    terms: str = Field(default="", description="The call whose terms were laid over the policy")
    announced: list[int] = Field(default=[], description="The years whose notice the calendar holds")


class ValueOut(BaseModel):
    """A value of the pinned policy and where it comes from."""

    path: str
    title: str
    words: str
    cite: str


class FactOut(BaseModel):
    """A fact as it was recorded with the decision."""

    name: str
    title: str
    words: str


class RuleOut(BaseModel):
    """A rule that was asked; `known` is false where this version of the software has it no more."""

    rule: str
    sentence: str
    met: bool
    cite: str | None
    values: list[ValueOut]
    facts: list[FactOut]
    known: bool


class LimitOut(BaseModel):
    """A time limit as it stood then; `kept` is null while the clock stood still."""

    title: str
    path: str
    due: date | None
    provisional: bool
    kept: bool | None
    sentences: list[str]
    proof: dict[str, Any]


class NeedOut(BaseModel):
    """A document that was asked for, and whether it lay in the case."""

    kind: str
    title: str
    required: bool
    there: bool


class AnswerOut(BaseModel):
    """Something that was filled in, or ticked, with the event."""

    title: str
    words: str


class ChangedVersionOut(BaseModel):
    """That the case was put under another policy or calendar; `changes` is what differs between the policies."""

    policy_before: VersionOut | None
    calendar_before: VersionOut | None
    changes: list[AnswerOut]
    due_before: date | None
    due_after: date | None
    why: str | None


class ExplanationOut(BaseModel):
    """A past event and everything that it rested on, in the caller's language."""

    case_id: str
    number: str
    organization: str
    procedure: str
    seq: int
    type: str
    is_decision: bool
    step: str | None
    decision: str | None
    to: str | None
    outcome: str | None
    effective_on: date
    recorded_at: datetime
    actor: str | None
    on_behalf_of: str
    comment: str
    said: list[AnswerOut]
    withheld: bool = Field(description="What was said stays hidden from the caller while the panel is blind")
    definition: VersionOut
    policy: VersionOut
    calendar: VersionOut
    rules: list[RuleOut]
    facts_recorded: bool
    grounds: list[ValueOut]
    limit: LimitOut | None
    window: LimitOut | None
    documents: list[NeedOut]
    checklist: dict[str, bool]
    repinned: ChangedVersionOut | None


@router.get("/cases/{case_id}/events/{seq}/explanation", responses=refusals(403, 404, 422))
def explanation(caller: Reading, case_id: PublicId, seq: Seq) -> ExplanationOut:
    """What was decided, and the rules, values, articles, facts and calendar that it was decided under."""
    told = caller.read(lambda connection: explain_event(connection, caller.actor, case_id, seq))
    return _out(told, caller)


def _out(told: Explanation, caller: Caller) -> ExplanationOut:
    language, event = caller.language, told.event

    def read(text: Text | None) -> str | None:
        return None if text is None else text.read(language)

    return ExplanationOut(
        case_id=told.case_id,
        number=told.number,
        organization=told.organization,
        procedure=told.procedure.read(language),
        seq=told.seq,
        type=event.type,
        is_decision=told.is_decision,
        step=read(told.step),
        decision=read(told.decision),
        to=read(told.to),
        outcome=read(told.outcome),
        effective_on=event.effective_on,
        recorded_at=event.recorded_at.astimezone(SHANGHAI),
        actor=event.actor or None,
        on_behalf_of=str(event.body["on_behalf_of"]) or read(told.stood_in_for) or "",
        comment=str(event.body["comment"]),
        said=[AnswerOut(title=title.read(language), words=as_text(value).read(language)) for title, value in told.said],
        withheld=told.withheld,
        definition=_version(told.definition, language),
        policy=_version(told.policy, language),
        calendar=_version(told.calendar, language),
        rules=[_rule(rule, language) for rule in told.rules],
        facts_recorded=told.facts_recorded,
        grounds=[_value(value, language) for value in told.grounds],
        limit=_limit(told.limit, event.effective_on, language),
        window=_limit(told.window, event.effective_on, language),
        documents=[
            NeedOut(kind=need.kind, title=need.title.read(language), required=need.required, there=need.there)
            for need in told.documents
        ],
        checklist={words.read(language): ticked for words, ticked in told.checklist},
        repinned=_repinned(told.repinned, language) if told.repinned else None,
    )


def _version(pinned: Pinned, language: str) -> VersionOut:
    return VersionOut(
        title=pinned.title.read(language),
        hash=pinned.hash,
        recorded_at=pinned.recorded_at.astimezone(SHANGHAI),
        effective_from=pinned.effective_from,
        terms=pinned.terms,
        announced=list(pinned.announced),
    )


def _rule(rule: RuleAsked, language: str) -> RuleOut:
    return RuleOut(
        rule=rule.name,
        sentence=rule.sentence.read(language),
        met=rule.met,
        cite=rule.cite.read(language) if rule.cite else None,
        values=[_value(value, language) for value in rule.values],
        facts=[
            FactOut(name=fact.name, title=fact.title.read(language), words=fact.words.read(language))
            for fact in rule.facts
        ],
        known=rule.known,
    )


def _value(value: ValueRead, language: str) -> ValueOut:
    return ValueOut(
        path=value.path,
        title=value.title.read(language),
        words=value.words.read(language),
        cite=value.cite.read(language),
    )


def _limit(limit: LimitThen | None, effective_on: date, language: str) -> LimitOut | None:
    if limit is None:
        return None
    return LimitOut(
        title=limit.title.read(language),
        path=limit.path,
        due=limit.proof.due_on,
        provisional=limit.proof.provisional,
        kept=limit.kept(effective_on),
        sentences=[sentence.read(language) for sentence in limit.sentences],
        proof=limit.proof.as_json(),
    )


def _repinned(repinned: Repinned, language: str) -> ChangedVersionOut:
    return ChangedVersionOut(
        policy_before=_version(repinned.policy_before, language) if repinned.policy_before else None,
        calendar_before=_version(repinned.calendar_before, language) if repinned.calendar_before else None,
        changes=[
            AnswerOut(
                title=each.title.read(language), words="; ".join(change.read(language) for change in each.changes)
            )
            for each in repinned.differences
            if each.changes
        ],
        due_before=repinned.due_before,
        due_after=repinned.due_after,
        why=repinned.why.read(language) if repinned.why else None,
    )
