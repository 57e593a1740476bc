"""Logs: one JSON object a line for machines, coloured columns for a terminal; no personal values."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

# APScheduler warns of every waking that finds the one before still at work, which is as it should be.
_QUIET = {
    "apscheduler": logging.ERROR,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "uvicorn.access": logging.WARNING,
    "alembic": logging.WARNING,
    # What a folder is made with tells of each table it writes and each sign it lacks.
    "fontTools": logging.WARNING,
    "fpdf": logging.ERROR,
    "pypdf": logging.ERROR,
}


def configure(part: str, *, level: int = logging.INFO) -> None:
    """Send this process's logs to standard error, each line naming the part (web, worker, serve) it comes from."""
    to_a_terminal = sys.stderr.isatty()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _naming(part),
    ]
    renderer = (
        # The renderer's own tracebacks print every local value, personal ones too.
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if to_a_terminal
        else structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True)
    )
    # A terminal's renderer lays out tracebacks itself.
    traceback = [] if to_a_terminal else [structlog.processors.format_exc_info]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *traceback, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, its_level in _QUIET.items():
        logging.getLogger(name).setLevel(its_level)
    structlog.configure(
        processors=[
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _naming(part: str) -> Any:
    def name(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
        event.setdefault("part", part)
        return event

    return name
