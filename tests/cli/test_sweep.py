"""`incubator sweep`: the clock's work by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from incubator.database import Database
from incubator.models.automation import ReviewRun
from incubator.models.base import table
from incubator.models.cases import Case
from tests.cli.console import Console
from tests.procedures.world import Centre, build
from tests.processes import SEALING_SECRET, SharedClock


@pytest.fixture
def centre(database: Database, console: Console, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """A centre with one filed group, whose clock the console shares."""
    monkeypatch.setenv("INCUBATOR_CLOCK", "test")
    monkeypatch.setenv("INCUBATOR_SECRET_KEY", SEALING_SECRET)
    centre = build(database, SharedClock(database)).on("2026-09-18")
    centre.filed()
    return centre


def count(centre: Centre, model: type[ReviewRun] | type[Case], **values: str) -> int:
    from sqlalchemy import func, select

    rows = table(model)
    with centre.database.read() as connection:
        query = select(func.count()).select_from(rows).where(*(rows.c[name] == value for name, value in values.items()))
        return int(connection.scalar(query) or 0)


def test_due_reviews_are_opened_with_a_receipt_and_asked_again_none_is_opened_twice(
    centre: Centre, console: Console, tmp_path: Path
) -> None:
    centre.on("2027-01-04")
    said = console("sweep")
    assert said.code == 0
    assert "yearly_review" in said.out
    assert console("sweep", "--as-of", "2027-01-04").code == 0
    assert count(centre, Case, procedure="yearly_review") == 1
    assert count(centre, ReviewRun, procedure="yearly_review") == 2


def test_no_day_that_has_not_come_is_swept(centre: Centre, console: Console) -> None:
    said = console("sweep", "--as-of", "2026-09-19")
    assert said.code == 2
    assert count(centre, ReviewRun) == 0
