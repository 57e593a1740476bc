"""Rehearsals as tests ask for them: the national baseline with something changed, over the centre's caseload."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from incubator.canonical import canonical
from incubator.engine.policy import Policy
from incubator.policies.packs import shipped
from incubator.rehearsal import Group, Kind, Rehearsal, rehearse, snapshot
from tests.procedures.world import Centre

PRACTICE = {"practice": {"zh": "试行", "en": "on trial"}}


def changed(*changes: tuple[str, Any], base: dict[str, Any] | None = None) -> Policy:
    """The national baseline, or another pack's content, with other values at these paths."""
    content = deepcopy(base or shipped())
    content["name"] = "rehearsed"
    for path, value in changes:
        *sections, name = path.split(".")
        node = content["values"]
        for section in sections:
            node = node[section]
        node[name] = {"value": value, "cite": PRACTICE}
    return Policy(content)


def value(path: str) -> Any:
    """What the national baseline says at a path."""
    return deepcopy(Policy(shipped()).get(path))


def rehearsed(centre: Centre, policy: Policy, **asked: Any) -> Rehearsal:
    """What the policy would do to the centre's caseload now."""
    with snapshot(centre.database) as connection:
        return rehearse(connection, street_id=centre.street_id, policy=policy, now=centre.clock.now(), **asked)


def told(rehearsal: Rehearsal) -> dict[tuple[str, str, str], list[tuple[str, str]]]:
    """(kind, step, subject) -> what each case's line says, in Chinese, before and after."""
    return {
        (group.kind.value, group.step, group.subject): [(case.before.zh, case.after.zh) for case in group.cases]
        for group in rehearsal.groups
    }


def only(rehearsal: Rehearsal, kind: Kind) -> Group:
    """The one group of a kind."""
    (group,) = rehearsal.of_kind(kind)
    return group


def in_words(rehearsal: Rehearsal) -> str:
    """The stored form."""
    return canonical(rehearsal.as_json())
