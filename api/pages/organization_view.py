"""What an organization's page shows, from the organization as it was read."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from api.pages import due
from api.pages.case_view import blocker_cards, happening
from api.pages.organization_form import may_be_corrected
from api.pages.organizations import category_names
from api.pages.ratings_view import rating_names
from api.pages.timeline import field_title, timeline
from incubator.engine.deadline_words import in_words
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor
from incubator.models.base import NO_DATE
from incubator.models.organizations import Standing
from incubator.queries import periods
from incubator.queries.organizations import STANDING_NAMES, CaseLine, OrganizationFile
from incubator.queries.path import Line, LineKind, Opening, Stage, StageState
from incubator.queries.visibility import Permission, may
from incubator.services.case_documents import MADE, wanted
from incubator.services.survey.readings import LABELS, Field
from incubator.text import Text

_CERTIFICATE_STATES = {
    "issued": (Text("已制证，未送达", "issued, not served"), "info"),
    "valid": (Text("有效", "valid"), "good"),
    "expired": (Text("已到期", "expired"), "done"),
    "replaced": (Text("已换发", "replaced"), "done"),
    "cancelled": (Text("已注销", "cancelled"), "done"),
    "revoked": (Text("已撤销", "revoked"), "bad"),
    "upgraded": (Text("已升级登记", "ended by registration"), "done"),
}
_PERSONAL = {
    "leader_phone": Text("负责人电话", "Leader's telephone"),
    "other_phone": Text("其他电话", "Another telephone"),
}
CASE_COLUMNS = [
    {"key": "matter", "title": Text("事项", "Matter"), "main": True},
    {"key": "state", "title": Text("环节或结果", "Step or result")},
    {"key": "due", "title": Text("办理期限", "Due")},
    {"key": "opened_on", "title": Text("发起日期", "Opened on"), "kind": "day"},
]
CERTIFICATE_COLUMNS = [
    {"key": "number", "title": Text("编号", "Number"), "main": True},
    {"key": "state", "title": Text("状态", "State")},
    {"key": "valid", "title": Text("有效期", "Valid")},
]


def organization_page(
    file: OrganizationFile,
    stages: Sequence[Stage],
    openings: Sequence[Opening],
    *,
    actor: Actor,
    policy: Policy,
    this_day: date,
    shown: Mapping[str, str],
) -> dict[str, Any]:
    """The variables of `organization.html`. `shown` are personal values that are revealed on this page, by field."""
    row = file.organization
    area = {"street_id": row.street_id, "community_id": row.community_id}
    may_write = may(actor, Permission.ADD_ORGANIZATION, **area)
    correctable = may_be_corrected(row.standing)
    may_reveal = may(actor, Permission.SEE_PERSONAL_VALUES, **area)
    categories = category_names(policy)
    by_id = {case.id: case for case in file.cases}
    titles = _paper_titles(file, policy)
    return {
        "organization": {"id": row.public_id, "name": row.name},
        "community": Text(f"{row.street_name} {row.community_name}", f"{row.community_name}, {row.street_name}"),
        "stages": [_stage(stage, this_day) for stage in stages],
        "openings": [_opening(each) for each in openings if _is_of_use(each)],
        "case_columns": CASE_COLUMNS,
        # What is in hand stands above what has ended.
        "cases": [_case(case, this_day) for case in sorted(file.cases, key=lambda case: not case.in_hand)],
        "certificate_columns": CERTIFICATE_COLUMNS,
        "certificates": [_certificate(each) for each in file.certificates],
        "documents": [_document(each, titles) for each in file.documents],
        "facts": _facts(row, categories),
        "personal": [_personal(field, masked, shown, may_reveal) for field, masked in file.personal.items()],
        "edit_href": f"/organizations/{row.public_id}/edit" if may_write and correctable else None,
        "by_certificate": may_write and not correctable,
        "events": timeline(
            [
                happening(event, by_id[event.subject_id].definition, by_id[event.subject_id].number, names=file.names)
                if event.stream == "case"
                else happening(event)
                for event in file.events
            ],
            lambda name, value: _word(name, value, {**categories, **rating_names(policy)}),
        ),
    }


def _stage(stage: Stage, this_day: date) -> dict[str, Any]:
    return {
        "title": stage.title,
        "state": stage.state.value,
        "text": stage.words,
        "link": f"/cases/{stage.case_id}" if stage.case_id else None,
        "blockers": blocker_cards(stage.blockers),
        # What stands in the stage's sentence already is not told again.
        "lines": [
            _line(line, this_day) for line in stage.lines if line.kind in (LineKind.APPLICATION, LineKind.PROJECT)
        ],
    }


def _line(line: Line, this_day: date) -> dict[str, Any]:
    return {
        "title": line.title,
        "text": line.words,
        "link": f"/cases/{line.case_id}" if line.case_id else None,
        "running": line.state is StageState.RUNNING,
        "amount": line.amount_fen,
        "paid": line.paid_fen,
        "next": line.next_on,
        "late": line.next_on is not None and line.next_on < this_day,
    }


def _is_of_use(opening: Opening) -> bool:
    """Whether the button helps: it can be pressed, or its reasons tell more than that somebody else is to press it."""
    return opening.allowed or any(blocker.kind != "who" for blocker in opening.blockers)


def _opening(opening: Opening) -> dict[str, Any]:
    return {
        "key": opening.definition.key,
        "title": opening.definition.title,
        "period": opening.period,
        "blockers": blocker_cards(opening.blockers),
        "main": opening.definition.key == "filing",
        "idempotency_key": secrets.token_urlsafe(16),
    }


def _case(case: CaseLine, this_day: date) -> dict[str, Any]:
    title = case.definition.title
    matter = periods.matter(title, case.period)
    row: dict[str, Any] = {
        "matter": {"text": matter, "href": f"/cases/{case.public_id}", "note": case.number},
        "opened_on": case.opened_on,
    }
    if not case.in_hand:
        return {**row, "state": {"text": case.outcome_title, "tone": "done"}, "due": ""}
    words, tone = due.badge(case.due_on, this_day)
    note = None if case.due_on == NO_DATE else due.day_words(case.due_on, provisional=case.provisional)
    return {
        **row,
        "state": case.step_title,
        "due": {"text": words, "tone": tone, "note": note},
        "tone": tone if tone in ("bad", "warn") else None,
    }


def _certificate(row: Any) -> dict[str, Any]:
    words, tone = _CERTIFICATE_STATES.get(row.status, (Text(row.status, row.status), "neutral"))
    since, until = in_words(row.valid_from), in_words(row.valid_until)
    return {
        "number": {"text": row.number, "note": row.paper or None},
        "state": {"text": words, "tone": tone},
        "valid": Text(f"{since.zh}至{until.zh}", f"{since.en} to {until.en}"),
    }


def _document(row: Any, titles: Mapping[str, Text]) -> dict[str, Any]:
    return {
        "url": f"/documents/{row.public_id}",
        "name": row.filename,
        "title": titles.get(row.kind, Text(row.kind, row.kind)),
        "size": row.size,
        "when": row.recorded_at,
    }


def _paper_titles(file: OrganizationFile, policy: Policy) -> dict[str, Text]:
    """What every kind of document in the organization's cases is called."""
    definitions = {case.definition.hash: case.definition for case in file.cases}.values()
    needs = [wanted(each, step, policy) for each in definitions for step in each.steps]
    return {**MADE, **{need.kind: need.title for taken in needs for need in taken.values()}}


def _facts(row: Any, categories: Mapping[str, Text]) -> list[tuple[Text, Any]]:
    names = ("standing", "category", "leader", "members", "founded_on", "premises", "activity_frequency")
    facts = [(field_title(name), _word(name, getattr(row, name), categories)) for name in names]
    if row.members and row.details.get("members_approximate"):
        about = Text(f"约 {row.members}", f"about {row.members}")
        facts = [(title, about if title == field_title("members") else value) for title, value in facts]
    if row.standing == Standing.FILED:
        facts += [
            (field_title(name), _word(name, getattr(row, name), categories))
            for name in ("filing_number", "filed_on", "filing_valid_until")
        ]
    return [*facts, *_surveyed(row.details), *([(field_title("remark"), row.remark)] if row.remark else [])]


def _surveyed(details: Mapping[str, Any]) -> list[tuple[Text, Any]]:
    """What the survey said besides: of the charter, the Party members, whether it is still active, in columns of its own."""
    found: list[tuple[Text, Any]] = []
    if "has_charter" in details:
        found.append((LABELS[Field.HAS_CHARTER], Text("有", "yes") if details["has_charter"] else Text("无", "no")))
    if "party_members" in details:
        number = details["party_members"]
        found.append((LABELS[Field.PARTY_MEMBERS], Text(f"{number} 人", str(number))))
    if details.get("dormant_hint"):
        found.append(
            (Text("活动情况", "Activity"), Text("摸底时反映活动已停止", "The survey says that it has stopped"))
        )
    return found + [(Text(heading, heading), text) for heading, text in details.get("columns", {}).items()]


def _personal(field: str, masked: str, shown: Mapping[str, str], may_reveal: bool) -> dict[str, Any]:
    return {
        "field": field,
        "title": _PERSONAL.get(field, Text(field, field)),
        "masked": masked,
        "shown": shown.get(field),
        "may_reveal": may_reveal,
        "idempotency_key": secrets.token_urlsafe(16),
    }


def _word(name: str, value: Any, categories: Mapping[str, Text]) -> Any:
    """A stored value of an organization in words."""
    if value in (None, "", 0, NO_DATE, NO_DATE.isoformat()):
        return ""
    match name:
        case "standing":
            return STANDING_NAMES[Standing(value)]
        case "category" | "band":
            return categories.get(value, value)
        case "founded_on":
            return _as_far_as_known(str(value))
        case "filed_on" | "filing_valid_until" | "announced_on" | "valid_until":
            return in_words(value if isinstance(value, date) else date.fromisoformat(value))
        case _:
            return str(value)


def _as_far_as_known(value: str) -> Text | str:
    """A date that may be a year or a month alone: `2013`, `2013-05`, `2013-05-21`."""
    match value.split("-"):
        case [year]:
            return Text(f"{year}年", year)
        case [year, month]:
            return Text(f"{year}年{month.lstrip('0')}月", value)
    try:
        return in_words(date.fromisoformat(value))
    except ValueError:
        return value  # 30 February, as somebody once wrote it
