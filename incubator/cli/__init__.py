"""The command line `incubator`: one module a command, loaded when it is called."""

from __future__ import annotations

import sys

import typer
from pydantic import ValidationError
from rich.console import Console

from incubator.cli import (
    audit,
    calendar,
    database,
    deadline,
    demo,
    import_opening,
    import_survey,
    policy,
    serve,
    street,
    sweep,
    user,
    worker,
)
from incubator.errors import Invalid, Refused
from incubator.text import Text

REFUSED = 1

app = typer.Typer(
    name="incubator",
    help="街道社区社会组织培育指导中心工作平台 / The cultivation guidance centre's service",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("worker")(worker.worker)
app.command("sweep")(sweep.sweep)
app.command("deadline")(deadline.deadline)
app.add_typer(audit.app, name="audit")
app.add_typer(calendar.app, name="calendar")
app.add_typer(database.app, name="db")
app.add_typer(policy.app, name="policy")
app.add_typer(street.app, name="street")
app.add_typer(user.app, name="user")
import_survey.app.command("opening")(import_opening.opening)
app.add_typer(import_survey.app, name="import")


def main() -> None:
    """Run a command. The exit code is 0 when it is done, 1 when it was refused or invalid, 2 when it was misspelt."""
    try:
        app()
    except Refused as refusal:
        _say(refusal.title, refusal.detail)
        if isinstance(refusal, Invalid):
            for field, texts in refusal.fields.items():
                for text in texts:
                    _say(Text(f"  {field}", f"  {field}"), text)
        sys.exit(REFUSED)
    except ValidationError as error:
        _say_settings(error)
        sys.exit(REFUSED)


def _say_settings(error: ValidationError) -> None:
    for fault in error.errors():
        name = "INCUBATOR_" + "_".join(str(part) for part in fault["loc"]).upper()
        _say(
            Text("设置有误", "A setting is wrong"),
            Text(
                f"{name}={fault.get('input')!s}：{fault['msg']}。请更正该环境变量后重新启动。",
                f"{name}={fault.get('input')!s}: {fault['msg']}. Correct this environment variable and start again.",
            ),
        )


def _say(title: Text, detail: Text) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(f"{title.zh}：{detail.zh}", markup=False)
    console.print(f"{title.en}: {detail.en}", markup=False)
