"""What is wrong with a pack's entry, in the words of the person who wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from incubator.engine.deadlines import Unit
from incubator.policies.misstated import Misstated, Where
from incubator.text import Text

_LIMIT = "a time limit is either length and unit, or month and day"
_LISTED = re.compile(r"\^\(([a-z_|]+)\)\$")  # a pattern that is a list of words

_SAID = {
    _LIMIT: Text(
        "期限须写明长度（length）和单位（unit），或者写明月（month）和日（day）",
        "A time limit needs a length and a unit, or a month and a day",
    ),
    "a value cites a source or says that it is the street's own practice": Text(
        "每个数值须注明出处（source），或注明是本街道惯例（practice），二者取其一",
        "Each value cites a source, or says that it is the street's own practice; one of the two",
    ),
    "there is no such day in every year": Text("每年都须有这一天", "Name a day that every year has"),
    "a validity is counted in calendar days, months or years": Text(
        "有效期以日、月或年计", "A validity is counted in calendar days, months or years"
    ),
    "a window opens before it closes": Text(
        "开始受理须早于停止受理", "The window must open before it closes"
    ),
    "a cap is an amount, a share or tiers, one of them": Text(
        "上限须写明金额（fen）、占总预算的比例（share）或分档（tiers），三者取其一",
        "A cap is an amount (fen), a share of the budget (share) or tiers, one of them",
    ),
    "a step of a cap is an amount or a share, one of the two": Text(
        "上限的每一档须写明金额（fen）或占总预算的比例（share），二者取其一",
        "Each step of a cap is an amount (fen) or a share of the budget (share), one of the two",
    ),
    "the steps of a cap begin at 0, and each begins above the one before": Text(
        "上限的分档从 0 开始，依次增大", "The steps of a cap begin at 0, and each begins above the one before"
    ),
    "tiers begin at 0 members, and each begins above the one before": Text(
        "人数分档从 0 人开始，依次增大", "Tiers begin at 0 members, and each begins above the one before"
    ),
    "each tier has a code of its own": Text("分档的代码不得重复", "Each tier has a code of its own"),
    "some tier goes to filing": Text("至少应有一档办理备案", "Some tier must go to filing"),
    "each act is named once, and each standing once in it": Text(
        "每一事项只写一次，其对象也各写一次", "Name each act once, and each standing once in it"
    ),
    "who is filed or registered is not filed again": Text(
        "备案的对象不能是已备案或已登记的组织", "Who is filed or registered is not filed again"
    ),
    "the street strikes off no registered body, and nobody who has left": Text(
        "僵尸组织处置的对象不能是已登记或已退出的组织", "The street strikes off no registered body, and nobody who has left"
    ),
    "the gates of a tranche plan come in their order: signed, midterm, final": Text(
        "拨付条件须依次为签订协议、中期评估、结项验收", "The gates come in their order: signed, midterm, final"
    ),
    "each criterion of a scoring sheet has a code of its own": Text(
        "评分项目的代码不得重复", "Each criterion of a scoring sheet has a code of its own"
    ),
    "an overdue ladder has each of reminder, second_reminder and escalation at most once": Text(
        "催办层级只能是 reminder、second_reminder、escalation，各写一次",
        "The levels of an overdue ladder are reminder, second_reminder and escalation, each at most once",
    ),
    "each rung of an overdue ladder comes later than the one before": Text(
        "催办层级的天数须依次增大", "Each level of an overdue ladder must come later than the one before"
    ),
    "validities of grades come in the order of the announcements that they are for": Text(
        "等级有效期须按公布日期（announced_from）先后排列", "Validities of grades come in the order of `announced_from`"
    ),
}  # fmt: skip


def explained(error: ValidationError, kind: Any = None) -> Iterator[tuple[Where, Text]]:
    """Each fault of a validation: where, below the entry that was validated, and what to do.

    With the type that was asked for, an unknown name is answered with the nearest known one.
    """
    for detail in error.errors(include_url=False):
        where = tuple(detail["loc"])
        said = detail.get("ctx", {}).get("error")
        if isinstance(said, Misstated):
            yield from (((*where, *below), words) for below, words in said.faults)
        elif detail["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
            yield where, unknown(str(where[-1]), _names_at(kind, where[:-1]) if kind is not None else ())
        else:
            yield where, _words(detail)


def unknown(name: str, known: Iterable[str]) -> Text:
    """That there is no such entry, and the nearest name that there is."""
    near = get_close_matches(name, list(known), n=1)
    if near:
        return Text(f"没有“{name}”这一项，是否应为“{near[0]}”？", f"There is no {name!r}: did you mean {near[0]!r}?")
    return Text(f"没有“{name}”这一项，请检查名称", f"There is no {name!r}: check its name")


def _names_at(kind: Any, where: Where) -> tuple[str, ...]:
    """The names that an entry of a type may have at a place below it."""
    whole = TypeAdapter(kind).json_schema()

    def opened(node: Any) -> dict[str, Any]:
        while True:
            if "$ref" in node:
                node = whole["$defs"][node["$ref"].rpartition("/")[2]]
            elif "anyOf" in node:
                node = next((each for each in node["anyOf"] if "$ref" in each or "properties" in each), {})
            else:
                return dict(node)

    node = opened(whole)
    for part in where:
        below = node.get("items") if isinstance(part, int) else node.get("properties", {}).get(part)
        node = opened(below or node.get("additionalProperties") or {})
    return tuple(node.get("properties", {}))


def _words(detail: ErrorDetails) -> Text:
    context = detail.get("ctx", {})
    kind, given = detail["type"], detail["input"]
    if kind == "missing":
        name = detail["loc"][-1] if detail["loc"] else ""
        if name == "cite":
            return Text("缺少出处（cite）", "The citation (`cite`) is missing")
        return Text(f"缺少“{name}”", f"{name!r} is missing")
    if kind == "value_error":
        said = str(context.get("error", detail["msg"]))
        if said == _LIMIT and isinstance(given, dict):
            return _limit_words(given)
        return _SAID.get(said, Text(f"不符合要求：{said}", f"This does not fit: {said}"))
    if kind in ("enum", "literal_error"):
        return _one_of(given, str(context["expected"]).replace(" or ", ", ").split(", "))
    if kind == "string_pattern_mismatch":
        listed = _LISTED.fullmatch(str(context["pattern"]))
        if listed is not None:
            return _one_of(given, listed[1].split("|"))
        return Text("名称格式不正确，请用小写字母、数字和下划线", "Use lower-case letters, digits and underscores")
    if kind == "greater_than_equal":
        return Text(f"不得小于 {context['ge']}", f"This must be at least {context['ge']}")
    if kind == "less_than_equal":
        return Text(f"不得大于 {context['le']}", f"This must be at most {context['le']}")
    if kind.startswith("int"):
        return Text("应为整数", "A whole number is expected")
    if kind.startswith("bool"):
        return Text("应为 true 或 false", "true or false is expected")
    if kind.startswith("date"):
        return Text("应为日期，如 2026-01-01", "A date is expected, such as 2026-01-01")
    if kind in ("model_type", "model_attributes_type", "dict_type", "dataclass_type"):
        return Text("这里应为若干下级项目", "Entries are expected here")
    if kind in ("tuple_type", "list_type", "iterable_type"):
        return Text("应为列表", "A list is expected")
    if kind == "string_type":
        if isinstance(given, int | float | date):
            return Text(f'应为文字，请加引号："{given}"', f'Text is expected: put it in quotes, "{given}"')
        return Text("应为文字", "Text is expected")
    if kind == "too_short":
        return Text("至少要有一项", "At least one entry is needed")
    return Text(f"不符合要求（{detail['msg']}）", f"This does not fit: {detail['msg']}")


def _one_of(given: Any, names: Iterable[str]) -> Text:
    listed = [name.strip("'") for name in names]
    near = get_close_matches(str(given), listed, n=1)
    did_you_mean = Text(f"；是否应为 {near[0]}？", f"; did you mean {near[0]}?") if near else Text("", "")
    return Text(
        f"只能是 {'、'.join(listed)}{did_you_mean.zh}", f"This must be one of {', '.join(listed)}{did_you_mean.en}"
    )


def _limit_words(given: Mapping[str, Any]) -> Text:
    if given.get("unit") is None and isinstance(given.get("length"), int) and not {"month", "day"} & given.keys():
        return Text(
            f"期限 {given['length']} 没有写明单位（unit）：{'、'.join(Unit)}",
            f"The time limit {given['length']} has no unit: say {', '.join(Unit)}",
        )
    if given.get("length") is None and given.get("unit") is not None:
        return Text("期限没有写明长度（length）", "The time limit has no length")
    return _SAID[_LIMIT]
