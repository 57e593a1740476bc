"""The conditions of rectification; pure."""

from __future__ import annotations

from incubator.engine.roles import Role
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.procedures.shared.conditions import no_other_open
from incubator.text import Text

_OFFICER = (Role.OFFICER,)

no_other_open("has_no_other_open_rectification@1", "rectification", Text("整改", "rectification"))


@rule("is_within_the_streets_power@1", needs=("organization.standing",))
def is_within_the_streets_power(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The street has filed groups rectified; over a registered body the registrar decides."""
    if facts["organization.standing"] == "filed":
        return None
    if facts["organization.standing"] == "registered":
        message = Text(
            "该组织已在登记机关登记，街道不能责令整改", "It is registered: the street cannot order rectification"
        )
        return Unmet(message, Text("请移送登记机关处理", "Refer it to the registrar"), _OFFICER)
    message = Text("该组织未备案", "The organization is not filed")
    return Unmet(message, Text("请以走访、提醒的方式指导", "Guide it by visits and advice"), _OFFICER)


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
