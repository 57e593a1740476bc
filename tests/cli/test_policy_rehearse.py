"""`incubator policy rehearse`: groups with their first cases, the whole result in a file, faults as the check tells them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.rehearsal import Kind, Rehearsal
from tests.cli.console import Console
from tests.procedures.world import Centre, build

PACK = """\
name: riverside
jurisdiction: {zh: 河畔区, en: Riverside}
extends: national
effective_from: 2027-01-01
values:
  filing:
    conditions:
      members:
        value: 20
        cite: {practice: {zh: 成员不少于二十人, en: at least twenty members}}
"""


@pytest.fixture
def centre(database: Database, clock: FixedClock) -> Centre:
    centre = build(database, clock)
    for name in ("晨风合唱团", "晚霞合唱团", "夕阳合唱团", "朝阳合唱团"):
        centre.with_group(name).accepted(name=f"桂花社区{name}", members=12)
    return centre


def test_what_would_be_another_thing_is_told_in_groups_with_its_first_cases(
    console: Console, centre: Centre, tmp_path: Path
) -> None:
    pack, out = tmp_path / "riverside.yaml", tmp_path / "out.json"
    pack.write_text(PACK, encoding="utf-8")
    said = console("policy", "rehearse", str(pack), "--out", str(out))
    assert said.code == 0, said
    for words in ("在办 4 件、已办 0 件，涉及 4 件", "将被阻止 / Would be blocked", "备案 · 审批 · 批准", "共 4 件"):
        assert words in said.out
    assert said.out.count("成员应不少于 20 人，现为 12 人") == 3
    assert "BA-2026-0001 晨风合唱团：可以办理 → 成员" in said.out
    kept = Rehearsal.from_json(json.loads(out.read_text(encoding="utf-8")))
    assert [(group.kind, group.count) for group in kept.groups] == [(Kind.BLOCKED, 4)]
    every_case = console("policy", "rehearse", str(pack), "--cases", "--on", "2027-03-01")
    assert every_case.out.count("成员应不少于 20 人，现为 12 人") == 4
    assert "以 2027-03-01 为准" in every_case.out


def test_a_faulty_pack_is_told_with_file_and_line_and_nothing_is_rehearsed(
    console: Console, centre: Centre, tmp_path: Path
) -> None:
    pack = tmp_path / "riverside.yaml"
    pack.write_text(PACK.replace("value: 20", "value: many"), encoding="utf-8")
    said = console("policy", "rehearse", str(pack))
    assert said.code == 1
    assert said.out.startswith("riverside.yaml:9: ")
    assert (said.out, said.err) == (console("policy", "check", str(pack)).out, "共 1 处错误 / 1 faults\n")
