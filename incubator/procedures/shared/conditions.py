"""Conditions that several stages ask in the same words."""

from __future__ import annotations

from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.procedures.shared.roles import APPLICANT
from incubator.text import Text

FILED, REGISTERED = "filed", "registered"  # as Standing says; rules import no models


def no_other_open(name: str, procedure: str, title: Text) -> None:
    """Register the rule `name`: no other case of the procedure runs for the organization."""

    @rule(name, needs=("case.others_open",))
    def has_no_other(facts: Facts, policy: PolicyValues) -> Unmet | None:
        others = facts["case.others_open"].get(procedure, [])
        if not others:
            return None
        zh, en = "、".join(others), ", ".join(others)
        return Unmet(
            Text(f"该组织已有在办的{title.zh}案件：{zh}", f"A case of {title.en} runs already: {en}"),
            Text("请在该案件中办理", "Go on in that case"),
            APPLICANT,
        )


@rule("is_filed_or_registered@1", needs=("organization.standing",))
def is_filed_or_registered(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The organization is filed with the street or registered with the registrar."""
    if facts["organization.standing"] in (FILED, REGISTERED):
        return None
    return Unmet(
        Text("该组织未备案，也未登记", "The organization is neither filed nor registered"),
        Text("请先办理备案", "Let it be filed first"),
        APPLICANT,
    )
