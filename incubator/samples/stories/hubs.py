"""Stories of hubs: recognised, speaking through a representative, carrying groups by agreement, reporting each quarter."""

from __future__ import annotations

from datetime import date
from typing import Any

from incubator.policies.values import Validity
from incubator.samples.agenda import Move, Moves
from incubator.samples.groups import Group
from incubator.samples.stage import Stage
from incubator.samples.stories.telling import CHECKED, Period, begin, by, serve
from incubator.services.hub_representatives import name_representative
from incubator.services.sub_teams import add_sub_team

RECOGNITION, ENDING, REPORT = "hub_recognition", "hub_ending", "hub_report"
AFFILIATION, RENEWAL, PARTING = "affiliation", "affiliation_renewal", "affiliation_end"

_MERITS = {
    "activity": "每月组织培训和联合活动，服务各社区队伍",
    "order": "有章程、有例会，每季度公开收支",
    "teams": 4,
    "flexibility": "按队伍需要上门辅导，活动场地共用",
    "asked": 120,
    "content": 108,
    "capacity": 12,
    "party_organization": True,
}
RECOGNITION_ASKED: Moves = (
    (0, begin(RECOGNITION)),
    (1, by("worker", RECOGNITION, "submit", _MERITS, papers=("hub_application", "satisfaction_survey"))),
)
RECOGNISED: Moves = (
    *RECOGNITION_ASKED,
    (3, by("officer", RECOGNITION, "accept", CHECKED)),
    (4, by("director", RECOGNITION, "approve")),
    (2, serve(RECOGNITION, "sealed_recognition")),
)


def represented_by(username: str) -> Move:
    """The director names who speaks for the hub."""

    def move(stage: Stage, group: Group) -> None:
        person = stage.people[username].public_id
        stage.write(
            group.director,
            lambda connection, actor, now: name_representative(
                connection, organization=group.public_id, person=person, actor=actor, now=now
            ),
        )

    return move


ENDING_ASKED: Moves = (
    (0, begin(ENDING)),
    (1, by("worker", ENDING, "submit", {
        "kind": "given_up", "reason": "负责人工作调动，暂无力联系其他队伍", "members": "由街道社会组织服务中心接续联系",
    }, papers=("hub_ending_statement",))),
)  # fmt: skip


def _wishes(months: int, **more: Any) -> dict[str, Any]:
    return {"purpose": "共享场地和培训资源", "support": "项目申报辅导、财务代理", "months": months, **more}


def asked(hub: str, months: int = 36) -> Moves:
    """The affiliation with a hub, known by its name in the stories, is applied for."""

    def wishes(stage: Stage, group: Group) -> dict[str, Any]:
        return _wishes(months, hub=stage.known[hub].public_id)

    return (
        (0, begin(AFFILIATION)),
        (1, by("worker", AFFILIATION, "submit", wishes, papers=("affiliation_application",))),
    )


def accepted(hub: str, months: int = 36) -> Moves:
    """It lies with the hub."""
    return (*asked(hub, months), (2, by("officer", AFFILIATION, "accept", CHECKED)))


def consented(hub: str, months: int = 36, speaker: str = "") -> Moves:
    """It lies with the street: the hub's representative consented, or an officer recorded its paper."""
    return (*accepted(hub, months), (3, _consent(AFFILIATION, speaker)))


def affiliated(hub: str, months: int = 36, speaker: str = "") -> Moves:
    """The agreement is signed for so many months."""
    return (
        *consented(hub, months, speaker),
        (2, by("director", AFFILIATION, "approve")),
        (3, by("officer", AFFILIATION, "sign", _term(months), papers=("affiliation_agreement",))),
    )


def _consent(procedure: str, speaker: str) -> Move:
    if speaker:
        return by(speaker, procedure, "consent", {"statement": "同意挂靠"})

    def signed(stage: Stage, group: Group) -> dict[str, Any]:
        return {"signatory": "示例负责人", "signed_on": stage.day.isoformat()}

    return by("officer", procedure, "record_consent", signed, papers=("hub_consent",))


def _term(months: int, since: date | None = None) -> Any:
    def term(stage: Stage, group: Group) -> dict[str, Any]:
        first = since or stage.day
        last = Validity.model_validate({"length": months, "unit": "months"}).until(first)
        return {
            "since": first.isoformat(), "until": last.isoformat(), "for_member": group.leader, "for_hub": "示例负责人",
        }  # fmt: skip

    return term


RENEWAL_ASKED: Moves = (
    (0, by("worker", RENEWAL, "submit", _wishes(24, past_term="按季度走访，协助申报项目两次"), papers=("renewal_application",))),
)  # fmt: skip
PARTING_ASKED: Moves = (
    (0, begin(PARTING)),
    (1, by("worker", PARTING, "submit", lambda stage, group: {
        "kind": "agreed", "reason": "活动方向调整，双方协商解除", "ends_on": stage.day.isoformat(),
    }, papers=("ending_statement",))),
)  # fmt: skip
PARTED: Moves = (
    *PARTING_ASKED,
    (2, by("officer", PARTING, "accept", CHECKED)),
    (4, by("director", PARTING, "approve")),
    (2, serve(PARTING, "sealed_ending_notice")),
)


def reported(period: Period, speaker: str = "") -> Moves:
    """The hub's report on a quarter: handed in by its representative, or typed in by an officer."""
    said = {"work": "走访联系的队伍，协助整理台账和申报材料", "visits": 9, "trainings": 1}
    return (
        (0, by(speaker or "officer", REPORT, "submit", said, papers=("hub_report",), handed_by="officer", period=period)),
    )  # fmt: skip


def checked(period: Period, speaker: str = "") -> Moves:
    """The report is found in order."""
    return (*reported(period, speaker), (4, by("officer", REPORT, "accept", {}, period=period)))


def forms_team(name: str, place: str, leader: str, members: int) -> Move:
    """A team at the level of buildings is formed under the organization."""
    values = {"name": name, "place": place, "leader": leader, "members": members}

    def move(stage: Stage, group: Group) -> None:
        stage.write(
            group.worker,
            lambda connection, actor, now: add_sub_team(
                connection, organization=group.public_id, values=values, actor=actor, now=now
            ),
        )

    return move
