"""Facts about funding: the case's call and its money, the payee, what holds either back, and work that is alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import select

from incubator.facts.bulk import among
from incubator.facts.registry import Asking, AsOf, CaseRef, Fact, Facts, provides
from incubator.facts.restrictions import by_organization, in_force
from incubator.facts.together import Question
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.funding import Call, Project, ProjectStatus
from incubator.models.money import MoneyAccount
from incubator.models.organizations import Organization, Standing
from incubator.wording import squeeze

PROCEDURE = "funding"
LEAST_LIKENESS = 50  # percent: titles less alike than this are not worth telling; where they bar is for policy to say

# Built once: on the hot path of advance, putting a statement together costs more than executing it.
_CALLS, _ACCOUNTS, _PROJECTS, _FILES = table(Call), table(MoneyAccount), table(Project), table(Case)
_ORGANIZATIONS = table(Organization)
_OF_PERIODS = select(
    *(_CALLS.c[name] for name in ("street_id", "number", "status", "fund_source", "opens_on", "closes_on", "budget_fen"))
).where(among(_CALLS.c.street_id, "streets"), among(_CALLS.c.number, "numbers"))  # fmt: skip
_BALANCES = select(_ACCOUNTS.c.street_id, _ACCOUNTS.c.code, _ACCOUNTS.c.balance).where(
    among(_ACCOUNTS.c.street_id, "streets"), among(_ACCOUNTS.c.code, "codes")
)
_REGISTERED = (
    select(_ORGANIZATIONS.c.id, _ORGANIZATIONS.c.street_id, _ORGANIZATIONS.c.public_id, _ORGANIZATIONS.c.name)
    .where(
        among(_ORGANIZATIONS.c.street_id, "streets"), _ORGANIZATIONS.c.standing == Standing.REGISTERED.value
    )
    .order_by(_ORGANIZATIONS.c.name, _ORGANIZATIONS.c.id)
)  # fmt: skip
_BODY = select(
    *(_ORGANIZATIONS.c[name] for name in ("id", "street_id", "public_id", "name", "standing"))
)  # fmt: skip
_APPLICANTS = _BODY.where(among(_ORGANIZATIONS.c.id, "organizations"))
_PARTNERS = _BODY.where(among(_ORGANIZATIONS.c.public_id, "partners"))
_FUNDED = (
    select(
        *(_PROJECTS.c[name] for name in ("street_id", "number", "title", "field", "application_case_id")),
        _ORGANIZATIONS.c.name.label("organization"),
    )
    .join_from(_PROJECTS, _ORGANIZATIONS, _ORGANIZATIONS.c.id == _PROJECTS.c.organization_id)
    .where(among(_PROJECTS.c.street_id, "streets"), _PROJECTS.c.status != ProjectStatus.LAPSED.value)
    .order_by(_PROJECTS.c.id)
)
_APPLIED_FOR = (
    select(
        *(_FILES.c[name] for name in ("id", "street_id", "number", "data")),
        _ORGANIZATIONS.c.name.label("organization"),
    )
    .join_from(_FILES, _ORGANIZATIONS, _ORGANIZATIONS.c.id == _FILES.c.organization_id)
    .where(among(_FILES.c.street_id, "streets"), _FILES.c.procedure == PROCEDURE, _FILES.c.open.is_(True))
    .order_by(_FILES.c.id)
)


def work_key(title: str, field: str) -> str:
    """The work of a project in a normal form: its title without spaces and marks, and its field."""
    return f"{squeeze(title)}:{field}"


def free_account(number: str) -> str:
    """The account of what a call has left."""
    return f"call:{number}:free"


@provides(
    Fact("call.status", str, guard="call"),  # empty where the street has no such call
    Fact("call.fund_source", str),
    Fact("call.opens_on", date),
    Fact("call.closes_on", date),
    Fact("call.budget_fen", int),
)
def call(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """The call that the case's period names, as it stands now."""
    asked = {"streets": _streets(cases), "numbers": {case.period for case in cases}}
    rows = yield Question(_OF_PERIODS, asked)
    found = {(row.street_id, row.number): row for row in rows}
    answers = []
    for case in cases:
        row = found.get((case.street_id, case.period))
        answers.append(
            {
                "call.status": row.status if row else "",
                "call.fund_source": row.fund_source if row else "",
                "call.opens_on": row.opens_on if row else None,
                "call.closes_on": row.closes_on if row else None,
                "call.budget_fen": row.budget_fen if row else 0,
            }
        )
    return answers


@provides(Fact("call.available_fen", int, guard="call"))
def available(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """What the call has not awarded yet, by the journal's balance."""
    asked = {"streets": _streets(cases), "codes": {free_account(case.period) for case in cases}}
    rows = yield Question(_BALANCES, asked)
    found = {(row.street_id, row.code): row.balance for row in rows}
    return [{"call.available_fen": found.get((case.street_id, free_account(case.period)), 0)} for case in cases]


@provides(Fact("street.registered", dict))
def registered(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """Public id -> name of the street's registered bodies besides the organization itself, in the order of their names."""
    bodies: dict[int, list[Any]] = defaultdict(list)
    for row in (yield Question(_REGISTERED, {"streets": _streets(cases)})):
        bodies[row.street_id].append(row)
    return [
        {
            "street.registered": {
                row.public_id: row.name for row in bodies[case.street_id] if row.id != case.organization_id
            }
        }
        for case in cases
    ]


@provides(Fact("funding.payee", dict))
def payee(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """Who is paid: the co-applicant that the case names, else the organization itself.

    `{"id", "public_id", "name", "standing", "itself"}`; None where the named body is not of the street.
    """
    named = [str(_said(case.data).get("co_applicant") or "") for case in cases]
    applicants, partnered = yield [
        Question(_APPLICANTS, {"organizations": _applicants(cases)}),
        Question(_PARTNERS, {"partners": set(filter(None, named))}),
    ]
    own = {row.id: row for row in applicants}
    partners = {row.public_id: row for row in partnered}
    answers: list[Mapping[str, Any]] = []
    for case, partner in zip(cases, named, strict=True):
        body = partners.get(partner) if partner else own.get(case.organization_id)
        if body is None or body.street_id != case.street_id:
            answers.append({"funding.payee": None})
            continue
        told = {name: getattr(body, name) for name in ("id", "public_id", "name", "standing")}
        answers.append({"funding.payee": {**told, "itself": body.id == case.organization_id}})
    return answers


@provides(Fact("funding.restrictions", tuple, guard="organization"), after=(payee,))
def restrictions(cases: Sequence[CaseRef], as_of: AsOf, payees: Facts) -> Asking:
    """What holds the applicant or the payee back today, oldest first: `name`, `kind`, `since`, `until`."""
    paid = [known["funding.payee"] for known in payees]
    bodies = _applicants(cases) | {each["id"] for each in paid if each}
    named, restricted = yield [Question(_APPLICANTS, {"organizations": bodies}), in_force(bodies, as_of)]
    names = {row.id: row.name for row in named}
    held = by_organization(restricted)

    def of(body: int) -> list[dict[str, Any]]:
        return [{**each, "name": names[body]} for each in held[body]]

    return [
        {
            "funding.restrictions": tuple(
                of(case.organization_id) + ([] if not each or each["itself"] else of(each["id"]))
            )
        }
        for case, each in zip(cases, paid, strict=True)
    ]


@provides(Fact("funding.same_work", tuple))
def same_work(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """Projects of the street and open applications whose title is like the case's, the most alike first.

    Each is `{"number", "title", "organization", "likeness"}`, the likeness in percent: 100 for the same title, whatever
    the field; titles that merely resemble one another are compared within one field.
    """
    of_streets = {"streets": _streets(cases)}
    funded, applied = yield [Question(_FUNDED, of_streets), Question(_APPLIED_FOR, of_streets)]
    awarded = {row.application_case_id for row in funded}
    others: dict[int, list[tuple[int, str, str, str, str]]] = defaultdict(list)
    for row in funded:
        others[row.street_id].append((row.application_case_id or 0, row.number, row.title, row.field, row.organization))
    for row in applied:
        said = _said(row.data)
        if said.get("title") and row.id not in awarded:
            field = str(said.get("field") or "")
            others[row.street_id].append((row.id, row.number, str(said["title"]), field, row.organization))
    return [{"funding.same_work": _alike(case, others[case.street_id])} for case in cases]


def _alike(case: CaseRef, others: Sequence[tuple[int, str, str, str, str]]) -> tuple[dict[str, Any], ...]:
    said = _said(case.data)
    title, field = squeeze(str(said.get("title") or "")), str(said.get("field") or "")
    if not title:
        return ()
    found: list[dict[str, Any]] = []
    for case_id, number, other, other_field, organization in others:
        if case_id == case.id and case_id:
            continue
        likeness = _likeness(title, squeeze(other))
        if likeness == 100 or (_may_be_one(field, other_field) and likeness >= LEAST_LIKENESS):
            found.append({"number": number, "title": other, "organization": organization, "likeness": likeness})
    return tuple(sorted(found, key=lambda each: -each["likeness"])[:20])


def _may_be_one(field: str, other: str) -> bool:
    """Whether two fields are one; a name in words cannot be told from a code, so that it is taken for the same."""
    return field == other or not (field.isascii() and other.isascii())


def _likeness(one: str, other: str) -> int:
    first, second = sorted((one, other))  # in one order, since the matcher's answer may depend on it
    return int(100 * SequenceMatcher(None, first, second, autojunk=False).ratio())


@provides(Fact("funding.panel_score", str))
def panel_score(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """The score of the case's last panel, with two decimals; empty while there is none."""
    yield []  # the case itself tells it
    return [{"funding.panel_score": case.data.get("review", {}).get("panel", {}).get("score", "")} for case in cases]


def _said(data: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {**data.get("application", {}), **data.get("correction", {})}


def _applicants(cases: Sequence[CaseRef]) -> set[int]:
    return {case.organization_id for case in cases}


def _streets(cases: Sequence[CaseRef]) -> set[int]:
    return {case.street_id for case in cases}
