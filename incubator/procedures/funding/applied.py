"""What an application for funding says after its corrections, as rules and effects read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from incubator.policies import matching
from incubator.procedures.filing.applied import application_of, form_of, said

__all__ = ["application_of", "code_of", "form_of", "lines_of", "said", "total"]


def code_of(entries: Iterable[Mapping[str, Any]], word: str) -> str | None:
    """The code of the list's entry that a word speaks of: its code or its name; None where there is none."""
    return matching.category(
        ((str(each["code"]), (each["code"], each["name"]["zh"], each["name"]["en"])) for each in entries), word
    )


def lines_of(facts: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The lines of the budget as rules see them: the agreement's where it says them, else the application's."""
    return list(facts["data.agreement.lines"] or said(facts, "lines") or ())


LINES = (*form_of("lines"), "data.agreement.lines")


def total(lines: Iterable[Mapping[str, Any]]) -> int:
    """The sum of a budget's lines, in fen."""
    return sum(int(line["fen"]) for line in lines)
