"""What a rehearsal's page shows: figures by kind, groups with their first cases, and one group whole, page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from incubator.engine import library
from incubator.policies.words import stored_path_words
from incubator.rehearsal import CaseLine, Group, Kind, NotRehearsed, OldPolicy, Rehearsal
from incubator.rehearsal.result import KIND_NAMES
from incubator.text import Text
from incubator.wording import amount

FOLDED_AT = 50
A_PAGE = 200

# What every rehearsal tells of, if only that there is nothing; the other kinds where something is found.
_ALWAYS = (Kind.BLOCKED, Kind.FREED, Kind.DUE, Kind.FLIP, Kind.AMOUNT)
_TONES = {
    Kind.BLOCKED: "bad",
    Kind.FLIP: "bad",
    Kind.DUE: "warn",
    Kind.AMOUNT: "warn",
    Kind.RESULT: "warn",
    Kind.FREED: "good",
    Kind.ALLOWED: "good",
}
_MEANINGS: dict[Kind, Text] = {
    Kind.BLOCKED: Text("现在可以办理，按新版本将不能办理。", "What may be done now could not be done."),
    Kind.FREED: Text("现在受阻，按新版本不再受阻。", "What is blocked now would not be any more."),
    Kind.DUE: Text("在办期限将在另一天届满。", "Running time limits would end on another day."),
    Kind.WHO: Text("当前环节将改由他人办理。", "The present step would be somebody else's."),
    Kind.ROUTE: Text("后续环节将增加或省去。", "Steps ahead would be added or left out."),
    Kind.FLIP: Text(
        "已作的决定如按新版本作出，将不符合条件。已办结的结果不因启用新版本而改变。",
        "What was decided would have been refused. Results that stand are not changed by a new version.",
    ),
    Kind.ALLOWED: Text(
        "已不予办理的，如按新版本本可办理。已办结的结果不因启用新版本而改变。",
        "What was refused could have been allowed. Results that stand are not changed by a new version.",
    ),
    Kind.AMOUNT: Text("按新版本计算的金额不同。", "Amounts come out differently."),
    Kind.RESULT: Text("按新版本得出的日期或等级不同。", "Last days or bands come out differently."),
}
COLUMNS = [
    {"key": "case", "title": Text("案件", "Case"), "main": True},
    {"key": "before", "title": Text("现在", "Now")},
    {"key": "after", "title": Text("按新版本", "Under the new version")},
]
_CHANGE = {"key": "change", "title": Text("变动", "Change"), "kind": "short"}


def told(rehearsal: Rehearsal, leads: Callable[[Group], str]) -> dict[str, Any]:
    """A rehearsal as the macro takes it; `leads` says where all cases of a group are listed."""
    return {
        "made": rehearsal.rehearsed_at,
        "as_of": rehearsal.as_of,
        "live": rehearsal.live,
        "decided": rehearsal.decided,
        "touched": rehearsal.touched,
        "figures": figures(rehearsal),
        "kinds": [_kind(kind, rehearsal.of_kind(kind), leads) for kind in Kind if rehearsal.of_kind(kind)],
        "left_out": [_left_out(each) for each in rehearsal.not_rehearsed],
        "inert": [stored_path_words(path) for path in rehearsal.inert],
        "versions": [_version(each) for each in rehearsal.old if each.live or each.decided],
    }


def figures(rehearsal: Rehearsal) -> list[dict[str, Any]]:
    """The cases of each kind of change, as figures that lead to their groups."""
    found = []
    for kind in Kind:
        groups = rehearsal.of_kind(kind)
        if groups or kind in _ALWAYS:
            number = cases_of(groups)
            over = sum(group.overdue for group in groups)
            found.append(
                {
                    "number": number,
                    "label": KIND_NAMES[kind],
                    "tone": _TONES.get(kind) if number else None,
                    "href": f"#kind-{kind.value}",
                    "note": Text(f"{over} 件将立即逾期", f"{over} overdue at once") if over else None,
                }
            )
    return found


def cases_of(groups: Sequence[Group]) -> int:
    """How many cases are in any of these groups."""
    return len({case.public_id for group in groups for case in group.cases})


def in_a_line(counts: Mapping[str, Any]) -> Text:
    """What a rehearsal came to, of the counts that its event keeps: `将被阻止 3 件、期限变动 12 件`."""
    kinds = counts.get("kinds", {})
    parts = [
        (Text(f"{KIND_NAMES[kind].zh} {kinds[kind]} 件", f"{KIND_NAMES[kind].en.lower()}: {kinds[kind]}"))
        for kind in Kind
        if kinds.get(kind)
    ]
    if left_out := counts.get("not_rehearsed"):
        parts.append(Text(f"未能预演 {left_out} 件", f"not rehearsed: {left_out}"))
    if not parts:
        return Text("在办和已办案件均不受影响", "no case is affected")
    return Text("、".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def compared(before: Rehearsal, after: Rehearsal) -> list[dict[str, Any]]:
    """How many cases each kind had and has; the kinds that neither has are left out."""
    rows = []
    for kind in Kind:
        old, new = (cases_of(each.of_kind(kind)) for each in (before, after))
        if old or new:
            change = new - old
            words = Text("无变化", "the same") if not change else Text(f"{change:+d} 件", f"{change:+d}")
            rows.append({"kind": KIND_NAMES[kind], "before": old, "after": new, "change": words})
    return rows


def group_page(group: Group, number: int) -> dict[str, Any]:
    """One page of all the cases of a group, from 1; a page that there is not is the last."""
    pages = max(1, -(-group.count // A_PAGE))
    number = min(max(number, 1), pages)
    first = (number - 1) * A_PAGE
    return {
        "group": _group(group, ""),
        "kind": KIND_NAMES[group.kind],
        "meaning": _MEANINGS[group.kind],
        "columns": columns_of(group),
        "rows": [case_row(group, case) for case in _weighed(group)[first : first + A_PAGE]],
        "number": number,
        "pages": pages,
        "first": first + 1,
        "last": min(first + A_PAGE, group.count),
    }


def columns_of(group: Group) -> list[dict[str, Any]]:
    """What a table of a group's cases shows."""
    return [*COLUMNS, _CHANGE] if group.unit else COLUMNS


def case_row(group: Group, case: CaseLine) -> dict[str, Any]:
    """A case of a group."""
    return {
        "case": {"text": case.number, "href": f"/cases/{case.public_id}", "note": case.organization},
        "before": case.before,
        "after": case.after,
        "change": change_words(group.unit, case.delta),
    }


def change_words(unit: str, delta: int | None) -> Text | None:
    """By how much something would change: `推迟 7 天`, `减少 5,000.00 元`; None where nothing is counted."""
    if delta is None:
        return None
    if not delta:
        return Text("不变", "the same")
    if unit == "fen":
        sum_ = amount(abs(delta))
        return Text(f"增加 {sum_.zh}", f"{sum_.en} more") if delta > 0 else Text(f"减少 {sum_.zh}", f"{sum_.en} less")
    days = abs(delta)
    en = f"{days} day{'' if days == 1 else 's'}"
    return Text(f"推迟 {days} 天", f"{en} later") if delta > 0 else Text(f"提前 {days} 天", f"{en} earlier")


def _kind(kind: Kind, groups: Sequence[Group], leads: Callable[[Group], str]) -> dict[str, Any]:
    # The heaviest first: what is overdue at once, then what touches most cases.
    weighed = sorted(groups, key=lambda group: (-group.overdue, -group.count))
    return {
        "key": kind.value,
        "title": KIND_NAMES[kind],
        "meaning": _MEANINGS[kind],
        "count": cases_of(groups),
        "groups": [_group(group, leads(group)) for group in weighed],
    }


def _group(group: Group, whole: str) -> dict[str, Any]:
    place = Text(
        " · ".join(each.zh for each in (group.procedure_title, group.step_title) if each.zh),
        ", ".join(each.en for each in (group.procedure_title, group.step_title) if each.en),
    )
    return {
        "key": group.key,
        "words": Text(group.words.zh, group.words.en[:1].upper() + group.words.en[1:]),
        "place": place,
        "decisions": Text(
            "、".join(f"“{each.zh}”" for each in group.decisions), ", ".join(each.en for each in group.decisions)
        )
        if group.decisions
        else None,
        "cite": group.cite,
        "count": group.count,
        "overdue": group.overdue,
        "spread": _spread(group),
        "columns": columns_of(group),
        "rows": [case_row(group, case) for case in _weighed(group)[:FOLDED_AT]],
        "more": max(0, group.count - FOLDED_AT),
        "whole": whole,
    }


def _weighed(group: Group) -> list[CaseLine]:
    """What changes most stands first."""
    return sorted(group.cases, key=lambda case: -abs(case.delta or 0))


def _spread(group: Group) -> Text | None:
    if group.spread is None:
        return None
    least, usual, most = (change_words(group.unit, each) for each in group.spread)
    assert least is not None
    assert usual is not None
    assert most is not None
    if least == most:
        return Text(f"均{least.zh}", f"all {least.en}") if group.count > 1 else least
    return Text(f"{least.zh}至{most.zh}，中位数{usual.zh}", f"{least.en} to {most.en}, median {usual.en}")


def _left_out(each: NotRehearsed) -> dict[str, Any]:
    procedure = next((known.title for known in library.current_definitions() if known.key == each.procedure), None)
    return {
        "procedure": procedure or Text(each.procedure, each.procedure),
        "subject": each.words,
        "reason": each.reason,
        "count": len(each.cases),
        "numbers": each.cases[:FOLDED_AT],
        "more": max(0, len(each.cases) - FOLDED_AT),
    }


def _version(old: OldPolicy) -> dict[str, Any]:
    return {
        "href": f"/policies/{old.hash}",
        "name": Text(f"{old.name}（{old.call}）", f"{old.name} ({old.call})") if old.call else Text(old.name, old.name),
        "live": old.live,
        "decided": old.decided,
        "changed": len(old.changed),
    }
