"""Advances asked over HTTP: the web as `python -m api` serves it, and a client of so many connections beside it."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from tests.benchmarks.district import ACTION, ANSWERS, SECRET, District, Waiting
from tests.benchmarks.measuring import processes_to_be
from tests.processes import Process, answers, free_port, python, started, until

CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Measured:
    """What the client saw: the rate a second, latencies in seconds, and how much of a processor core it took itself."""

    rate: float
    p50: float
    p95: float
    client: float


@contextmanager
def web(district: District, folder: Path, processes: int) -> Iterator[int]:
    """The web on this database while the block runs; gives its port."""
    port = free_port()
    environment = {
        "INCUBATOR_DATABASE_URL": district.url,
        "INCUBATOR_DATA_DIR": str(folder),
        "INCUBATOR_SECRET_KEY": SECRET,
        "INCUBATOR_PORT": str(port),
        "INCUBATOR_WEB_PROCESSES": str(processes),
    }
    with started(Process(python("api"), environment, folder / "web.log")):
        until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), "the web answers")
        yield port


def ask(district: District, port: int, cases: Sequence[Waiting], connections: int = CONNECTIONS) -> Measured:
    """Advance each case by one request, from a process of its own with all its connections open."""
    context = processes_to_be()
    here, there = context.Pipe()
    requests = [_request(district, case) for case in cases]
    client = context.Process(target=_client, args=(there, port, requests, connections))
    client.start()
    elapsed, processor, latencies, refused = here.recv()
    client.join()
    if refused:
        raise RuntimeError(f"{len(refused)} requests were not answered with 200, the first one so: {refused[0]}")
    ordered = sorted(latencies)
    return Measured(
        len(cases) / elapsed, statistics.median(ordered), ordered[int(len(ordered) * 0.95)], processor / elapsed
    )


def _request(district: District, case: Waiting) -> bytes:
    body = json.dumps({"expected_version": case.version, "data": ANSWERS}).encode()
    lines = (
        f"POST /api/v1/cases/{case.public_id}/actions/{ACTION} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {district.token}",
        f"Idempotency-Key: {case.key}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _client(answer: Connection, port: int, requests: list[bytes], connections: int) -> None:
    began = time.process_time()
    elapsed, latencies, refused = asyncio.run(_ask_all(port, requests, connections))
    answer.send((elapsed, time.process_time() - began, latencies, refused))


async def _ask_all(port: int, requests: list[bytes], connections: int) -> tuple[float, list[float], list[str]]:
    """Every connection takes the next request as soon as its last is answered."""
    waiting = iter(requests)
    latencies: list[float] = []
    refused: list[str] = []
    # One after the other, as callers come: of many at once, the first web process to wake would take all.
    opened = []
    for _ in range(connections):
        opened.append(await asyncio.open_connection("127.0.0.1", port))
        await _answer(*opened[-1], b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")

    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for request in waiting:
            began = time.perf_counter()
            answer = await _answer(reader, writer, request)
            latencies.append(time.perf_counter() - began)
            if b" 200 " not in answer[:16]:
                refused.append(answer.decode(errors="replace"))
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(ask(*each) for each in opened))
    return time.perf_counter() - began, latencies, refused


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    return head + await reader.readexactly(length)
