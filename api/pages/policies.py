"""Policy versions of the street: which is in force, coming, past and proposed, one version in words, and how two differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from api.pages import policies_view as view
from api.pages import rehearsal_view
from api.pages.rendering import page
from api.pages.visitors import Visiting, Visitor, require_staff
from incubator.engine import library
from incubator.engine.deadline_words import in_words
from incubator.engine.policy import Policy
from incubator.errors import NotAllowed, NotFound
from incubator.models.base import NO_DATE
from incubator.models.events import ProposalState
from incubator.policies.packs import SHIPPED, shipped, shipped_names
from incubator.policies.written import as_written
from incubator.queries import policies as reading
from incubator.queries.policies import Policies, Proposal, VersionInForce
from incubator.queries.policy_cases import Happened, RunningCase, cases_under, history, open_by_version, places
from incubator.queries.visibility import Permission, may, require
from incubator.rehearsal.terms import announcement
from incubator.services.policies.deciding import STATE_NAMES, Act, refused_because
from incubator.text import Text

router = APIRouter()

Hash = Annotated[str, Path(min_length=64, max_length=64, pattern="^[0-9a-f]{64}$")]
_HISTORY = 30  # lines until all are asked for
_CASES = 50  # cases until all are asked for
_EVERY_CASE = 2000
_CASE_COLUMNS = [
    {"key": "case", "title": Text("案件", "Case"), "main": True},
    {"key": "procedure", "title": Text("事项", "Procedure")},
    {"key": "step", "title": Text("当前环节", "Step")},
    {"key": "due", "title": Text("办理期限", "Due"), "kind": "day"},
]


@router.get(view.ADDRESS)
def list_page(request: Request, visiting: Visiting, show: Annotated[str, Query(max_length=20)] = "") -> Response:
    """The street's versions and proposals as they stand today; `show=history` for all that happened."""
    require_staff(visiting.actor)

    def look(connection: Connection) -> dict[str, Any]:
        found = reading.policies(connection, visiting.actor, visiting.now)
        by_id = {proposal.row.public_id: proposal for proposal in found.proposals}
        running = open_by_version(places(connection, visiting.actor))
        of_street = {each.policy_hash for each in (found.in_force, *found.coming, *found.past) if each is not None}
        elsewhere = {digest: count for digest, count in running.items() if digest not in of_street}
        happened = history(connection, visiting.actor)
        waiting = [each for each in found.proposals if each.state is ProposalState.PROPOSED]
        waiting.sort(key=lambda each: each.row.effective_from)
        names = {
            digest: view.named(library.policy(connection, digest))
            for digest in {each.policy_hash for each in happened if each.policy_hash}
        }
        return {
            "current": view.version_of(found.in_force, visiting.today, running, by_id) if found.in_force else None,
            "coming": [view.version_of(each, visiting.today, running, by_id) for each in reversed(found.coming)],
            "past": _past(found, visiting, running, by_id),
            "waiting": [_waiting(connection, each, visiting, effects(happened)) for each in waiting],
            "by_calls": sum(count for digest, count in elsewhere.items() if _is_of_a_call(connection, digest)),
            "replaced": sum(count for digest, count in elsewhere.items() if not _is_of_a_call(connection, digest)),
            "happened": [
                view.history_line(each, names) for each in happened[: None if show == "history" else _HISTORY]
            ],
            "more_history": 0 if show == "history" else max(0, len(happened) - _HISTORY),
        }

    return page(
        request, visiting.reader, "policies.html", here="policies", may_act=may_act(visiting), refused=why_not(visiting),
        **visiting.caller.read(look),
    )  # fmt: skip


@router.get(f"{view.ADDRESS}/shipped/{{name}}")
def shipped_file(visiting: Visiting, name: Annotated[str, Path(max_length=80)]) -> Response:
    """A pack that comes with the software, as its file is."""
    require_staff(visiting.actor)
    if name not in shipped_names():
        raise NotFound(Text("没有这一随软件提供的政策包", "No such pack comes with the software"))
    return _download(f"{name}.yaml", shipped_text(name))


@router.get(f"{view.ADDRESS}/{{digest}}")
def version_page(
    request: Request, visiting: Visiting, digest: Hash, source: Annotated[str, Query(max_length=200)] = "",
    show: Annotated[str, Query(max_length=20)] = "",
) -> Response:  # fmt: skip
    """A version in plain words; `source` narrows it to what rests on one text, `show=cases` lists every running case."""
    require_staff(visiting.actor)

    def look(connection: Connection) -> dict[str, Any]:
        policy = reading.find_policy(connection, visiting.actor, digest)
        found = reading.policies(connection, visiting.actor, visiting.now)
        there = places(connection, visiting.actor)
        held = [each for each in (found.in_force, *found.coming, *found.past) if each and each.policy_hash == digest]
        limit = _EVERY_CASE if show == "cases" else _CASES
        return {
            "policy": policy,
            "held": held,
            "by_id": {proposal.row.public_id: proposal for proposal in found.proposals},
            "proposals": [each for each in found.proposals if each.row.policy_hash == digest],
            "current": found.in_force,
            "running": open_by_version(there).get(digest, 0),
            "cases": cases_under(connection, visiting.actor, [digest], limit=limit),
            "written": kept_file(connection, visiting, policy) is not None,
        }

    found = visiting.caller.read(look)
    policy: Policy = found["policy"]
    sources = view.sources_of(policy)
    chosen = next((each for each in sources if each["key"] == source), None)
    current = found["current"]
    is_current = current is not None and current.policy_hash == digest
    return page(
        request, visiting.reader, "policies_version.html", here="policies",
        digest=digest, name=view.named(policy), mark=view.mark_of(digest), is_current=is_current,
        header=policy.content, call=announcement(policy),
        held=[view.version_of(each, visiting.today, {}, found["by_id"]) for each in found["held"]],
        proposals=[_proposed_line(each) for each in found["proposals"]],
        sources=sources, chosen=chosen, sections=view.sections(policy, source if chosen else ""),
        columns=_CASE_COLUMNS, cases=[_case_row(each) for each in found["cases"]], running=found["running"],
        hidden=max(0, found["running"] - len(found["cases"])),
        as_written=found["written"], may_act=may_act(visiting),
        compare=f"{view.href(digest)}/differences" if is_current or current is None
        else f"{view.href(digest)}/differences?{urlencode({'from': current.policy_hash})}",
        migrate=_migrate_to(current, digest) if found["running"] and found["held"] and may_act(visiting) else "",
    )  # fmt: skip


@router.get(f"{view.ADDRESS}/{{digest}}/file")
def file(visiting: Visiting, digest: Hash) -> Response:
    """The version's file: as it was written where the service has it, else written out from the version itself."""
    require_staff(visiting.actor)

    def look(connection: Connection) -> tuple[str, str]:
        return file_of(connection, visiting, reading.find_policy(connection, visiting.actor, digest))

    return _download(*visiting.caller.read(look))


@router.get(f"{view.ADDRESS}/{{digest}}/differences")
def differences_page(
    request: Request, visiting: Visiting, digest: Hash,
    before: Annotated[str, Query(alias="from", max_length=64)] = "", to: Annotated[str, Query(max_length=64)] = "",
) -> Response:  # fmt: skip
    """How a version differs from another one; `to` leads to the page of another version."""
    require_staff(visiting.actor)
    if to and to != digest:
        return RedirectResponse(f"{view.ADDRESS}/{quote(to, safe='')}/differences?{urlencode({'from': before})}", 303)

    def look(connection: Connection) -> dict[str, Any]:
        found = reading.policies(connection, visiting.actor, visiting.now)
        after = reading.find_policy(connection, visiting.actor, digest)
        versions = [*found.coming, *([found.in_force] if found.in_force else []), *found.past]
        more = {}
        for each in found.proposals:
            words = view.named(library.policy(connection, each.row.policy_hash))
            more[each.row.policy_hash] = Text(f"提议：{words.zh}", f"proposed: {words.en}")
        if digest not in more and digest not in {each.policy_hash for each in versions}:
            more[digest] = view.named(after)
        choices = view.version_choices(versions, more)
        # Without a version named: what it takes, or took, the place of.
        others = [each["value"] for each in choices if each["value"] != digest]
        mine = [place for place, each in enumerate(choices) if each["value"] == digest]
        following = [each["value"] for each in choices[mine[0] + 1 :]] if mine else []
        chosen = before or next(iter(following or others), digest)
        return {
            "after": after,
            "before": reading.find_policy(connection, visiting.actor, chosen),
            "choices": choices,
            "chosen": chosen,
        }

    found = visiting.caller.read(look)
    return page(
        request, visiting.reader, "policies_differences.html", here="policies", digest=digest,
        before_name=view.named(found["before"]), after_name=view.named(found["after"]),
        before_hash=found["chosen"], choices=found["choices"], same=found["chosen"] == digest,
        compared=view.compared(found["before"], found["after"]),
    )  # fmt: skip


def may_act(visitor: Visitor) -> bool:
    """Whether the person proposes, decides and moves cases in the own street."""
    return may(visitor.actor, Permission.ACTIVATE_POLICY, street_id=visitor.actor.street_id)


def why_not(visitor: Visitor) -> Text | None:
    """Why the person may not propose and decide, and whose it is; None where the person may."""
    try:
        require(visitor.actor, Permission.ACTIVATE_POLICY, street_id=visitor.actor.street_id)
    except NotAllowed as refused:
        return Text(
            f"提议、启用新版本和迁移案件：{refused.detail.zh}。",
            f"Proposing, activating and moving cases: {refused.detail.en}.",
        )
    return None


def file_of(connection: Connection, visitor: Visitor, policy: Policy) -> tuple[str, str]:
    """Name and text of a version's file: as somebody wrote it, or written out from the version."""
    kept = kept_file(connection, visitor, policy)
    return kept or (f"{policy.name}.yaml", as_written(policy.content))


def kept_file(connection: Connection, visitor: Visitor, policy: Policy) -> tuple[str, str] | None:
    """Name and text of the file that somebody wrote; None where the service does not have it."""
    found = reading.file_of(connection, visitor.actor, policy.hash)
    if found is not None and found[1]:
        return found[0] or f"{policy.name}.yaml", found[1]
    if policy.name in shipped_names() and shipped(policy.name) == policy.content:
        return f"{policy.name}.yaml", shipped_text(policy.name)
    return None


def shipped_text(name: str) -> str:
    """The file of a pack that comes with the software; `name` is one of them."""
    return (SHIPPED / f"{name}.yaml").read_text("utf-8")


def effects(happened: Sequence[Happened]) -> dict[str, Text]:
    """What each proposal would do, in a line, by its public id."""
    return {each.proposal: rehearsal_view.in_a_line(each.counts) for each in happened if each.counts}


def _past(
    found: Policies, visitor: Visitor, running: Mapping[str, int], by_id: Mapping[str, Proposal]
) -> list[dict[str, Any]]:
    moves = found.in_force is not None and may_act(visitor)
    lines = []
    for each in found.past:
        line = view.version_of(each, visitor.today, running, by_id)
        # One that is in force again has its cases among those of today.
        movable = moves and line["running"] and found.in_force and each.policy_hash != found.in_force.policy_hash
        line["migrate"] = _migrate_to(found.in_force, each.policy_hash) if movable else ""
        lines.append(line)
    return lines


def _migrate_to(current: VersionInForce | None, digest: str) -> str:
    """Where the cases of a version are moved to the one in force; empty where it is that one."""
    if current is None or current.policy_hash == digest:
        return ""
    return f"{view.href(current.policy_hash)}/migrate?{urlencode({'from': digest})}"


def _is_of_a_call(connection: Connection, digest: str) -> bool:
    return bool(announcement(library.policy(connection, digest)))


def _waiting(connection: Connection, proposal: Proposal, visitor: Visitor, told: Mapping[str, Text]) -> dict[str, Any]:
    row = proposal.row
    titles = {
        Act.ACTIVATE: Text("启用", "activate"),
        Act.REJECT: Text("不予启用", "reject"),
        Act.WITHDRAW: Text("撤回", "withdraw"),
    }
    can = [
        title
        for act, title in titles.items()
        if refused_because(act, row, visitor.actor, visitor.now, proposal.names) is None
    ]
    words = Text("查看", "look at it")
    if can:
        words = Text("、".join(each.zh for each in can), ", ".join(each.en for each in can))
    return {
        "id": row.public_id,
        "name": view.named(library.policy(connection, row.policy_hash)),
        "mark": view.mark_of(row.policy_hash),
        "day": row.effective_from,
        "by": view.proposed_by(proposal),
        "when": row.proposed_at,
        "effect": told.get(row.public_id),
        "may": words,
    }


def _proposed_line(proposal: Proposal) -> dict[str, Any]:
    row, state = proposal.row, STATE_NAMES[proposal.state]
    day, who = in_words(row.effective_from), view.proposed_by(proposal)
    words = Text(f"{who.zh}提议自{day.zh}起启用：{state.zh}", f"{who.en}, for {day.en}: {state.en}")
    return {"id": row.public_id, "words": words}


def _case_row(case: RunningCase) -> dict[str, Any]:
    return {
        "case": {"text": case.number, "href": f"/cases/{case.public_id}", "note": case.organization},
        "procedure": case.procedure_title,
        "step": case.step_title,
        "due": None if case.due_on == NO_DATE else case.due_on,
    }


def _download(name: str, text: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(text.encode(), media_type="application/yaml", headers=headers)
