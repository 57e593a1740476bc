"""The audit finds what was altered behind the service's back."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.services.documents import content_path, store_content
from tests.cli.console import Console
from tests.procedures.world import build


def test_a_whole_record_is_found_whole_and_an_altered_one_is_not(
    console: Console, database: Database, clock: FixedClock, tmp_path: Path
) -> None:
    centre = build(database, clock)
    case_id = centre.open("filing")
    sha256 = store_content(tmp_path, b"a charter")
    centre.upload(case_id, "charter")
    database.write(lambda connection: connection.execute(text(f"UPDATE document SET sha256 = '{sha256}'")))
    said = console("audit", "verify")
    assert (said.code, "全部相符" in said.out) == (0, True), said
    content_path(tmp_path, sha256).write_bytes(b"another charter")
    database.write(lambda connection: connection.execute(text("UPDATE case_file SET head_hash = 'x'")))
    said = console("audit", "verify")
    assert said.code == 1
    assert "case 1 event 1: head" in said.out
    assert f"document {sha256}: content" in said.out
