"""`incubator policy activate`: a pack proposed with its rehearsal, and activated by somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from incubator.cli import policy_check
from incubator.cli.options import DataDir, StreetCode, day
from incubator.cli.user import password

if TYPE_CHECKING:
    from incubator.engine.policy import Policy
    from incubator.engine.roles import Actor
    from incubator.queries.policies import Proposal
    from incubator.services.bootstrap import Service


def activate(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="政策包（YAML） / The policy pack (YAML)")],
    since: Annotated[
        date | None,
        typer.Option(
            "--from",
            parser=day,
            metavar="DATE",
            help="生效日期，默认今天，政策包尚未生效的为其首日 / The day it takes effect: today, or the pack's first day",
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="ACCOUNT",
            help="以该账号办理：他人已提议的予以启用，否则以其名义提议；须输入密码 / As this account: activate what another"
            " person proposed, or else propose; asks for the password",
        ),
    ] = None,
    reason: Annotated[str, typer.Option(help="启用的理由，提议时必填 / Why; needed to propose")] = "",
    street: StreetCode = None,
    data_dir: DataDir = None,
) -> None:
    """提议启用政策包，或启用他人提议的政策包 / Propose a policy pack for activation, or activate what another proposed"""
    from incubator.cli.opened import chosen_street, opened
    from incubator.clock import today
    from incubator.engine.policy import Policy
    from incubator.policies import packs
    from incubator.queries.policies import waiting_proposal
    from incubator.services.accounts import console
    from incubator.services.policies.proposing import versions_from

    try:
        found = [(first, Policy(content)) for first, content in packs.versions(file)]
    except packs.PackInvalid as invalid:
        policy_check.refuse(invalid.faults)
    with opened(data_dir) as service:
        with service.database.read() as connection:
            chosen = chosen_street(connection, street).id
        versions = versions_from(found, since or max(today(service.clock.now()), found[0][0]))
        with _person(service, by) if by else _nobody(console(chosen)) as actor:
            with service.database.read() as connection:
                waiting = [waiting_proposal(connection, chosen, policy.hash, first) for first, policy in versions]
            if by and any(waiting):
                _activate(service, [each for each in waiting if each], actor, reason)
            else:
                _propose(service, file, versions, chosen, actor, reason)


@contextmanager
def _nobody(actor: Actor) -> Iterator[Actor]:
    yield actor


@contextmanager
def _person(service: Service, username: str) -> Iterator[Actor]:
    """The person of an account, signed in with the password for as long as this takes. Raises SignInRefused."""
    from incubator.services.sign_in import authenticate, sign_in, sign_out

    now = service.clock.now()
    token = sign_in(service.database, username=username, password=password(twice=False), now=now).token
    try:
        with service.database.read() as connection:
            signed_in = authenticate(connection, token, now)
        assert signed_in is not None
        yield signed_in.actor
    finally:
        service.database.write(lambda connection: sign_out(connection, token, now))


def _activate(service: Service, proposals: list[str], actor: Actor, comment: str) -> None:
    from sqlalchemy import Connection

    from incubator.services.policies import deciding

    def work(connection: Connection) -> None:
        for proposal in proposals:
            deciding.activate(connection, proposal=proposal, actor=actor, comment=comment, now=service.clock.now())

    service.database.write(work)
    for each in _proposals(service, proposals, actor):
        first = each.row.effective_from
        typer.echo(
            f"已启用：{each.name} 自 {first} 起生效，此后新开案件按此办理，在办案件不变"
            f" / Activated: {each.name} from {first}; new cases follow it, running ones stay as they are"
        )


def _propose(
    service: Service, file: Path, versions: list[tuple[date, Policy]], street_id: int, actor: Actor, reason: str
) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    from incubator.cli.files import content_of
    from incubator.services.policies.files import pack_file, propose_pack

    pack = pack_file(file.name, content_of(file))
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        console=Console(stderr=True), transient=True,
    ) as progress:  # fmt: skip
        doing = progress.add_task("正在预演 / Rehearsing", total=None)
        made = propose_pack(
            service.database, pack, versions, street_id=street_id, reason=reason, actor=actor, now=service.clock.now(),
            progress=lambda done, whole: progress.update(doing, completed=done, total=whole),
        )  # fmt: skip
    for each in _proposals(service, made, actor):
        _summary(service, each)
    typer.echo(
        "须由另一位中心主任或系统管理员启用：在“政策版本”页办理，或以 --by 该人账号 再次执行本命令"
        " / Another director or administrator must activate it: on the page, or with this command and --by ACCOUNT"
    )


def _summary(service: Service, proposal: Proposal) -> None:
    from incubator.queries.policies import rehearsal_of
    from incubator.rehearsal import Rehearsal
    from incubator.rehearsal.result import KIND_NAMES, Kind
    from incubator.services.policies.proposing import counts_of

    with service.database.read() as connection:
        rehearsal = Rehearsal.from_json(rehearsal_of(connection, proposal))
    first = proposal.row.effective_from
    typer.echo(
        f"已提议：{proposal.name} 自 {first} 起生效（{proposal.row.policy_hash[:12]}）；"
        f"预演在办 {rehearsal.live} 件、已办 {rehearsal.decided} 件，涉及 {rehearsal.touched} 件"
        f" / Proposed: {proposal.name} from {first}; rehearsed over {rehearsal.live} live and {rehearsal.decided} ended"
        f" cases, {rehearsal.touched} of them concerned"
    )
    counts = counts_of(rehearsal)
    for kind, count in counts["kinds"].items():
        title = KIND_NAMES[Kind(kind)]
        typer.echo(f"  {title.zh} {count} 件 / {title.en}: {count}")
    if counts["not_rehearsed"]:
        typer.echo(f"  未能预演 {counts['not_rehearsed']} 件 / Not rehearsed: {counts['not_rehearsed']}")


def _proposals(service: Service, public_ids: list[str], actor: Actor) -> list[Proposal]:
    from incubator.queries.policies import find_proposal

    with service.database.read() as connection:
        return [find_proposal(connection, actor, each) for each in public_ids]
