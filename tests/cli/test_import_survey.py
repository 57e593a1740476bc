"""`incubator import survey`, over real databases and files."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from incubator.database import Database
from incubator.models.base import table
from incubator.models.organizations import Organization
from tests.cli.console import Console, console_of
from tests.services.survey.tables import workbook
from tests.services.survey.vocabulary import COMMUNITIES

SAMPLE = str(files("incubator.samples").joinpath("survey.xlsx"))
STREET = ["street", "add", "--code", "000001", "--name", "示例街道", *(f"--community={each}" for each in COMMUNITIES)]


def entered(database: Database) -> int:
    organizations = table(Organization)
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(organizations)) or 0


def test_a_survey_is_shown_then_imported_and_imported_again_without_effect(
    console: Console, database: Database, tmp_path: Path
) -> None:
    assert console(*STREET).code == 0
    shown = console("import", "survey", SAMPLE, "--dry-run")
    assert (shown.code, entered(database)) == (0, 0)
    assert "没有写入任何内容" in shown.out
    assert "“桂花社区”B26  桂花园小区业主委员会  不予导入 / refused" in shown.out
    assert "属于业主委员会，不予备案" in shown.out
    assert "“桂花社区”B25  夕阳红书画社  疑似重复 / suspected duplicate" in shown.out
    assert "可在工作台的导入预览中选择：合并到已有、跳过" in shown.out

    out = tmp_path / "to mend.xlsx"
    done = console("import", "survey", SAMPLE, "--mending", str(out))
    assert (done.code, entered(database)) == (0, 142)
    assert "已新建 142 个组织" in done.out
    assert load_workbook(out).worksheets[0].max_row == 8

    again = console("import", "survey", SAMPLE)
    assert (again.code, entered(database)) == (0, 142)
    assert "此前已导入" in again.out


def test_what_cannot_be_imported_is_refused_in_words_and_writes_nothing(
    console: Console, database: Database, tmp_path: Path
) -> None:
    survey = tmp_path / "survey.xlsx"
    survey.write_bytes(workbook([["组织名称", "负责人"], ["甲队", "赵甲"]]))
    nowhere = console("import", "survey", str(survey))
    assert (nowhere.code, "incubator street add" in nowhere.err) == (1, True)
    console(*STREET)
    console("street", "add", "--code", "000002", "--name", "示例二街道")
    several = console("import", "survey", str(survey))
    assert (several.code, "000001 示例街道、000002 示例二街道" in several.err) == (1, True)
    assert console("import", "survey", str(survey), "--street", "000003").code == 1
    assert console("import", "survey", str(survey), "--street", "000001").code == 0

    noise = tmp_path / "noise.xlsx"
    noise.write_bytes(b"no table at all")
    refused = console("import", "survey", str(noise), "--street", "000001")
    assert (refused.code, "没有识别到表头" in refused.err) == (1, True)
    folder = console(
        "import", "survey", str(survey), "--street", "000001", "--mending", str(tmp_path / "none" / "a.xlsx")
    )
    assert (folder.code, "不会重复导入" in folder.err) == (1, True)
    assert console("import", "survey", str(tmp_path / "missing.xlsx")).code == 2
    assert console("import", "survey").code == 2
    assert entered(database) == 1


def test_the_console_makes_an_empty_database_ready_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    console = console_of(monkeypatch, capsys)
    added = console(*STREET, "--data-dir", str(tmp_path))
    assert (added.code, "7 个社区" in added.out) == (0, True)
    assert (tmp_path / "incubator.db").exists()
    script = [sys.executable, "-m", "incubator.cli", "import", "survey", SAMPLE, "--data-dir", str(tmp_path)]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert (done.returncode, "已新建 142 个组织" in done.stdout) == (0, True)
