"""How the words that people write are matched with a policy's lists: categories, and the kinds that may not be filed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

from incubator.wording import plain, squeeze

K = TypeVar("K")
# An entry of a list together with the words that stand for it.
Worded = Iterable[tuple[K, Iterable[str]]]

_ENDINGS = re.compile(r"(?:社会)?(?:组织|团队|团体|队伍)?(?:类别|类型|类)?$")
_CLAUSES = re.compile(r"[,;，；。、.()（）\[\]【】\s]+")
_BRACKETED_END = re.compile(r"[(（][^()（）]*[)）]$")
_NEGATED = "(?<![非不无未])"


def category(categories: Worded[K], text: str) -> K | None:
    """The category that a word speaks of, with or without an ending such as `类`; None where no category has that word."""
    wanted = squeeze(text)
    if not wanted:
        return None
    known = [(each, [squeeze(word) for word in words]) for each, words in categories]
    for each, words in known:
        if wanted in words:
            return each
    stem = _stem(wanted)
    return next((each for each, words in known if stem and stem in map(_stem, words)), None)


def excluded_kind(kinds: Worded[K], name: str, *descriptions: str) -> tuple[K, int] | None:
    """The kind that a body is, and what says so: 0 its name, which ends with the kind, or the number of a description.

    A description says so where one of its clauses is the kind. In a kind's words `*` stands for any characters.
    """
    bare = _BRACKETED_END.sub("", plain(name))
    said = [
        (number, clause)
        for number, text in enumerate(descriptions, start=1)
        for clause in _CLAUSES.split(unicodedata.normalize("NFKC", text))
        if clause
    ]
    for kind, words in kinds:
        for ending, being in map(_ending_and_being, words):
            if ending.search(bare):
                return kind, 0
            for number, clause in said:
                if being.fullmatch(clause):
                    return kind, number
    return None


def mentioned_kind(kinds: Worded[K], *texts: str) -> tuple[K, str] | None:
    """A kind that the texts mention, and the words in which they do, whether or not the body is of that kind."""
    said = "\n".join(map(plain, texts))
    for kind, words in kinds:
        for core in map(_as_regex, words):
            found = re.search(rf"{_NEGATED}(?:{core})", said, re.IGNORECASE)
            if found:
                return kind, found[0]
    return None


def _stem(word: str) -> str:
    return _ENDINGS.sub("", word)


@lru_cache(maxsize=512)
def _ending_and_being(pattern: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a name of this kind ends with, and what a clause says that calls a body one of this kind."""
    core = _as_regex(pattern)
    return (
        re.compile(rf"{_NEGATED}(?:{core})$", re.IGNORECASE),
        re.compile(rf"(该组织|本组织)?(实际|实)?(系|属于?|为|是)?(?:{core})(性质|类|组织|机构|单位)?", re.IGNORECASE),
    )


@lru_cache(maxsize=512)
def _as_regex(pattern: str) -> str:
    # A bounded run: a name is no essay, and an unbounded one would let a long text cost much.
    return "[^\\n]{0,20}?".join(re.escape(plain(part)) for part in pattern.split("*"))
