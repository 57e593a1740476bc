"""The benchmarks still run; what they measure depends on the machine and is nobody's test."""

from __future__ import annotations

import pytest

from tests.benchmarks import advance, rehearsal


@pytest.mark.xdist_group("processes")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_every_row_about_advances_runs(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    advance.main(["--kind", kind, "--cases", "16", "--repeat", "1"])
    told = capsys.readouterr().out
    assert all(words in told for words in ("over HTTP", "in process", "SpiffWorkflow"))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_every_row_about_rehearsals_runs_and_every_case_is_concerned(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rehearsal.main(["--kind", kind, "--cases", "60", "--repeat", "1"])
    told = capsys.readouterr()
    assert "reading its rows bare" in told.out
    assert "62 cases concerned" in told.err
