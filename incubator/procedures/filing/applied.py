"""What an application says after its corrections, and what of the policy's lists its words mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from incubator.engine.roles import Role
from incubator.policies import matching

Entry = Mapping[str, Any]

APPLICANT = (Role.COMMUNITY_WORKER, Role.OFFICER)


def application_of(data: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The application of a case's data, with what corrections changed standing over what was first handed in."""
    return {**data.get("application", {}), **data.get("correction", {})}


def said(facts: Mapping[str, Any], name: str) -> Any:
    """What the application says now, as rules see it: the correction where it says something, else the first version."""
    corrected = facts[f"data.correction.{name}"]
    return facts[f"data.application.{name}"] if corrected is None else corrected


def form_of(*names: str) -> tuple[str, ...]:
    """The needs of a rule that reads these entries of the application as corrected."""
    return tuple(f"data.{step}.{name}" for name in names for step in ("application", "correction"))


def category_code(categories: Iterable[Entry], text: str) -> str | None:
    """The code of the category that a word speaks of: its code, name or a synonym, with or without 类; None if unknown."""
    return matching.category(
        (
            (str(each["code"]), (each["code"], each["name"]["zh"], each["name"]["en"], *each.get("synonyms", ())))
            for each in categories
        ),
        text,
    )


def excluded_kind(kinds: Iterable[Entry], name: str, *descriptions: str) -> Entry | None:
    """The kind that may not be filed which a body is: by the end of its name, or by a clause that says what it is."""
    worded = ((each, (each["name"]["zh"], each["code"], *each["patterns"])) for each in kinds)
    found = matching.excluded_kind(worded, name, *descriptions)
    return found[0] if found else None
