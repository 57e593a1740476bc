"""Which rows of a survey repeat another one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from incubator.services.survey.communities import name_key
from incubator.services.survey.readings import Fate, Field, Reason, SurveyRow
from incubator.text import Text

_MARKED = re.compile(r"(?<![非不无未没])重复")
_VERY_SIMILAR = 0.75
_MOST_COMPARED = 50  # one leader has a few groups; a table filled down must not cost the square of its rows
_LONGEST_COMPARED = 100


def is_marked_repeated(name: str, remark: str) -> bool:
    """Whether somebody wrote `重复` behind the name or in the remark."""
    return (
        _MARKED.search(remark) is not None
        or re.search(r"[(（\[【]\s*(重|复|重复.{0,20}|duplicate)\s*[)）\]】]", name) is not None
    )


def suspect_duplicates(rows: Sequence[SurveyRow]) -> list[SurveyRow]:
    """The rows with `suspected_duplicate` on each that repeats an earlier one of its community.

    It repeats one with the same name (`name_key`), or with the same leader, the same phone and a very similar name.
    A refused row stays refused. The same name in another community is another body.
    """
    by_name: dict[tuple[str, str], SurveyRow] = {}
    by_person: defaultdict[tuple[str, str, str], list[SurveyRow]] = defaultdict(list)
    judged: list[SurveyRow] = []
    for row in rows:
        if row.community is None or not row.values.name:
            judged.append(row)
            continue
        key = name_key(row.values.name, row.community)
        first = by_name.setdefault((row.community, key), row)
        reason = None
        if first is not row:
            zh = f"与工作表“{first.sheet}”第 {first.row} 行“{first.values.name}”同名，疑似重复，请核实后删去一行或改正名称"
            en = (
                f"It has the name of “{first.values.name}” on sheet “{first.sheet}”, row {first.row}, and may be the same: "
                "delete one of the rows or correct the name"
            )
            reason = Reason("same_name", Text(zh, en), row.ref(Field.NAME))
        elif row.values.leader and row.values.phone:
            person = (row.community, row.values.leader, row.values.phone)
            alike = next(
                (
                    other
                    for other in by_person[person][:_MOST_COMPARED]
                    if are_similar(key, name_key(other.values.name, row.community))
                ),
                None,
            )
            if alike is not None:
                first = alike
                zh = (
                    f"与工作表“{first.sheet}”第 {first.row} 行“{first.values.name}”负责人、电话相同且名称相近，"
                    "疑似重复，请核实后删去一行或改正名称"
                )
                en = (
                    f"It has the leader and phone of “{first.values.name}” on sheet “{first.sheet}”, row {first.row}, and a very "
                    "similar name: delete one of the rows or correct the name"
                )
                reason = Reason("same_person_similar_name", Text(zh, en), row.ref(Field.NAME))
            by_person[person].append(row)
        if reason is not None and row.fate is not Fate.REFUSED:
            others = tuple(each for each in row.reasons if each.code != "marked_repeated")
            row = replace(
                row, fate=Fate.SUSPECTED_DUPLICATE, duplicate_of=(first.sheet, first.row), reasons=(reason, *others)
            )
        judged.append(row)
    return judged


def are_similar(one: str, other: str) -> bool:
    """Whether two names, as keys, are likely to be one name written twice."""
    if max(len(one), len(other)) > _LONGEST_COMPARED:
        return False
    return one in other or other in one or SequenceMatcher(None, one, other).ratio() >= _VERY_SIMILAR
