"""`incubator policy check` and `schema`: without any database, every fault in both languages, and what a sound pack is."""

from __future__ import annotations

from pathlib import Path

import pytest

from incubator.policies.packs import all_paths
from tests.cli.console import console_of
from tests.policies.writing import cited, pack, small_text


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder for data that nothing may touch."""
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("INCUBATOR_DATABASE_URL", raising=False)
    return tmp_path / "data"


def test_a_sound_pack_is_summed_up(
    tmp_path: Path, no_database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    dated = f"[{cited('12')}, {cited('15', 'effective_from: 2027-03-01')}]"
    values = f"  filing: {{conditions: {{members: {dated}, founders: {cited('5')}}}}}\n"
    path = pack(tmp_path, small_text(values, head="extends: national\neffective_until: 2028-12-31"))
    said = console_of(monkeypatch, capsys)("policy", "check", str(path))
    assert said.code == 0
    assert said.out.splitlines() == [
        "small：小镇 / Small",
        "继承 / Extends: national",
        "第 1 版自 2026-01-01 起 / Version 1 from 2026-01-01",
        "第 2 版自 2027-03-01 起 / Version 2 from 2027-03-01",
        "2028-12-31 失效 / In effect until 2028-12-31",
        f"本文件规定 2 项，继承 {len(all_paths()) - 2} 项 / 2 values of its own, {len(all_paths()) - 2} inherited",
    ]
    assert not no_database.exists()


def test_every_fault_is_printed_with_file_and_line_in_both_languages(
    tmp_path: Path, no_database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    values = f"  filing:\n    conditions:\n      leadr: {cited('true')}\n      members: {{value: 5}}\n"
    said = console_of(monkeypatch, capsys)("policy", "check", str(pack(tmp_path, small_text(values))))
    assert said.code == 1
    assert said.out.splitlines() == [
        "pack.yaml:8: values.filing.conditions.leadr: 没有“leadr”这一项，是否应为“leader”？"
        " / There is no 'leadr': did you mean 'leader'?",
        "pack.yaml:9: values.filing.conditions.members.cite: 缺少出处（cite） / The citation (`cite`) is missing",
    ]
    assert "共 2 处错误 / 2 faults" in said.err
    assert not no_database.exists()


def test_a_file_that_is_not_there_is_a_matter_of_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert console_of(monkeypatch, capsys)("policy", "check", str(tmp_path / "nowhere.yaml")).code == 2


def test_the_schema_is_printed_as_it_is_published(
    no_database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = console_of(monkeypatch, capsys)("policy", "schema")
    published = Path(__file__).parents[2] / "docs" / "policy-pack.schema.json"
    assert (said.code, said.out) == (0, published.read_text(encoding="utf-8"))
    assert not no_database.exists()
