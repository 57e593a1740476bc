"""`incubator calendar import` and `incubator deadline` over a street: what was read, what moves, by which calendar."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.console import Console, console_of
from tests.services.calendars.arrangement import MADE_UP_2027

CODE = "510105001"


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    """The file of a notice that may be imported on any day of 2026 or later."""
    path = tmp_path / "2027.txt"
    path.write_text(MADE_UP_2027, encoding="utf-8")
    return path


def test_a_notice_is_tried_imported_and_found_to_be_in_already(console: Console, notice: Path) -> None:
    assert console("street", "add", "--code", CODE, "--name", "草堂街道").code == 0
    tried = console("calendar", "import", str(notice), "--dry-run")
    assert tried.code == 0, tried.err
    assert "2027-02" in tried.out
    assert "春节 2027-02-05（周五） 至 2027-02-12（周五）" in tried.out
    assert "没有写入任何内容" in tried.out
    asked = ("deadline", "--start", "2027-02-03", "--days", "3", "--street", CODE)
    assert console(*asked).out.splitlines()[0] == "2027-02-08"
    done = console("calendar", "import", str(notice))
    assert done.code == 0, done.err
    assert "改为放假 18 天" in done.out
    counted = console(*asked)
    assert counted.out.splitlines()[:2] == ["2027-02-16", "  按草堂街道现行的工作日历计算"]
    again = console("calendar", "import", str(notice), "--street", CODE)
    assert (again.code, "日历没有改动" in again.out) == (0, True)


def test_what_is_not_understood_is_told_with_its_line_and_nothing_is_made(
    tmp_path: Path, notice: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INCUBATOR_DATABASE_URL", "")
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path / "data"))
    console = console_of(monkeypatch, capsys)
    notice.write_text(MADE_UP_2027.replace("1月1日（周五）", "1月1日（周四）"), encoding="utf-8")
    said = console("calendar", "import", str(notice))
    assert said.code == 1
    assert "2027.txt:4" in said.err
    assert "2027-01-01是周五，不是周四" in said.err
    assert console("calendar", "import", str(tmp_path / "none.txt")).code == 2
    assert console("deadline", "--start", "2026-09-30", "--days", "7").out.splitlines()[:2] == [
        "2026-10-15",
        "  按国务院办公厅已公布的放假安排计算（随软件提供）",
    ]
    assert console("deadline", "--start", "2026-09-30", "--days", "7", "--street", CODE).code == 1
    assert not (tmp_path / "data").exists()


def test_among_several_streets_the_one_named_is_counted_by(console: Console) -> None:
    for code in (CODE, "510105002"):
        console("street", "add", "--code", code, "--name", f"街道{code[-1]}")
    plain = console("deadline", "--start", "2026-09-30", "--days", "7")
    assert (plain.code, "随软件提供" in plain.out) == (0, True)
    named = console("deadline", "--start", "2026-09-30", "--days", "7", "--street", "510105002")
    assert "按街道2现行的工作日历计算" in named.out
    assert console("deadline", "--start", "2026-09-30", "--days", "7", "--street", "9").code == 1
