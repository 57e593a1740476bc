"""Moving running cases to a version in force: chosen, tried first, with a reason, and each told what became of it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.datastructures import FormData
from starlette.responses import Response

from api.pages import policies_view as view
from api.pages.policies import Hash
from api.pages.rehearsal_view import change_words
from api.pages.rendering import page
from api.pages.submitted import one
from api.pages.visitors import Sending, Visiting, Visitor
from incubator.engine import library
from incubator.engine.policy import Policy
from incubator.engine.refusals import IdempotencyKeyReused
from incubator.engine.roles import ROLE_NAMES, Role
from incubator.errors import Conflict, Invalid
from incubator.models.base import NO_DATE
from incubator.queries import policies as reading
from incubator.queries.policies import VersionInForce
from incubator.queries.policy_cases import Place, RunningCase, cases_under, named_cases, places
from incubator.queries.visibility import Permission, require
from incubator.rehearsal import Kind, rehearse, snapshot
from incubator.rehearsal.result import KIND_NAMES
from incubator.services.policies.migrating import AT_MOST, migrate, would_migrate
from incubator.text import Text

router = APIRouter()

ADDRESS = view.ADDRESS + "/{digest}/migrate"
# What a rehearsal says of a running case that its new limits do not show already.
_TOLD = (Kind.BLOCKED, Kind.FREED, Kind.ROUTE)
_COLUMNS = [
    {"key": "case", "title": Text("案件", "Case"), "main": True},
    {"key": "place", "title": Text("事项和环节", "Procedure and step")},
    {"key": "result", "title": Text("结果", "Result")},
    {"key": "due_before", "title": Text("原期限", "Due before"), "kind": "day"},
    {"key": "due_after", "title": Text("新期限", "Due after"), "kind": "day"},
    {"key": "what", "title": Text("说明", "What changes"), "kind": "lines"},
]

Errors = Mapping[str, Sequence[Text]]


@router.get(ADDRESS)
def choose_page(
    request: Request, visiting: Visiting, digest: Hash, start: Annotated[str, Query(alias="from", max_length=64)] = "",
    at: Annotated[str, Query(max_length=200)] = "",
) -> Response:  # fmt: skip
    """The cases under other versions, to choose from; `from` one version, `at` a procedure or `procedure/step`."""
    _require(visiting)
    return _choose(request, visiting, digest, start, at)


@router.post(ADDRESS + "/rehearse")
def rehearse_page(request: Request, sending: Sending, digest: Hash) -> Response:
    """What would become of each chosen case; nothing is written."""
    visitor, form = sending.visitor, sending.form
    _require(visitor)
    chosen, reason = _chosen(form), one(form, "reason")[:2000]
    errors: dict[str, Sequence[Text]] = {}
    if not reason:
        errors["reason"] = [Text("请说明迁移的理由", "Say why the cases are moved")]
    try:
        with snapshot(visitor.service.database) as connection:
            results = would_migrate(
                connection, cases=chosen, policy_hash=digest, actor=visitor.actor, now=visitor.now
            )  # fmt: skip
            policy = library.policy(connection, digest)
            effects = _effects(connection, visitor, policy, chosen) if not errors else {}
    except Invalid as refusal:
        errors |= refusal.fields
    except Conflict as refusal:
        errors[""] = [refusal.detail]
    if errors:
        return _choose(
            request, visitor, digest, one(form, "from"), one(form, "at"), chosen=chosen, reason=reason, errors=errors,
            status=422,
        )  # fmt: skip
    return _results(request, visitor, digest, results, effects, reason=reason, rehearsal=True)


@router.post(ADDRESS)
def move(request: Request, sending: Sending, digest: Hash) -> Response:
    """Move them, and say of each what was done or why not; the same form sent again shows the same."""
    visitor, form = sending.visitor, sending.form
    _require(visitor)
    chosen, reason = _chosen(form), one(form, "reason")[:2000]
    try:
        results = visitor.caller.write(
            lambda connection: migrate(
                connection, cases=chosen, policy_hash=digest, actor=visitor.actor, reason=reason, now=visitor.now,
                key=one(form, "idempotency_key")[:200],
            )
        )  # fmt: skip
    except Invalid as refusal:
        return _choose(
            request, visitor, digest, "", "", chosen=chosen, reason=reason, errors=refusal.fields, status=refusal.status
        )
    except IdempotencyKeyReused as refusal:
        words = Text(
            "这份表单已经提交过，之后内容又有改动，请重新选择案件。",
            "This form was sent before with other contents: choose the cases again.",
        )
        return _choose(request, visitor, digest, "", "", errors={"": [words]}, status=refusal.status)
    except Conflict as refusal:
        return _choose(request, visitor, digest, "", "", errors={"": [refusal.detail]}, status=refusal.status)
    return _results(request, visitor, digest, results, {}, reason=reason, rehearsal=False)


def _require(visitor: Visitor) -> None:
    require(visitor.actor, Permission.ACTIVATE_POLICY, street_id=visitor.actor.street_id)


def _chosen(form: FormData) -> list[str]:
    """The public ids of the chosen cases, each once."""
    return list(dict.fromkeys(value for value in form.getlist("case") if isinstance(value, str)))


def _choose(
    request: Request, visitor: Visitor, digest: str, start: str, at: str, *, chosen: Sequence[str] = (),
    reason: str = "", errors: Errors | None = None, status: int = 200,
) -> Response:  # fmt: skip
    procedure, _, step = at.partition("/")

    def look(connection: Connection) -> dict[str, Any]:
        policy = reading.find_policy(connection, visitor.actor, digest)
        found = reading.policies(connection, visitor.actor, visitor.now)
        versions = [each for each in (found.in_force, *found.past) if each is not None]
        others = {each.policy_hash: each for each in reversed(versions) if each.policy_hash != digest}
        there = places(connection, visitor.actor)
        wanted = [start] if start in others else list(others)
        cases = cases_under(
            connection, visitor.actor, wanted, procedure=procedure, step=step, limit=AT_MOST
        )  # fmt: skip
        of_wanted = [place for place in there if place.policy_hash in wanted]
        narrowed = [
            place for place in of_wanted if procedure in ("", place.procedure) and step in ("", place.step)
        ]  # fmt: skip
        return {
            "name": view.named(policy),
            "in_force": any(each.policy_hash == digest for each in versions),
            "versions": [_version(each, there) for each in others.values()],
            "places": _places(of_wanted),
            "cases": [_case(each, others, chosen) for each in cases],
            "whole": sum(place.count for place in narrowed),
        }

    return page(
        request, visitor.reader, "policies_migrate.html", here="policies", status=status, digest=digest, start=start,
        at=at, reason=reason, errors=dict(errors or {}), most=AT_MOST, **visitor.caller.read(look),
    )  # fmt: skip


def _version(version: VersionInForce, there: Sequence[Place]) -> dict[str, Any]:
    count = sum(place.count for place in there if place.policy_hash == version.policy_hash)
    name = view.name_of(version.jurisdiction, version.name)
    mark = view.mark_of(version.policy_hash)
    words = Text(f"{name.zh} {mark}：{count} 件", f"{name.en} {mark}: {count}")
    return {"value": version.policy_hash, "text": words}


def _places(there: Sequence[Place]) -> list[dict[str, Any]]:
    """The procedures that the cases are of, each with its steps, and how many there are."""
    found: dict[str, dict[str, Any]] = {}
    for place in there:
        procedure = found.setdefault(
            place.procedure, {"value": place.procedure, "title": place.procedure_title, "count": 0, "steps": {}}
        )
        procedure["count"] += place.count
        value = f"{place.procedure}/{place.step}"
        step = procedure["steps"].setdefault(value, {"value": value, "title": place.step_title, "count": 0})
        step["count"] += place.count
    return [{**each, "steps": list(each["steps"].values())} for each in found.values()]


def _case(case: RunningCase, versions: Mapping[str, VersionInForce], chosen: Sequence[str]) -> dict[str, Any]:
    version = versions[case.policy_hash]
    return {
        "id": case.public_id,
        "number": case.number,
        "organization": case.organization,
        "procedure": case.procedure_title,
        "step": case.step_title,
        "due": None if case.due_on == NO_DATE else case.due_on,
        "version": view.name_of(version.jurisdiction, version.name),
        "mark": view.mark_of(version.policy_hash),
        "chosen": case.public_id in chosen,
    }


def _effects(
    connection: Connection, visitor: Visitor, policy: Policy, chosen: Sequence[str]
) -> dict[str, list[Text]]:  # fmt: skip
    """What the chosen cases would meet under the version besides other limits, by public id."""
    whole = rehearse(
        connection, street_id=visitor.actor.street_id, policy=policy, now=visitor.now, actor=visitor.actor
    )  # fmt: skip
    found: dict[str, list[Text]] = {each: [] for each in chosen}
    for group in whole.groups:
        if group.kind in _TOLD:
            title = KIND_NAMES[group.kind]
            for case in group.cases:
                if case.public_id in found:
                    told = case.after if group.kind is Kind.BLOCKED else group.words
                    found[case.public_id].append(Text(f"{title.zh}：{told.zh}", f"{title.en}: {told.en}"))
    return found


def _results(
    request: Request, visitor: Visitor, digest: str, results: Sequence[Mapping[str, Any]],
    effects: Mapping[str, Sequence[Text]], *, reason: str, rehearsal: bool,
) -> Response:  # fmt: skip
    def look(connection: Connection) -> tuple[Policy, dict[str, RunningCase]]:
        known = named_cases(connection, visitor.actor, [each["case_id"] for each in results])
        return reading.find_policy(connection, visitor.actor, digest), {case.public_id: case for case in known}

    policy, known = visitor.caller.read(look)
    movable = [each["case_id"] for each in results if each["refused"] is None]
    # What is refused stands first, then what changes.
    weighed = sorted(results, key=lambda each: _weight(each, effects.get(each["case_id"], ())))
    rows = [_row(each, known.get(each["case_id"]), effects.get(each["case_id"], ()), rehearsal) for each in weighed]
    return page(
        request, visitor.reader, "policies_migrated.html", here="policies", digest=digest, name=view.named(policy),
        columns=_COLUMNS, rows=rows, movable=movable, refused=len(results) - len(movable), reason=reason,
        rehearsal=rehearsal, key=secrets.token_urlsafe(16), back=f"{view.href(digest)}/migrate",
    )  # fmt: skip


def _weight(result: Mapping[str, Any], effects: Sequence[Text]) -> int:
    if result["refused"] is not None:
        return 0
    if effects:
        return 1
    return 2 if _changes(result["change"]) else 3


def _row(
    result: Mapping[str, Any], case: RunningCase | None, effects: Sequence[Text], rehearsal: bool
) -> dict[str, Any]:  # fmt: skip
    refused, change = result["refused"], result["change"] or {}
    lines = list(effects)
    if refused is not None:
        lines.append(Text.from_pair(refused["detail"]))
        outcome = {"text": Text("不能迁移", "not moved"), "tone": "bad"}
    else:
        lines += _changes(change)
        word = Text("可以迁移", "can be moved") if rehearsal else Text("已迁移", "moved")
        outcome = {"text": word, "tone": "good"}
        if not lines:
            lines.append(Text("期限和办理人不变", "limits and whose it is stay"))
    due = change.get("due_on") or {}
    return {
        "tone": "bad" if refused is not None else None,
        "case": {
            "text": result["number"] or (case.number if case else "—"),
            "href": f"/cases/{result['case_id']}" if case else "",
            "note": case.organization if case else None,
        },
        "place": Text(
            f"{case.procedure_title.zh} · {case.step_title.zh}", f"{case.procedure_title.en}, {case.step_title.en}"
        )
        if case
        else None,
        "result": outcome,
        "due_before": due.get("before"),
        "due_after": due.get("after"),
        "what": Text("\n".join(each.zh for each in lines), "\n".join(each.en for each in lines)),
    }


def _changes(change: Mapping[str, Any]) -> list[Text]:
    """What becomes of a moved case, in words."""
    lines = []
    due = change["due_on"]
    if due["before"] != due["after"]:
        delta = None
        if due["before"] and due["after"]:
            delta = (date.fromisoformat(due["after"]) - date.fromisoformat(due["before"])).days
        moved = change_words("days", delta)
        if moved is not None:
            lines.append(Text(f"期限{moved.zh}", f"due {moved.en}"))
        elif due["after"]:
            lines.append(Text("开始计算期限", "a limit begins to run"))
        else:
            lines.append(Text("不再计算期限", "no limit runs any more"))
    role = change["role"]
    if role["before"] != role["after"] and role["after"]:
        who = ROLE_NAMES[Role(role["after"])]
        lines.append(Text(f"改由{who.zh}办理", f"for the {who.en} now"))
    return lines
