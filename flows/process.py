"""The service as flows use it: one in a process, given by the worker or wired on the first flow of a Prefect worker."""

from __future__ import annotations

import threading

from incubator import logging
from incubator.services.bootstrap import Service, bootstrap

_lock = threading.Lock()
_service: Service | None = None


def use(service: Service | None) -> None:
    """Let this process's flows work with this service; None forgets it."""
    global _service
    with _lock:
        _service = service


def the_service() -> Service:
    """The service of this process."""
    global _service
    with _lock:
        if _service is None:
            logging.configure("flow")
            _service = bootstrap()
        return _service
