"""The conditions of a referral; pure."""

from __future__ import annotations

from incubator.engine.roles import Role
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.procedures.shared.conditions import no_other_open
from incubator.procedures.shared.jurisdiction import ACTS, RECORDS, STANDINGS, recorded_by_the_street, standings_for
from incubator.text import Text

_OFFICER = (Role.OFFICER,)

no_other_open("has_no_other_open_referral@1", "referral", Text("移送登记机关", "referral"))


recorded_by_the_street(
    "is_registered@2",
    ("abnormal_list", "serious_breach_list", "yearly_inspection"),
    Text("{whom}不由登记机关处理，不需移送", "The registrar decides nothing over {whom}: there is nothing to refer"),
    Text("备案组织由街道责令整改", "A filed group is rectified by the street"),
)


@rule("list_is_recorded@1", needs=("data.answer.list", "organization.standing"), reads=(RECORDS,))
def list_is_recorded(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The list that the registrar's document names is one of which the street keeps record for such organizations."""
    named, standing = facts["data.answer.list"], facts["organization.standing"]
    if named is None or standing in standings_for(policy, named, RECORDS):
        return None
    of, what = STANDINGS[standing], ACTS[named]
    return Unmet(
        Text(f"街道不登记{of.zh}的{what.zh}", f"The street does not record the {what.en} of {of.en}"),
        Text("请核对文书，或登记为其他处理", "Check the document, or record it as something else"),
        _OFFICER,
        policy.cite(RECORDS),
    )


@rule("is_listed_for_a_time@1", needs=("data.answer.since", "data.answer.until", "case.today"))
def is_listed_for_a_time(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """What the registrar's document says of days can be: a listing has begun, and ends after it began."""
    since, until = facts["data.answer.since"], facts["data.answer.until"]
    if since is None or (since <= facts["case.today"].isoformat() and (not until or until >= since)):
        return None
    return Unmet(
        Text("列入日期晚于今天，或截止日期早于列入日期", "The listing lies in the future, or ends before it begins"),
        Text("请按文书核对日期", "Check the days against the document"),
        _OFFICER,
    )


@rule("is_removed_after_listing@1", needs=("data.answer.since", "data.listed.removed_on", "case.today"))
def is_removed_after_listing(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """A removal is not before the listing and not in the future."""
    since, removed = facts["data.answer.since"], facts["data.listed.removed_on"]
    if removed is None or (since or "") <= removed <= facts["case.today"].isoformat():
        return None
    return Unmet(
        Text("移出日期早于列入日期，或晚于今天", "The removal lies before the listing, or in the future"),
        Text("请按文书核对日期", "Check the days against the document"),
        _OFFICER,
    )
