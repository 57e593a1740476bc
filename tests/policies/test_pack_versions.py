"""A file whose values have dates of effect is cut into versions, each complete and each what holds on its days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from incubator.engine.policy import Policy
from incubator.policies.packs import (
    DEFAULT,
    SHIPPED,
    NotInEffect,
    PackInvalid,
    all_paths,
    check,
    load,
    shipped,
    versions,
    versions_of_text,
)
from tests.policies.writing import cited, pack, small, small_text

MEMBERS = "filing.conditions.members"


def since(found: list[tuple[date, dict[str, Any]]]) -> list[str]:
    return [day.isoformat() for day, _ in found]


def values_at(path: str, found: list[tuple[date, dict[str, Any]]]) -> list[Any]:
    return [Policy(content).get(path) for _, content in found]


def test_a_pack_without_dates_is_one_version_from_its_own_first_day(tmp_path: Path) -> None:
    path = small(tmp_path, f"  filing: {{conditions: {{members: {cited('12')}}}}}\n")
    ((day, content),) = versions(path)
    assert day == date(2026, 1, 1)
    assert content == load(path)
    assert content["effective_from"] == "2026-01-01"


def test_a_value_with_dates_cuts_the_file_and_the_days_that_it_leaves_come_from_what_it_extends(tmp_path: Path) -> None:
    dated = f"[{cited('12', 'effective_from: 2026-07-01, effective_until: 2026-12-31')}, {cited('15', 'effective_from: 2027-03-01')}]"
    path = small(tmp_path, f"  filing: {{conditions: {{members: {dated}}}}}\n")
    found = versions(path)
    assert since(found) == ["2026-01-01", "2026-07-01", "2027-01-01", "2027-03-01"]
    assert values_at(MEMBERS, found) == [10, 12, 10, 15]
    assert [content["effective_from"] for _, content in found] == since(found)
    assert all({path for path in all_paths() if Policy(content).has(path)} == all_paths() for _, content in found)
    leaf = found[1][1]["values"]["filing"]["conditions"]["members"]
    assert leaf["effective_from"] == "2026-07-01"
    assert leaf["effective_until"] == "2026-12-31"
    assert load(path, on=date(2026, 12, 31)) == found[1][1]
    assert load(path, on=date(2030, 1, 1)) == found[-1][1]
    with pytest.raises(NotInEffect) as refused:
        load(path, on=date(2025, 12, 31))
    assert "2026-01-01" in refused.value.detail.zh


def test_a_content_is_the_callers_own(tmp_path: Path) -> None:
    found = versions_of_text("pack.yaml", small_text("  {}\n"))
    found[0][1]["values"]["filing"]["conditions"]["members"]["value"] = 99
    found[0][1]["sources"].clear()
    assert Policy(shipped()).whole(MEMBERS) == 10
    assert values_at(MEMBERS, versions_of_text("pack.yaml", small_text("  {}\n"))) == [10]
    assert shipped()["sources"]


def test_a_value_holds_until_the_next_begins_unless_it_says_its_last_day(tmp_path: Path) -> None:
    dated = f"[{cited('15', 'effective_from: 2027-03-01')}, {cited('12')}]"
    found = versions(small(tmp_path, f"  filing: {{conditions: {{members: {dated}}}}}\n"))
    assert since(found) == ["2026-01-01", "2027-03-01"]
    assert values_at(MEMBERS, found) == [12, 15]


def test_the_changes_of_what_it_extends_come_through_where_the_pack_is_silent(tmp_path: Path) -> None:
    base = f"  filing: {{conditions: {{members: [{cited('12')}, {cited('15', 'effective_from: 2027-03-01')}], founders: {cited('4', 'effective_from: 2027-05-01')}}}}}\n"
    pack(tmp_path, small_text(base), "base.yaml")
    above = f"  filing: {{conditions: {{founders: {cited('6', 'effective_from: 2026-06-01')}}}}}\n"
    found = versions(small(tmp_path, above, head="extends: base"))
    assert since(found) == ["2026-01-01", "2026-06-01", "2027-03-01"]  # the base's fourth founder is never asked for
    assert values_at(MEMBERS, found) == [12, 12, 15]
    assert values_at("filing.conditions.founders", found) == [3, 6, 6]


def test_a_version_ends_with_its_pack(tmp_path: Path) -> None:
    head = "extends: national\neffective_until: 2026-12-31"
    path = small(tmp_path, f"  filing: {{conditions: {{members: {cited('12')}}}}}\n", head)
    assert [content["effective_until"] for _, content in versions(path)] == ["2026-12-31"]
    with pytest.raises(NotInEffect):
        load(path, on=date(2027, 1, 1))


def test_what_nobody_says_on_some_day_is_a_fault(tmp_path: Path) -> None:
    content = yaml.safe_load((SHIPPED / f"{DEFAULT}.yaml").read_text(encoding="utf-8"))
    leaf = content["values"]["filing"]["conditions"]["members"]
    content["values"]["filing"]["conditions"]["members"] = [
        {**leaf, "effective_until": date(2026, 6, 30)},
        {**leaf, "value": 12, "effective_from": date(2027, 1, 1)},
    ]
    (fault,) = check(pack(tmp_path, yaml.safe_dump(content, allow_unicode=True)))
    assert fault.path == f"values.{MEMBERS}"
    assert "2026-07-01 至 2026-12-31 没有规定这一项" in fault.message.zh
    assert "Nothing is said here from 2026-07-01 until 2026-12-31" in fault.message.en


@pytest.mark.parametrize(
    ("base", "own", "words"),
    [
        ("effective_until: 2025-12-31", "", "ended on 2025-12-31, before this pack takes effect on 2026-01-01"),
        ("effective_until: 2026-06-30", "", "nobody says the rest from then on"),
        ("effective_until: 2026-06-30", "effective_until: 2026-07-01", "nobody says the rest from then on"),
        ("effective_until: 2026-06-30", "effective_until: 2026-06-30", ""),
        ("", "", ""),
    ],
)
def test_a_pack_stands_on_what_is_in_effect(tmp_path: Path, base: str, own: str, words: str) -> None:
    text = small_text("  {}\n", f"extends: national\n{base}", name="base").replace("2026-01-01", "2025-01-01")
    pack(tmp_path, text, "base.yaml")
    faults = check(small(tmp_path, "  {}\n", head=f"extends: base\n{own}"))
    assert [(fault.line, fault.path) for fault in faults] == ([(3, "extends")] if words else [])
    assert all(words in fault.message.en for fault in faults)


def test_a_pack_does_not_begin_before_what_it_extends(tmp_path: Path) -> None:
    path = pack(tmp_path, small_text("  {}\n").replace("2026-01-01", "2019-01-01"))
    (fault,) = check(path)
    assert fault.line == 3
    assert "takes effect on 2020-01-01, after this pack does on 2019-01-01" in fault.message.en


def test_a_pack_lasts_as_long_as_its_values_say(tmp_path: Path) -> None:
    values = f"  filing:\n    conditions:\n      members: {cited('12', 'effective_from: 2027-03-01')}\n      founders: {cited('4', 'effective_until: 2027-12-31')}\n"
    path = small(tmp_path, values, head="extends: national\neffective_until: 2026-12-31")
    faults = check(path)
    assert [(fault.line, fault.path.rpartition(".")[2]) for fault in faults] == [
        (9, "effective_from"),
        (10, "effective_until"),
    ]
    assert all("政策包 2026-12-31 失效" in fault.message.zh for fault in faults)
    with pytest.raises(PackInvalid):
        versions(path)


def test_what_stops_making_sense_on_a_later_day_is_told_with_that_day(tmp_path: Path) -> None:
    values = f"  funding: {{review: {{size: [{cited('5')}, {cited('3', 'effective_from: 2027-01-01')}]}}}}\n"
    (fault,) = check(small(tmp_path, values))
    assert fault.message.zh.startswith("自 2027-01-01 起：评审意见最低份数不能多于评审专家人数")


def test_what_makes_no_sense_in_several_versions_is_told_once(tmp_path: Path) -> None:
    values = (
        f"  funding: {{review: {{least: {cited('101')}}}}}\n"
        f"  general: {{backdating_days: [{cited('5')}, {cited('3', 'effective_from: 2027-01-01')}]}}\n"
    )
    (fault,) = check(small(tmp_path, values))
    assert fault.message.zh.startswith("立项最低得分不能高于")


FIRST = date(2026, 1, 1)
PATHS = (MEMBERS, "filing.conditions.founders", "general.backdating_days", "yearly_review.checks.activities")


@dataclass(frozen=True)
class Said:
    """A value from a day of the pack until another, both counted from its first."""

    value: int
    first: int | None
    last: int | None

    def yaml(self) -> str:
        days = []
        if self.first is not None:
            days.append(f"effective_from: {FIRST + timedelta(self.first)}")
        if self.last is not None:
            days.append(f"effective_until: {FIRST + timedelta(self.last)}")
        return cited(str(self.value), ", ".join(days))


@st.composite
def timelines(draw: st.DrawFn) -> list[Said]:
    """What a file says of one value: spans that do not overlap, some of them open until the next or for good."""
    cuts = sorted(draw(st.sets(st.integers(-5, 40), max_size=6)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    said = []
    for place, (first, last) in enumerate(spans):
        open_ended = draw(st.booleans())
        starts = None if place == 0 and first <= 0 and draw(st.booleans()) else first
        ends = None if open_ended else last - 1
        if starts is None and ends is not None and ends < 0:
            starts = first
        said.append(Said(draw(st.integers(1, 4)), starts, ends))
    return said


def holds(said: list[Said], day: int) -> int | None:
    """The slow, obvious answer: what holds on a day, asked of each entry in turn."""
    answer = None
    for place, each in enumerate(said):
        first = 0 if each.first is None else each.first
        following = said[place + 1].first if place + 1 < len(said) else None
        last = each.last if each.last is not None else (following - 1 if following is not None else 10_000)
        if first <= day <= last:
            assert answer is None
            answer = each.value
    return answer


@settings(max_examples=40, deadline=None)
@given(
    st.fixed_dictionaries({path: timelines() for path in PATHS}),
    st.fixed_dictionaries({path: timelines() for path in PATHS}),
    st.booleans(),
)
def test_cutting_into_versions_is_asking_value_by_value_and_day_by_day(
    tmp_path_factory: pytest.TempPathFactory, below: dict[str, list[Said]], above: dict[str, list[Said]], stacked: bool
) -> None:
    folder = tmp_path_factory.mktemp("packs")
    national = Policy(shipped())
    pack(folder, written(below, "national", "base"), "base.yaml")
    text = written(above, "base" if stacked else "national", "above")
    found = versions(pack(folder, text)) if stacked else versions_of_text("above.yaml", text)
    starts = [day for day, _ in found]
    read = [{path: policy.whole(path) for path in PATHS} for policy in (Policy(content) for _, content in found)]
    assert starts == sorted(set(starts))
    assert starts[0] == FIRST
    held: list[dict[str, int]] = []
    for offset in range(45):
        day = FIRST + timedelta(offset)
        holding = read[max(place for place, start in enumerate(starts) if start <= day)]
        expected = {}
        for path in PATHS:
            own = holds(above[path], offset)
            if own is None and stacked:
                own = holds(below[path], offset)
            expected[path] = national.whole(path) if own is None else own
        assert holding == expected
        held.append(expected)
        if offset and held[-1] != held[-2]:
            assert day in starts


def written(said: dict[str, list[Said]], extends: str, name: str) -> str:
    """A pack that says this."""
    values: dict[str, Any] = {}
    for path, timeline in said.items():
        if timeline:
            *sections, last = path.split(".")
            node = values
            for section in sections:
                node = node.setdefault(section, {})
            node[last] = [yaml.safe_load(each.yaml()) for each in timeline]
    head = {
        "name": name, "jurisdiction": {"zh": "小镇", "en": "Small"}, "extends": extends, "effective_from": FIRST,
        "values": values,
    }  # fmt: skip
    return str(yaml.safe_dump(head, allow_unicode=True, sort_keys=False))
