"""Policy packs: complete, cited, checked whole with every fault at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from incubator.engine.policy import Policy
from incubator.policies.packs import PackInvalid, all_paths, check, load, shipped, shipped_names
from tests.policies.writing import pack, small

FAULTY = """\
name: riverside
jurisdiction: {zh: 河滨, en: Riverside}
extends: national
effective_from: 2026-01-01
effective_until: 2025-01-01
values:
  filing:
    conditions:
      members:
        value: twenty
        cite: {practice: {zh: 惯例, en: practice}}
      founders:
        value: 5
      leadr:
        value: true
        cite: {practice: {zh: 惯例, en: practice}}
    decision:
      due:
        value: {length: 7}
        cite: {source: nowhere, article: "3"}
    ladder:
      value: [{level: reminder, after_days: 5}, {level: escalation, after_days: 1}]
      cite: {practice: {zh: 惯例, en: practice}}
  yearly_review:
    report:
      due:
        value: {length: 7, unit: fortnights}
        cite: {practice: {zh: 惯例, en: practice}}
      due:
        value: {month: 4, day: 30}
        cite: {practice: {zh: 惯例, en: practice}}
"""


def test_the_national_baseline_says_everything_and_cites_each_value() -> None:
    policy = Policy(shipped())
    for path in all_paths():
        assert policy.has(path), path
        assert policy.cite(path).zh
        assert policy.cite(path).en


def test_a_source_that_is_only_described_is_not_put_into_title_marks() -> None:
    assert (
        Policy(shipped("sichuan_2023")).cite("filing.conditions.excluded").zh
        == "四川省2023年关于社区社会组织备案的规定第2条"
    )


def test_the_baselines_limits_read_as_the_engine_reads_them() -> None:
    policy = Policy(shipped())
    assert policy.due("filing.decision.due").starts_on == "accepted"
    assert policy.due("yearly_review.report.due").is_day_of_year
    assert [rung.level for rung in policy.ladder("yearly_review.report.ladder")] == [
        "reminder",
        "second_reminder",
        "escalation",
    ]
    assert [need.kind for need in policy.documents("filing.application.documents")] == [
        "application",
        "roster",
        "charter",
        "premises_proof",
    ]


def test_every_fault_is_found_at_once_with_its_line(tmp_path: Path) -> None:
    faults = check(pack(tmp_path, FAULTY))
    assert [(fault.line, fault.path) for fault in faults] == [
        (5, "effective_until"),
        (10, "values.filing.conditions.members.value"),
        (12, "values.filing.conditions.founders.cite"),
        (14, "values.filing.conditions.leadr"),
        (19, "values.filing.decision.due.value"),
        (20, "values.filing.decision.due.cite.source"),
        (22, "values.filing.ladder.value"),
        (27, "values.yearly_review.report.due.value.unit"),
        (29, "values.yearly_review.report.due"),
    ]
    with pytest.raises(PackInvalid) as refused:
        load(pack(tmp_path, FAULTY))
    assert "pack.yaml:12" in refused.value.detail.zh
    assert len(refused.value.extra["faults"]) == len(faults)


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_pack_is_without_fault(name: str) -> None:
    assert Policy(shipped(name)).name == name


def test_what_a_pack_does_not_say_comes_from_what_it_extends(tmp_path: Path) -> None:
    values = "  filing: {conditions: {members: {value: 20, cite: {practice: {zh: 惯例, en: practice}}}}}\n"
    policy = Policy(load(small(tmp_path, values)))
    assert policy.name == "small"
    assert policy.whole("filing.conditions.members") == 20
    assert policy.whole("filing.conditions.founders") == 3
    assert "四川省2023年" in policy.cite("filing.conditions.categories").zh


def test_a_pack_that_extends_nothing_must_say_everything(tmp_path: Path) -> None:
    faults = check(small(tmp_path, "  general: {}\n", head="effective_until: 2027-01-01"))
    assert {fault.path for fault in faults} == all_paths()


def test_a_pack_may_extend_a_file_beside_it_but_not_itself(tmp_path: Path) -> None:
    values = "  filing: {conditions: {members: {value: 20, cite: {practice: {zh: 惯例, en: practice}}}}}\n"
    small(tmp_path, values).rename(tmp_path / "base.yaml")
    above = small(tmp_path, "  {}\n", head="extends: base")
    assert Policy(load(above)).whole("filing.conditions.members") == 20
    circle = small(tmp_path, "  {}\n", head="extends: pack.yaml")
    assert [fault.message.en for fault in check(circle)] == ["The packs extend one another in a circle"]


@pytest.mark.parametrize(
    ("content", "line"),
    [("name: [\n", 2), ("- a\n- b\n", 1), ("name: small\nname: other\n", 2)],
)
def test_a_file_that_is_no_pack_is_a_fault_and_no_exception(tmp_path: Path, content: str, line: int) -> None:
    assert line in {fault.line for fault in check(pack(tmp_path, content))}


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    (fault,) = check(tmp_path / "nowhere.yaml")
    assert "cannot be read" in fault.message.en


def test_faults_of_the_extended_pack_name_its_own_file(tmp_path: Path) -> None:
    small(tmp_path, "  filing: {colour: 1}\n").rename(tmp_path / "base.yaml")
    faults = check(small(tmp_path, "  {}\n", head="extends: base"))
    assert [(fault.file, fault.line) for fault in faults] == [("base.yaml", 6)]


def test_the_same_file_gives_the_same_content_under_the_same_hash() -> None:
    assert Policy(shipped()).hash == Policy(shipped()).hash
