"""`incubator deadline`: the dates of the statutes, with their proof."""

from __future__ import annotations

import pytest

from tests.cli.console import console_of


@pytest.mark.parametrize(
    ("start", "days", "unit", "due"),
    [
        ("2026-02-10", 5, "working", "2026-02-24"),
        ("2026-09-18", 5, "working", "2026-09-24"),
        ("2026-09-30", 7, "working", "2026-10-15"),
        ("2026-04-29", 15, "working", "2026-05-22"),
        ("2026-10-09", 7, "calendar", "2026-10-16"),
    ],
)
def test_the_day_on_which_a_term_ends_is_printed_with_its_proof(
    start: str, days: int, unit: str, due: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    console = console_of(monkeypatch, capsys)
    said = console("deadline", "--start", start, "--days", str(days), "--unit", unit)
    first, *proof = said.out.splitlines()
    assert (said.code, first) == (0, due)
    assert proof


@pytest.mark.parametrize("start", ["2026-02-30", "18.9.2026", ""])
def test_what_is_no_date_is_a_misspelt_command(
    start: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = console_of(monkeypatch, capsys)("deadline", "--start", start, "--days", "5")
    assert said.code == 2
    assert "YYYY-MM-DD" in said.err
