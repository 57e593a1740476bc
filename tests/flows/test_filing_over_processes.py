"""Filing with its automated work done by a real worker and a real Prefect server."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from docx import Document as Docx

from incubator.models.automation import Notice, Outbox
from incubator.models.events import Event
from incubator.models.organizations import Document, Filing
from incubator.services.automation import heartbeat, outbox
from incubator.services.documents import read_content
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS, CHECKED, OPINION, SERVED
from tests.processes import Site, started, until

pytestmark = pytest.mark.xdist_group("processes")

APPROVED = 12


def submitted(site: Site, organization_id: int = 0, **changes: str) -> str:
    """A filing handed in, its screening not done yet."""
    case_id = site.centre.open("filing", organization_id=organization_id)
    site.centre.upload(case_id, *APPLICATION_PAPERS)
    site.centre.act(case_id, "submit", "worker", {**APPLICATION, **changes})
    return case_id


def test_people_and_the_worker_bring_a_filing_to_its_certificate(site: Site) -> None:
    centre = site.centre
    with started(site.worker()):
        case_id = submitted(site)
        site.until_at(case_id, "committee_opinion")
        centre.upload(case_id, "committee_opinion")
        centre.act(case_id, "give_opinion", "worker", OPINION)
        site.until_idle()
        centre.act(case_id, "accept", "officer", CHECKED)
        centre.act(case_id, "approve", "director")
        site.until_at(case_id, "service")
        centre.upload(case_id, "sealed_certificate")
        assert centre.act(case_id, "serve", "officer", SERVED).outcome == "filed"
        site.until_idle()
    (paper,) = site.rows(Document, kind="filing_certificate")
    tables = Docx(io.BytesIO(read_content(site.folder, paper.sha256))).tables
    assert "桂花社区常青合唱团" in [cell.text for lines in tables for row in lines.rows for cell in row.cells]
    told = {(notice.kind, notice.role) for notice in site.rows(Notice)}
    assert told >= {
        ("notice.assigned", "officer"),
        ("notice.decision", "community_worker"),
        ("notice.served", "community_worker"),
    }
    assert {row.attempt for row in site.rows(Outbox)} == {1}


def test_a_worker_killed_in_the_middle_of_a_flow_leaves_nothing_undone_and_nothing_done_twice(site: Site) -> None:
    centre = site.centre
    cases = []
    for number in range(APPROVED):
        group = centre.with_group(f"第{number}合唱团")
        cases.append(submitted(site, group.organization_id, name=f"桂花社区第{number}合唱团"))
    centre.automate()
    for case_id in cases:
        centre.upload(case_id, "committee_opinion")
        centre.act(case_id, "give_opinion", "worker", OPINION)
        centre.act(case_id, "accept", "officer", CHECKED)
        centre.act(case_id, "approve", "director")
    worker = site.worker()
    with started(worker):
        # Between the first certificate and the last: the flow has begun and not ended.
        until(lambda: site.rows(Filing), "the first certificate", every=0.002)
        worker.kill()
    issued = len(site.rows(Filing))
    assert 0 < issued < APPROVED
    left = [row for row in site.rows(Outbox, task="filing.certificate") if row.settled_at is None]
    assert len(left) == APPROVED - issued
    centre.clock.move_to(centre.clock.now() + outbox.LEASE * 2)
    # The second is asked to stop in the middle, ends what it began, and holds nothing back from the third.
    successor = site.worker("successor")
    with started(successor):
        until(lambda: len(site.rows(Filing)) > issued, "another certificate", every=0.002)
        assert successor.stop() == 0
    assert "Traceback" not in successor.output
    assert not [row for row in site.rows(Outbox) if row.settled_at is None and row.lease_until]
    with started(site.worker("third")):
        site.until_idle()
    assert sorted(row.number for row in site.rows(Filing)) == [f"BAZ-2026-{n:04d}" for n in range(1, APPROVED + 1)]
    for model, values in ((Filing, {}), (Document, {"kind": "filing_certificate"}), (Event, {"type": "case.issue"})):
        assert len(site.rows(model, **values)) == APPROVED, model
    assert {row.attempt for row in site.rows(Outbox, task="filing.certificate")} == {1, 2}
    assert {centre.case(case_id).step for case_id in cases} == {"service"}


def test_while_prefect_stands_still_people_go_on_and_see_since_when_what_waits(site: Site) -> None:
    centre, database = site.centre, site.centre.database

    def automation() -> heartbeat.Automation:
        with database.read() as connection:
            return heartbeat.automation(connection, centre.clock.now())

    with started(site.worker()):
        until(lambda: automation().works, "automation is well")
        site.prefect.stop()
        try:
            centre.clock.move_to(centre.clock.now() + timedelta(minutes=10))
            case_id = submitted(site)
            until(lambda: "worker" not in automation().silent, "the worker is well")
            state = automation()
            assert state.silent.keys() == {"prefect"}
            assert state.silent_since is not None
            assert timedelta(minutes=9) < centre.clock.now() - state.silent_since < timedelta(minutes=12)
            assert state.waiting.rows == 1
            assert centre.case(case_id).step == "screening"
        finally:
            site.prefect.start()
        site.until_at(case_id, "committee_opinion")
        until(lambda: automation().works, "automation is well again")
    (row,) = site.rows(Outbox, task="filing.screen")
    assert row.attempt == 1
