"""The sample street: built once for all these tests by playing it, whole or not at all, and served."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from incubator.clock import SHANGHAI
from incubator.database import Database
from incubator.engine.definition import Definition, StepKind
from incubator.engine.streams import HEADS, verify
from incubator.models.automation import Notice, Outbox, ReviewRun
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.events import Event
from incubator.models.organizations import Document, Organization
from incubator.models.streets import Account, Substitute
from incubator.procedures.filing.procedure import FILING
from incubator.procedures.yearly_review.procedure import YEARLY_REVIEW
from incubator.samples.people import ACCOUNTS, PASSWORD
from incubator.samples.preparing import FolderHoldsOtherData, prepare
from incubator.services.documents import read_content
from tests.cli.console import console_of
from tests.processes import Process, answers, free_port, python, started, until

# One process builds the sample and uses it: it takes longer than all that follows.
pytestmark = pytest.mark.xdist_group("processes")

NOW = datetime(2026, 9, 18, 15, 0, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's data folder."""
    path = tmp_path_factory.mktemp("sample") / "demo"
    assert prepare(path, NOW)
    return path


@pytest.fixture(scope="module")
def sample(folder: Path) -> Iterator[Database]:
    """The sample's database."""
    database = Database(f"sqlite:///{folder / 'incubator.db'}")
    yield database
    database.close()


def steps_with_cases(sample: Database, procedure: str) -> set[str]:
    cases = table(Case)
    with sample.read() as connection:
        return set(connection.scalars(select(cases.c.step).where(cases.c.procedure == procedure)))


def steps_for_people(definition: Definition) -> set[str]:
    """Where a case can lie for longer than automation takes; the default policy has no public notice."""
    lasting = {step.key for step in definition.steps if step.kind in (StepKind.HUMAN, StepKind.END)}
    return lasting - {"objection"}


def test_every_step_of_filing_and_of_the_yearly_review_has_a_case(sample: Database) -> None:
    assert steps_with_cases(sample, "filing") == steps_for_people(FILING)
    assert steps_with_cases(sample, "yearly_review") == steps_for_people(YEARLY_REVIEW)
    assert steps_with_cases(sample, "filing_change") == {"decision"}
    assert steps_with_cases(sample, "filing_exit") == {"acceptance"}


def test_nothing_waits_for_automation(sample: Database) -> None:
    outbox = table(Outbox)
    with sample.read() as connection:
        assert connection.scalar(select(func.count()).select_from(outbox).where(outbox.c.settled_at.is_(None))) == 0
        assert connection.scalar(select(func.count()).select_from(outbox)) > 200


def test_some_cases_are_overdue_and_were_chased(sample: Database) -> None:
    cases, notices = table(Case), table(Notice)
    with sample.read() as connection:
        overdue = connection.scalars(
            select(cases.c.step).where(cases.c.open.is_(True), cases.c.due_on < NOW.date())
        ).all()
        kinds = set(connection.scalars(select(notices.c.kind)))
    assert {"committee_opinion", "acceptance", "decision", "report", "conclusion"} <= set(overdue)
    assert {f"case.remind.{level}" for level in ("reminder", "second_reminder", "escalation")} <= kinds


def test_every_chain_holds(sample: Database) -> None:
    with sample.read() as connection:
        for stream, head in HEADS.items():
            for subject in connection.scalars(select(table(head).c.id)).all():
                assert verify(connection, stream, subject) == []


def test_the_whole_survey_is_entered_and_some_forty_groups_were_taken_along(sample: Database) -> None:
    organizations, cases = table(Organization), table(Case)
    with sample.read() as connection:
        assert connection.scalar(select(func.count()).select_from(organizations)) == 142
        assert connection.scalar(select(func.count(cases.c.organization_id.distinct()))) == 40
        [opened] = connection.scalars(select(table(ReviewRun).c.opened).where(table(ReviewRun).c.opened > 0)).all()
        assert opened == 16
        assert set(connection.scalars(select(table(Account).c.username))) == {each.username for each in ACCOUNTS}
        assert connection.scalar(select(func.count()).select_from(table(Substitute))) == 1


def test_every_paper_is_there_and_no_number_stands_in_an_event(sample: Database, folder: Path) -> None:
    documents = table(Document)
    with sample.read() as connection:
        for row in connection.execute(select(documents)):
            content = read_content(folder, row.sha256)
            assert (len(content), hashlib.sha256(content).hexdigest()) == (row.size, row.sha256)
        bodies = connection.scalars(select(table(Event).c.body)).all()
    assert not any("1380000" in body or "1390000" in body for body in bodies)


def test_a_second_preparation_changes_nothing(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert not prepare(folder, NOW)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_an_interrupted_preparation_leaves_nothing_and_one_that_was_killed_is_cleared_away(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    abandoned = tmp_path / f".demo.preparing.{ended.pid}"
    (abandoned / "documents").mkdir(parents=True)
    own = tmp_path / f".demo.preparing.{os.getppid()}"
    own.mkdir()

    def interrupt(done: int, moves: int) -> None:
        assert not (tmp_path / "demo").exists()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(tmp_path / "demo", NOW, interrupt)
    assert list(tmp_path.iterdir()) == [own]


def test_a_folder_with_other_data_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("somebody's")
    with pytest.raises(FolderHoldsOtherData):
        prepare(tmp_path, NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_the_demo_serves_the_sample_that_is_there_and_tells_who_may_sign_in(folder: Path, tmp_path: Path) -> None:
    data_dir = shutil.copytree(folder, tmp_path / "demo")
    port = free_port()
    demo = Process(
        python("incubator.cli", "demo", "--data-dir", str(data_dir), "--port", str(port)),
        {"INCUBATOR_PREFECT_PORT": str(free_port())},
        tmp_path / "demo.log",
    )
    with started(demo):
        until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), "the demo answers")
        for account in ACCOUNTS:
            assert account.username in demo.output
        assert PASSWORD in demo.output
        assert demo.stop() == 0


def test_the_demo_refuses_a_database_that_is_not_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INCUBATOR_DATABASE_URL", "postgresql://nowhere/incubator")
    refused = console_of(monkeypatch, capsys)("demo", "--data-dir", str(tmp_path / "demo"))
    assert (refused.code, "INCUBATOR_DATABASE_URL" in refused.err) == (1, True)
    assert list(tmp_path.iterdir()) == []
