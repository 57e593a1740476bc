"""What the page behind a link shows: the points, the day and its arithmetic, what has arrived, where the case stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from api.pages import due
from api.partial_uploads import Partial
from incubator.clock import today
from incubator.engine import library
from incubator.engine.deadline_words import explain, in_words
from incubator.engine.definition import Definition, Step, StepKind
from incubator.engine.roles import names_of
from incubator.models.asking import AskedState, SubmissionState
from incubator.models.base import NO_DATE
from incubator.queries.asking import FileLine, SubmissionView
from incubator.queries.opened_links import Opened
from incubator.queries.outcomes import outcome_title
from incubator.services.asking import CORRECTION, askable, proof_of
from incubator.services.submissions import LONGEST_TEXT, NOTE
from incubator.text import Text

_STATES = {
    SubmissionState.SENT: (Text("已提交，正在核对", "Sent, being looked at"), "info"),
    SubmissionState.ACCEPTED: (Text("已收下", "Accepted"), "good"),
    SubmissionState.DECLINED: (Text("已退回，请按说明重新提交", "Sent back: see why, and send it again"), "warn"),
}


def link_page(
    connection: Connection, link: Opened, arrived: Sequence[SubmissionView], under_way: Sequence[Partial], now: datetime
) -> dict[str, Any]:
    """The variables of `request_link.html`."""
    case, day = link.case, today(now)
    definition = library.definition_of(connection, case)
    titles = askable(definition, definition.step(case.step), library.policy(connection, case.policy_hash))
    draft = next((each for each in arrived if each.state is SubmissionState.DRAFT), None)
    texts = draft.texts if draft else {}
    files = draft.files if draft else ()
    left, tone = due.badge(link.due_on, day)
    proof = proof_of(library.calendar_in_force(connection, link.street_id)[1], today(link.asked_at), link.due_on)
    return {
        "organization": link.organization_name,
        "procedure": definition.title,
        "number": case.number,
        "correction": link.kind == CORRECTION,
        "open": link.state is AskedState.OPEN and case.open,
        "due": {
            "day": in_words(link.due_on), "weekday": due.weekday(link.due_on), "left": left, "tone": tone,
            "sentences": explain(proof) if proof else [],
        },
        "then": _then(link),
        "points": [
            {
                "number": number,
                "words": point.words,
                "wanted": titles[point.kind].title if point.kind in titles else None,
                "text": texts.get(str(number), ""),
                "files": [_file(each) for each in files if each.point == number],
                "unfinished": [_unfinished(each) for each in under_way if each.begun.point == number],
            }
            for number, point in enumerate(link.points)
        ],
        "note": texts.get(NOTE, ""),
        "note_key": NOTE,
        "longest": LONGEST_TEXT,
        "sent": [_sent(each) for each in arrived if each.state is not SubmissionState.DRAFT],
        "folded": _folded(arrived, under_way),
        "standing": _standing(case, definition),
    }  # fmt: skip


def _folded(arrived: Sequence[SubmissionView], under_way: Sequence[Partial]) -> bool:
    """Whether the form is out of the way: something was sent, nothing was sent back, and nothing more was begun."""
    last = next((each for each in arrived if each.state is not SubmissionState.DRAFT), None)
    begun = any(each.texts or each.files for each in arrived if each.state is SubmissionState.DRAFT)
    return last is not None and last.state is not SubmissionState.DECLINED and not begun and not under_way


def _then(link: Opened) -> list[Text]:
    """What happens after the day."""
    last = in_words(today(link.expires_at - timedelta(seconds=1)))
    if link.kind == CORRECTION:
        after = Text(
            "到期仍未补正的，街道可以按有关规定视为撤回申请。",
            "If nothing has come by then, the street office may hold the application to be withdrawn.",
        )
    else:
        after = Text(
            "到期未提交的，将按已有材料继续办理。", "If nothing has come by then, it goes on with the papers there are."
        )
    stays = Text(
        "本链接可用至{last}；到期以后提交的，是否采用由街道决定。",
        "This link works until {last}; whether something late is used is for the street office to decide.",
    ).fill(last=last)
    return [after, stays]


def _sent(each: SubmissionView) -> dict[str, Any]:
    words, tone = _STATES[each.state]
    return {
        "when": each.sent_at,
        "state": words,
        "tone": tone,
        "files": len(each.files),
        "decided_at": each.decided_at,
        "reason": each.decision_words,
    }


def _file(each: FileLine) -> dict[str, Any]:
    return {"id": each.public_id, "name": each.filename, "size": each.size}


def _unfinished(each: Partial) -> dict[str, Any]:
    return {"name": each.begun.filename, "percent": each.offset * 100 // max(each.begun.size, 1)}


def _standing(case: Any, definition: Definition) -> dict[str, Any]:
    """Where the case is and has been, in the steps' own words."""
    step = definition.step(case.step)
    been = {act.partition(".")[0] for act in case.acts}
    done = [each.title for each in definition.steps if each.key in been and each.key != step.key]
    return {
        "done": done,
        "now": step.title,
        "by": _by(step),
        "since": in_words(case.step_entered_on),
        "due": in_words(case.due_on) if case.open and case.due_on != NO_DATE else None,
        "ended": None if case.open else outcome_title(definition, case.outcome),
    }


def _by(step: Step) -> Text | None:
    match step.kind:
        case StepKind.HUMAN | StepKind.PANEL:
            return names_of(step.by)
        case StepKind.AUTOMATED | StepKind.TIMER:
            return Text("系统自动办理", "the system, by itself")
        case StepKind.END:
            return None
