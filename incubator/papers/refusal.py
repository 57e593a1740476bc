"""The refusal (不予受理、不予备案、不予立项……决定书): reasons, what they rest on, and what may be done about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from incubator.papers.fields import OF_A_CASE, REASONS, REVIEW_BASIS, REVIEW_PERIOD, SIGNED_ON, TITLE, of_case, remedy
from incubator.papers.paper import Field, Material, Paper, Values
from incubator.papers.wording import written
from incubator.text import Text


def _refused(material: Material) -> bool:
    return material.step == "refusal_service"


def _refusal_name(material: Material) -> str:
    """`不予受理`, or what the stage calls its refusal, such as `不予备案`."""
    event = material.brought_here()
    if event is not None and (event.body.get("change") or {}).get("decision") == "refuse_acceptance":
        return "不予受理"
    return material.file.step.title.zh.removeprefix("送达").removesuffix("决定")


def _refusal(material: Material) -> Values:
    event = material.brought_here()
    data = (event.body["change"].get("data") or {}) if event is not None else {}
    received = material.file.case.milestones.get("received")
    return {
        **of_case(material),
        **remedy(material),
        "title": f"{_refusal_name(material)}决定书",
        "decision": _refusal_name(material),
        "received_on": written(date.fromisoformat(received)) if received else "",
        "reasons": str(data.get("reason") or ""),
        "basis": str(data.get("basis") or ""),
    }


REFUSAL = Paper(
    "refusal",
    Text("不予办理决定书", "Refusal"),
    Text(
        "不予受理、不予备案、不予立项等决定作出后、送达前",
        "Once acceptance, a filing, an award or the like is refused, before it is served",
    ),
    (
        replace(TITLE, sample="不予备案决定书"),
        *OF_A_CASE,
        Field("decision", Text("决定，如不予备案", "What is refused"), "不予备案", required=True),
        Field("received_on", Text("收到申请的日期", "Day of the application"), "2026年9月1日"),
        Field("reasons", REASONS.title, REASONS.sample, required=True),
        Field("basis", Text("依据的条款", "Legal basis"), "《样例办法》第三条", required=True),
        REVIEW_PERIOD,
        REVIEW_BASIS,
        SIGNED_ON,
    ),
    build=_refusal,
    due=_refused,
    called=lambda material: f"{_refusal_name(material)}决定书",
)
