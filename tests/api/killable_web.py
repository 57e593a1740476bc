"""A web process that ends itself, as a power cut would, right before the write it is told: `python -m` this module.

Each line on standard input is a number of writes (0: none is the last); a web process is forked that dies before the
write of that number, commits counted in. When it is gone, `gone` is printed and the next line is read.
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count

import uvicorn
from sqlalchemy import event
from sqlalchemy.engine import Engine

from api.app import create_app
from incubator.procedures import catalogue
from incubator.services.bootstrap import bootstrap
from incubator.settings import Settings

assert catalogue.DEFINITIONS  # imported once, before any fork


def serve(last: int) -> None:
    """Serve until the statement of that number."""
    settings = Settings()
    service = bootstrap(settings)
    app = create_app(service)
    numbers = count(1)

    def count_one() -> None:
        if next(numbers) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def before_statement(_: object, __: object, statement: str, *___: object) -> None:
        # Dying before a read leaves what dying before the next write leaves.
        if not statement.startswith("SELECT"):
            count_one()

    event.listen(Engine, "before_cursor_execute", before_statement)
    event.listen(Engine, "commit", lambda _: count_one())
    uvicorn.run(app, port=settings.port, log_config=None, access_log=False)


def main() -> None:
    """Fork a web process for each line."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                serve(int(line))
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        sys.stdout.write("gone\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
