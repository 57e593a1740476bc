"""What is wrong with a pack's entry, in the words of the person who wrote it."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from incubator.text import Text

_SAID = {
    "a time limit is either length and unit, or month and day": Text(
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
    "a cap is an amount or a share, one of the two": Text(
        "上限须写明金额（fen）或占总预算的比例（share），二者取其一", "A cap is an amount (fen) or a share of the budget, one of the two"
    ),
    "the parts of a tranche plan make 100 %": Text("各期拨付比例合计须为 100%", "The parts of a tranche plan make 100 %"),
    "the gates of a tranche plan come in their order: signed, midterm, final": Text(
        "拨付条件须依次为签订协议、中期评估、结项验收", "The gates come in their order: signed, midterm, final"
    ),
    "each criterion of a scoring sheet has a code of its own": Text(
        "评分项目的代码不得重复", "Each criterion of a scoring sheet has a code of its own"
    ),
    "bands begin at 0, and each begins above the one before": Text(
        "等级分数段从 0 分开始，依次增大", "Bands begin at 0, and each begins above the one before"
    ),
    "each band has a code of its own": Text("等级的代码不得重复", "Each band has a code of its own"),
    "an overdue ladder has each of reminder, second_reminder and escalation at most once": Text(
        "催办层级只能是 reminder、second_reminder、escalation，各写一次",
        "The levels of an overdue ladder are reminder, second_reminder and escalation, each at most once",
    ),
    "each rung of an overdue ladder comes later than the one before": Text(
        "催办层级的天数须依次增大", "Each level of an overdue ladder must come later than the one before"
    ),
    "a step is done by people of the area, each role named once": Text(
        "办理人只能是 community_worker、officer、director、finance、manager，各写一次",
        "A step is done by community_worker, officer, director, finance or manager, each named once",
    ),
    "validities of grades come in the order of the announcements that they are for": Text(
        "等级有效期须按公布日期（announced_from）先后排列", "Validities of grades come in the order of `announced_from`"
    ),
}  # fmt: skip


def explained(error: ValidationError) -> Iterator[tuple[tuple[str | int, ...], Text]]:
    """Each fault of a validation: where, below the entry that was validated, and what to do."""
    for detail in error.errors(include_url=False):
        yield tuple(detail["loc"]), _words(detail)


def _words(detail: ErrorDetails) -> Text:
    context = detail.get("ctx", {})
    kind = detail["type"]
    if kind == "missing":
        name = detail["loc"][-1] if detail["loc"] else ""
        if name == "cite":
            return Text("缺少出处（cite）", "The citation (`cite`) is missing")
        return Text(f"缺少“{name}”", f"{name!r} is missing")
    if kind == "extra_forbidden":
        return Text("没有这一项，请检查名称", "There is no such entry: check its name")
    if kind == "value_error":
        said = str(context.get("error", detail["msg"]))
        return _SAID.get(said, Text(f"不符合要求：{said}", f"This does not fit: {said}"))
    if kind in ("enum", "literal_error"):
        expected = str(context.get("expected", "")).replace(" or ", "、")
        return Text(f"只能是 {expected}", f"This must be one of {context.get('expected', '')}")
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
        return Text("应为文字", "Text is expected")
    if kind == "string_pattern_mismatch":
        return Text("名称格式不正确，请用小写字母、数字和下划线", "Use lower-case letters, digits and underscores")
    if kind == "too_short":
        return Text("至少要有一项", "At least one entry is needed")
    return Text(f"不符合要求（{detail['msg']}）", f"This does not fit: {detail['msg']}")
