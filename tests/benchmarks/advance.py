"""How fast cases advance: `python -m tests.benchmarks.advance`. Ratios within this run on this machine, no verdicts."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from incubator.database import Database
from incubator.sealing import configure_sealer
from tests.benchmarks import bare, in_process, over_http, spiff
from tests.benchmarks.databases import database
from tests.benchmarks.district import SECRET, District, Waiting, fill
from tests.benchmarks.measuring import Figures, Line, in_turns, tell
from tests.benchmarks.over_http import Measured

# PostgreSQL takes several writers at once; SQLite takes one, and one web process.
WRITERS = {"postgresql": 4, "sqlite": 1}
ROWS = ("http", "process", "spiff")
# So many more cases for the driver alone: a measurement of it is to last as long as one of ours.
BARE = 3
REACH_OF_SPIFF = {"postgresql": "2", "sqlite": "3"}


class Stock:
    """The waiting cases, handed out once each."""

    def __init__(self, cases: Sequence[Waiting]) -> None:
        self._cases = list(cases)

    def take(self, count: int) -> list[Waiting]:
        """The next so many."""
        taken, self._cases = self._cases[:count], self._cases[count:]
        if len(taken) < count:
            raise RuntimeError("the district has too few cases")
        return taken


@dataclass(frozen=True, slots=True)
class Bench:
    """One database with its district, and how much is measured."""

    kind: str
    district: District
    stock: Stock
    pattern: bare.Pattern
    cases: int
    repetitions: int

    @property
    def writers(self) -> int:
        """How many write at once."""
        return WRITERS[self.kind]

    def bare(self) -> float:
        """The driver's rate."""
        return bare.rate(self.district.url, self.pattern, self.stock.take(BARE * self.cases), self.writers)

    def engine(self, processes: int) -> float:
        """The engine's rate."""
        return in_process.rate(
            self.district, self.stock.take(self.cases + in_process.WARM * processes), processes
        )  # fmt: skip

    def http(self, folder: Path, web_processes: int) -> Line:
        """Over HTTP against the driver."""
        seen: list[Measured] = []

        def ask() -> float:
            seen.append(over_http.ask(self.district, port, self.stock.take(self.cases)))
            return seen[-1].rate

        with over_http.web(self.district, folder, web_processes) as port:
            over_http.ask(self.district, port, self.stock.take(self.cases))  # warms up what a service does once
            ours, theirs = in_turns(self.repetitions, ask, self.bare)
        p50, p95 = (Figures(tuple(1000 * getattr(each, name) for each in seen)) for name in ("p50", "p95"))
        spread = Figures(tuple(each.p95 / each.p50 for each in seen))
        client = Figures(tuple(each.client for each in seen))
        return Line(
            f"advance over HTTP, {over_http.CONNECTIONS} connections, web processes: {web_processes}, {self.kind}",
            f"bare driver, {self.writers} at once",
            ours,
            theirs,
            "0.25; p95 at most 4 x p50" if self.kind == "sqlite" else "0.25",
            f"ms p50 {p50}, p95 {p95}; p95 / p50 {spread}; the client took {client} of a core",
        )

    def process(self) -> Line:
        """In process against the driver."""
        ours, theirs = in_turns(self.repetitions, lambda: self.engine(self.writers), self.bare)
        return Line(
            f"advance in process, {self.writers} at once, {self.kind}", f"bare driver, {self.writers} at once", ours, theirs
        )  # fmt: skip

    def spiff(self, *, reminders: bool) -> Line:
        """In process, one at a time, against SpiffWorkflow."""
        rows = self.cases * (self.repetitions + 1)
        spiff.fill(self.district.url, rows, reminders=reminders)
        keys = iter(range(1, rows + 1))
        ours, theirs = in_turns(
            self.repetitions,
            lambda: self.engine(1),
            lambda: spiff.rate(self.district.url, list(islice(keys, self.cases))),
        )
        return Line(
            f"advance in process, one at a time, {self.kind}",
            f"SpiffWorkflow, one user task, {'with' if reminders else 'without'} its reminders",
            ours,
            theirs,
            REACH_OF_SPIFF[self.kind] if reminders else "",
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", action="append", choices=sorted(WRITERS), help="this database only")
    parser.add_argument("--row", action="append", choices=ROWS, help="this row only")
    parser.add_argument("--cases", type=int, default=150, help="cases in a measurement")
    parser.add_argument("--repeat", type=int, default=9, help="measurements of each side")
    parser.add_argument("--web", type=int, default=2, help="web processes on PostgreSQL")
    chosen = parser.parse_args(arguments)
    configure_sealer(SECRET)
    lines: list[Line] = []
    for kind in chosen.kind or WRITERS:
        with tempfile.TemporaryDirectory(prefix="incubator-benchmark-") as name, database(kind, Path(name)) as url:
            bench = prepare(kind, url, chosen.cases, chosen.repeat)
            for row in chosen.row or ROWS:
                match row:
                    case "http":
                        lines.append(bench.http(Path(name), 1 if kind == "sqlite" else chosen.web))
                    case "process":
                        lines.append(bench.process())
                    case "spiff":
                        lines += [bench.spiff(reminders=reminders) for reminders in (True, False)]
    tell(lines)


def prepare(kind: str, url: str, cases: int, repetitions: int) -> Bench:
    """A district with cases enough, and what one advance writes, read from a case that was advanced."""
    warm = in_process.WARM * WRITERS[kind]
    measured = len(ROWS) * (repetitions + 1) * ((1 + BARE) * cases + warm)
    district = fill(url, 1 + measured, datetime.now(UTC))
    stock = Stock(district.waiting)
    (case,) = stock.take(1)
    database = Database(url)
    connection = bare.connect(url)
    try:
        before = bare.Snapshot.of(connection, case)
        in_process.move(database, district.officer, case)
        pattern = before.pattern(bare.Snapshot.of(connection, case), case)
    finally:
        connection.close()
        database.close()
    return Bench(kind, district, stock, pattern, cases, repetitions)


if __name__ == "__main__":
    main()
