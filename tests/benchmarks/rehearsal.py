"""How long a rehearsal takes over a whole caseload, against reading the same rows bare, and against a small caseload.

Half of the cases await acceptance, half are filed. The rehearsed policy asks for more members and another document, for a
shorter limit, for another validity and for somebody else to accept: every case is concerned, none can be passed over.

    python -m tests.benchmarks.rehearsal [--kind sqlite|postgresql] [--cases 100000] [--repeat 3]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from incubator.clock import SHANGHAI, FixedClock
from incubator.database import Database
from incubator.engine.policy import Policy
from incubator.policies.packs import shipped
from incubator.rehearsal import Rehearsal, rehearse, snapshot
from incubator.sealing import configure_sealer
from tests.benchmarks.bare import connect
from tests.benchmarks.databases import database as made
from tests.benchmarks.district import SECRET, copy, gather_statistics
from tests.benchmarks.measuring import Figures, Line, in_turns, tell
from tests.procedures.world import OPINION, Centre, build

NOW = datetime(2026, 9, 18, 9, 0, tzinfo=SHANGHAI)
FEW = 1_000
BEYOND = 10_000  # keys that the two cases and their people do not use
PRACTICE = {"practice": {"zh": "试行", "en": "on trial"}}

# What the rehearsal reads of these cases, and nothing of what it makes of it.
BARE = (
    "SELECT * FROM case_file WHERE id > {low}",
    "SELECT case_id, step, state, due_on, policy_path, proof, pauses, extensions FROM deadline"
    " WHERE state IN ('running', 'paused') AND case_id > {low}",
    "SELECT case_id, kind FROM document WHERE replaced_at IS NULL AND case_id > {low}",
    "SELECT subject_id, body FROM event WHERE id IN (SELECT max(id) FROM event WHERE stream = 'case'"
    " AND type IN ('case.pass', 'case.accept', 'case.approve') GROUP BY subject_id)",
    "SELECT id, name FROM organization",
)


def changed() -> Policy:
    """The national baseline with what the rehearsal is about."""
    content = deepcopy(shipped())

    def put(path: str, value: Any) -> None:
        *sections, name = path.split(".")
        node = content["values"]
        for section in sections:
            node = node[section]
        node[name] = {"value": value, "cite": PRACTICE}

    known = Policy(content)
    more = {"kind": "photographs", "title": {"zh": "活动照片", "en": "photographs"}, "required": True}
    put("filing.conditions.members", 30)
    put("filing.application.documents", [*known.get("filing.application.documents"), more])
    put("filing.acceptance.due", {**known.get("filing.acceptance.due"), "length": 2})
    put("filing.acceptance.by", ["director"])
    put("filing.certificate.validity", {"length": 2, "unit": "years"})
    return Policy(content)


@dataclass(frozen=True, slots=True)
class Took:
    """The seconds of one rehearsal, by the clock and of this process's own work."""

    cases: int
    seconds: float
    own: float
    touched: int


def caseload(url: str, cases: int) -> int:
    """Fill a migrated, empty database with so many cases of one street; the street's key."""
    database = Database(url)
    try:
        centre = build(database, FixedClock(NOW))
        waiting = _waiting(centre)
        filed = centre.with_group("晨风合唱团").filed(name="桂花社区晨风合唱团")
        half = cases // 2
        database.write(lambda connection: copy(connection, centre.case(waiting).id, half, BEYOND))
        database.write(lambda connection: copy(connection, centre.case(filed).id, cases - half, BEYOND + half))
        gather_statistics(database)
        return centre.street_id
    finally:
        database.close()


def _waiting(centre: Centre) -> str:
    case_id = centre.submitted()
    centre.upload(case_id, "committee_opinion")
    centre.act(case_id, "give_opinion", "worker", {**OPINION, "held_on": date(2026, 9, 18).isoformat()})
    return case_id


def rehearsed(url: str, street_id: int, cases: int, policy: Policy) -> tuple[Took, Rehearsal]:
    """Rehearse the caseload once, as the console does."""
    database = Database(url)
    try:
        began, worked = time.perf_counter(), time.process_time()
        with snapshot(database) as connection:
            result = rehearse(connection, street_id=street_id, policy=policy, now=NOW)
        took = Took(cases, time.perf_counter() - began, time.process_time() - worked, result.touched)
        return took, result
    finally:
        database.close()


def bare(url: str, cases: int) -> float:
    """Cases a second of reading the same rows by the database's driver alone."""
    connection = connect(url)
    began = time.perf_counter()
    for statement in BARE:
        connection.execute(statement.format(low=BEYOND)).fetchall()
    elapsed = time.perf_counter() - began
    connection.close()
    return cases / elapsed


def measure(kind: str, cases: int, repeat: int, say: Callable[[str], None]) -> list[Line]:
    """The lines about one kind of database."""
    policy, lines = changed(), []
    with tempfile.TemporaryDirectory() as folder:
        few, many = (Path(folder) / name for name in ("few", "many"))
        few.mkdir()
        many.mkdir()
        with made(kind, few) as url:
            street = caseload(url, min(FEW, cases))
            rehearsed(url, street, 1, policy)  # loads what a process loads once
            small = Figures(tuple(_rate(rehearsed(url, street, min(FEW, cases), policy)[0]) for _ in range(repeat)))
        with made(kind, many) as url:
            street = caseload(url, cases)
            taken: list[Took] = []

            def ours() -> float:
                taken.append(rehearsed(url, street, cases, policy)[0])
                return _rate(taken[-1])

            large, read = in_turns(repeat, ours, lambda: bare(url, cases))
    seconds = Figures(tuple(each.seconds for each in taken))
    own = Figures(tuple(each.own for each in taken))
    note = f"{seconds} s, of which {own} s this process's own work; {taken[-1].touched} cases concerned"
    say(f"{kind}, {cases} cases: {note}")
    lines.append(Line(f"rehearsal of {cases} cases, {kind}", "reading its rows bare", large, read, "60 s", note))
    lines.append(Line(f"rehearsal of {cases} cases, {kind}", f"of {min(FEW, cases)} cases", large, small))
    return lines


def _rate(took: Took) -> float:
    return took.cases / took.seconds


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args(arguments)
    configure_sealer(SECRET)
    lines: list[Line] = []
    for kind in asked.kind or ("sqlite", "postgresql"):
        lines += measure(kind, asked.cases, asked.repeat, lambda said: print(said, file=sys.stderr))  # noqa: T201
    tell(lines)


if __name__ == "__main__":
    main()
