"""The console's commands, run in this process as the console script runs them."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from incubator.cli import main


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended: its exit code and what it wrote."""

    code: int
    out: str
    err: str


Console = Callable[..., Said]


def console_of(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Console:
    """A way to run commands, `typed` being what stands on standard input."""

    def run(*arguments: str, typed: str = "") -> Said:
        monkeypatch.setattr(sys, "argv", ["incubator", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            main()
        written = capsys.readouterr()
        return Said(int(ended.value.code or 0), written.out, written.err)

    return run
