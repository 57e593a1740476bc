"""What the entries of a policy pack's lists say in plain words: briefly, in full, and what tells one from the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from incubator.engine.deadline_words import in_words
from incubator.engine.roles import ROLE_NAMES, Role
from incubator.policies.path_words import name_words
from incubator.policies.values import (
    Band,
    Category,
    CodedName,
    DocumentNeed,
    ExcludedKind,
    Rung,
    Tier,
    TranchePart,
)
from incubator.procedures.affiliation.policy import Duty
from incubator.procedures.evaluation.policy import Grade, GradeStart, GradeValidity, Veto
from incubator.procedures.funding.policy import Fund, ProhibitedCost
from incubator.procedures.funding.rules.bars import LISTS
from incubator.procedures.shared.jurisdiction import ACTS, STANDINGS, Power, RecordedAct
from incubator.procedures.yearly_review.forms import RESULTS
from incubator.text import Text

COMMA, SEMICOLON, _PAUSE = Text("、", ", "), Text("；", "; "), Text("，", ", ")

Names = Mapping[str, Text]
# code -> what it is called in the pack

_RUNGS = {
    "reminder": Text("提醒", "a reminder"),
    "second_reminder": Text("催办", "a second reminder"),
    "escalation": Text("报中心主任", "the director is told"),
}
_GATES = {
    "signed": Text("签订协议后", "once the agreement is signed"),
    "midterm": Text("中期评估通过后", "once the mid-term review is passed"),
    "final": Text("结项验收通过后", "once the project is accepted"),
}
_GOES_TO = {
    "filing": Text("由街道备案", "filed by the street"),
    "registration": Text("到登记机关登记", "registered by the registrar"),
    "ledger": Text("由社区登记台账", "kept on the community's ledger"),
}
POINTS, _MEMBERS = Text("{n} 分", "{n} points"), Text("{n} 人", "{n} members")
_TIMES = {
    "once": Text("每份协议一次", "once in an agreement"),
    "quarter": Text("每季度一次", "every quarter"),
    "half_year": Text("每半年一次", "every half-year"),
    "year": Text("每年一次", "every year"),
}
# Codes that stand alone in a value, with what they mean.
_CODES: dict[str, Text] = {
    **dict(RESULTS),
    **LISTS,
    **STANDINGS,
    "project_ban": Text("项目禁申期", "a project ban"),
    "district": Text("区县名称", "the district"),
    "street": Text("街道名称", "the street"),
    "community": Text("社区名称", "the community"),
    **{stage: name_words(stage) for stage in ("filing", "affiliation", "funding", "evaluation")},
}


def joined(parts: Sequence[Text], between: Text = COMMA) -> Text:
    """The parts one after another."""
    return Text(between.zh.join(part.zh for part in parts), between.en.join(part.en for part in parts))


def code_words(code: str, names: Names | None = None) -> Text:
    """What a code means, or the code where nobody says."""
    return (names or {}).get(code) or _CODES.get(code) or Text(code, code)


def percent(hundredths: int) -> str:
    """Hundredths of a percent as a percentage: 3333 is `33.33%`."""
    return f"{hundredths / 100:g}%"


Says = Callable[[Any, Names], Text]


@dataclass(frozen=True, slots=True)
class Item:
    """How an entry of a list is told: briefly, in full, and by what it is known from one version to the next."""

    brief: Says
    full: Says
    key: Callable[[Any], str] = lambda item: str(item.code)
    between: Text = COMMA


def completed(items: Sequence[Any]) -> Sequence[Any]:
    """Bands and tiers with what comes above, which says where they end; a ladder in its order; others as they are."""
    if items and isinstance(items[0], Band | Tier):
        return list(zip(items, [*items[1:], None], strict=True))
    if items and isinstance(items[0], Rung):
        return sorted(items, key=lambda rung: int(rung.after_days))
    return items


def _role(role: Role, names: Names) -> Text:
    return ROLE_NAMES[role]


def _document(need: DocumentNeed, names: Names) -> Text:
    return need.title if need.required else Text(f"{need.title.zh}（可不提交）", f"{need.title.en} (optional)")


def _named(item: CodedName | Category | ExcludedKind | Grade, names: Names) -> Text:
    return item.name


def _in_brackets(name: Text, zh: str, en: str) -> Text:
    return Text(f"{name.zh}（{zh}）", f"{name.en} ({en})") if zh else name


def _category(category: Category, names: Names) -> Text:
    also = "、".join(category.synonyms)
    return _in_brackets(category.name, also and f"也作：{also}", also and f"also written {also}")


def _excluded(kind: ExcludedKind, names: Names) -> Text:
    shown = "、".join(kind.patterns)
    return _in_brackets(kind.name, f"{kind.reason.zh}；识别字词：{shown}", f"{kind.reason.en}; recognised by {shown}")


def _cost(cost: ProhibitedCost, names: Names) -> Text:
    shown = "、".join(cost.patterns)
    return _in_brackets(cost.name, f"识别字词：{shown}", f"recognised by {shown}")


def _rung(rung: Rung, names: Names) -> Text:
    days = abs(rung.after_days)
    many = "1 day" if days == 1 else f"{days} days"
    when = Text(f"逾期 {days} 日", f"{many} after it is due")
    if rung.after_days < 0:
        when = Text(f"到期前 {days} 日", f"{many} before it is due")
    elif rung.after_days == 0:
        when = Text("到期当日", "on the day it is due")
    return Text("{when}{what}", "{what} {when}").fill(when=when, what=_RUNGS.get(rung.level, code_words(rung.level)))


def _band(pair: tuple[Band, Band | None], names: Names) -> Text:
    band, above = pair
    points = between_words(band.least, above.least if above else None, POINTS)
    return joined([band.title, points], Text("：", ": "))


def between_words(least: int, below: int | None, unit: Text) -> Text:
    """From `least` on, up to `below`, which is not part of it, in a unit with the place `n`: `800 分以上不满 900 分`."""
    if below is None:
        return Text("{least}以上", "{least} and more").fill(least=unit.fill(n=least))
    if least == 0:
        return Text("不满 {below}", "below {below}").fill(below=unit.fill(n=below))
    return Text("{least}以上不满 {below}", "{least} and more, below {below}").fill(
        least=unit.fill(n=least), below=unit.fill(n=below)
    )


def _tier(pair: tuple[Tier, Tier | None], names: Names) -> Text:
    tier, above = pair
    goes = [_GOES_TO[tier.goes_to]]
    if tier.least_members or above:
        goes.insert(0, between_words(tier.least_members, above.least_members if above else None, _MEMBERS))
    return joined([tier.name, joined(goes, _PAUSE)], Text("：", ": "))


def _tier_in_full(pair: tuple[Tier, Tier | None], names: Names) -> Text:
    return joined([_tier(pair, names), pair[0].next], SEMICOLON)


def _power(power: Power | RecordedAct, names: Names) -> Text:
    over = joined([code_words(each) for each in power.over])
    return Text("{act}：{over}", "{act}: {over}").fill(act=ACTS[power.act], over=over)


def _veto(veto: Veto, names: Names) -> Text:
    cap = code_words(veto.cap, names)
    return Text("{name}：不高于{cap}", "{name}: {cap} at most").fill(name=veto.name, cap=cap)


def _veto_in_full(veto: Veto, names: Names) -> Text:
    shown = []
    if veto.reviews:
        results = joined([code_words(each) for each in veto.reviews])
        shown.append(Text("最近一次年检{results}", "the last yearly review was {results}").fill(results=results))
    if veto.restrictions:
        shown.append(joined([code_words(each) for each in veto.restrictions]))
    how = joined(shown, Text("或", " or ")) if shown else Text("由经办人认定", "found by the officer")
    return _in_brackets(_veto(veto, names), f"依据：{how.zh}", f"shown by: {how.en}")


def _fund(fund: Fund, names: Names) -> Text:
    # Under a call's terms the list of fields is shorter than what the fund may be spent on.
    named = [each for each in fund.fields if each in names] or fund.fields
    fields = joined([code_words(each, names) for each in named])
    if len(named) < len(fund.fields):
        fields = Text(f"{fields.zh}等", f"{fields.en} and others")
    return _in_brackets(fund.name, f"用于{fields.zh}", f"for {fields.en}")


def _tranche(part: TranchePart, names: Names) -> Text:
    share = percent(part.share)
    return Text("{gate} {share}", "{share} {gate}").fill(gate=_GATES[part.gate], share=share)


def _duty(duty: Duty, names: Names) -> Text:
    within = Text("期满前完成", "before its time ends")
    if duty.within_days:
        n = duty.within_days
        within = Text(f"至迟期满后 {n} 日", f"{n} days after its time at the latest")
        if duty.every == "once":
            within = Text(f"{n} 日内", f"within {n} days")
    whom = Text("逐家履行", "for each member")
    if not duty.per_member:
        whom = Text("统一履行", "once for all members")
    how = [_TIMES[duty.every], within, whom]
    if duty.reported:
        how.append(Text("以审核通过的季度报告为准", "done by the accepted quarterly report"))
    said = joined(how, _PAUSE)
    return _in_brackets(duty.name, said.zh, said.en)


def _grade_validity(validity: GradeValidity, names: Names) -> Text:
    start = Text("自公告之日起", "from the announcement")
    if validity.starts is GradeStart.NEXT_JANUARY:
        start = Text("自公告次年 1 月 1 日起", "from 1 January after the announcement")
    return Text("{day}起公告的，{start} {n} 年", "announced from {day} on: {n} years {start}").fill(
        day=in_words(validity.announced_from), start=start, n=validity.years
    )


ITEMS: dict[Any, Item] = {
    DocumentNeed: Item(_document, _document, key=lambda need: str(need.kind), between=Text("、", "; ")),
    Role: Item(_role, _role, key=str),
    str: Item(code_words, code_words, key=str),
    Category: Item(_named, _category),
    ExcludedKind: Item(_named, _excluded),
    CodedName: Item(_named, _named),
    Grade: Item(_named, _named),
    Fund: Item(_fund, _fund, between=SEMICOLON),
    ProhibitedCost: Item(_named, _cost),
    Rung: Item(_rung, _rung, key=lambda rung: str(rung.level), between=_PAUSE),
    Band: Item(_band, _band, key=lambda pair: str(pair[0].code), between=SEMICOLON),
    Tier: Item(_tier, _tier_in_full, key=lambda pair: str(pair[0].code), between=SEMICOLON),
    Power: Item(_power, _power, key=lambda power: str(power.act), between=SEMICOLON),
    RecordedAct: Item(_power, _power, key=lambda power: str(power.act), between=SEMICOLON),
    Veto: Item(_veto, _veto_in_full, between=SEMICOLON),
    TranchePart: Item(_tranche, _tranche, key=lambda part: str(part.gate)),
    Duty: Item(_duty, _duty, between=SEMICOLON),
    GradeValidity: Item(
        _grade_validity, _grade_validity, key=lambda each: each.announced_from.isoformat(), between=SEMICOLON
    ),
}
