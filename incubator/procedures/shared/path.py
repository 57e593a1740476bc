"""What must be done of the path before a later stage begins: a section of the policy, and the rules that read it."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from incubator.engine.deadline_words import in_words
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.policies.values import Cited, Section
from incubator.procedures.shared.roles import APPLICANT, OFFICER
from incubator.text import Text

FILING, AFFILIATION = "filing", "affiliation"

Stages = tuple[Annotated[str, StringConstraints(pattern=f"^({FILING}|{AFFILIATION})$")], ...]


class Prerequisites(Section):
    """The stages that are done before another begins, beside what its own conditions ask for."""

    affiliation: Cited[Stages]
    funding: Cited[Stages]
    evaluation: Cited[Stages]


class Path(Section):
    """The section `path` of a pack."""

    prerequisites: Prerequisites


def filing_is_lapsed(facts: Facts) -> bool:
    """Whether a filed organization's certificate has ended. One that is not filed at all is told so by other rules."""
    until = facts["organization.filing_valid_until"]
    return facts["organization.standing"] == "filed" and (until is None or until < facts["case.today"])


def lapsed_filing(facts: Facts) -> Unmet | None:
    """Why a filed organization whose certificate has ended is neither reviewed nor rated; or None."""
    if not filing_is_lapsed(facts):
        return None
    until = facts["organization.filing_valid_until"]
    if until is None:
        message = Text("该组织没有有效的备案证", "The organization has no filing certificate")
    else:
        message = Text("备案证已于{day}到期", "The filing certificate ended on {day}").fill(day=in_words(until))
    return Unmet(message, Text("请办理注销或重新备案", "Let the filing end, or file anew"), OFFICER)


def needs_a_hub(facts: Facts) -> bool:
    """Whether the organization has no hub and is not of those that need none: registered bodies and hubs."""
    free = facts["organization.standing"] == "registered" or facts["organization.is_hub"]
    return not free and facts["organization.hub"] is None


def _stands_on_the_path(stage: str) -> None:
    path = f"path.prerequisites.{stage}"

    @rule(
        f"stands_on_the_path_to_{stage}@1",
        needs=(
            "organization.standing", "organization.filing_valid_until", "organization.is_hub", "organization.hub",
            "case.today",
        ),
        reads=(path,),
    )  # fmt: skip
    def stands_on_the_path(facts: Facts, policy: PolicyValues) -> Unmet | None:
        """The stages that policy asks for before this one are done."""
        before, cite = policy.get(path), policy.cite(path)
        if FILING in before and filing_is_lapsed(facts):
            until = facts["organization.filing_valid_until"]
            message = Text("该组织没有有效的备案证", "The organization has no filing certificate")
            if until is not None:
                words = Text("备案证已于{day}到期", "The filing certificate ended on {day}")
                message = words.fill(day=in_words(until))
            following = Text("请先延续备案或重新备案", "Let the filing be renewed or file anew first")
            return Unmet(message, following, APPLICANT, cite)
        if AFFILIATION in before and needs_a_hub(facts):
            message = Text("该组织尚未挂靠枢纽", "No hub carries the organization yet")
            return Unmet(message, Text("请先办理挂靠", "Let it be affiliated with a hub first"), APPLICANT, cite)
        return None


for _stage in ("affiliation", "funding", "evaluation"):
    _stands_on_the_path(_stage)
