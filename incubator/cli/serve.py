"""`incubator serve`: the whole service on one machine, as supervised child processes."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Annotated, Any, ClassVar

import typer

from incubator.cli.options import DataDir, settings_with
from incubator.errors import Refused
from incubator.settings import Settings
from incubator.text import Text

# People wait for the web; what else starts would take the processor from it.
WEB_FIRST_SECONDS = 10.0


class PortTaken(Refused):
    """Something else listens where the service should."""

    status: ClassVar[int] = 503
    code: ClassVar[str] = "port_taken"
    title: ClassVar[Text] = Text("端口不可用", "A port cannot be used")


class SettingsDisagree(Refused):
    """Two settings do not go together."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "settings_disagree"
    title: ClassVar[Text] = Text("设置有误", "A setting is wrong")


def serve(
    host: Annotated[str | None, typer.Option(help="监听地址 / Where the web listens")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="网页端口 / The web's port")] = None,
    data_dir: DataDir = None,
) -> None:
    """启动服务 / Run the service: web, automation and its Prefect server"""
    run(settings_with(host=host, port=port, data_dir=data_dir))


def run(settings: Settings) -> None:
    """Run the service until SIGTERM or SIGINT. Raises Refused where it cannot start; nothing is left running then."""
    from incubator import logging
    from incubator.cli.children import POLL_SECONDS, keep_asking, stop

    stopping = False

    def ask_to_stop(*_: Any) -> None:
        nonlocal stopping
        stopping = True

    check(settings)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, ask_to_stop)
    logging.configure("serve")
    migrate(settings)
    os.environ["INCUBATOR_HOST"], os.environ["INCUBATOR_PORT"] = settings.host, str(settings.port)
    os.environ["INCUBATOR_DATA_DIR"] = str(settings.data_dir.resolve())
    children = children_of(settings)
    web, *others = children
    told = False
    try:
        web.start()
        others_start_at = time.monotonic() + WEB_FIRST_SECONDS
        keep_asking(children)
        while not stopping:
            for child in children:
                child.look_after()
            if not told and answers(settings):
                told = True
                announce(settings)
            if others and (told or time.monotonic() > others_start_at):
                for child in others:
                    child.start()
                others = []
            time.sleep(POLL_SECONDS)
    finally:
        # Automation before the Prefect server that it reports to.
        stop(children)


def check(settings: Settings) -> None:
    """Refuse what would only fail later: settings that disagree, a folder that cannot be written, ports in use."""
    from incubator.cli.schema import check_data_folder

    if settings.web_processes > 1 and settings.effective_database_url.startswith("sqlite"):
        raise SettingsDisagree(
            Text(
                "SQLite 只支持一个网页进程：请将 INCUBATOR_WEB_PROCESSES 设为 1，或用 INCUBATOR_DATABASE_URL 指定 PostgreSQL。",
                "SQLite serves one web process: set INCUBATOR_WEB_PROCESSES to 1, or name a PostgreSQL database with"
                " INCUBATOR_DATABASE_URL.",
            )
        )
    check_data_folder(settings)
    _check_free(settings.host, settings.port, "--port（INCUBATOR_PORT）", "--port (INCUBATOR_PORT)")
    if _own_prefect(settings):
        _check_free("127.0.0.1", settings.prefect_port, "INCUBATOR_PREFECT_PORT", "INCUBATOR_PREFECT_PORT")


def migrate(settings: Settings) -> None:
    """Bring the database to this version's schema, in a process of its own: what that loads need not stay in memory."""
    from incubator.cli import schema

    if schema.seen_current(settings):
        return
    if not hasattr(os, "fork"):
        schema.upgrade(settings)
        return
    child = os.fork()
    if child == 0:
        code = 70
        try:
            schema.upgrade(settings)
            code = 0
        except Refused as refusal:
            print(f"{refusal.title.zh}：{refusal.detail.zh}\n{refusal.title.en}: {refusal.detail.en}", file=sys.stderr)  # noqa: T201
            code = 1
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code:
        raise SystemExit(1)


def children_of(settings: Settings) -> list[Any]:
    """The processes of this set-up, in the order in which they are to be stopped."""
    from incubator.cli.children import Child
    from incubator.services.automation.prefect_environment import (
        LOOPBACK,
        SUPERVISOR,
        client_environment,
        prefect_home,
        server_command,
        server_environment,
    )

    supervised = {SUPERVISOR: str(os.getpid()), "PYTHONUNBUFFERED": "1"}
    host, port = _reachable(settings.host), settings.port
    web = Child("web", [sys.executable, "-m", "api"], supervised, partial(_responds, host, port, "/healthz"))
    children = [web]
    if settings.automation == "distributed":
        return children
    prefect_home(settings).mkdir(parents=True, exist_ok=True)
    children.append(
        Child("worker", [sys.executable, "-m", "schedules"], {**client_environment(settings), **supervised})
    )
    if _own_prefect(settings):
        responds = partial(_responds, LOOPBACK, settings.prefect_port, "/api/health")
        environment = {**server_environment(settings), **supervised}
        children.append(Child("prefect", server_command(settings), environment, responds))
    return children


def answers(settings: Settings) -> bool:
    """Whether the web accepts connections."""
    try:
        with socket.create_connection((_reachable(settings.host), settings.port), timeout=0.2):
            return True
    except OSError:
        return False


def announce(settings: Settings) -> None:
    """Tell where to go, in both languages."""
    host = _reachable(settings.host)
    address = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    folder = Path(settings.data_dir).resolve()
    typer.echo(f"\n  服务已启动，请用浏览器打开 {address}  数据目录：{folder}  按 Ctrl-C 停止")
    typer.echo(f"  The service is up: open {address} in a browser. Data: {folder}. Ctrl-C stops it.\n")
    sys.stdout.flush()


def _responds(host: str, port: int, path: str) -> bool:
    """Whether something answers there at all, whatever it says."""
    connection = HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path)
        connection.getresponse().read()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True


def _own_prefect(settings: Settings) -> bool:
    return settings.automation == "embedded" and not settings.prefect_api_url


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104


def _check_free(host: str, port: int, option_zh: str, option_en: str) -> None:
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the servers do: a connection that lingers from the last run is no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise PortTaken(
            Text(
                f"不能在 {host}:{port} 上监听（{error.strerror}）。请停止占用该端口的程序，或用 {option_zh} 另指定。",
                f"Cannot listen on {host}:{port} ({error.strerror}). Stop what uses it, or choose another with {option_en}.",
            )
        ) from error
