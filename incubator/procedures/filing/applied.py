"""What an application says after its corrections, and how its words are matched with the policy's lists."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from incubator.engine.roles import Role

Entry = Mapping[str, Any]

APPLICANT = (Role.COMMUNITY_WORKER, Role.OFFICER)

_CLAUSES = re.compile(r"[,;，；。、.()（）\[\]【】\s]+")
_BRACKETED_END = re.compile(r"[(（][^()（）]*[)）]$")
_NEGATED = "(?<![非不无未])"


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
    wanted = _word(text)
    if not wanted:
        return None
    for category in categories:
        words = (category["code"], category["name"]["zh"], category["name"]["en"], *category.get("synonyms", ()))
        if any(wanted in (_word(each), _word(each) + "类") for each in words):
            return str(category["code"])
    return None


def excluded_kind(kinds: Iterable[Entry], name: str, *descriptions: str) -> Entry | None:
    """The kind that may not be filed which a body is: by the end of its name, or by a clause that says what it is."""
    bare = _BRACKETED_END.sub("", _plain(name))
    clauses = [clause for text in descriptions for clause in _CLAUSES.split(unicodedata.normalize("NFKC", text))]
    for kind in kinds:
        for pattern in (kind["name"]["zh"], kind["code"], *kind["patterns"]):
            # A bounded run: a name is no essay, and an unbounded one would let a long text cost much.
            core = "[^\\n]{0,20}?".join(re.escape(_plain(part)) for part in pattern.split("*"))
            if re.search(rf"{_NEGATED}(?:{core})$", bare, re.IGNORECASE):
                return kind
            being = rf"(该组织|本组织)?(实际|实)?(系|属于?|为|是)?(?:{core})(性质|类|组织|机构|单位)?"
            if any(re.fullmatch(being, clause, re.IGNORECASE) for clause in clauses if clause):
                return kind
    return None


def _word(text: str) -> str:
    return _plain(text).casefold()


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
