"""Policy versions made of the national baseline, and what is done with them at the centre."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from incubator.database import Database
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor
from incubator.errors import Refused
from incubator.models.base import table
from incubator.models.events import PolicyInForce
from incubator.policies.packs import shipped
from incubator.rehearsal import Rehearsal, rehearse, snapshot
from incubator.services.policies import deciding
from incubator.services.policies.proposing import propose
from tests.procedures.world import Centre

FILE = "# 草稿\nname: riverside\n"


def version(**changes: Any) -> dict[str, Any]:
    """The content of a version; `changes` are values by their path, dots as `__`."""
    content = shipped()
    content |= {"name": "riverside", "effective_from": "2026-01-01"}
    for path, value in changes.items():
        node = content["values"]
        for part in path.split("__"):
            node = node[part]
        node["value"] = value
    return content


def rehearsed(centre: Centre, content: dict[str, Any], **asked: Any) -> Rehearsal:
    with snapshot(centre.database) as connection:
        return rehearse(
            connection, **{"street_id": centre.street_id, "policy": Policy(content), "now": centre.clock.now(), **asked}
        )


def proposed(
    centre: Centre, content: dict[str, Any], day: str, by: str | Actor = "director", *, reason: str = "区里新办法",
    rehearsal: Rehearsal | None = None, key: str = "",
) -> str:  # fmt: skip
    """A proposal of this version from a day, with its rehearsal; its public id."""
    return centre.database.write(
        lambda connection: propose(
            connection, street_id=centre.street_id, content=content, effective_from=date.fromisoformat(day),
            reason=reason, rehearsal=rehearsal or rehearsed(centre, content), file_name="riverside.yaml", file_text=FILE,
            actor=by if isinstance(by, Actor) else centre.people[by], now=centre.clock.now(), key=key,
        )
    )  # fmt: skip


def decided(
    centre: Centre, decide: Callable[..., None], proposal: str, by: str | Actor, comment: str = "同意", key: str = ""
) -> None:
    actor = by if isinstance(by, Actor) else centre.people[by]
    centre.database.write(
        lambda connection: decide(
            connection, proposal=proposal, actor=actor, comment=comment, now=centre.clock.now(), key=key
        )
    )


def activated(centre: Centre, content: dict[str, Any], day: str) -> Policy:
    """A version that one director proposed and the other activated."""
    decided(centre, deciding.activate, proposed(centre, content, day), "other_director")
    return Policy(content)


def in_force(centre: Centre) -> dict[str, str]:
    """The days from which versions hold, with the hash of each."""
    rows = table(PolicyInForce)
    with centre.database.read() as connection:
        found = connection.execute(select(rows).order_by(rows.c.effective_from))
        return {row.effective_from.isoformat(): row.policy_hash for row in found}


def at_once(centre: Centre, works: list[Callable[[Centre], Any]]) -> list[str]:
    """What each came to, done by processes of their own at the same moment: "done" or the refusal's code."""

    def run(work: Callable[[Centre], Any]) -> str:
        database = Database(centre.database.url)
        try:
            work(replace(centre, database=database))
        except Refused as refused:
            return refused.code
        finally:
            database.close()
        return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return sorted(pool.map(run, works))
