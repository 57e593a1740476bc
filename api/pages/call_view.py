"""What the pages of calls show: a row of the list, the figures with the applications behind them, what may be done."""

from __future__ import annotations

from datetime import date
from typing import Any

from api.pages.call_form import terms_told
from incubator.engine import library
from incubator.engine.deadline_words import in_words
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor
from incubator.models.funding import CallStatus, ProjectStatus
from incubator.queries.calls import CALL_STATUS_NAMES, Application, CallLine, is_open_on
from incubator.queries.visibility import Permission, may
from incubator.services.call_terms import funds
from incubator.text import Text
from incubator.wording import spoken

COLUMNS = [
    {"key": "call", "title": Text("批次", "Call"), "main": True},
    {"key": "state", "title": Text("状态", "State")},
    {"key": "term", "title": Text("受理期间", "Open"), "kind": "short"},
    {"key": "budget", "title": Text("总预算（元）", "Budget (yuan)"), "kind": "money"},
    {"key": "applications", "title": Text("申请", "Applications"), "kind": "number"},
    {"key": "asked", "title": Text("申请金额（元）", "Asked (yuan)"), "kind": "money"},
    {"key": "awarded", "title": Text("立项金额（元）", "Awarded (yuan)"), "kind": "money"},
    {"key": "left", "title": Text("余额（元）", "Left (yuan)"), "kind": "money"},
]
APPLICATION_COLUMNS = [
    {"key": "case", "title": Text("项目", "Project"), "main": True},
    {"key": "organization", "title": Text("申报组织", "Applicant")},
    {"key": "state", "title": Text("进展", "Where it stands")},
    {"key": "score", "title": Text("评审得分", "Score"), "kind": "number"},
    {"key": "asked", "title": Text("申请金额（元）", "Asked (yuan)"), "kind": "money"},
    {"key": "awarded", "title": Text("立项金额（元）", "Awarded (yuan)"), "kind": "money"},
    {"key": "project", "title": Text("立项编号", "Project number")},
]
NARROWED = {
    "asked": Text("有申请金额的申请", "Applications that ask for something"),
    "awarded": Text("已立项的申请", "Applications with an award"),
    "running": Text("在办的申请", "Applications that run"),
}
_TONES = {
    CallStatus.DRAFT: "neutral",
    CallStatus.PUBLISHED: "info",
    CallStatus.CLOSED: "done",
    CallStatus.CANCELLED: "neutral",
}


def row(line: CallLine, today: date) -> dict[str, Any]:
    """A call in the list."""
    here = f"/calls/{line.row.public_id}"
    return {
        "call": {"text": line.row.title, "href": here, "note": line.row.number},
        "state": _state(line, today),
        "term": _term(line),
        "budget": {"text": line.row.budget_fen, "note": spoken(line.row.budget_fen)},
        "applications": {"text": len(line.applications), "href": here} if line.applications else 0,
        "asked": _amount(line.asked_fen, f"{here}?show=asked"),
        "awarded": _amount(line.awarded_fen, f"{here}?show=awarded"),
        "left": line.left_fen,
    }


def whole(line: CallLine, policy: Policy, today: date) -> dict[str, Any]:
    """A call's particulars and terms."""
    call = line.row
    fund = next((each["name"] for each in funds(policy) if each["code"] == call.fund_source), None)
    facts = [
        (Text("编号", "Number"), call.number),
        (Text("公告文号", "Announcement"), call.document_number or Text("尚未填写", "not given yet")),
        (Text("资金来源", "Fund"), Text.from_pair(fund) if fund else call.fund_source),
        (Text("受理期间", "Open"), _term(line)),
    ]
    return {
        "id": call.public_id,
        "title": call.title,
        "state": _state(line, today),
        "facts": facts,
        "terms": terms_told(policy, call.budget_fen),
        "draft": line.status is CallStatus.DRAFT,
    }


def figures(line: CallLine, show: str) -> list[dict[str, Any]]:
    """The figures of a call, each leading to the applications behind it."""
    here = f"/calls/{line.row.public_id}"
    of_cases = [
        ("running", len(line.running), Text("在办申请", "Applications running"), False),
        ("asked", line.asked_fen, Text("申请金额", "Asked for"), True),
        ("awarded", line.awarded_fen, Text("立项金额", "Awarded"), True),
    ]
    shown = [
        {
            "number": number,
            "label": label,
            "money": is_money,
            "href": here if show == name else f"{here}?show={name}",
            "current": show == name,
        }
        for name, number, label, is_money in of_cases
    ]
    budget = {"number": line.row.budget_fen, "label": Text("总预算", "Budget"), "money": True}
    left = {"number": line.left_fen, "label": Text("余额", "Left"), "money": True}
    return [budget, *shown, left]


def applications(line: CallLine, show: str) -> list[dict[str, Any]]:
    """The applications, or those behind a figure."""
    chosen = {"asked": line.asked, "awarded": line.awarded, "running": line.running}.get(show, line.applications)
    return [_application(each) for each in chosen]


def acts(line: CallLine, actor: Actor, today: date, publishes: bool) -> dict[str, Any]:
    """What may be done about a call now, and why not what people would expect."""
    street_id = line.row.street_id
    manages = may(actor, Permission.MANAGE_CALL, street_id=street_id)
    directs = may(actor, Permission.PUBLISH_CALL, street_id=street_id)
    draft, published = line.status is CallStatus.DRAFT, line.status is CallStatus.PUBLISHED
    why = None
    if draft and publishes and not line.row.document_number:
        publishes = False
        why = Text(
            "请经办人填写公告文号后发布；您修改后须由他人发布",
            "Let the officer enter the announcement's number first: whoever changes a draft does not publish it",
        )
    elif draft and not publishes and (manages or directs):
        why = Text(
            "发布须由未起草、未修改过本批次的中心主任办理", "A director who neither drafted nor changed it publishes it"
        )
    elif published and directs and today <= line.row.closes_on:
        why = Text("受理截止且申请全部办结后可结束批次", "It can be closed once it no longer takes applications")
    elif published and directs and line.running:
        why = Text(
            f"还有 {len(line.running)} 件申请未办结，办结后可结束批次", f"{len(line.running)} applications run still"
        )
    return {
        "edit": draft and manages,
        "publish": draft and publishes,
        "close": published and directs and today > line.row.closes_on and not line.running,
        "cancel": (draft and manages) or (published and directs and not line.awarded),
        "why": why,
    }


def _application(each: Application) -> dict[str, Any]:
    return {
        "case": {
            "text": each.title or Text("（尚未填写）", "(nothing said yet)"),
            "href": f"/cases/{each.case_id}",
            "note": each.number,
        },
        "organization": {"text": each.organization, "href": f"/organizations/{each.organization_id}"},
        "state": _step(each),
        "score": each.score or None,
        "asked": _amount(each.asked_fen, f"/cases/{each.case_id}"),
        "awarded": _amount(each.awarded_fen, f"/cases/{each.case_id}"),
        "project": _project(each),
    }


def _project(each: Application) -> Any:
    if not each.project_id:
        return None
    taken_back = Text("立项已取消", "award taken back") if each.project_status == ProjectStatus.LAPSED else None
    return {"text": each.project_number, "href": f"/projects/{each.project_id}", "note": taken_back}


def _step(each: Application) -> dict[str, Any]:
    definition = next(found for found in library.current_definitions() if found.key == "funding")
    step = definition.by_key.get(each.step)
    words = step.title if step else Text(each.step, each.step)
    tone = "info" if each.open else "good" if each.outcome == "agreed" else "neutral"
    return {"text": words, "tone": tone}


def _state(line: CallLine, today: date) -> dict[str, Any]:
    words = CALL_STATUS_NAMES[line.status]
    if line.status is CallStatus.PUBLISHED:
        if is_open_on(line.row, today):
            return {"text": Text("正在受理", "open"), "tone": "good"}
        coming = today < line.row.opens_on
        words = Text("尚未开始受理", "not open yet") if coming else Text("受理已截止", "no longer open")
    return {"text": words, "tone": _TONES[line.status]}


def _term(line: CallLine) -> Text:
    return Text("{first}至{last}", "{first} to {last}").fill(
        first=in_words(line.row.opens_on), last=in_words(line.row.closes_on)
    )


def _amount(fen: int, href: str) -> Any:
    return {"text": fen, "href": href} if fen else 0
