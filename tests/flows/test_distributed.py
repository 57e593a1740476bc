"""The distributed set-up: flows deployed to a work pool, run by a Prefect worker on PostgreSQL."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from flows.catalogue import all_flows
from incubator.database import Database
from incubator.models.automation import Outbox
from incubator.services.automation import heartbeat
from incubator.services.automation.prefect_environment import client_environment
from incubator.settings import Settings
from tests.flows.test_filing_over_processes import submitted
from tests.processes import PrefectServer, Process, Site, python, started, until

pytestmark = pytest.mark.xdist_group("processes")


def test_a_filing_is_screened_by_a_prefect_worker_that_takes_it_from_the_work_pool(
    postgresql_url: str, tmp_path: Path, prefect_server: PrefectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    database = Database(postgresql_url)
    site = Site.build(database, postgresql_url, tmp_path, prefect_server, day="2026-09-18")
    environment = {**site.environment, "INCUBATOR_AUTOMATION": "distributed", "INCUBATOR_WORK_POOL": "street"}
    settings = Settings(data_dir=tmp_path, prefect_port=prefect_server.port)
    twice = "from flows.deploy import main; raise SystemExit(main() or main())"
    deployment = Process([sys.executable, "-c", twice], environment, tmp_path / "deploy.log")
    relay = Process(python("incubator.cli", "worker"), environment, tmp_path / "relay.log")
    pool = Process(
        [str(Path(sys.executable).with_name("prefect")), "worker", "start", "--pool", "street", "--type", "process"],
        {**environment, **client_environment(settings), "PREFECT_WORKER_QUERY_SECONDS": "1"},
        tmp_path / "pool.log",
    )
    with started(relay, deployment):
        assert deployment.wait() == 0, deployment.output
        case_id = submitted(site)
        with database.read() as connection:
            state = heartbeat.automation(connection, site.centre.clock.now())
        assert "prefect" in state.silent
        assert state.waiting.rows == 1
        with started(pool):
            site.until_at(case_id, "committee_opinion")
            until(lambda: site.rows(Outbox, task="filing.screen")[0].settled_at, "the row is settled")
    names = deployment.output.splitlines()
    assert names == 2 * [f"{flow.name}/incubator" for flow in all_flows()]
    database.close()
