"""What a person decides of a suspected duplicate: it is the body that it may repeat, one of its own, or left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select

from incubator.engine.roles import Actor
from incubator.models.base import table
from incubator.models.organizations import Organization
from incubator.services.organizations import change_organization
from incubator.services.personal import masked_values, places_of
from incubator.services.survey.entering import said_by
from incubator.services.survey.known import Match
from incubator.services.survey.readings import Fate, Reason, SurveyRow
from incubator.text import Text

Place = tuple[str, int]  # sheet and row


class Choice(StrEnum):
    """What becomes of a suspected duplicate; without one it is left out and told."""

    JOIN = "join"
    OWN = "own"
    SKIP = "skip"


Choices = Mapping[Place, Choice]
CHOICE_NAMES: dict[Choice, Text] = {
    Choice.JOIN: Text("合并到已有", "it is the one that is there"),
    Choice.OWN: Text("作为新组织", "a body of its own"),
    Choice.SKIP: Text("跳过", "leave it out"),
}
CHOICE_HELP: dict[Choice, Text] = {
    Choice.JOIN: Text("只补上已有组织空白的项目，已登记的不改", "only what is blank there is filled in, nothing is changed"),
    Choice.OWN: Text("按本行新建一个组织", "it is entered as this row says"),
    Choice.SKIP: Text("不导入，也不再列入待修改", "it is not entered, nor listed as to be mended"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A body beside which a row is shown; the leader's given name is masked. `organization` is empty for a row of the file."""

    name: str
    community: str
    leader: str
    members: int | None
    organization: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A row with what is known of it, what may be chosen and what was."""

    row: SurveyRow
    match: Match | None
    options: tuple[Choice, ...] = ()
    chosen: Choice | None = None


def weigh(connection: Connection, row: SurveyRow, match: Match | None, choices: Choices) -> Weighed:
    """The row as it was chosen to be. A choice that does not fit (any more) is not followed, and the row says so."""
    offered = _options(row, match)
    chosen = choices.get((row.sheet, row.row))
    if chosen is None or not offered:
        return Weighed(row, match, offered)
    if chosen not in offered:
        words = Text(
            f"不能选择“{CHOICE_NAMES[chosen].zh}”，本行未导入",
            f"“{CHOICE_NAMES[chosen].en}” does not fit, and the row was left out",
        )
        told = Reason("choice_does_not_fit", words, f"A{row.row}")
        return Weighed(replace(row, reasons=(told, *row.reasons)), match, offered)
    match chosen:
        case Choice.JOIN:
            # Joined before: the second of two equal requests finds nothing left to fill in.
            done = match is not None and not any(completing(connection, match.organization.id, row))
            row = replace(row, fate=Fate.UNCHANGED if done else Fate.MERGED)
        case Choice.OWN:
            row = replace(row, fate=Fate.NORMALISED if row.normalised else Fate.ACCEPTED)
        case Choice.SKIP:
            pass
    return Weighed(row, match, offered, chosen)


def candidate_of(row: SurveyRow, match: Match | None, rows: Mapping[Place, SurveyRow]) -> Candidate | None:
    """The body that a suspected row may repeat: an organization, or an earlier row of the file."""
    if row.fate is not Fate.SUSPECTED_DUPLICATE:
        return None
    if match is not None:
        latest = match.organization.states[-1] if match.organization.states else {}
        leader, members = str(latest.get("leader") or ""), latest.get("members") or None
        known = match.organization
        return Candidate(known.name, known.community, masked_leader(leader), members, known.public_id)
    first = rows.get(row.duplicate_of) if row.duplicate_of else None
    return None if first is None else beside(first)


def beside(row: SurveyRow) -> Candidate:
    """A row of the file as it is shown beside another."""
    stated = row.values
    leader = masked_leader(stated.leader or "")
    return Candidate(stated.name, row.community or "", leader, stated.members, place=(row.sheet, row.row))


def masked_leader(name: str) -> str:
    """A person's name of which the family name alone can be read: enough to tell two leaders apart."""
    return f"{name[:1]}**" if name else ""


def completing(connection: Connection, organization_id: int, row: SurveyRow) -> tuple[dict[str, Any], dict[str, str]]:
    """The values, and the personal values, that a row adds to what is blank of an organization."""
    organizations = table(Organization)
    known = connection.execute(select(organizations).where(organizations.c.id == organization_id)).one()
    said = said_by(row)
    changes = {
        name: value for name, value in said.values.items() if name != "name" and getattr(known, name) in ("", 0, None)
    }
    fresh = {name: value for name, value in said.details.items() if name not in known.details}
    if fresh:
        changes["details"] = {**known.details, **fresh}
    sealed = masked_values(connection, "organization", [organization_id])[organization_id]
    free = [field for field in ("leader_phone", "other_phone") if field not in sealed]
    personal: dict[str, str] = {}
    for phone in dict.fromkeys(said.personal.values()):
        places = places_of(connection, street_id=known.street_id, value=phone)
        had = any(each.subject.stream == "organization" and each.subject.id == organization_id for each in places)
        if free and not had:
            personal[free.pop(0)] = phone
    return changes, personal


def join(
    connection: Connection, organization_id: int, row: SurveyRow, source: Mapping[str, Any], *, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Fill in what is blank of an organization by what the row says, with an event that cites the row and the choice."""
    changes, personal = completing(connection, organization_id, row)
    change_organization(
        connection, organization_id, event="organization.survey_joined", changes=changes, personal=personal, actor=actor,
        now=now, also={"survey": dict(source), "choice": Choice.JOIN.value},
        comment=f"摸底导入时选择合并到已有组织：{source['file']}，工作表“{row.sheet}”第 {row.row} 行",
    )  # fmt: skip


def _options(row: SurveyRow, match: Match | None) -> tuple[Choice, ...]:
    if row.fate is not Fate.SUSPECTED_DUPLICATE:
        return ()
    # Two of one name cannot stand in one community: who means another body corrects the name.
    same_name = (match is not None and match.by_name) or any(each.code == "same_name" for each in row.reasons)
    joined = (Choice.JOIN,) if match is not None or row.duplicate_of else ()
    return (*joined, *(() if same_name else (Choice.OWN,)), Choice.SKIP)
