"""The words a street's survey is read with: its categories, the kinds that may not be filed, its communities."""

from __future__ import annotations

import re
from dataclasses import dataclass

from incubator.services.survey.texts import squeeze
from incubator.text import Text

_ENDINGS = re.compile(r"(?:社会)?(?:组织|团队|团体|队伍)?(?:类别|类型|类)?$")


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
    cite: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a survey is read with; with `communities` given, a row of another community is refused."""

    categories: tuple[Category, ...]
    excluded: tuple[ExcludedKind, ...] = ()
    communities: tuple[str, ...] = ()

    def category_of(self, text: str) -> Category | None:
        """The category a cell speaks of: its name in either language, its code or a synonym, with or without `类`."""
        word = squeeze(text)
        if not word:
            return None
        for form in (_whole, _stem):
            wanted = form(word)
            for category in self.categories:
                words = (category.code, category.name.zh, category.name.en, *category.synonyms)
                if wanted and any(form(squeeze(each)) == wanted for each in words):
                    return category
        return None


def _whole(word: str) -> str:
    return word


def _stem(word: str) -> str:
    return _ENDINGS.sub("", word)
