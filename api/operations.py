"""What operators and their tools ask: is the process alive, can it serve, what does it count."""

from __future__ import annotations

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from api import metrics
from api.callers import service_of
from incubator.services.automation.heartbeat import automation

router = APIRouter(include_in_schema=False)
log = structlog.get_logger()


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process is alive."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(request: Request) -> Response:
    """The database answers; how automation does is told beside it, since officers go on without it."""
    service = service_of(request)
    now = service.clock.now()
    try:
        with service.database.read() as connection:
            state = automation(connection, now)
    except SQLAlchemyError:
        log.exception("not ready")
        return JSONResponse({"status": "database_unreachable"}, 503)
    silent = {part: beat.isoformat() if beat else None for part, beat in state.silent.items()}
    return JSONResponse(
        {"status": "ok", "automation": {"works": state.works, "silent": silent, "waiting": state.waiting.rows}}
    )


@router.get("/metrics")
def exposition(request: Request) -> Response:
    """Prometheus' text format; figures only, nothing of any case."""
    service = service_of(request)
    with service.database.read() as connection:
        metrics.WAITING.set(automation(connection, service.clock.now()).waiting.rows)
    return Response(metrics.exposition(), media_type=CONTENT_TYPE_LATEST)
