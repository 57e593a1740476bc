"""`incubator policy`: what can be done with a policy pack, a module a command."""

from __future__ import annotations

import typer

from incubator.cli import policy_activate, policy_check, policy_rehearse

app = typer.Typer(help="政策包 / Policy packs", no_args_is_help=True)


@app.callback()
def group() -> None:
    """政策包 / Policy packs"""


app.command("check")(policy_check.check)
app.command("schema")(policy_check.schema)
app.command("rehearse")(policy_rehearse.rehearse)
app.command("activate")(policy_activate.activate)
