"""Both sides of what a group must be to be filed, and of the renewal's window."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise

from incubator.engine.policy import Policy
from tests.policies.sides.core import DAY, TODAY, Sides, least, said, sides, switch

NAME = "桂花社区常青合唱团"
AREAS = {
    "organization.community_name": "桂花社区",
    "organization.street_name": "草堂街道",
    "organization.district": "青羊区",
}
CONDITIONS = "filing.conditions"


@sides("has_enough_members@1")
def members(policy: Policy) -> Iterable[Sides]:
    return least(policy, f"{CONDITIONS}.members", lambda number: said(members=number))


@sides("has_enough_founders@1")
def founders(policy: Policy) -> Iterable[Sides]:
    return least(policy, f"{CONDITIONS}.founders", lambda number: said(founders=number))


@sides("names_a_leader@1")
def leader(policy: Policy) -> Iterable[Sides]:
    return switch(policy, f"{CONDITIONS}.leader", said(leader="王桂兰"), said(leader=" "))


@sides("has_premises@1")
def premises(policy: Policy) -> Iterable[Sides]:
    return switch(policy, f"{CONDITIONS}.premises", said(premises="活动室"), said(premises=""))


@sides("has_a_charter@1")
def charter(policy: Policy) -> Iterable[Sides]:
    met, missed = {"case.documents": {"charter"}}, {"case.documents": {"roster"}}
    return switch(policy, f"{CONDITIONS}.charter", met, missed)


@sides("is_in_the_list_of_categories@1")
def categories(policy: Policy) -> Iterable[Sides]:
    for category in policy.get(f"{CONDITIONS}.categories"):
        for word in (category["code"], category["name"]["zh"], *category["synonyms"]):
            yield Sides(said(category=word), said(category=f"非{word}"), f"{CONDITIONS}.categories")


@sides("is_no_excluded_body@1")
def excluded(policy: Policy) -> Iterable[Sides]:
    proper = {**said(name=NAME, nature=""), "organization.remark": ""}
    for kind in policy.get(f"{CONDITIONS}.excluded"):
        for pattern in kind["patterns"]:
            body = pattern.replace("*", "某")
            not_one = {**proper, "organization.remark": f"非{body}"}
            for missed in ({**proper, **said(name=f"桂花社区{body}")}, {**proper, "organization.remark": f"系{body}"}):
                yield Sides(not_one, missed, f"{CONDITIONS}.excluded")


@sides("name_is_in_proper_form@1")
def name(policy: Policy) -> Iterable[Sides]:
    path = f"{CONDITIONS}.name"
    form = policy.get(path)
    areas = {"district": "青羊区", "street": "草堂街道", "community": "桂花社区"}
    whole = "".join(areas[area] for area in form["must_name"])
    for ending in form["endings"]:
        named = {**AREAS, **said(name=f"{whole}常青{ending}")}
        yield Sides(named, {**AREAS, **said(name=f"{whole}常青{ending}的")}, path)
        for area in form["must_name"]:
            yield Sides(named, {**AREAS, **said(name=f"{whole}常青{ending}".replace(areas[area], ""))}, path)


@sides("name_is_unique@1")
def unique(policy: Policy) -> Iterable[Sides]:
    named = said(name=NAME)
    met, missed = {**named, "organization.name_taken": False}, {**named, "organization.name_taken": True}
    return switch(policy, f"{CONDITIONS}.unique_name", met, missed)


@sides("goes_to_filing_by_its_size@1")
def tiers(policy: Policy) -> Iterable[Sides]:
    path = "filing.tiers"
    listed = policy.get(path)
    borders = [
        pair for pair in pairwise(listed) if (pair[0]["goes_to"] == "filing") != (pair[1]["goes_to"] == "filing")
    ]
    for below, above in borders:
        under, from_on = said(members=above["least_members"] - 1), said(members=above["least_members"])
        yield Sides(under, from_on, path) if below["goes_to"] == "filing" else Sides(from_on, under, path)
    if not borders:  # everything is filed
        higher = {**listed[0], "code": "higher", "least_members": 7, "goes_to": "registration"}
        yield Sides(said(members=6), said(members=7), path, {path: [*listed, higher]})


@sides("committee_does_not_object@1")
def committee(policy: Policy) -> Iterable[Sides]:
    heard, missed = "data.committee_opinion.stance", {"data.committee_opinion.stance": "object"}
    anew = {"data.acceptance.stance": None}
    yield from switch(policy, "filing.committee_opinion.must_agree", {heard: "agree", **anew}, {**missed, **anew})
    changed = {**missed, "data.acceptance.stance": "agree"}
    worse = {heard: "agree", "data.acceptance.stance": "object"}
    yield from switch(policy, "filing.committee_opinion.must_agree", changed, worse)


@sides("is_within_the_renewal_window@1")
def renewal(policy: Policy) -> Iterable[Sides]:
    path = "filing.renewal.window"
    window = policy.get(path)
    for days, outwards in ((window["opens_days_before"], DAY), (window["closes_days_before"], -DAY)):
        expiry = TODAY + timedelta(days=days)
        met = {"case.today": TODAY, "organization.filing_valid_until": expiry}
        yield Sides(met, {**met, "organization.filing_valid_until": expiry + outwards}, path)
