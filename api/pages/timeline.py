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
from incubator.queries.limits_then import decision_of
from incubator.queries.said import Names, points_in_all, said
from incubator.services.restrictions import KIND_NAMES
from incubator.text import Text

AUTOMATION = ROLE_NAMES[Role.AUTOMATION]

_TITLES: dict[str, Text] = {
    "case.opened": Text("发起办理", "Opened"),
    "case.migrated": Text("改用另一版本政策", "Put under another version of the policy"),
    "case.deadline_moved": Text("期限随工作日历调整", "Time limit moved with the calendar"),
    "case.claimed": Text("认领", "Claimed"),
    "case.released": Text("退回，待认领", "Released"),
    "case.assigned": Text("指派办理人", "Assigned"),
    "case.reminded": Text("提醒办理", "Reminded"),
    "case.escalated": Text("逾期上报中心主任", "Escalated to the director: overdue"),
    "case.document_added": Text("上传材料", "Document uploaded"),
    "case.document_taken_back": Text("移除材料", "Document removed"),
    "organization.entered": Text("记入台账", "Entered"),
    "organization.filed": Text("完成备案", "Filed"),
    "organization.corrected": Text("更正台账信息", "Particulars corrected"),
    "organization.contact_recorded": Text("登记联系方式", "Contact recorded"),
    "organization.filing_renewed": Text("备案延续", "Filing renewed"),
    "organization.filing_changed": Text("备案变更", "Filing changed"),
    "organization.filing_corrected": Text("更正备案结果", "Result of the filing corrected"),
    "organization.certificate_corrected": Text("换发更正后的备案证", "Corrected certificate issued"),
    "organization.filing_revoked": Text("备案撤销", "Filing revoked"),
    "organization.filing_restored": Text("恢复备案", "Filing restored"),
    "organization.upgraded": Text("已在登记机关登记", "Registered with the registrar"),
    "organization.recognised_as_hub": Text("认定为枢纽型组织", "Recognised as a hub"),
    "organization.hub_ended": Text("枢纽认定终止", "Recognition as a hub ended"),
    "organization.hub_restored": Text("恢复枢纽认定", "Recognition as a hub restored"),
    "organization.affiliated": Text("挂靠枢纽型组织", "Affiliated with a hub"),
    "organization.took_on_member": Text("接收挂靠组织", "Took on a member"),
    "organization.affiliation_ended": Text("解除挂靠", "Affiliation ended"),
    "organization.member_left": Text("所联系组织解除挂靠", "A member left"),
    "organization.affiliation_restored": Text("恢复挂靠", "Affiliation restored"),
    "organization.lost_its_hub": Text("因枢纽认定终止，挂靠解除", "Lost its hub, whose recognition ended"),
    "organization.representative_named": Text("指定枢纽代表", "Representative of the hub named"),
    "organization.representative_ended": Text("枢纽代表不再担任", "A representative speaks for the hub no more"),
    "organization.hub_reported": Text("报送枢纽季度报告", "Quarterly report handed in"),
    "organization.hub_report_missing": Text("枢纽季度报告未报送", "Quarterly report missing"),
    "organization.sub_team_added": Text("登记下设小队", "Sub-team added"),
    "organization.sub_team_changed": Text("变更下设小队", "Sub-team changed"),
    "organization.sub_team_ended": Text("撤销下设小队", "Sub-team ended"),
    "organization.given_premises": Text("交付服务中心使用", "Given a service centre to run"),
    "organization.premises_returned": Text("交还服务中心", "Service centre taken back"),
    "organization.reviewed": Text("年检结论生效", "Result of the yearly review recorded"),
    "organization.review_corrected": Text("更正年检结果", "Result of the yearly review corrected"),
    "organization.rated": Text("评定星级", "Rated"),
    "organization.evaluation_failed": Text("评估未达标", "Evaluated below the stars"),
    "organization.grade_recorded": Text("录入登记机关评估等级", "The registrar's grade recorded"),
    "organization.rating_corrected": Text("更正评级", "Rating corrected"),
    "organization.rating_lowered": Text("降低星级", "Stars lowered"),
    "organization.rating_revoked": Text("撤销评级", "Rating revoked"),
    "organization.personal_values_recorded": Text("登记个人信息", "Personal data recorded"),
    "organization.personal_values_erased": Text("删除个人信息", "Personal data erased"),
    "organization.project_awarded": Text("项目立项", "Project awarded"),
    "organization.project_lapsed": Text("项目立项失效", "Award of a project lapsed"),
    "organization.project_carried_over": Text("结转项目", "Project carried over"),
    "organization.project_started": Text("项目启动", "Project started"),
    "organization.project_settled": Text("项目结项", "Project settled"),
    "organization.project_terminated": Text("项目终止", "Project terminated"),
    "organization.expense_recorded": Text("登记项目支出", "Expense of a project recorded"),
    "organization.expense_accepted": Text("认可项目支出", "Expense of a project accepted"),
    "organization.expense_rejected": Text("不予认可项目支出", "Expense of a project rejected"),
    "organization.exited": Text("注销备案", "Filing ended"),
    "organization.activity_recorded": Text("登记活动", "Activity recorded"),
    "organization.visited": Text("走访", "Visited"),
    "organization.contacted": Text("联系", "Contacted"),
    "organization.duty_done": Text("枢纽履职", "A hub's duty done"),
    "organization.record_voided": Text("作废记录", "Record voided"),
    "organization.restricted": Text("列入限制", "Restricted"),
    "organization.restriction_lifted": Text("解除限制", "Restriction lifted"),
    "organization.rectification_ordered": Text("责令整改", "Rectification ordered"),
    "organization.rectified": Text("整改到位", "Rectified"),
    "organization.not_rectified": Text("整改不到位", "Not rectified"),
    "organization.registrar_answered": Text("登记机关处理结果", "The registrar answered"),
    "organization.brought_in": Text("期初录入组织", "Entered from the opening stock"),
    "organization.registration_brought_in": Text("期初录入登记", "Registration entered from the opening stock"),
    "organization.filing_brought_in": Text("期初录入备案", "Filing entered from the opening stock"),
    "organization.hub_brought_in": Text("期初录入枢纽认定", "Recognition as a hub entered from the opening stock"),
    "organization.affiliation_brought_in": Text("期初录入挂靠", "Affiliation entered from the opening stock"),
    "organization.project_brought_in": Text("期初录入在办项目", "Running project entered from the opening stock"),
    "organization.rating_brought_in": Text("期初录入评级", "Rating entered from the opening stock"),
    "organization.restriction_brought_in": Text("期初录入限制", "Restriction entered from the opening stock"),
}
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


def event_title(kind: str, at: Text | None = None, done: Text | None = None) -> Text:
    """What an event of that type is called: a decision by its step and its own title."""
    if at is None or done is None:
        return _TITLES.get(kind, Text(kind, kind))
    zh = at.zh if at.zh == done.zh else f"{at.zh}：{done.zh}"
    return Text(zh, at.en if at.en == done.en else f"{at.en}: {done.en}")


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
        "who": event.actor or AUTOMATION,
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
        base = _TITLES[event.type]
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
    if event.type == "case.assigned":
        held = event.change["holder"]
        details.append((Text("办理人", "With"), held["before"]["name"] or None, held["after"]["name"]))
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
