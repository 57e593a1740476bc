"""What both sides sign: the agreement on a funded project, the one with a hub, and the notice of the award before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from incubator.models.base import NO_DATE
from incubator.papers.fields import OF_A_CASE, SIGNED_ON, of_case
from incubator.papers.paper import Field, Material, Paper, Values
from incubator.papers.wording import capitals, within, written
from incubator.text import Text
from incubator.wording import figures

_DATED = replace(SIGNED_ON, required=False)  # whoever signs writes the day
# Filled in by hand where nothing is agreed yet.
BLANK = "＿＿＿＿＿＿"
_GATES = {"signed": "协议签订后", "midterm": "中期评估通过后", "final": "结项验收通过后"}

_PROJECT = Field("project", Text("项目名称", "Project"), "样例助老项目", required=True)
_CALL = Field("call", Text("资助批次", "Call"), "2026年第一批公益微创投")
_PAYEE = Field("payee", Text("收款单位", "Payee"), "样例社会服务中心", required=True)
_AMOUNT = Field("amount", Text("资助金额（元）", "Amount awarded"), "30,000.00", required=True)
_CAPITALS = Field("amount_in_capitals", Text("资助金额大写", "The amount in capitals"), "叁万元整")
_AWARD = (_PROJECT, _CALL, _PAYEE, _AMOUNT, _CAPITALS)


def _may_be_signed(material: Material) -> bool:
    return material.place == ("funding", "agreement") and material.project is not None


def _of_project(material: Material) -> Values:
    project = material.project
    assert project is not None  # `due` asked
    return {
        **of_case(material),
        "project": project.title,
        "call": project.call_title,
        "payee": project.payee,
        "amount": figures(project.awarded_fen),
        "amount_in_capitals": capitals(project.awarded_fen),
    }


def _award_notice(material: Material) -> Values:
    limit = material.file.case.limit
    return {
        **_of_project(material),
        "sign_within": within(material.file.policy, "funding.agreement.due"),
        "sign_until": written(limit.due_on) if limit is not None and limit.due_on != NO_DATE else "",
    }


AWARD_NOTICE = Paper(
    "award_notice",
    Text("立项通知书", "Notice of the award"),
    Text("项目公示期满、签订协议之前", "Once the public notice of an award is over, before the agreement"),
    (
        *OF_A_CASE,
        *_AWARD,
        Field("sign_within", Text("签订协议的期限", "Time to sign the agreement"), "30日"),
        Field(
            "sign_until",
            Text("签订协议的截止日；没有的为空", "Agreement due on; empty without a limit"),
            "2026年10月18日",
        ),
        SIGNED_ON,
    ),
    build=_award_notice,
    due=_may_be_signed,
)


def _funding_agreement(material: Material) -> Values:
    said, applied = material.answers("agreement"), material.answers("application")
    kinds = {each["code"]: each["name"]["zh"] for each in material.file.policy.get("funding.costs.kinds")}
    return {
        **_of_project(material),
        "agreement_number": str(said.get("agreement_number") or BLANK),
        "summary": str(applied.get("summary") or ""),
        "beneficiaries": str(applied.get("beneficiaries") or ""),
        "starts_on": _on(said.get("starts_on") or applied.get("starts_on")),
        "ends_on": _on(said.get("ends_on") or applied.get("ends_on")),
        "lines": [
            {
                "no": str(place),
                "title": str(line["title"]),
                "kind": kinds.get(str(line["kind"]), str(line["kind"])),
                "amount": figures(int(line["fen"])),
            }
            for place, line in enumerate(material.lines, start=1)
        ],
        "lines_total": figures(sum(int(line["fen"]) for line in material.lines)),
        "tranches": [
            {
                "no": str(place),
                "gate": _GATES[each["gate"]],
                "share": f"{each['share']}%",
                "amount": figures(int(each["fen"])),
            }
            for place, each in enumerate(material.tranches, start=1)
        ],
    }


FUNDING_AGREEMENT = Paper(
    "funding_agreement",
    Text("项目资助协议", "Funding agreement"),
    Text("立项后签订协议时", "When an award is to be agreed on"),
    (
        *OF_A_CASE,
        Field(
            "agreement_number", Text("协议编号；未编号的留空待填", "Number of the agreement, to be filled in"), BLANK
        ),
        *_AWARD,
        Field("summary", Text("项目内容", "What is to be done"), "为独居老人提供结对探访和助洁服务。"),
        Field("beneficiaries", Text("受益对象和人数", "Who benefits, and how many"), "辖区独居老人60人"),
        Field("starts_on", Text("项目开始日期", "The project begins on"), "2026年11月1日", required=True),
        Field("ends_on", Text("项目结束日期", "The project ends on"), "2027年10月31日", required=True),
        Field(
            "lines",
            Text(
                "预算明细（申请时所报，签订时可按资助金额调整）",
                "Budget as applied for; adjusted to the award at signing",
            ),
            [{"no": "1", "title": "助洁工具", "kind": "物料费", "amount": "30,000.00"}],
            rows=(
                Field("no", Text("序号", "No."), ""),
                Field("title", Text("支出内容", "What it is spent on"), ""),
                Field("kind", Text("支出类别", "Kind of cost"), ""),
                Field("amount", Text("金额（元）", "Amount"), ""),
            ),
        ),
        Field("lines_total", Text("预算合计（元）", "Sum of the budget"), "30,000.00"),
        Field(
            "tranches",
            Text("分期拨付", "Tranches"),
            [
                {"no": "1", "gate": "协议签订后", "share": "50%", "amount": "15,000.00"},
                {"no": "2", "gate": "结项验收通过后", "share": "50%", "amount": "15,000.00"},
            ],
            required=True,
            rows=(
                Field("no", Text("期次", "No."), ""),
                Field("gate", Text("拨付条件", "Gate"), ""),
                Field("share", Text("比例", "Share"), ""),
                Field("amount", Text("金额（元）", "Amount"), ""),
            ),
        ),
        _DATED,
    ),
    build=_funding_agreement,
    due=_may_be_signed,
)


def _hub_agreement(material: Material) -> Values:
    said, applied = material.answers("agreement"), material.answers("application")
    return {
        **of_case(material),
        "hub": material.hub,
        "purpose": str(applied.get("purpose") or ""),
        "support": str(applied.get("support") or ""),
        "months": str(applied.get("months") or BLANK),
        "since": _on(said.get("since")),
        "until": _on(said.get("until")),
    }


HUB_AGREEMENT = Paper(
    "hub_agreement",
    Text("枢纽挂靠服务协议", "Affiliation agreement"),
    Text("挂靠或续签经街道确认、签订协议时", "When an affiliation or its renewal is confirmed and to be agreed on"),
    (
        *OF_A_CASE,
        Field("hub", Text("枢纽型社会组织", "Hub"), "样例社会服务中心", required=True),
        Field("purpose", Text("挂靠目的", "What it is for"), "规范管理，共享场地和培训"),
        Field("support", Text("希望得到的支持", "Support asked for"), "财务代管、活动策划培训"),
        Field("months", Text("期限（月）", "Term in months"), "12"),
        Field(
            "since", Text("期限起始日；未填的留空待填", "Term from, to be filled in"), "2026年10月1日", required=True
        ),
        Field(
            "until", Text("期限届满日；未填的留空待填", "Term until, to be filled in"), "2027年9月30日", required=True
        ),
        _DATED,
    ),
    build=_hub_agreement,
    due=lambda material: material.step == "agreement" and bool(material.hub),
)


def _on(day: object) -> str:
    return written(date.fromisoformat(str(day))) if day else BLANK
