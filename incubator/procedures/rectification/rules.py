"""The conditions of rectification; pure."""

from __future__ import annotations

from incubator.engine.roles import Role
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.procedures.shared.conditions import no_other_open
from incubator.procedures.shared.jurisdiction import FILED, ISSUES, beyond_the_streets_power, within_the_streets_power
from incubator.text import Text

no_other_open("has_no_other_open_rectification@1", "rectification", Text("整改", "rectification"))


within_the_streets_power("is_within_the_streets_power@2", "rectification")


@rule(
    "may_be_put_under_supervision@1",
    needs=("data.determination.consequence", "organization.standing"),
    reads=(ISSUES,),
)
def may_be_put_under_supervision(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """Closer supervision, alone or with what follows besides, is the street's over those whom policy names."""
    if facts["data.determination.consequence"] in (None, "none"):
        return None
    return beyond_the_streets_power(facts["organization.standing"], policy, "closer_supervision", (Role.DIRECTOR,))


@rule("has_a_filing_to_cancel@1", needs=("data.determination.consequence", "organization.standing"))
def has_a_filing_to_cancel(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """A filing is cancelled only where there is one."""
    if facts["data.determination.consequence"] != "cancellation" or facts["organization.standing"] == FILED:
        return None
    return Unmet(
        Text("该组织未备案，无从撤销", "It has no filing that could be cancelled"),
        Text("请选择其他处理意见", "Choose another consequence"),
        (Role.DIRECTOR,),
    )


@rule("has_a_star_to_lower@1", needs=("data.determination.consequence", "organization.star"))
def has_a_star_to_lower(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """A star is lowered only where there is one."""
    if facts["data.determination.consequence"] != "lower_star" or facts["organization.star"] is not None:
        return None
    return Unmet(
        Text("该组织没有有效的星级，无从降低", "It has no star that could be lowered"),
        Text("请选择其他处理意见", "Choose another consequence"),
        (Role.DIRECTOR,),
    )
