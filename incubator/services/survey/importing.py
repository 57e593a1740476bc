"""Brings a survey into the street's records: rows become organizations, and every row keeps an account of its fate."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, select

from incubator.canonical import public_id
from incubator.clock import today
from incubator.engine import library
from incubator.engine.roles import Actor
from incubator.models.base import table
from incubator.models.streets import Community
from incubator.queries.visibility import Permission, require
from incubator.services.organizations import LENGTHS, create_organization
from incubator.services.streets import communities_of
from incubator.services.survey.choosing import Candidate, Choices, candidate_of, join, weigh
from incubator.services.survey.entering import said_by
from incubator.services.survey.imported import TAKEN, ImportedRow, ImportedSurvey, earlier_import, record_import
from incubator.services.survey.known import KnownOrganizations, Match
from incubator.services.survey.masking import masked_row, masked_sheet, masked_text
from incubator.services.survey.readings import LABELS, Fate, Field, Reason, Survey, SurveyRow
from incubator.services.survey.rows import read_survey
from incubator.services.survey.vocabulary import Category, ExcludedKind, Vocabulary
from incubator.text import Text

_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_LONGEST_FILENAME = 200
NO_CHOICES: Choices = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SurveyFile:
    """A survey's file, read with the vocabulary of its street."""

    street_id: int
    filename: str
    sha256: str
    vocabulary: Vocabulary
    survey: Survey


def vocabulary_of(connection: Connection, street_id: int, now: datetime) -> Vocabulary:
    """The words that a street's survey is read with: those of the policy in force, and its communities."""
    policy = library.policy_in_force(connection, street_id, today(now))
    return Vocabulary(
        categories=tuple(
            Category(each["code"], Text.from_pair(each["name"]), tuple(each.get("synonyms", ())))
            for each in policy.get("filing.conditions.categories")
        ),
        excluded=tuple(
            ExcludedKind(
                each["code"],
                Text.from_pair(each["name"]),
                tuple(each["patterns"]),
                Text.from_pair(each["reason"]),
                policy.cite("filing.conditions.excluded"),
            )
            for each in policy.get("filing.conditions.excluded")
        ),
        communities=tuple(communities_of(connection, street_id)),
    )


def read_file(
    connection: Connection, *, street_id: int, content: bytes, filename: str, actor: Actor, now: datetime,
    community: str | None = None,
) -> SurveyFile:  # fmt: skip
    """Read a survey of the street, writing nothing. It may take seconds, so it is done before a transaction begins.

    `community` is what rows belong to where the file does not say it. Raises NotAllowed, Invalid for a file that is no
    survey, NoPolicyInForce.
    """
    require(actor, Permission.IMPORT_SURVEY, street_id=street_id)
    filename = _CONTROL.sub("", filename)[-_LONGEST_FILENAME:] or "survey"
    vocabulary = vocabulary_of(connection, street_id, now)
    survey = read_survey(content, filename, vocabulary, community=community)
    return SurveyFile(street_id, filename, hashlib.sha256(content).hexdigest(), vocabulary, survey)


def import_survey(
    connection: Connection, file: SurveyFile, *, actor: Actor, now: datetime, dry_run: bool = False,
    choices: Choices = NO_CHOICES, progress: Callable[[int, int], None] = lambda done, rows: None,
) -> ImportedSurvey:  # fmt: skip
    """Enter the rows that are taken as organizations, and record the fate of every row; a dry run writes nothing.

    A body that the street knows is left as it is: its row is `unchanged`, or a suspected duplicate where it says
    something else. Nothing at all is written where the same file was imported before and nothing new comes of it.
    `choices` say of suspected duplicates, by sheet and row, what the actor decided; one of which nothing is said is left
    out. `progress` is told how many of the rows are done. Raises NotAllowed.
    """
    require(actor, Permission.IMPORT_SURVEY, street_id=file.street_id)
    if not dry_run:
        # Locked as for every new organization: two may import at once, and the second is to find what the first entered.
        areas = table(Community)
        connection.execute(
            select(areas.c.id).where(areas.c.street_id == file.street_id).order_by(areas.c.id).with_for_update()
        ).all()
    communities = communities_of(connection, file.street_id)
    known = KnownOrganizations(connection, file.street_id, file.vocabulary)
    read = {(row.sheet, row.row): row for row in file.survey.rows}
    judged = [_judged(row, known, communities) for row in file.survey.rows]
    candidates = [candidate_of(row, match, read) for row, match in judged]
    weighed = [weigh(connection, row, match, choices) for row, match in judged]
    earlier = earlier_import(connection, file.street_id, file.sha256)
    nothing_new = not any(each.row.fate in (*TAKEN, Fate.MERGED) for each in weighed)
    fresh = "" if dry_run else earlier if earlier and nothing_new else public_id()
    writes = not dry_run and fresh != earlier
    rows: list[ImportedRow] = []
    keys: list[int] = []
    entered: dict[tuple[str, int], tuple[int, str, str]] = {}
    unmasked: list[SurveyRow] = []
    for done, (each, candidate) in enumerate(zip(weighed, candidates, strict=True), start=1):
        row, match = each.row, each.match
        key, organization, name = (
            (match.organization.id, match.organization.public_id, match.organization.name) if match else (0, "", "")
        )
        if row.fate in TAKEN and writes:
            key, organization = _enter(connection, file, row, communities, fresh, actor, now)
            name = row.values.name
        elif row.duplicate_of in entered:
            key, organization, name = entered[row.duplicate_of]
        if row.fate is Fate.MERGED and writes:
            if key:
                join(connection, key, row, _source(file, row, fresh), actor=actor, now=now)
            else:
                row = _nothing_to_join(row)
        if key:
            entered[row.sheet, row.row] = (key, organization, name)
        keys.append(key)
        unmasked.append(row)
        differing = match.differing if match else ()
        rows.append(
            ImportedRow(masked_row(row), organization, name, differing, each.options, each.chosen, _masked(candidate))
        )
        progress(done, len(weighed))
    result = ImportedSurvey(
        public_id=fresh,
        filename=file.filename,
        rows=tuple(rows),
        sheets=tuple(map(masked_sheet, file.survey.sheets)),
        dry_run=dry_run,
        known_before=bool(earlier) and nothing_new,
        unmasked=tuple(unmasked),
    )
    if writes:
        record_import(
            connection, result, street_id=file.street_id, sha256=file.sha256, keys=keys, by=actor.person_id, now=now
        )
    return result


def _judged(
    row: SurveyRow, known: KnownOrganizations, communities: Mapping[str, int]
) -> tuple[SurveyRow, Match | None]:
    """The row's fate in this street: what it is read as, and what of it the street knows already."""
    if row.fate is Fate.REFUSED:
        return row, None
    if row.community not in communities:
        zh, en = (
            "本街道还没有添加社区，请先由系统管理员添加",
            "The street has no community yet: the administrator adds them first",
        )
        reason = Reason("community_unknown", Text(zh, en), row.ref(Field.COMMUNITY))
        return replace(row, fate=Fate.REFUSED, reasons=(reason, *row.reasons)), None
    if too_long := _too_long(row):
        return replace(row, fate=Fate.REFUSED, reasons=(*too_long, *row.reasons)), None
    match = known.match(row)
    if match is None or row.fate is Fate.SUSPECTED_DUPLICATE:
        return row, match
    if match.by_name and not match.differing:
        return replace(row, fate=Fate.UNCHANGED), match
    return replace(row, fate=Fate.SUSPECTED_DUPLICATE, reasons=(_suspicion(row, match),)), match


def _too_long(row: SurveyRow) -> list[Reason]:
    reasons = []
    for name, value in said_by(row).values.items():
        if len(str(value)) > (longest := LENGTHS.get(name, len(str(value)))):
            label = LABELS[Field(name)]
            zh = f"{label.zh}超过 {longest} 个字，请删减"
            en = f"{label.en} is longer than {longest} characters: shorten it"
            reasons.append(Reason("too_long", Text(zh, en), row.ref(Field(name))))
    return reasons


def _suspicion(row: SurveyRow, match: Match) -> Reason:
    name = match.organization.name
    differences = [
        (
            f"{LABELS[each.field].zh}（{each.ref}）登记为“{each.known.zh or '空'}”，表中为“{each.said.zh}”",
            f"{LABELS[each.field].en} ({each.ref}) is recorded as “{each.known.en or 'blank'}”, the sheet says “{each.said.en}”",
        )
        for each in match.differing
    ]
    told_zh, told_en = "；".join(zh for zh, _ in differences), "; ".join(en for _, en in differences)
    if match.by_name:
        zh = f"本社区已有组织“{name}”，疑似同一组织，但{told_zh}。登记信息未作改动，如确有变化请在该组织处办理；如为另一组织，请改正名称"
        en = (
            f"The community has an organization “{name}” already, but {told_en}. What is recorded was left as it is: "
            "change it there if it has changed, or correct the name if this is another body"
        )
        return Reason("known_otherwise", Text(zh, en), match.differing[0].ref)
    zh = f"与本社区已有组织“{name}”电话相同且名称相近，疑似重复，请核实后删去该行或改正名称"
    en = (
        f"It has the phone of the community's organization “{name}” and a very similar name: check, and delete the row or "
        "correct the name"
    )
    return Reason("known_phone_similar_name", Text(zh, en), row.ref(Field.NAME))


def _source(file: SurveyFile, row: SurveyRow, import_id: str) -> dict[str, Any]:
    return {"import": import_id, "file": file.filename, "sha256": file.sha256, "sheet": row.sheet, "row": row.row}


def _nothing_to_join(row: SurveyRow) -> SurveyRow:
    words = Text(
        "它可能重复的那一行没有导入，无处合并，请先处理那一行",
        "The row that it may repeat was not entered, so there is nothing to join: see to that row first",
    )
    reason = Reason("nothing_to_join", words, row.ref(Field.NAME))
    return replace(row, fate=Fate.SUSPECTED_DUPLICATE, reasons=(reason, *row.reasons))


def _masked(candidate: Candidate | None) -> Candidate | None:
    return None if candidate is None else replace(candidate, name=masked_text(candidate.name))


def _enter(
    connection: Connection, file: SurveyFile, row: SurveyRow, communities: Mapping[str, int], import_id: str,
    actor: Actor, now: datetime,
) -> tuple[int, str]:  # fmt: skip
    said = said_by(row)
    assert row.community is not None
    written = create_organization(
        connection,
        street_id=file.street_id,
        community_id=communities[row.community],
        values={**said.values, "details": {**said.details, "survey": _source(file, row, import_id)}},
        actor=actor,
        now=now,
        personal=said.personal,
        comment=f"摸底导入：{file.filename}，工作表“{row.sheet}”第 {row.row} 行",
    )
    return written.id, written.public_id
