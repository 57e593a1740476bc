"""The sample street: built once for all these tests by playing it, whole or not at all, and served."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from incubator.clock import SHANGHAI, today
from incubator.database import Database
from incubator.engine.case import CaseView
from incubator.engine.choices import choices
from incubator.engine.loading import case_view
from incubator.engine.roles import Actor
from incubator.engine.streams import HEADS, verify
from incubator.models.activities import Activity, Restriction
from incubator.models.automation import Notice, Outbox, ReviewRun
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.evaluations import Rating
from incubator.models.events import Event
from incubator.models.funding import Call, Expense, Project, ProjectStatus, Tranche
from incubator.models.hubs import Affiliation, Hub, HubRepresentative
from incubator.models.money import JournalLine, MoneyAccount
from incubator.models.organizations import Document, Organization, Standing
from incubator.models.premises import ServiceCentre
from incubator.models.streets import Account, Substitute
from incubator.procedures.catalogue import DEFINITIONS
from incubator.queries.organizations import find_organization
from incubator.queries.path import StageState, path
from incubator.samples.people import ACCOUNTS, PASSWORD
from incubator.samples.preparing import FolderHoldsOtherData, prepare
from incubator.services.documents import read_content
from incubator.services.people import actor_of
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


def person(sample: Database, username: str) -> Actor:
    accounts = table(Account)
    with sample.read() as connection:
        key = connection.execute(select(accounts.c.person_id).where(accounts.c.username == username)).scalar_one()
        return actor_of(connection, key, NOW)


def cases_at(sample: Database, procedure: str, step: str) -> list[CaseView]:
    cases = table(Case)
    with sample.read() as connection:
        found = connection.scalars(
            select(cases.c.public_id).where(cases.c.procedure == procedure, cases.c.step == step)
        ).all()
        views = [case_view(connection, public_id) for public_id in found]
    return [view for view in views if view is not None]


def test_every_procedure_has_cases_and_some_of_each_are_under_way(sample: Database) -> None:
    cases = table(Case)
    with sample.read() as connection:
        under_way = set(
            connection.scalars(select(cases.c.procedure).where(cases.c.open.is_(True) | (cases.c.came_from != "")))
        )
        all_of_them = set(connection.scalars(select(cases.c.procedure)))
    assert all_of_them == {definition.key for definition in DEFINITIONS}
    assert under_way == all_of_them


def test_every_stage_of_the_path_has_organizations_in_every_state(sample: Database) -> None:
    organizations, officer = table(Organization), person(sample, "officer")
    with sample.read() as connection:
        rows = [
            find_organization(connection, officer, public_id)
            for public_id in connection.scalars(select(organizations.c.public_id))
        ]
        stages = [stage for row in rows for stage in path(connection, officer, row, NOW)]
    states = {key: {stage.state for stage in stages if stage.key == key} for key in {stage.key for stage in stages}}
    every = set(StageState)
    assert states["filing"] >= every - {StageState.BLOCKED}
    assert states["affiliation"] >= every - {StageState.NOT_APPLICABLE}
    assert states["funding"] >= {StageState.RUNNING, StageState.NEXT, StageState.BLOCKED}
    assert states["evaluation"] >= {StageState.DONE, StageState.RUNNING, StageState.BLOCKED}


def test_nothing_waits_for_automation(sample: Database) -> None:
    outbox = table(Outbox)
    with sample.read() as connection:
        assert connection.scalar(select(func.count()).select_from(outbox).where(outbox.c.settled_at.is_(None))) == 0
        assert (connection.scalar(select(func.count()).select_from(outbox)) or 0) > 2000


def test_some_cases_are_overdue_in_every_stage_and_were_chased(sample: Database) -> None:
    cases, notices = table(Case), table(Notice)
    with sample.read() as connection:
        overdue = set(
            connection.scalars(select(cases.c.procedure).where(cases.c.open.is_(True), cases.c.due_on < NOW.date()))
        )
        kinds = set(connection.scalars(select(notices.c.kind)))
    assert overdue >= {
        "filing",
        "filing_renewal",
        "hub_report",
        "project",
        "yearly_review",
        "evaluation",
        "rectification",
    }
    assert {f"case.remind.{level}" for level in ("reminder", "second_reminder", "escalation")} <= kinds


def test_what_is_stuck_says_why(sample: Database) -> None:
    def blockers(case: CaseView, username: str, action: str) -> set[str]:
        with sample.read() as connection:
            (offered,) = choices(connection, [case], person(sample, username), NOW)
        return {blocker.code for choice in offered if choice.decision.name == action for blocker in choice.blockers}

    [twice_refused] = [
        case
        for case in cases_at(sample, "filing", "internal_review")
        if {"decision.refuse", "redecision.refuse"} <= case.acts.keys()
    ]
    for director in ("director", "director2"):
        assert blockers(twice_refused, director, "uphold") == {"four_eyes"}
    assert blockers(twice_refused, "officer2", "uphold") == set()
    [half_scored] = cases_at(sample, "funding", "review")
    assert blockers(half_scored, "officer", "conclude") >= {"panel_waits"}
    [barred] = cases_at(sample, "funding", "acceptance")
    assert blockers(barred, "officer", "accept") == {"is_on_no_list@1"}


def test_every_chain_holds(sample: Database) -> None:
    with sample.read() as connection:
        for stream, head in HEADS.items():
            for subject in connection.scalars(select(table(head).c.id)).all():
                assert verify(connection, stream, subject) == []


def test_the_journal_balances_and_the_accounts_of_each_project_agree_with_its_tranches(sample: Database) -> None:
    accounts, lines, projects, tranches = table(MoneyAccount), table(JournalLine), table(Project), table(Tranche)
    with sample.read() as connection:
        assert connection.scalar(select(func.sum(lines.c.fen))) == 0
        balance = {row[0]: row[1] for row in connection.execute(select(accounts.c.code, accounts.c.balance))}
        posted = connection.execute(
            select(accounts.c.code, func.coalesce(func.sum(lines.c.fen), 0))
            .join_from(accounts, lines, lines.c.account_id == accounts.c.id, isouter=True)
            .group_by(accounts.c.code)
        )
        assert {row[0]: row[1] for row in posted} == balance
        paid_out = connection.execute(
            select(tranches.c.project_id, func.sum(tranches.c.paid_fen)).group_by(tranches.c.project_id)
        )
        paid = {row[0]: row[1] for row in paid_out}
        rows = connection.execute(select(projects)).all()
    assert min(fen for code, fen in balance.items() if not code.startswith("source:")) == 0
    status = Counter(row.status for row in rows)
    assert status["settled"] == 2
    assert status["terminated"] == 1
    assert status["running"] >= 5
    settled = next(row for row in rows if row.awarded_fen == 2_999_999)
    assert (settled.status, settled.accepted_fen, paid[settled.id]) == (ProjectStatus.SETTLED, 2_641_000, 2_641_000)
    for row in rows:
        money = {
            place: balance[f"project:{row.number}:{place}"] for place in ("committed", "in_payment", "paid", "due_back")
        }
        claimed = 680_000 if row.status == ProjectStatus.TERMINATED else 0
        assert money["paid"] == paid.get(row.id, 0) - claimed
        assert money["due_back"] == 0
        if row.status in (ProjectStatus.SETTLED, ProjectStatus.TERMINATED):
            assert money["committed"] == money["in_payment"] == 0
        else:
            assert money["committed"] + money["in_payment"] + money["paid"] == row.awarded_fen


def test_the_street_of_the_seed_report_is_there(sample: Database) -> None:
    def number(model: type, *where: object) -> int:
        with sample.read() as connection:
            return connection.scalar(select(func.count()).select_from(table(model)).where(*where)) or 0  # type: ignore[arg-type]

    organizations, cases, centres = table(Organization), table(Case), table(ServiceCentre)
    with sample.read() as connection:
        counted = connection.execute(select(organizations.c.standing, func.count()).group_by(organizations.c.standing))
        standing = {row[0]: row[1] for row in counted}
        assert sum(standing.values()) == 148
        assert standing[Standing.FILED] > 60
        assert standing[Standing.REGISTERED] == 7
        assert connection.scalar(select(func.count(cases.c.organization_id.distinct()))) == 99
        assert connection.scalar(select(func.sum(centres.c.area))) == 1_620
        assert {*connection.scalars(select(table(Account).c.username))} == {each.username for each in ACCOUNTS}
        years = {*connection.scalars(select(cases.c.period).where(cases.c.procedure == "yearly_review"))}
        bands = {*connection.scalars(select(table(Rating).c.band))}
        kinds = {*connection.scalars(select(table(Restriction).c.kind))}
    assert (number(ServiceCentre), number(ServiceCentre, centres.c.operator_id == 0)) == (8, 1)
    assert (number(Call), number(Hub), number(HubRepresentative), number(Substitute)) == (2, 3, 1, 1)
    assert number(Affiliation) > 10
    assert number(Activity) > 2000
    assert number(Expense) > 15
    assert number(ReviewRun) > 100
    assert {"2025", "2026"} <= years
    assert {"star_2", "star_3", "star_4", "star_5", "3A"} <= bands
    assert kinds == {"project_ban", "abnormal_list", "closer_supervision", "dormant"}


def test_reports_of_both_years_came_late_or_not_at_all(sample: Database) -> None:
    cases = table(Case)
    reviews = select(func.count()).where(cases.c.procedure == "yearly_review")
    with sample.read() as connection:
        for year in ("2025", "2026"):
            late = cases.c.data["checks"]["late"].as_boolean()
            assert connection.scalar(reviews.where(cases.c.period == year, late.is_(True)))
            assert connection.scalar(reviews.where(cases.c.period == year, cases.c.outcome == "failed"))
        assert connection.scalar(reviews.where(cases.c.step == "report", cases.c.due_on < NOW.date()))


def test_the_sample_reaches_two_years_back(sample: Database) -> None:
    events = table(Event)
    with sample.read() as connection:
        first, last = connection.execute(select(func.min(events.c.recorded_at), func.max(events.c.recorded_at))).one()
    assert today(first) <= NOW.date() - timedelta(days=2 * 365)
    assert date(2026, 9, 17) <= today(last) <= NOW.date()


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
