"""The new policy as a case would come under it: the terms that its call published stay, laid over it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from incubator.engine.policy import Policy
from incubator.services.call_terms import SOURCE


def under_the_same_call(old: Policy, new: Policy) -> Policy:
    """The new policy with what the old one says by its call; the new one itself where no call says anything."""
    own = call_paths(old)
    if not own:
        return new
    content: dict[str, Any] = deepcopy(dict(new.content))
    content["sources"] = {**content["sources"], SOURCE: deepcopy(old.content["sources"][SOURCE])}
    for path in own:
        *sections, name = path.split(".")
        leaf, node = old.content["values"], content["values"]
        for section in sections:
            leaf, node = leaf[section], node.setdefault(section, {})
        node[name] = deepcopy(leaf[name])
    return Policy(content)


def call_paths(policy: Policy) -> tuple[str, ...]:
    """The paths at which a policy cites the announcement of a call."""
    if SOURCE not in policy.content["sources"]:
        return ()
    return tuple(path for path, leaf in leaves(policy.content["values"]) if leaf["cite"].get("source") == SOURCE)


def announcement(policy: Policy) -> str:
    """What the call's announcement is called; empty where no call says anything."""
    return str(policy.content["sources"][SOURCE]["title"]["zh"]) if call_paths(policy) else ""


def leaves(node: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every path of a pack's values with its leaf."""
    for name, child in node.items():
        if not isinstance(child, Mapping):
            continue
        if "value" in child and "cite" in child:
            yield f"{prefix}{name}", child
        else:
            yield from leaves(child, f"{prefix}{name}.")


def changed_paths(old: Policy, new: Policy) -> frozenset[str]:
    """The paths at which two policies say something else. A part that one spells out as nothing says nothing."""
    before, after = (dict(leaves(policy.content["values"])) for policy in (old, new))
    return frozenset(
        path
        for path in before.keys() | after.keys()
        if path not in before or path not in after or _said(before[path]["value"]) != _said(after[path]["value"])
    )


def _said(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _said(each) for name, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [_said(each) for each in value]
    return value
