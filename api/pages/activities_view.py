"""What an organization's page shows of its life and of what holds it back, and the small forms that record it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from incubator.engine import forms
from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Actor
from incubator.models.activities import ActivityKind, RestrictionKind
from incubator.models.base import NO_DATE
from incubator.queries.activities import ActivityLine, RestrictionLine, activities_of, restrictions_of
from incubator.queries.visibility import Permission, may
from incubator.services.activities import LONGEST_NOTE, LONGEST_TITLE, MOST_PARTICIPANTS
from incubator.text import Text

SHOWN_AT_ONCE, SHOWN_AT_MOST = 6, 50
_HELD_ON = Text("日期", "Day")
_NOTE = forms.text("note", Text("情况", "What happened"), longest=LONGEST_NOTE, lines=True, required=False)


def _met(title: Text, yes: Text, no: Text) -> forms.Field:
    return forms.choice("reached", title, (("yes", yes), ("no", no)))


RECORDING: dict[str, tuple[Text, forms.Schema]] = {
    ActivityKind.ACTIVITY.value: (
        Text("记活动", "Record an activity"),
        forms.form(
            forms.day("held_on", _HELD_ON),
            forms.text("title", Text("活动名称", "What it was"), longest=LONGEST_TITLE),
            forms.whole_number(
                "participants", Text("参加人数", "Participants"), most=MOST_PARTICIPANTS, required=False
            ),
            _NOTE,
        ),
    ),
    ActivityKind.VISIT.value: (
        Text("记走访", "Record a visit"),
        forms.form(
            forms.day("held_on", _HELD_ON),
            _met(Text("是否见到人", "Was anybody met"), Text("见到", "somebody was"), Text("未见到", "nobody")),
            _NOTE,
        ),
    ),
    ActivityKind.CONTACT.value: (
        Text("记联系", "Record a contact"),
        forms.form(
            forms.day("held_on", _HELD_ON),
            _met(Text("是否联系上", "Was it reached"), Text("联系上", "yes"), Text("未联系上", "no")),
            _NOTE,
        ),
    ),
}
SUPERVISING = forms.form(
    forms.day("since", Text("起始日期", "Since")),
    forms.day("until", Text("截止日期", "Until"), required=False,
              hint=Text("不填的，按政策规定的期限", "Left empty: the policy's term")),
    forms.text("reason", Text("理由", "Reasons"), longest=2000, lines=True),
)  # fmt: skip
LIFTING = forms.form(
    forms.day("on", Text("解除日期", "Lifted on")),
    forms.text("reason", Text("解除理由", "Why"), longest=2000, lines=True),
)
SUPERVISION, LIFT = "supervision", "lift"

_KINDS = {
    ActivityKind.ACTIVITY: (Text("活动", "activity"), "good"),
    ActivityKind.VISIT: (Text("走访", "visit"), "info"),
    ActivityKind.CONTACT: (Text("联系", "contact"), "info"),
    ActivityKind.DUTY: (Text("枢纽履职", "hub's duty"), "good"),
}
_FAILED = {
    ActivityKind.VISIT: Text("未见到人", "nobody was met"),
    ActivityKind.CONTACT: Text("未联系上", "not reached"),
}
_MET = {
    ActivityKind.VISIT: Text("见到人", "somebody was met"),
    ActivityKind.CONTACT: Text("联系上", "reached"),
}
# What holds the organization back, in plain words, and what it means for the work with it.
_HELD_BACK = {
    RestrictionKind.PROJECT_BAN: (
        Text("禁止申报项目", "Barred from projects"),
        Text("期间不得申报项目资助。", "It cannot apply for funding."),
    ),
    RestrictionKind.ABNORMAL_LIST: (
        Text("登记机关已列入活动异常名录", "On the registrar's abnormal list"),
        Text("移出名录前不得申报项目资助。", "It cannot apply for funding until it is removed."),
    ),
    RestrictionKind.SERIOUS_BREACH_LIST: (
        Text("登记机关已列入严重违法失信名单", "On the registrar's serious-breach list"),
        Text("移出名单前不得申报项目资助。", "It cannot apply for funding until it is removed."),
    ),
    RestrictionKind.CLOSER_SUPERVISION: (
        Text("处于重点监管期", "Under closer supervision"),
        Text("年检、评估和项目审核从严。", "Reviews, evaluations and projects are looked at more strictly."),
    ),
    RestrictionKind.DORMANT: (
        Text("疑似僵尸组织，正在处置", "Thought dormant; its case runs"),
        Text(
            "请联系负责人，登记活动或联系情况；期满未恢复活动的，注销备案。",
            "Reach its leader and record activities or contacts; without a sign of life its filing ends.",
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What came back from one of the small forms and did not fit: which form, what was typed, what is wrong."""

    form: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, Sequence[Text]] = field(default_factory=dict)


def life_of(
    connection: Connection, actor: Actor, organization: Row[Any], this_day: date, typed: Typed
) -> dict[str, Any]:
    """The variables `records` and `restrictions` of `organization.html`; two statements besides the policy."""
    area = {"street_id": organization.street_id, "community_id": organization.community_id}
    may_record = may(actor, Permission.RECORD_ACTIVITY, **area)
    may_supervise = may(actor, Permission.SUPERVISE, **area)
    page = activities_of(connection, actor, organization.id, limit=SHOWN_AT_MOST)
    held = [line for line in restrictions_of(connection, actor, organization, this_day) if line.holds(this_day)]
    supervised = any(line.kind is RestrictionKind.CLOSER_SUPERVISION for line in held)

    def small(form: str, title: Text, schema: forms.Schema, address: str, day: str) -> dict[str, Any]:
        is_back = typed.form == form
        return {
            "form": form,
            "title": title,
            "schema": schema,
            "address": address,
            "values": dict(typed.values) if is_back else {day: this_day.isoformat()},
            "errors": dict(typed.errors) if is_back else {},
            "open": is_back,
            "key": secrets.token_urlsafe(16),
        }

    own = f"/organizations/{organization.public_id}"
    recording = [
        small(kind, title, schema, f"{own}/activities", "held_on") for kind, (title, schema) in RECORDING.items()
    ]
    supervising = small(
        SUPERVISION, Text("列入重点监管", "Put it under closer supervision"), SUPERVISING, f"{own}/closer-supervision",
        "since",
    )  # fmt: skip
    return {
        "records": {
            "forms": recording if may_record else [],
            "supervising": supervising if may_supervise and not supervised else None,
            "lines": [_record(line, may_record) for line in page.items],
            "more": bool(page.next_cursor),
            "at_once": SHOWN_AT_ONCE,
        },
        "restrictions": [
            _restriction(
                line,
                small(
                    f"{LIFT}-{line.public_id}", Text("解除重点监管", "Lift it"), LIFTING,
                    f"/restrictions/{line.public_id}/lift", "on",
                )
                if may_supervise and line.kind is RestrictionKind.CLOSER_SUPERVISION
                else None,
                this_day,
            )
            for line in held
        ],
    }  # fmt: skip


def _record(line: ActivityLine, may_void: bool) -> dict[str, Any]:
    words, tone = _KINDS[line.kind]
    result = (_MET if line.reached else _FAILED).get(line.kind)
    return {
        "id": line.public_id,
        "kind": words,
        "tone": "done" if line.voided_at else tone if line.reached else "warn",
        "day": line.held_on,
        "title": line.title or result,
        "result": result if line.title else None,
        "participants": line.participants,
        "note": line.note,
        "for": line.other_name,
        "by": line.recorded_by_name,
        "void_reason": line.void_reason if line.voided_at else None,
        "may_void": may_void and line.voided_at is None and line.kind is not ActivityKind.DUTY,
    }


def _restriction(line: RestrictionLine, lifting: dict[str, Any] | None, this_day: date) -> dict[str, Any]:
    title, meaning = _HELD_BACK[line.kind]
    since = in_words(line.since)
    time = Text(f"{since.zh}起", f"since {since.en}")
    if line.until < NO_DATE:
        until = in_words(line.until)
        time = Text(f"{since.zh}至{until.zh}", f"{since.en} to {until.en}")
    return {
        "title": title,
        "time": time,
        "meaning": meaning,
        "reason": line.reason,
        "number": line.document_number,
        "case": f"/cases/{line.case_public_id}" if line.case_public_id else None,
        "review_from": line.review_from,
        "to_be_reviewed": line.review_from is not None and line.review_from <= this_day,
        "lifting": lifting,
    }
