"""Events of a stream as people read them: what happened, when, by whom, on whose behalf and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from incubator.clock import today
from incubator.engine.deadline_words import in_words
from incubator.engine.definition import Definition
from incubator.engine.roles import ROLE_NAMES, Role
from incubator.models.activities import RestrictionKind
from incubator.queries.chase_matters import CHASED
from incubator.queries.event_titles import EVENT_TITLES, event_title
from incubator.queries.limits_then import decision_of
from incubator.queries.said import Names, points_in_all, said
from incubator.services.chasing import MEANS, RESULTS, Means, Result
from incubator.services.restrictions import KIND_NAMES
from incubator.services.submissions import RECEIVED
from incubator.text import Text

AUTOMATION = ROLE_NAMES[Role.AUTOMATION]
_BY_LINK = Text("该组织", "the organization")  # through a link, without an account

_LEVELS = {
    "reminder": Text("首次提醒", "first reminder"),
    "second_reminder": Text("再次提醒", "second reminder"),
    "escalation": Text("上报", "escalation"),
}
_PROVISIONAL, _CERTAIN = Text("暂定", "provisional"), Text("确定", "certain")
_TONES = {"danger": "bad", "primary": "good"}
_FIELDS: dict[str, Text] = {
    "name": Text("名称", "Name"),
    "standing": Text("状态", "Status"),
    "category": Text("类别", "Category"),
    "leader": Text("负责人", "Leader"),
    "members": Text("成员人数", "Members"),
    "founded_on": Text("成立时间", "Founded"),
    "premises": Text("活动场所", "Premises"),
    "activity_frequency": Text("活动频次", "How often active"),
    "remark": Text("备注", "Remark"),
    "filing_number": Text("备案证编号", "Certificate number"),
    "filed_on": Text("备案日期", "Filed on"),
    "filing_valid_until": Text("备案有效期至", "Filing valid until"),
    "band": Text("等级", "Rating"),
    "score": Text("得分", "Score"),
    "document_number": Text("文号", "Number of the paper"),
    "announced_on": Text("公布日期", "Announced on"),
    "valid_until": Text("有效期至", "Valid until"),
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One event as it was read: its stored body's members and the name of who did it."""

    stream: str
    type: str
    recorded_at: datetime
    effective_on: date
    actor: str  # empty for automation
    on_behalf_of: str
    comment: str
    change: Mapping[str, Any]
    definition: Definition | None = None
    case: str = ""  # the number, where events of several cases stand together
    asked: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # the fields of what was done
    names: Names = field(default_factory=dict)
    why: str = ""  # the address of what it rests on


def field_title(name: str) -> Text:
    """What a value of an organization is called."""
    return _FIELDS.get(name, Text(name, name))


def timeline(
    events: Sequence[Happening], words: Callable[[str, Any], Any] = lambda _, value: value
) -> list[dict[str, Any]]:
    """Entries for the timeline macro, newest first as given. `words` puts a coded value of an organization into words."""
    return [_entry(event, words) for event in events]


def _entry(event: Happening, words: Callable[[str, Any], Any]) -> dict[str, Any]:
    title, tone = _title(event)
    if event.case:
        title = Text(f"{title.zh}（{event.case}）", f"{title.en} ({event.case})")
    return {
        "title": title,
        "tone": tone,
        "when": event.recorded_at,
        "who": event.actor or (_BY_LINK if event.type == RECEIVED else AUTOMATION),
        "on_behalf_of": event.on_behalf_of or _stood_in_for(event),
        "effective_on": event.effective_on if event.effective_on != today(event.recorded_at) else None,
        "comment": event.comment or None,
        "details": _details(event, words),
        "why": event.why,
    }


def _stood_in_for(event: Happening) -> Text | None:
    """The role for which a substitute decided, where four eyes left nobody else."""
    role = event.change.get("as_substitute_for")
    return ROLE_NAMES[Role(role)] if role else None


def _title(event: Happening) -> tuple[Text, str | None]:
    change = event.change
    if event.type in ("case.reminded", "case.escalated"):
        level = _LEVELS.get(str(change.get("level")))
        base = EVENT_TITLES[event.type]
        words = (
            Text(f"{base.zh}：{level.zh}", f"{base.en} ({level.en})") if level and "reminded" in event.type else base
        )
        return words, "bad" if "escalated" in event.type else "warn"
    if event.definition is not None:
        step = event.definition.by_key.get(str(change.get("step")))
        decision = decision_of(event.definition, change)
        if step and decision:
            return event_title(event.type, step.title, decision.title), _TONES.get(decision.style)
    return event_title(event.type), None


def _details(event: Happening, words: Callable[[str, Any], Any]) -> list[tuple[Text, Any, Any]]:
    details: list[tuple[Text, Any, Any]] = []
    if event.change.get("filename"):
        details.append((Text("文件", "File"), None, str(event.change["filename"])))
    if event.change.get("restriction"):
        kind = RestrictionKind(event.change["kind"])
        details.append((Text("限制", "Restriction"), None, KIND_NAMES[kind]))
    if event.change.get("activity"):
        details.append((Text("内容", "What it was"), None, event.change.get("title")))
    if event.type in ("case.assigned", "case.handed_over"):
        held = event.change["holder"]
        details.append((Text("办理人", "With"), held["before"]["name"] or None, held["after"]["name"]))
    if event.type == CHASED:
        details += _came_of_chasing(event.change)
    due = event.change.get("due_on")
    if isinstance(due, Mapping) and due["before"] != due["after"]:  # of a case put under another policy or calendar
        details.append(
            (Text("办理期限", "Due"), None, Text("{before} → {after}", "{before} → {after}").fill(**_days(due)))
        )
    for name, (old, new) in (event.change.get("changed") or {}).items():
        if name in _FIELDS:
            details.append((_FIELDS[name], _said(words(name, old)), _said(words(name, new)) or "—"))
    details += _why_moved(event.change)
    # What an action itself asked for; a step's whole form stands on the page already.
    for name, value in (event.change.get("data") or {}).items():
        if name in event.asked:
            declared = event.asked[name]
            # Of points the sum: who may see them all finds them beside the panel.
            told = points_in_all(value) if "x-sheet" in declared else said(declared, value, event.names)
            details.append((Text.from_pair(declared["x-title"]), None, told))
    return [detail for detail in details if detail[2] not in (None, "")]


def _came_of_chasing(change: Mapping[str, Any]) -> list[tuple[Text, Any, Any]]:
    means, result = MEANS[Means(change["means"])], RESULTS[Result(change["result"])]
    promised = change.get("promised_by")
    return [
        (Text("对象", "Who"), None, change["whom"]),
        (Text("结果", "Result"), None, Text(f"{means.zh}{result.zh}", f"{result.en} {means.en}")),
        (Text("承诺日期", "Promised by"), None, in_words(date.fromisoformat(promised)) if promised else None),
    ]


def _why_moved(change: Mapping[str, Any]) -> list[tuple[Text, Any, Any]]:
    """Of a case counted anew: whether its date is certain now, and which days of which notice moved it."""
    provisional = change.get("provisional")
    told: list[tuple[Text, Any, Any]] = []
    if isinstance(provisional, Mapping) and provisional["before"] != provisional["after"]:
        before, after = (_PROVISIONAL if provisional[when] else _CERTAIN for when in ("before", "after"))
        told.append((Text("日期", "The date is"), before, after))
    if isinstance(change.get("why"), Mapping):
        told.append((Text("依据", "Why"), None, Text.from_pair(change["why"])))
    return told


def _days(due: Mapping[str, str | None]) -> dict[str, Text]:
    none = Text("无", "none")
    return {name: in_words(date.fromisoformat(day)) if day else none for name, day in due.items()}


def _said(value: Any) -> Any:
    return "" if value in (None, "", "9999-12-31", 0) else value if isinstance(value, Text) else str(value)
