"""Filing under each shipped pack, really run: whoever meets all it says is filed, whoever just misses one thing is not."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from incubator.clock import SHANGHAI, FixedClock
from incubator.database import Database
from incubator.engine import library
from incubator.engine.policy import Policy
from incubator.engine.refusals import ActionNotAllowed
from incubator.engine.rules import RULES, Blocker
from incubator.models.base import table
from incubator.models.organizations import Organization
from incubator.policies.packs import shipped
from incubator.policies.values import Validity
from incubator.sealing import configure_sealer
from incubator.services.upgrade import upgrade
from tests.policies.test_shipped_packs import PACKS
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS, CHECKED, OPINION, SERVED, Centre, build

# Each pack governs what is opened from a Monday of its own on, in one street that changed its pack month by month.
MONDAYS = (date(2026, 3, 9), date(2026, 4, 13), date(2026, 5, 11), date(2026, 6, 8))
FIRST_DAYS = dict(zip(PACKS, MONDAYS, strict=True))


@dataclass
class Street:
    """A centre, and the packs that come into force one after another."""

    centre: Centre
    packs: dict[str, Policy]

    def under(self, name: str) -> tuple[Centre, Policy]:
        return self.centre.on(FIRST_DAYS[name].isoformat()), self.packs[name]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def street(request: pytest.FixtureRequest) -> Iterator[Street]:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as environment:
        environment.setenv("INCUBATOR_DATA_DIR", folder)
        url = f"sqlite:///{Path(folder) / 'packs.db'}"
        if request.param == "postgresql":
            server, template = (
                request.getfixturevalue("postgresql_server"), request.getfixturevalue("postgresql_template")
            )  # fmt: skip
            server.psql(f"CREATE DATABASE packs_{os.getpid()} TEMPLATE {template}")
            url = server.get_uri(database=f"packs_{os.getpid()}", driver="psycopg")
        upgrade(url)
        database = Database(url)
        configure_sealer("a secret for tests only, of no use elsewhere")
        centre = build(database, FixedClock(datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)))
        yield Street(centre, {name: centre.put_in_force(shipped(name), FIRST_DAYS[name]) for name in PACKS})
        database.close()


def application(policy: Policy, name: str, **changes: Any) -> dict[str, Any]:
    """One that just meets what the pack asks."""
    least = {each: policy.whole(f"filing.conditions.{each}") for each in ("members", "founders")}
    category = policy.get("filing.conditions.categories")[0]["name"]["zh"]
    return {**APPLICATION, **least, "category": category, "name": name, **changes}


def handed_in(group: Centre, said: dict[str, Any], papers: tuple[str, ...] = APPLICATION_PAPERS) -> str:
    case_id = group.open("filing")
    group.upload(case_id, *papers)
    group.act(case_id, "submit", "worker", said)
    return case_id


def refused(group: Centre, case_id: str, action: str, by: str, data: dict[str, Any]) -> Blocker:
    """The one thing that stands against it."""
    with pytest.raises(ActionNotAllowed) as refusal:
        group.act(case_id, action, by, data)
    (blocker,) = refusal.value.blockers
    return blocker


@pytest.mark.parametrize("name", PACKS)
def test_whoever_meets_all_that_the_pack_says_is_filed_for_its_validity(street: Street, name: str) -> None:
    centre, policy = street.under(name)
    group = centre.with_group(f"{name}合唱团")
    case_id = handed_in(group, application(policy, f"桂花社区{name}合唱团"))
    assert [done["action"] for done in group.automate()] == ["pass"]
    group.upload(case_id, "committee_opinion", "sealed_certificate")
    group.act(case_id, "give_opinion", "worker", OPINION)
    group.act(case_id, "accept", "officer", CHECKED)
    group.act(case_id, "approve", "director")
    group.automate()
    assert group.act(case_id, "serve", "officer", SERVED).outcome == "filed"
    until = Validity.model_validate(policy.get("filing.certificate.validity")).until(FIRST_DAYS[name])
    assert (group.organization().standing, group.organization().filing_valid_until) == ("filed", until)
    with group.database.read() as connection:
        under = library.policy(connection, group.case(case_id).policy_hash)
    assert (under.hash, under.name) == (policy.hash, name)
    assert under.cite("filing.certificate.validity").zh == "本街道惯例：备案证有效期三年"


@pytest.mark.parametrize("name", PACKS)
def test_whoever_just_misses_one_condition_is_refused_for_that_one_and_told_the_source(
    street: Street, name: str
) -> None:
    centre, policy = street.under(name)
    least = {each: policy.whole(f"filing.conditions.{each}") for each in ("members", "founders")}
    taken = centre.with_group(f"桂花社区{name}腰鼓队").organization().name
    excluded = policy.get("filing.conditions.excluded")[1]["patterns"][0]
    near_misses = {
        "has_enough_members@1": {"members": least["members"] - 1},
        "has_enough_founders@1": {"founders": least["founders"] - 1},
        "names_a_leader@1": {"leader": ""},
        "has_premises@1": {"premises": ""},
        "is_in_the_list_of_categories@1": {"category": "商业"},
        "name_is_in_proper_form@1": {"name": f"{name}锣鼓队"},
        "name_is_unique@1": {"name": taken},
        "is_no_excluded_body@1": {"name": f"桂花社区{excluded}"},
    }
    if len(policy.get("filing.tiers")) > 1:
        border = policy.get("filing.tiers")[1]["least_members"]
        near_misses["goes_to_filing_by_its_size@1"] = {"members": border}
    for place, (rule, changes) in enumerate(near_misses.items()):
        group = centre.with_group(f"{name}{place}队")
        said = {**application(policy, f"桂花社区{name}{place}队"), **changes}
        case_id = handed_in(group, said)
        blocker = refused(group, case_id, "pass", "automation", {})
        assert (blocker.code, blocker.cite) == (rule, policy.cite(RULES[rule].reads[0]))
        (done,) = group.automate()
        barred = rule in ("is_no_excluded_body@1", "goes_to_filing_by_its_size@1")
        assert (done["unmet"], done["step"]) == ([rule], "acceptance" if barred else "correction")
        if barred:  # what no correction cures, no officer accepts
            assert refused(group, case_id, "accept", "officer", CHECKED).code == rule


@pytest.mark.parametrize("name", PACKS)
def test_papers_the_committee_and_standing_are_conditions_too(street: Street, name: str) -> None:
    centre, policy = street.under(name)
    group = centre.with_group(f"{name}太极队")
    said = application(policy, f"桂花社区{name}太极队")
    case_id = group.open("filing")
    asked = [need.kind for need in policy.documents("filing.application.documents")]
    for kind in asked:  # each paper is missed alone
        missing = [other for other in asked if other != kind]
        fresh = centre.with_group(f"{name}{kind}队")
        bare = fresh.open("filing")
        fresh.upload(bare, *missing)
        assert refused(fresh, bare, "submit", "worker", said).kind == "document"
    group.upload(case_id, *asked)
    group.act(case_id, "submit", "worker", said)
    group.automate()
    group.upload(case_id, "committee_opinion")
    group.act(case_id, "give_opinion", "worker", {**OPINION, "stance": "object"})
    blocker = refused(group, case_id, "accept", "officer", CHECKED)
    assert (blocker.code, blocker.cite) == (
        "committee_does_not_object@1", policy.cite("filing.committee_opinion.must_agree")
    )  # fmt: skip

    organizations = table(Organization)
    body = centre.with_group(f"{name}协会")
    body.database.write(
        lambda connection: connection.execute(
            update(organizations).where(organizations.c.id == body.organization_id).values(standing="registered")
        )
    )
    with pytest.raises(ActionNotAllowed) as refusal:
        body.open("filing")
    (blocker,) = refusal.value.blockers
    assert (blocker.code, blocker.cite) == ("is_not_filed_already@2", policy.cite("jurisdiction.issues"))
    assert "由登记机关决定" in blocker.next.zh
