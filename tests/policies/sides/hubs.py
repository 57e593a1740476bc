"""Both sides of a hub's criteria, of who may be carried, of agreements' terms, and of dormancy."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from incubator.clock import months_before
from incubator.engine.policy import Policy
from incubator.policies.values import Validity
from tests.policies.sides.core import DAY, TODAY, Sides, least, said, sides, switch

CRITERIA, CARRYING, SIGNS = "affiliation.recognition.criteria", "affiliation.carrying", "dormancy.signs"


@sides("is_active_enough@1")
def activities(policy: Policy) -> Iterable[Sides]:
    return least(policy, f"{CRITERIA}.activities", lambda held: {"organization.activities_in_a_year": held})


@sides("was_filed_long_enough@1")
def years(policy: Policy) -> Iterable[Sides]:
    path = f"{CRITERIA}.years_filed"
    filed_on = TODAY.replace(year=TODAY.year - policy.whole(path))
    met = {"organization.standing": "filed", "organization.filed_on": filed_on, "case.today": TODAY}
    yield Sides(met, {**met, "organization.filed_on": filed_on + DAY}, path)


@sides("last_review_was_not_failed@1")
def review(policy: Policy) -> Iterable[Sides]:
    def last(outcome: str) -> dict[str, object]:
        return {"organization.last_review": {"outcome": outcome, "period": "2026"}}

    return switch(policy, f"{CRITERIA}.review_not_failed", last("basically_passed"), last("failed"))


@sides("works_with_enough_teams@1")
def teams(policy: Policy) -> Iterable[Sides]:
    return least(policy, f"{CRITERIA}.teams", lambda number: said(teams=number))


@sides("residents_are_content@1")
def content(policy: Policy) -> Iterable[Sides]:
    return least(policy, f"{CRITERIA}.satisfaction", lambda number: said(asked=100, content=number))


@sides("has_a_party_organization@1")
def party(policy: Policy) -> Iterable[Sides]:
    met, missed = said(party_organization=True), said(party_organization=False)
    return switch(policy, f"{CRITERIA}.party_organization", met, missed)


@sides("is_no_hub_or_may_be_one_anew@1")
def anew(policy: Policy) -> Iterable[Sides]:
    path = "affiliation.recognition.window"
    window = policy.get(path)
    for days, outwards in ((window["opens_days_before"], DAY), (window["closes_days_before"], -DAY)):
        until = TODAY + timedelta(days=days)
        met = {"organization.recognition": {"until": until}, "case.today": TODAY}
        yield Sides(met, {**met, "organization.recognition": {"until": until + outwards}}, path)


@sides("may_be_affiliated@1")
def affiliated(policy: Policy) -> Iterable[Sides]:
    path = f"{CARRYING}.registered"
    filed = {"organization.standing": "filed"}
    yield Sides(filed, {"organization.standing": "informal"}, path)
    yield from switch(policy, path, filed, {"organization.standing": "registered"}, asks=False)


@sides("is_no_hub_itself@1")
def itself(policy: Policy) -> Iterable[Sides]:
    met, missed = {"organization.is_hub": False}, {"organization.is_hub": True}
    return switch(policy, f"{CARRYING}.hubs", met, missed, asks=False)


@sides("picked_hub_has_room@1")
def room(policy: Policy) -> Iterable[Sides]:
    path = f"{CARRYING}.capacity"
    most = policy.whole(path)
    full = most or 3
    picked = {"data.application.hub": "x"}
    met, missed = ({**picked, "street.hub_members": {"x": number}} for number in (full - 1, full))
    yield Sides(met, missed, path, {} if most else {path: full})


@sides("term_is_in_order@1")
def term(policy: Policy) -> Iterable[Sides]:
    path = f"{CARRYING}.longest_term"
    since = date(2026, 10, 1)
    last = Validity.model_validate(policy.get(path)).until(since)

    def agreed(until: date) -> dict[str, object]:
        return {
            "data.agreement.since": since.isoformat(), "data.agreement.until": until.isoformat(), "case.today": TODAY,
        }  # fmt: skip

    yield Sides(agreed(last), agreed(last + DAY), path)


@sides("is_within_the_agreements_window@1")
def agreement(policy: Policy) -> Iterable[Sides]:
    path = "affiliation.renewal.window"
    window = policy.get(path)
    for days, outwards in ((window["opens_days_before"], DAY), (window["closes_days_before"], -DAY)):
        until = TODAY + timedelta(days=days)
        met = {"organization.hub": {"until": until}, "case.today": TODAY}
        yield Sides(met, {**met, "organization.hub": {"until": until + outwards}}, path)


@sides("shows_signs_of_dormancy@1")
def dormant(policy: Policy) -> Iterable[Sides]:
    path = f"{SIGNS}.quiet_months"
    border, apart = months_before(TODAY, policy.whole(path)), policy.whole(f"{SIGNS}.failed_contacts_apart")
    lively = {"organization.quiet_since": border, "organization.failed_contacts": [], "case.today": TODAY}
    yield Sides({**lively, "organization.quiet_since": border - DAY}, lively, path)
    met, missed = (
        {**lively, "organization.failed_contacts": [TODAY - timedelta(days=days), TODAY]} for days in (apart, apart - 1)
    )
    yield Sides(met, missed, path)


@sides("had_no_dormancy_lately@1")
def lately(policy: Policy) -> Iterable[Sides]:
    path = f"{SIGNS}.not_again_within"
    last = TODAY - timedelta(days=policy.whole(path))
    missed = {"organization.dormancy_ended_on": last, "case.today": TODAY}
    yield Sides({**missed, "organization.dormancy_ended_on": last - DAY}, missed, path)


def _path_to(stage: str) -> None:
    path = f"path.prerequisites.{stage}"
    done = {
        "organization.standing": "filed", "organization.filing_valid_until": TODAY, "organization.is_hub": False,
        "organization.hub": {"name": "枢纽"}, "case.today": TODAY,
    }  # fmt: skip

    @sides(f"stands_on_the_path_to_{stage}@1")
    def before(policy: Policy) -> Iterable[Sides]:
        asked = policy.get(path)
        lapsed, alone = {**done, "organization.filing_valid_until": TODAY - DAY}, {**done, "organization.hub": None}
        for needed, missed in (("filing", lapsed), ("affiliation", alone)):
            yield Sides(done, missed, path, {} if needed in asked else {path: [*asked, needed]})


for _stage in ("affiliation", "funding", "evaluation"):
    _path_to(_stage)
