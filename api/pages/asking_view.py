"""What the pages of a case's requests show: lists, the form that asks, a request with its links and what arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from api.pages import due
from incubator.clock import today
from incubator.engine import forms
from incubator.engine.calendars import WorkCalendar
from incubator.engine.deadline_words import explain, in_words
from incubator.engine.policy import DocumentNeed
from incubator.models.asking import AskedState, SubmissionState
from incubator.models.base import NO_DATE
from incubator.queries.asking import FileLine, LinkLine, RequestLine, SubmissionView
from incubator.queries.case_file import CaseFile
from incubator.services.asking import (
    CORRECTION,
    INFORMATION,
    LONGEST_POINT,
    MOST_POINTS,
    askable,
    correction_points,
    due_after,
    proof_of,
)
from incubator.services.case_documents import SUPPLEMENT
from incubator.services.links import furthest_last_day, usual_last_day
from incubator.services.submissions import NOTE
from incubator.services.uploads import JPEG, PNG
from incubator.text import Text

KIND_NAMES = {
    CORRECTION: Text("补正", "correction"),
    INFORMATION: Text("补充信息", "information"),
}
OF_THE_CASE = "case"  # the choice of the day that the case itself sets
_SPANS = (3, 5, 10, 15)  # working days that are offered
USUAL_SPAN = 5
_STATES = {
    AskedState.OPEN: (Text("等待提交", "awaited"), "info"),
    AskedState.ANSWERED: (Text("已答复", "answered"), "good"),
    AskedState.WITHDRAWN: (Text("已撤销", "withdrawn"), "done"),
}
_SUBMITTED = {
    SubmissionState.SENT: (Text("待核对", "to be looked at"), "warn"),
    SubmissionState.ACCEPTED: (Text("已收下", "accepted"), "good"),
    SubmissionState.DECLINED: (Text("已退回", "sent back"), "bad"),
}
COLUMNS = [
    {"key": "what", "title": Text("要求的内容", "What is asked"), "main": True},
    {"key": "kind", "title": Text("类型", "Kind"), "kind": "short"},
    {"key": "due", "title": Text("期限", "Until")},
    {"key": "asked", "title": Text("提出", "Asked by")},
    {"key": "state", "title": Text("状态", "State")},
    {"key": "waiting", "title": Text("待核对", "To look at")},
]


def kinds_of(file: CaseFile) -> dict[str, DocumentNeed]:
    """The kinds of document that may be asked for in this case now."""
    return askable(file.definition, file.step, file.policy)


def asking_form(file: CaseFile, calendar: WorkCalendar, now: datetime) -> tuple[forms.Schema, dict[str, Any]]:
    """The form that asks, and what it begins with: the points of a correction where the case was returned with some."""
    points = correction_points(file.definition, file.case)
    day = today(now)
    offered = [(kind, need.title) for kind, need in kinds_of(file).items()]
    until = [(str(span), _after(calendar, span, now)) for span in _SPANS]
    of_case = file.case.due_on != NO_DATE and file.case.due_on >= day
    if points and of_case:
        own = in_words(file.case.due_on)
        until.insert(0, (OF_THE_CASE, Text(f"补正期限 {own.zh}", f"the limit of the correction, {own.en}")))
    schema = forms.form(
        *_kind(points),
        forms.rows(
            "points", Text("需要补充的内容", "What is asked for"),
            (
                forms.text("words", Text("写给组织看的话", "In words for the organization"), longest=LONGEST_POINT, lines=True),
                forms.choice("kind", Text("需要的材料", "Document wanted"), offered, required=False),
            ),
            most=MOST_POINTS, hint=Text("每行一项，写清缺什么、怎样才算合格", "A point a row: what is missing, and what would do"),
        ),
        forms.choice("until", Text("提交期限", "Until"), until,
                     hint=Text("按本街道工作日历计算，今天不计入", "By the street's working calendar; today does not count")),
    )  # fmt: skip
    begins: dict[str, Any] = {
        "points": [{"words": words} for words in points],
        "until": OF_THE_CASE if points and of_case else str(USUAL_SPAN),
        "kind": CORRECTION if points else INFORMATION,
    }
    return schema, begins


def row(line: RequestLine, day: date) -> dict[str, Any]:
    """A request in the list of its case."""
    state, tone = _STATES[line.state]
    first, more = line.points[0].words, len(line.points) - 1
    left = due.badge(line.due_on, day)[0] if line.state is AskedState.OPEN else None
    return {
        "what": {
            "text": first,
            "href": f"/cases/{line.case_id}/requests/{line.public_id}",
            "note": Text(f"另有 {more} 项", f"and {more} more") if more else None,
        },
        "kind": KIND_NAMES[line.kind],
        "due": {"text": in_words(line.due_on), "note": left},
        "asked": line.asked_by,
        "state": {"text": state, "tone": tone},
        "waiting": {"text": Text(f"{line.waiting} 份", str(line.waiting)), "tone": "warn"} if line.waiting else "",
    }


def request_page(
    file: CaseFile,
    calendar: WorkCalendar,
    line: RequestLine,
    links: Sequence[LinkLine],
    submissions: Sequence[SubmissionView],
    now: datetime,
) -> dict[str, Any]:
    """The variables of a request's page."""
    kinds, day = kinds_of(file), today(now)
    state, tone = _STATES[line.state]
    left, left_tone = due.badge(line.due_on, day)
    proof = proof_of(calendar, today(line.asked_at), line.due_on)
    address = f"/cases/{line.case_id}/requests/{line.public_id}"
    return {
        **head(file),
        "address": address,
        "kind": KIND_NAMES[line.kind],
        "state": {"text": state, "tone": tone},
        "open": line.state is AskedState.OPEN,
        "asked_by": line.asked_by,
        "asked_at": line.asked_at,
        "due": {
            "day": in_words(line.due_on), "left": left, "tone": left_tone, "sentences": explain(proof) if proof else [],
        },
        "closed": {"at": line.closed_at, "by": line.closed_by, "words": line.closing_words} if line.closed_at else None,
        "points": [
            {"words": point.words, "wanted": kinds[point.kind].title if point.kind in kinds else None}
            for point in line.points
        ],
        "links": [_link(each, address, now) for each in links],
        "usual_last_day": usual_last_day(line.due_on, now),
        "first_day": day,
        "furthest_day": furthest_last_day(now),
        "submissions": [_submission(each, line, kinds, address) for each in submissions],
        "kinds": [(kind, need.title) for kind, need in kinds.items()] if file.case.open else [],
    }  # fmt: skip


def head(file: CaseFile) -> dict[str, Any]:
    """What every page of a case's requests says of the case."""
    return {
        "id": file.case.public_id,
        "number": file.case.number,
        "organization": file.organization.organization_name,
        "procedure": file.definition.title,
        "step": file.step.title,
    }


def message(file: CaseFile, line: RequestLine, street: str, url: str) -> Text:
    """What is copied into WeChat."""
    day, title = in_words(line.due_on), file.definition.title
    name, number = file.organization.organization_name, file.case.number
    zh = "\n".join(f"{place}. {point.words}" for place, point in enumerate(line.points, start=1))
    return Text(
        f"【{street}】{name}：您办理的“{title.zh}”（{number}）需要补充以下内容，请最晚于{day.zh}点开链接提交，可拍照，不用注册：\n"
        f"{zh}\n{url}",
        f"[{street}] {name}: your {title.en.lower()} ({number}) needs the following by {day.en}. Open the link, photos will"
        f" do, no account is needed:\n{zh}\n{url}",
    )


def last_day(expires_at: datetime) -> Text:
    """The last day on which a link works."""
    return in_words(today(expires_at - timedelta(seconds=1)))


def _after(calendar: WorkCalendar, span: int, now: datetime) -> Text:
    proof = due_after(calendar, span, now)
    day = proof.due_on or today(now)
    words, name = in_words(day), due.weekday(day)
    maybe = Text("，暂定", ", provisional") if proof.provisional else Text("", "")
    return Text(
        f"{span} 个工作日：{words.zh}（{name.zh}{maybe.zh}）", f"{span} working days: {name.en}, {words.en}{maybe.en}"
    )


def _kind(points: Sequence[str]) -> tuple[forms.Field, ...]:
    if not points:
        return ()
    return (
        forms.choice("kind", Text("类型", "Kind"), (
            (CORRECTION, Text("按退回补正的事项", "the points of the return for correction")),
            (INFORMATION, Text("另行要求补充信息", "further information")),
        )),
    )  # fmt: skip


def _link(each: LinkLine, address: str, now: datetime) -> dict[str, Any]:
    if each.revoked_at:
        state = (Text("已撤销", "revoked"), "done")
    elif not each.live(now):
        state = (Text("已过期", "expired"), "done")
    else:
        state = (Text("有效", "works"), "good")
    return {
        "made_at": each.made_at,
        "made_by": each.made_by,
        "last_day": last_day(each.expires_at),
        "opened_at": each.opened_at,
        "state": state[0],
        "tone": state[1],
        "revoke": f"{address}/links/{each.public_id}/revoke" if each.live(now) else None,
    }


def _submission(
    each: SubmissionView, line: RequestLine, kinds: Mapping[str, DocumentNeed], address: str
) -> dict[str, Any]:
    words, tone = _SUBMITTED[each.state]
    late = each.sent_at is not None and today(each.sent_at) > line.due_on
    return {
        "id": each.public_id,
        "address": f"{address}/submissions/{each.public_id}",
        "state": words,
        "tone": tone,
        "waits": each.state is SubmissionState.SENT,
        "sent_at": each.sent_at,
        "late": late,
        "points": [
            {
                "words": point.words,
                "text": each.texts.get(str(number), ""),
                "files": [_file(file, address, point.kind, kinds) for file in each.files if file.point == number],
            }
            for number, point in enumerate(line.points)
        ],
        "note": each.texts.get(NOTE, ""),
        "decided_at": each.decided_at,
        "decided_by": each.decided_by,
        "decision_words": each.decision_words,
    }


def _file(file: FileLine, address: str, wanted: str, kinds: Mapping[str, DocumentNeed]) -> dict[str, Any]:
    return {
        "id": file.public_id,
        "name": file.filename,
        "size": file.size,
        "href": f"/documents/{file.document}" if file.document else f"{address}/files/{file.public_id}",
        "picture": file.media_type in (JPEG, PNG),
        "document": bool(file.document),
        "kind": wanted if wanted in kinds else SUPPLEMENT.kind,
    }
