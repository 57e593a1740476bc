"""The period of a case as people read it: a year, the call that it is of, the project, or what else it is told by."""

from __future__ import annotations

import re

from incubator.services.calls import SERIES as CALL
from incubator.services.projects.awards import SERIES as PROJECT
from incubator.text import Text


def spelled(period: str) -> Text:
    """A period in words: a quarter as 2026年第三季度; anything else as it stands."""
    quarter = re.fullmatch("([0-9]{4})Q([1-4])", period)
    if quarter is None:
        return Text(period, period)
    place = "一二三四"[int(quarter[2]) - 1]
    return Text(f"{quarter[1]}年第{place}季度", f"quarter {quarter[2]} of {quarter[1]}")


def label(period: str) -> Text:
    """What a period is."""
    if re.fullmatch("[0-9]{4}", period):
        return Text("所属年度", "Year")
    if period.startswith(f"{CALL}-"):
        return Text("所属批次", "Call")
    if period.startswith(f"{PROJECT}-"):
        return Text("所属项目", "Project")
    return Text("所属期间", "Period")


def matter(title: Text, period: str) -> Text:
    """A procedure together with its period: `2027 年度年检`, `项目资助申请（PC-2026-0001）`."""
    if not period:
        return title
    if re.fullmatch("[0-9]{4}", period):
        return Text(f"{period} 年度{title.zh}", f"{title.en} {period}")
    said = spelled(period)
    return Text(f"{title.zh}（{said.zh}）", f"{title.en} ({said.en})")
