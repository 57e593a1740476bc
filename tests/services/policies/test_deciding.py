"""A policy version comes into force by two people, from a day that has not passed, with the rehearsal attached."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from incubator.canonical import canonical, sha256
from incubator.engine import streams
from incubator.engine.library import DayTaken
from incubator.engine.policy import Policy
from incubator.errors import Invalid, NotAllowed, NotFound, Refused
from incubator.models.base import table
from incubator.models.events import Event, PolicyPack, PolicyProposal
from incubator.queries.policies import find_proposal, policies
from incubator.services.accounts import console
from incubator.services.policies import deciding
from incubator.services.policies.deciding import DayHasPassed, FourEyes, ProposalHasMoved
from incubator.services.policies.proposing import RehearsalNeeded
from tests.procedures.world import Centre
from tests.services.policies.versions import activated, at_once, decided, in_force, proposed, rehearsed, version

MORE = version(filing__conditions__members=30)
FEWER = version(filing__conditions__members=10)


def happened(centre: Centre) -> list[dict[str, Any]]:
    """The events of the stream "policy", which must hold together."""
    events, packs = table(Event), table(PolicyPack)
    with centre.database.read() as connection:
        for pack_id in connection.scalars(select(packs.c.id)):
            assert streams.verify(connection, "policy", pack_id) == []
        bodies = connection.scalars(select(events.c.body).where(events.c.stream == "policy").order_by(events.c.id))
        return [json.loads(body) for body in bodies]


def test_one_director_proposes_with_the_rehearsal_and_another_person_activates(centre: Centre) -> None:
    rehearsal = rehearsed(centre, MORE)
    proposal = proposed(centre, MORE, "2026-10-12", rehearsal=rehearsal)
    proposer = centre.people["director"]
    people: list[tuple[Any, type[Refused]]] = [
        (proposer, FourEyes),
        (replace(proposer, account_id=99), FourEyes),  # another account of the same person
        (console(centre.street_id), FourEyes),
        (centre.people["officer"], NotAllowed),
    ]
    for actor, refusal in people:
        for decide in (deciding.activate, deciding.reject):
            with pytest.raises(refusal):
                decided(centre, decide, proposal, actor)
    assert list(in_force(centre)) == ["2020-01-01"]
    decided(centre, deciding.activate, proposal, "other_director")
    assert in_force(centre)["2026-10-12"] == Policy(MORE).hash
    with pytest.raises(ProposalHasMoved, match="other_director"):
        decided(centre, deciding.reject, proposal, "other_director")

    stored = centre.database.write(lambda connection: connection.execute(select(table(PolicyProposal))).one())
    assert stored.rehearsal == canonical(rehearsal.as_json())
    asked, done = happened(centre)
    assert (asked["type"], done["type"]) == ("policy.proposed", "policy.activated")
    assert asked["change"]["rehearsal"]["sha256"] == sha256(stored.rehearsal)
    assert (asked["actor"], done["actor"]) == (proposer.person_id, centre.people["other_director"].person_id)
    assert asked["policy"] == done["policy"] == Policy(MORE).hash
    with centre.database.read() as connection:
        now = policies(connection, proposer, centre.clock.now())
        then = policies(connection, proposer, centre.clock.now() + timedelta(days=30))
    assert now.in_force is not None
    assert then.in_force is not None
    assert (now.in_force.until, [each.proposal for each in now.coming]) == (then.past[0].until, [proposal])
    assert then.in_force.policy_hash == Policy(MORE).hash


def test_the_console_may_propose_and_any_one_person_who_may_activates(centre: Centre) -> None:
    proposal = proposed(centre, MORE, "2026-10-12", by=console(centre.street_id))
    with pytest.raises(FourEyes):
        decided(centre, deciding.activate, proposal, console(centre.street_id))
    decided(centre, deciding.activate, proposal, "director")
    assert len(in_force(centre)) == 2


@pytest.mark.parametrize(
    ("attempt", "refusal"),
    [
        pytest.param(lambda centre: proposed(centre, MORE, "2026-09-17"), Invalid, id="a day in the past"),
        pytest.param(
            lambda centre: proposed(centre, MORE | {"effective_from": "2027-01-01"}, "2026-12-31"), Invalid, id="before the pack"
        ),
        pytest.param(
            lambda centre: proposed(centre, MORE | {"effective_until": "2026-12-31"}, "2027-01-01"), Invalid, id="after the pack"
        ),
        pytest.param(lambda centre: proposed(centre, MORE, "2026-10-12", reason=" "), Invalid, id="no reason"),
        pytest.param(lambda centre: proposed(centre, MORE, "2026-10-12", by="officer"), NotAllowed, id="an officer"),
        pytest.param(
            lambda centre: proposed(centre, MORE, "2026-10-12", rehearsal=rehearsed(centre, FEWER)), RehearsalNeeded,
            id="the rehearsal of another version",
        ),
        pytest.param(
            lambda centre: proposed(
                centre, MORE, "2026-10-12", rehearsal=rehearsed(centre, MORE, now=centre.clock.now() - timedelta(days=8))
            ),
            RehearsalNeeded,
            id="a rehearsal of last week",
        ),
    ],
)  # fmt: skip
def test_what_is_not_proposed(centre: Centre, attempt: Callable[[Centre], str], refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        attempt(centre)
    assert happened(centre) == []


def test_of_two_versions_only_one_comes_into_force_on_a_day(centre: Centre) -> None:
    waiting = proposed(centre, MORE, "2026-10-12")
    with pytest.raises(DayTaken):
        proposed(centre, FEWER, "2026-10-12")
    decided(centre, deciding.withdraw, waiting, "director")
    activated(centre, FEWER, "2026-10-12")
    with pytest.raises(DayTaken):
        proposed(centre, MORE, "2026-10-12")
    activated(centre, MORE, "2026-10-13")
    assert [each["type"] for each in happened(centre)] == [
        "policy.proposed", "policy.withdrawn", "policy.proposed", "policy.activated", "policy.proposed", "policy.activated"
    ]  # fmt: skip


def test_a_proposal_is_withdrawn_by_its_proposer_and_rejected_by_somebody_else_with_a_reason(centre: Centre) -> None:
    first = proposed(centre, MORE, "2026-10-12")
    with pytest.raises(NotAllowed, match="director"):
        decided(centre, deciding.withdraw, first, "other_director")
    with pytest.raises(Invalid):
        decided(centre, deciding.reject, first, "other_director", comment=" ")
    decided(centre, deciding.reject, first, "other_director", comment="先征求社区意见")
    with pytest.raises(ProposalHasMoved):
        decided(centre, deciding.withdraw, first, "director")
    with centre.database.read() as connection:
        row = find_proposal(connection, centre.people["officer"], first).row
        with pytest.raises(NotFound):
            find_proposal(connection, replace(centre.people["officer"], grants=()), first)
    assert (row.state, row.decision_comment) == ("rejected", "先征求社区意见")
    assert len(in_force(centre)) == 1


def test_an_activation_is_revoked_only_until_its_day_and_none_is_made_after_it(centre: Centre) -> None:
    first, late = proposed(centre, MORE, "2026-10-12"), proposed(centre, FEWER, "2026-10-13")
    decided(centre, deciding.activate, first, "other_director")
    decided(centre, deciding.revoke, first, "director", comment="文件未印发")
    assert list(in_force(centre)) == ["2020-01-01"]
    activated(centre, MORE, "2026-10-12")
    again = happened(centre)[-1]["change"]["proposal"]
    centre.on("2026-10-12")
    with pytest.raises(DayHasPassed):
        decided(centre, deciding.revoke, again, "other_director")
    centre.on("2026-10-14")
    with pytest.raises(DayHasPassed):
        decided(centre, deciding.activate, late, "other_director")
    assert list(in_force(centre)) == ["2020-01-01", "2026-10-12"]


def test_two_who_act_at_once_do_not_both_succeed(centre: Centre) -> None:
    contents = [MORE, FEWER, version()]
    found = at_once(centre, [lambda own, each=each: proposed(own, each, "2026-10-12") for each in contents])  # type: ignore[misc]
    assert found == ["day_taken", "day_taken", "done"]
    proposal = happened(centre)[-1]["change"]["proposal"]
    deeds = [deciding.activate, deciding.reject, deciding.activate]
    found = at_once(
        centre,
        [lambda own, decide=decide: decided(own, decide, proposal, "other_director") for decide in deeds],  # type: ignore[misc]
    )
    assert found == ["done", "proposal_has_moved", "proposal_has_moved"]
    assert len(happened(centre)) == 2


def test_a_keyed_request_acts_once(centre: Centre) -> None:
    first = proposed(centre, MORE, "2026-10-12", key="a")
    assert proposed(centre, MORE, "2026-10-12", key="a") == first
    for _ in range(2):
        decided(centre, deciding.activate, first, "other_director", key="b")
    assert [each["type"] for each in happened(centre)] == ["policy.proposed", "policy.activated"]
