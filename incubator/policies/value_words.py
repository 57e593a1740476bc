"""What the values of a policy pack say in plain words: each kind of leaf is one function, found by the leaf's declared type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import GenericAlias
from typing import Any, Literal, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from incubator.engine.deadline_words import month_day, start_words
from incubator.engine.deadlines import Unit
from incubator.engine.definition import ClockMove
from incubator.engine.policy import OnCorrection
from incubator.policies.item_words import (
    ITEMS,
    POINTS,
    SEMICOLON,
    Names,
    between_words,
    code_words,
    completed,
    joined,
    percent,
)
from incubator.policies.schema import all_leaves
from incubator.policies.values import BeforeExpiry, Cap, Criterion, Due, NameForm, ScoringSheet, Validity
from incubator.text import Text
from incubator.wording import amount

YES, NO, NONE = Text("是", "yes"), Text("否", "no"), Text("无", "none")

_LENGTHS = {
    Unit.WORKING_DAYS: Text("{n} 个工作日", "{n} working day"),
    Unit.CALENDAR_DAYS: Text("{n} 日（自然日）", "{n} calendar day"),
    Unit.MONTHS: Text("{n} 个月", "{n} month"),
    Unit.YEARS: Text("{n} 年", "{n} year"),
}

_DAYS, _MONTHS, _YEARS = Text("{n} 天", "{n} day"), Text("{n} 个月", "{n} month"), Text("{n} 年", "{n} year")
_PEOPLE, _PERCENT, _POINTS = Text("{n} 人", "{n}"), Text("{n}%", "{n} %"), Text("{n} 分", "{n} point")
# What a number counts, by the last name of its path; a name that is not here is a bare number, `..._fen` an amount.
_COUNTED = {
    "backdating_days": _DAYS,
    "days_before_end": _DAYS,
    "review_days_before": _DAYS,
    "entry_days": _DAYS,
    "failed_contacts_apart": _DAYS,
    "not_again_within": _DAYS,
    "quiet_months": _MONTHS,
    "months_filed": _MONTHS,
    "years_filed": _YEARS,
    "members": _PEOPLE,
    "founders": _PEOPLE,
    "persons": _PEOPLE,
    "size": _PEOPLE,
    "units": Text("{n} 个", "{n}"),
    "mixed": Text("{n} 个", "{n}"),
    "activities": Text("{n} 次", "{n}"),
    "quorum": Text("{n} 份", "{n}"),
    "teams": Text("{n} 支", "{n}"),
    "capacity": Text("{n} 家", "{n}"),
    "least": _POINTS,
    "likeness": _PERCENT,
    "tolerance": _PERCENT,
    "satisfaction": _PERCENT,
}
_YUAN = Text("{n:,} 元", "{n:,} yuan")
_NOUGHT = {"capacity": Text("不设上限", "no limit")}

# Where a pack says what its own codes are called.
_NAMING = ("funding.fields", "funding.funds", "evaluation.bands")


def value_words(path: str, value: Any, content: Mapping[str, Any] | None = None) -> Text:
    """What a value at a path says, as an office would put it; `value` is as it is stored or as it is parsed.

    `content`, the pack that it stands in, names the codes that refer to another list of the pack. LookupError where its
    type has no words yet; ValidationError where the value is not one of that type.
    """
    kind, one = _kind(path)
    parsed = _adapter(kind).validate_python(value)
    names = pack_codes(content)
    if one is None:
        return _WORDS[kind](path, parsed, names)
    brief = [ITEMS[one].brief(item, names) for item in completed(parsed)]
    return joined(brief, ITEMS[one].between) if brief else NONE


def parts_of(path: str, value: Any, content: Mapping[str, Any] | None = None) -> dict[str, Text]:
    """What a value is made of, in full words, each part under what it is known by from one version to the next.

    The entries of a list, the criteria of a sheet, what a time limit says of length, start, corrections and extensions;
    a value that has no parts is its own only one. A value that today's schema does not read is bare content.
    """
    try:
        kind, one = _kind(path)
        parsed = _adapter(kind).validate_python(value)
    except (LookupError, ValidationError):
        return {"": _bare(value)}
    names = pack_codes(content)
    if one is None:
        return _PARTS[kind](path, parsed) if kind in _PARTS else {"": _WORDS[kind](path, parsed, names)}
    found: dict[str, Text] = {}
    for item in completed(parsed):
        key = ITEMS[one].key(item)
        while key in found:  # two parts of a tranche plan may lie behind one gate
            key += "+"
        found[key] = ITEMS[one].full(item, names)
    return found


def stored_words(path: str, value: Any, content: Mapping[str, Any] | None = None) -> Text:
    """What a stored value says, also where today's schema does not read it any more: then its bare content."""
    try:
        return value_words(path, value, content)
    except (LookupError, ValidationError):
        return _bare(value)


def _bare(value: Any) -> Text:
    match value:
        case bool():
            return YES if value else NO
        case None | [] | {}:
            return NONE
        case {"zh": str(), "en": str()}:
            return Text.from_pair(value)
        case dict():
            return joined([_bare(each) for each in value.values()])
        case list() | tuple():
            return joined([_bare(each) for each in value], SEMICOLON)
        case _:
            return code_words(str(value))


@cache
def _kind(path: str) -> tuple[Any, Any]:
    """The declared type of a path's value, and that of an entry where it is a list of one type."""
    kind = _plain(all_leaves()[path].model_fields["value"].annotation)
    if isinstance(kind, GenericAlias) and get_origin(kind) is tuple:
        one = get_args(kind)[0]
        known = one in ITEMS
    else:
        one, known = None, kind in _WORDS
    if not known:
        raise LookupError(f"no words for {path!r}, a value of the type {one or kind}: add them to {__name__}")
    return kind, one


def _plain(annotation: Any) -> Any:
    """A type without its constraints, inside a tuple too: an older version's value is read even so."""
    if get_origin(annotation) is Literal:
        return str
    if hasattr(annotation, "__metadata__"):
        return _plain(annotation.__origin__)
    if get_origin(annotation) is tuple:
        return GenericAlias(tuple, tuple(each if each is ... else _plain(each) for each in get_args(annotation)))
    return annotation


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def pack_codes(content: Mapping[str, Any] | None) -> dict[str, Text]:
    """What a pack calls the codes that its own values, and what is recorded under it, refer to."""
    found: dict[str, Text] = {}
    for path in _NAMING if content is not None else ():
        node: Any = content["values"] if content is not None else {}
        for part in path.split("."):
            node = node.get(part, {})
        for each in node.get("value", ()):
            found[each["code"]] = Text.from_pair(each.get("name") or each["title"])
    return found


def _many(words: Text, n: int) -> Text:
    """So many of them; an English word gets its plural."""
    filled = words.fill(n=n)
    return Text(filled.zh, f"{filled.en}s") if n != 1 and filled.en[-1:].isalpha() else filled


# --- values that stand alone


def _whole(path: str, value: int, names: Names) -> Text:
    name = path.rpartition(".")[2]
    if name.endswith("_fen"):
        return amount(value)
    if value == 0 and name in _NOUGHT:
        return _NOUGHT[name]
    return _many(_COUNTED.get(name, Text("{n}", "{n}")), value)


def _yes_no(path: str, value: bool, names: Names) -> Text:
    return YES if value else NO


def due_parts(path: str, due: Due) -> dict[str, Text]:
    """What a time limit says, part by part: `length`, `starts`, and where they apply `correction`, `days`, `extension`."""
    if due.month is not None and due.day is not None:
        day = month_day(due.month, due.day)
        return {"length": Text("每年 {day}", "{day} every year").fill(day=day)}
    assert due.length is not None
    assert due.unit is not None
    parts = {"length": _many(_LENGTHS[due.unit], due.length), "starts": start_words(due.starts_on)}
    if due.on_correction is OnCorrection.RESTART:
        parts["correction"] = Text("补正后重新计算", "a correction lets it start anew")
    elif _may_pause(path):
        parts["correction"] = Text("补正期间不计入", "the time of a correction does not count")
    counted = {
        (True, False): Text("发出补正通知当日计入", "the day a correction is sent counts"),
        (False, True): Text("收到补正材料当日计入", "the day a correction comes back counts"),
        (True, True): Text("发出补正通知和收到补正材料当日均计入", "the days of sending and returning count"),
    }.get((due.count_sending_day, due.count_returning_day))
    if counted is not None:
        parts["days"] = counted
    if due.extension is not None:
        times = Text("可延长 {n} 次", "may be extended {n} times").fill(n=due.extension.times)
        if due.extension.times == 1:
            times = Text("可延长一次", "may be extended once")
        most = Text("（至多 {length}）", " (by {length} at most)")
        if due.extension.times > 1:
            most = Text("（每次至多 {length}）", " (by {length} at most each time)")
        length = _many(_LENGTHS[due.unit], due.extension.length)
        length = Text(length.zh.partition("（")[0], length.en)
        parts["extension"] = joined([times, most.fill(length=length)], Text("", ""))
    return parts


def _due(path: str, due: Due, names: Names) -> Text:
    parts = due_parts(path, due)
    if "starts" not in parts:
        return parts["length"]
    name = path.rpartition(".")[2]
    opening = Text("自{starts}起 {length}内", "within {length} from {starts}")
    if name.endswith("_after"):
        opening = Text("自{starts}起满 {length}后", "after {length} from {starts}")
    elif name == "lasts":
        opening = Text("自{starts}起 {length}", "{length} from {starts}")
    first = opening.fill(starts=parts.pop("starts"), length=parts.pop("length"))
    return joined([first, *parts.values()], Text("，", "; "))


@cache
def _may_pause(path: str) -> bool:
    """Whether a return for correction may meet this limit in some procedure, so that it matters what it does then."""
    # Imported here: the catalogue is composed of what imports the schema.
    from incubator.procedures.catalogue import DEFINITIONS

    return any(
        step.due is not None and step.due.policy == path and decision.clock is ClockMove.PAUSES
        for definition in DEFINITIONS
        for step in definition.steps
        for decision in step.decisions
    )


def _validity(path: str, value: Validity, names: Names) -> Text:
    return _many(_LENGTHS[value.unit], value.length)


def _before_expiry(path: str, window: BeforeExpiry, names: Names) -> Text:
    if window.closes_days_before:
        words = Text("届满前 {opens} 日起，至届满前 {closes} 日止", "from {opens} until {closes} days before it ends")
    else:
        words = Text("届满前 {opens} 日起，至届满之日止", "within the {opens} days before it ends")
    return words.fill(opens=window.opens_days_before, closes=window.closes_days_before)


def _name_form(path: str, form: NameForm, names: Names) -> Text:
    parts = []
    if form.must_name:
        said = joined([code_words(area) for area in form.must_name])
        parts.append(Text("含{said}", "it names {said}").fill(said=said))
    if form.endings:
        endings = "、".join(form.endings)
        parts.append(Text(f"以下列字词之一结尾：{endings}", f"it ends with one of: {endings}"))
    return joined(parts, Text("，", "; ")) if parts else NONE


def _sheet(path: str, sheet: ScoringSheet, names: Names) -> Text:
    by_dimension: dict[Text | None, list[Text]] = {}
    for criterion in sheet.criteria:
        by_dimension.setdefault(criterion.dimension, []).append(_criterion(criterion))
    parts = [
        joined([dimension, joined(criteria)], Text("：", ": ")) if dimension else joined(criteria)
        for dimension, criteria in by_dimension.items()
    ]
    most = sum(criterion.most for criterion in sheet.criteria)
    total = Text(f"满分 {most} 分", f"{most} points in all")
    extremes = Text("各项评分直接平均", "the mean of all")
    if sheet.drop_extremes:
        extremes = Text("去掉最高分和最低分", "the highest and the lowest are dropped")
    far = [_far(sheet.far_percent)] if sheet.far_percent else []
    return joined([total, *parts, extremes, *far], SEMICOLON)


def _far(percent: int) -> Text:
    return Text(
        f"与中位数相差超过满分 {percent}% 的提示核对",
        f"a total more than {percent} % of all points from the median is pointed out",
    )


def _sheet_parts(path: str, sheet: ScoringSheet) -> dict[str, Text]:
    dropped = Text("去掉最高分和最低分", "the highest and the lowest are dropped")
    criteria = {criterion.code: _criterion(criterion) for criterion in sheet.criteria}
    extremes = {"+extremes": dropped} if sheet.drop_extremes else {}
    far = {"+far": _far(sheet.far_percent)} if sheet.far_percent else {}
    return {**criteria, **extremes, **far}


def _name_parts(path: str, form: NameForm) -> dict[str, Text]:
    areas = {area: Text("含{area}", "it names {area}").fill(area=code_words(area)) for area in form.must_name}
    endings = {f"ending {word}": Text(f"以“{word}”结尾", f"it may end with {word}") for word in form.endings}
    return {**areas, **endings}


def _criterion(criterion: Criterion) -> Text:
    return Text("{title} {most} 分", "{title} {most}").fill(title=criterion.title, most=criterion.most)


def _cap(path: str, cap: Cap, names: Names) -> Text:
    if cap.tiers is None:
        return _amount_or_share(cap.fen, cap.share)
    by_score = cap.tiers.by == "score"
    told = []
    for step, above in zip(cap.tiers.steps, [*cap.tiers.steps[1:], None], strict=True):
        if by_score:
            reach = between_words(step.least, above.least if above else None, POINTS)
        else:
            reach = between_words(step.least // 100, above.least // 100 if above else None, _YUAN)
        told.append(joined([reach, _amount_or_share(step.fen, step.share)], Text("的，", ": ")))
    by = Text("按评审得分", "by the panel's score") if by_score else Text("按批次预算", "by the call's budget")
    return joined([by, joined(told, SEMICOLON)], Text("：", ": "))


def _amount_or_share(fen: int | None, share: int | None) -> Text:
    if fen is not None:
        return amount(fen)
    assert share is not None
    return Text(f"批次预算的 {percent(share)}", f"{percent(share)} of the call's budget")


_WORDS: dict[Any, Callable[[str, Any, Names], Text]] = {
    bool: _yes_no,
    int: _whole,
    Due: _due,
    Validity: _validity,
    BeforeExpiry: _before_expiry,
    NameForm: _name_form,
    ScoringSheet: _sheet,
    Cap: _cap,
}

# Values that are told part by part when they change.
_PARTS: dict[Any, Callable[[str, Any], dict[str, Text]]] = {
    Due: due_parts,
    ScoringSheet: _sheet_parts,
    NameForm: _name_parts,
}
