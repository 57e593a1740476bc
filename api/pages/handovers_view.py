"""What the pages of handovers show: the list's rows, its signatures, a line for each handover."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.pages.holders import away_words
from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Actor
from incubator.models.base import NO_DATE
from incubator.models.desk import HandoverState
from incubator.queries.absences import AbsenceLine
from incubator.queries.handovers import HandoverFile, HandoverItem
from incubator.text import Text

COLUMNS = [
    {"key": "number", "title": Text("编号", "Number"), "main": True},
    {"key": "giver", "title": Text("移交人", "From")},
    {"key": "taker", "title": Text("接收人", "To")},
    {"key": "made_at", "title": Text("移交时间", "When"), "kind": "moment"},
    {"key": "count", "title": Text("件数", "Cases"), "kind": "number"},
    {"key": "state", "title": Text("签收", "Countersigned")},
]
LIST_COLUMNS = [
    {"key": "place", "title": Text("序号", "No.")},
    {"key": "number", "title": Text("案件编号", "Case"), "main": True},
    {"key": "organization", "title": Text("组织", "Organization")},
    {"key": "matter", "title": Text("事项", "Matter")},
    {"key": "step", "title": Text("环节", "Step")},
    {"key": "due", "title": Text("期限", "Due")},
    {"key": "remark", "title": Text("备注", "Remarks")},
]
_STATES = {
    HandoverState.MADE: (Text("待签收", "awaits the signature"), "warn"),
    HandoverState.COUNTERSIGNED: (Text("已签收", "countersigned"), "good"),
}


def line(file: HandoverFile, actor: Actor) -> dict[str, Any]:
    """A handover in the list."""
    words, tone = _STATES[file.state]
    if file.may_sign(actor):
        words = Text("待您签收", "awaits your signature")
    return {
        "number": {"text": file.number, "href": f"/handovers/{file.public_id}"},
        "giver": file.giver.name,
        "taker": file.taker.name,
        "made_at": file.made_at,
        "count": len(file.gone),
        "state": {"text": words, "tone": tone},
    }


def whole(file: HandoverFile, actor: Actor) -> dict[str, Any]:
    """The variables of `handover.html`."""
    words, tone = _STATES[file.state]
    return {
        "id": file.public_id,
        "number": file.number,
        "giver": file.giver.name,
        "taker": file.taker.name,
        "made_by": file.made_by.name,
        "made_at": file.made_at,
        "reason": file.reason,
        "state": {"text": words, "tone": tone},
        "countersigned_at": file.countersigned_at,
        "columns": LIST_COLUMNS,
        "going": rows(file.gone),
        "left": rows(file.left),
        "may_sign": file.may_sign(actor),
        "may_attach": file.may_attach(actor),
        "scan": file.signed_list,
    }


def rows(items: Sequence[HandoverItem]) -> list[dict[str, Any]]:
    """The items as rows of the list, numbered from one."""
    return [
        {
            "place": place,
            "number": {"text": item.number, "href": f"/cases/{item.case_id}"} if item.case_id else "",
            "organization": item.organization,
            "matter": item.matter,
            "step": item.step,
            "due": in_words(item.due_on) if item.due_on != NO_DATE else "",
            "remark": item.remark,
        }
        for place, item in enumerate(items, start=1)
    ]


def away(absence: AbsenceLine | None) -> Text | None:
    """A warning that who is to take over is away."""
    if absence is None:
        return None
    words, name = away_words(absence.deputy.name, absence.until), absence.person.name
    return Text(f"{name}目前{words.zh}，仍可移交。", f"{name} is {words.en}. The work can go all the same.")
