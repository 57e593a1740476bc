"""Figures for Prometheus: requests by route and status, how long they took, what waits for automation."""

from __future__ import annotations

import os
import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUESTS = Counter("incubator_http_requests_total", "Requests answered", ("method", "route", "status"))
SECONDS = Histogram("incubator_http_request_seconds", "Seconds until a response began", ("method", "route"))
WAITING = Gauge("incubator_outbox_waiting", "Outbox rows due and not settled", multiprocess_mode="mostrecent")

# Set for several web processes, before prometheus_client is imported; then each writes its figures into that folder.
MULTIPROCESS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


class Metrics:
    """ASGI middleware that counts each request under its route's pattern, never under its address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Time from the request to the beginning of its response."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = _route(scope)
                REQUESTS.labels(scope["method"], route, message["status"]).inc()
                SECONDS.labels(scope["method"], route).observe(time.perf_counter() - began)
            await send(message)

        await self.app(scope, receive, noting)


def _route(scope: Scope) -> str:
    """The pattern of the route that answered; an included router's does not say its prefix."""
    pattern = getattr(scope.get("route"), "path", "")
    for prefix in ("/static", "/api/v1"):
        if scope["path"].startswith(prefix):
            return prefix + pattern.removeprefix(prefix)
    return pattern or "other"


def exposition() -> bytes:
    """Everything counted, in Prometheus' text format, over all processes of this machine's web."""
    if MULTIPROCESS_FOLDER not in os.environ:
        return generate_latest()
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
