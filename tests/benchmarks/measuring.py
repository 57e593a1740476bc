"""Measures in processes that start together, and tells figures as the smallest, the median and the largest of several runs."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Barrier
from typing import Any

from rich.console import Console
from rich.table import Table

# A worker gets its share and the barriers that begin and end the measured time; it prepares before the first.
Worker = Callable[..., None]


def together(worker: Worker, shares: Sequence[Sequence[Any]], *arguments: Any) -> float:
    """The seconds that so many processes need for their shares; each runs `worker(share, start, finish, *arguments)`."""
    context = processes_to_be()
    start, finish = (context.Barrier(len(shares) + 1, timeout=600) for _ in range(2))
    processes = [context.Process(target=_run, args=(worker, share, start, finish, arguments)) for share in shares]
    for process in processes:
        process.start()
    start.wait()
    began = time.perf_counter()
    finish.wait()
    elapsed = time.perf_counter() - began
    for process in processes:
        process.join()
    return elapsed


def processes_to_be() -> ForkServerContext:
    """Where processes come from: a server that has imported everything once, and has no thread or connection of ours."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["tests.benchmarks.in_process", "tests.benchmarks.over_http", "tests.benchmarks.spiff"]
    )
    return context


def _run(worker: Worker, share: Sequence[Any], start: Barrier, finish: Barrier, arguments: Sequence[Any]) -> None:
    try:
        worker(share, start, finish, *arguments)
    except BaseException:
        start.abort()  # or the others would wait for this one
        finish.abort()
        raise


def dealt(things: Sequence[Any], hands: int) -> list[Sequence[Any]]:
    """The things, dealt out to so many."""
    return [things[place::hands] for place in range(hands)]


@dataclass(frozen=True, slots=True)
class Figures:
    """One quantity, measured several times."""

    values: tuple[float, ...]

    def __str__(self) -> str:
        return " / ".join(f"{value:.3g}" for value in (min(self.values), self.median, max(self.values)))

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the result: two rates of one run and their ratio, each measured in turn, and what the design asks for."""

    work: str
    against: str
    ours: Figures
    theirs: Figures
    reach: str = ""
    note: str = ""

    @property
    def ratio(self) -> Figures:
        """Ours to theirs, pair by pair: a pair is measured one right after the other."""
        return Figures(tuple(our / their for our, their in zip(self.ours.values, self.theirs.values, strict=True)))


def in_turns(repetitions: int, ours: Callable[[], float], theirs: Callable[[], float]) -> tuple[Figures, Figures]:
    """Ours measured so often, each time between two measurements of theirs, whose mean it is held against.

    A machine that others use as well is fast in one second and slow in the next; what lies side by side fares alike.
    """
    before, pairs = theirs(), []
    for _ in range(repetitions):
        our, after = ours(), theirs()
        pairs.append((our, (before + after) / 2))
        before = after
    return Figures(tuple(our for our, _ in pairs)), Figures(tuple(their for _, their in pairs))


def tell(lines: Sequence[Line]) -> None:
    """Print the lines; every figure is smallest / median / largest, rates are a second."""
    shown = Table("work", "ours", "against", "theirs", "ratio", "reach", "note", show_lines=True)
    for line in lines:
        shown.add_row(
            line.work, str(line.ours), line.against, str(line.theirs), str(line.ratio), line.reach, line.note
        )  # fmt: skip
    Console(width=180).print(shown)
