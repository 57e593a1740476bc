"""What the records say of an organization that is evaluated, a sentence each with its source; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from incubator.engine.deadline_words import in_words
from incubator.engine.policy import Policy
from incubator.models.activities import RestrictionKind
from incubator.services.restrictions import KIND_NAMES

FACTS = frozenset(
    {
        "organization.members",
        "organization.activities_in_a_year",
        "organization.last_activity_on",
        "organization.last_review",
        "organization.restrictions",
        "organization.star",
    }
)
_REVIEWS = {"passed": "合格", "basically_passed": "基本合格", "failed": "不合格"}


def findings(known: Mapping[str, Any], policy: Policy) -> list[str]:
    """What to look at, from the facts named by `FACTS`: numbers against the policy, the last review, restrictions, stars."""
    return [
        _compared("成员", "人", known["organization.members"], policy, "filing.conditions.members", "组织台账"),
        _compared(
            "近十二个月活动", "次", known["organization.activities_in_a_year"], policy, "evaluation.screening.activities",
            "活动记录",
        ),
        _last_activity(known["organization.last_activity_on"]),
        _last_review(known["organization.last_review"]),
        *_restrictions(known["organization.restrictions"]),
        _star(known["organization.star"]),
    ]  # fmt: skip


def _compared(what: str, unit: str, number: int, policy: Policy, path: str, source: str) -> str:
    least = policy.whole(path)
    judged = "不少于" if number >= least else "少于"
    return f"{what} {number} {unit}，{judged}规定的 {least} {unit}（{source}；{policy.cite(path).zh}）。"


def _last_activity(day: Any) -> str:
    if day is None:
        return "没有活动记录（活动记录）。"
    return f"最近一次活动在{in_words(day).zh}（活动记录）。"


def _last_review(last: Mapping[str, Any] | None) -> str:
    if last is None:
        return "没有办结的年检（年检案件）。"
    result = _REVIEWS.get(last["outcome"], last["outcome"])
    return f"{last['period']} 年度年检结论：{result}（年检案件）。"


def _restrictions(found: tuple[Mapping[str, Any], ...]) -> list[str]:
    if not found:
        return ["没有有效的限制措施（限制记录）。"]
    lines = []
    for each in found:
        name, since = KIND_NAMES[RestrictionKind(each["kind"])], in_words(each["since"])
        number = f"，文号 {each['document_number']}" if each["document_number"] else ""
        lines.append(f"{since.zh}起：{name.zh}{number}（限制记录）。")
    return lines


def _star(star: Mapping[str, Any] | None) -> str:
    if star is None:
        return "没有有效的星级（评级记录）。"
    return f"现有{star['title_zh']}，有效期至{in_words(star['valid_until']).zh}（评级记录）。"
