"""The words a street's survey is read with: its categories, the kinds that may not be filed, its communities."""

from __future__ import annotations

from dataclasses import dataclass

from incubator.policies import matching
from incubator.text import Text


@dataclass(frozen=True, slots=True)
class Category:
    """One entry of the jurisdiction's list of categories, with the other words people write for it."""

    code: str
    name: Text
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExcludedKind:
    """A kind of body that may not be filed, how it is recognised, and the article that says so.

    In a pattern `*` stands for any characters. A name is of this kind when it *ends* with a pattern, a remark when one
    of its clauses *is* one; a pattern met elsewhere only asks a person to look.
    """

    code: str
    name: Text
    patterns: tuple[str, ...]
    reason: Text
    cite: Text


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a survey is read with; with `communities` given, a row of another community is refused."""

    categories: tuple[Category, ...]
    excluded: tuple[ExcludedKind, ...] = ()
    communities: tuple[str, ...] = ()

    def category_of(self, text: str) -> Category | None:
        """The category a cell speaks of: its name in either language, its code or a synonym, with or without `类`."""
        return matching.category(
            ((each, (each.code, each.name.zh, each.name.en, *each.synonyms)) for each in self.categories), text
        )

    def excluded_as(self, name: str, remark: str) -> tuple[ExcludedKind, int] | None:
        """The kind that may not be filed which a body is: by its name (0) or by its remark (1); None for one that may."""
        return matching.excluded_kind(self._kinds(), name, remark)

    def mentioned_in(self, name: str, remark: str) -> tuple[ExcludedKind, str] | None:
        """A kind that may not be filed which the row's words mention without saying that the body is one."""
        return matching.mentioned_kind(self._kinds(), name, remark)

    def _kinds(self) -> list[tuple[ExcludedKind, tuple[str, ...]]]:
        return [(each, (each.name.zh, each.code, *each.patterns)) for each in self.excluded]
