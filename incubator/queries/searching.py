"""What somebody typed into a search box, as a condition: a part of the name or of the leader's, the pinyin initials it begins with, a number."""

from __future__ import annotations

import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, func, or_

from incubator.errors import Invalid
from incubator.text import Text

LONGEST = 100


def found_by(
    query: str,
    *,
    name: ColumnElement[Any],
    initials: ColumnElement[Any],
    leader: ColumnElement[Any],
    number: ColumnElement[Any] | None = None,
) -> list[ColumnElement[bool]]:
    """The condition for `where`, none for an empty query; letters count the same in both cases. Invalid if too long."""
    typed = query.replace("\0", "").strip().lower()
    if not typed:
        return []
    if len(typed) > LONGEST:
        words = Text(f"查找内容最多 {LONGEST} 个字", f"Search for at most {LONGEST} characters")
        raise Invalid(words, fields={"q": [words]})
    # A Chinese keyboard may type ｂａ－２０２６; names are searched as they stand, brackets of full width and all.
    narrow = unicodedata.normalize("NFKC", typed)
    ways = [func.lower(each).contains(typed, autoescape=True) for each in (name, leader)]
    ways.append(initials.startswith(narrow, autoescape=True))
    if number is not None:
        ways.append(func.lower(number).contains(narrow, autoescape=True))
    return [or_(*ways)]
