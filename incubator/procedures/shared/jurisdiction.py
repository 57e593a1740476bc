"""Who decides: a section of the policy that says what the street issues and what it only records, and how rules ask it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from incubator.engine.roles import Role
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.policies.values import Cited, Section
from incubator.text import Text

ISSUES, RECORDS, LEGAL_PERSONALITY = (
    f"jurisdiction.{name}" for name in ("issues", "records", "legal_personality")
)  # fmt: skip

# What an organization's standing can be, as incubator.models says; rules import no models.
INFORMAL, FILED, REGISTERED, EXITED = "informal", "filed", "registered", "exited"
STANDINGS = {
    INFORMAL: Text("未备案的团队", "informal groups"),
    FILED: Text("已备案的组织", "filed groups"),
    REGISTERED: Text("已登记的组织", "registered bodies"),
    EXITED: Text("已退出的组织", "groups that have left"),
}
ACTS = {
    "filing": Text("备案", "filing"),
    "hub_recognition": Text("枢纽认定", "hub recognition"),
    "yearly_review": Text("年检", "yearly review"),
    "star_rating": Text("星级评估", "star rating"),
    "rectification": Text("整改", "rectification"),
    "closer_supervision": Text("重点监管", "closer supervision"),
    "dormancy": Text("僵尸组织处置", "striking off for dormancy"),
    "grade": Text("评估等级", "grade"),
    "abnormal_list": Text("活动异常名录", "listing as abnormal"),
    "serious_breach_list": Text("严重违法失信名单", "listing for serious breach"),
    "yearly_inspection": Text("年度检查", "yearly inspection"),
}

_OFFICER = (Role.OFFICER,)

Standing = Literal["informal", "filed", "registered", "exited"]
Act = Literal[
    "filing", "hub_recognition", "yearly_review", "star_rating", "rectification", "closer_supervision", "dormancy"
]  # fmt: skip
Recorded = Literal["grade", "abnormal_list", "serious_breach_list", "yearly_inspection"]


class Power(BaseModel):
    """Something that the street issues, and the standings of those over whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    act: Act
    over: tuple[Standing, ...] = Field(min_length=1)


class RecordedAct(BaseModel):
    """Something that another authority issues and the street puts on record, and the standings of those over whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    act: Recorded
    over: tuple[Standing, ...] = Field(min_length=1)


def _each_once(powers: tuple[Any, ...]) -> tuple[Any, ...]:
    if len({power.act for power in powers}) != len(powers) or any(
        len(set(power.over)) != len(power.over) for power in powers
    ):
        raise ValueError("each act is named once, and each standing once in it")
    return powers


def _possible(powers: tuple[Power, ...]) -> tuple[Power, ...]:
    over = {power.act: set(power.over) for power in powers}
    if over.get("filing", set()) & {FILED, REGISTERED}:
        raise ValueError("who is filed or registered is not filed again")
    if over.get("dormancy", set()) & {REGISTERED, EXITED}:
        raise ValueError("the street strikes off no registered body, and nobody who has left")
    return powers


Powers = Annotated[tuple[Power, ...], AfterValidator(_each_once), AfterValidator(_possible)]
Records = Annotated[tuple[RecordedAct, ...], AfterValidator(_each_once)]


class Jurisdiction(Section):
    """The section `jurisdiction` of a pack. Over whom nothing is said of an act, the street does not issue it."""

    issues: Cited[Powers]
    records: Cited[Records]
    legal_personality: Cited[tuple[Standing, ...]]  # the standings that have it


def standings_for(policy: PolicyValues, act: str, path: str = ISSUES) -> tuple[str, ...]:
    """The standings of the organizations over whom the street issues, or with RECORDS records, an act."""
    return tuple(standing for power in policy.get(path) if power["act"] == act for standing in power["over"])


def powers_over(policy: PolicyValues, standing: str) -> frozenset[str]:
    """What the street issues over organizations of a standing."""
    return frozenset(power["act"] for power in policy.get(ISSUES) if standing in power["over"])


def is_legal_person(policy: PolicyValues, standing: str) -> bool:
    """Whether a body of that standing has legal personality."""
    return standing in policy.get(LEGAL_PERSONALITY)


def beyond_the_streets_power(
    standing: str, policy: PolicyValues, act: str, cured_by: tuple[Role, ...] = _OFFICER
) -> Unmet | None:
    """Why the street may not issue an act over an organization of that standing, and who decides instead; or None."""
    if standing in standings_for(policy, act):
        return None
    of, what = STANDINGS[standing], ACTS[act]
    match standing:
        case "registered":
            following = Text(
                "由登记机关决定；需要处理的请移送登记机关，并登记其结果",
                "The registrar decides: refer it there, and record what comes of it",
            )
        case "filed":
            following = Text(
                "请按现行政策办理，或以走访、提醒的方式指导", "Go by the policy in force; guide it by visits and advice"
            )
        case _:
            following = Text(
                "请先办理备案；未备案的由社区以走访、提醒的方式指导",
                "Let it be filed first; until then the community guides it by visits and advice",
            )
    return Unmet(
        Text(f"{of.zh}的{what.zh}不由街道决定", f"The {what.en} of {of.en} is not the street's to decide"),
        following,
        cured_by,
        policy.cite(ISSUES),
    )  # fmt: skip


def within_the_streets_power(name: str, act: str, cured_by: tuple[Role, ...] = _OFFICER) -> None:
    """Register the rule `name`: the street may issue the act over an organization of this standing."""

    @rule(name, needs=("organization.standing",), reads=(ISSUES,))
    def is_within_the_streets_power(facts: Facts, policy: PolicyValues) -> Unmet | None:
        return beyond_the_streets_power(facts["organization.standing"], policy, act, cured_by)


def recorded_by_the_street(name: str, acts: tuple[str, ...], unmet: Text, following: Text) -> None:
    """Register the rule `name`: one of the acts, of another authority, is recorded of an organization of this standing."""

    @rule(name, needs=("organization.standing",), reads=(RECORDS,))
    def is_recorded_by_the_street(facts: Facts, policy: PolicyValues) -> Unmet | None:
        standing = facts["organization.standing"]
        if any(standing in standings_for(policy, act, RECORDS) for act in acts):
            return None
        return Unmet(unmet.fill(whom=STANDINGS[standing]), following, _OFFICER, policy.cite(RECORDS))
