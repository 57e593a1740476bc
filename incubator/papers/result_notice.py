"""The notice of a result (结果告知书): review, end of a filing, recognition, rectification, project."""

from __future__ import annotations

from dataclasses import replace

from incubator.papers.fields import (
    OF_A_CASE,
    REASONS,
    REVIEW_BASIS,
    REVIEW_PERIOD,
    SIGNED_ON,
    TITLE,
    answered,
    of_case,
    remedy,
)
from incubator.papers.paper import Field, Material, Paper, Values
from incubator.papers.wording import within
from incubator.text import Text
from incubator.wording import figures

# (procedure, step): the title, the sentence that says the result, and where the reasons were given.
_RESULTS: dict[tuple[str, str], tuple[str, str, tuple[str, str]]] = {
    ("yearly_review", "service"): (
        "年检结论通知书",
        "{period}年度年检结论为：{conclusion_result}。",
        ("conclusion", "reasons"),
    ),
    ("filing_exit", "service"): ("注销备案通知书", "准予注销备案，请交回备案证。", ("application", "reason")),
    ("affiliation_end", "service"): ("解除挂靠通知书", "同意解除挂靠关系。", ("application", "reason")),
    ("hub_recognition", "service"): (
        "枢纽型社会组织认定通知书",
        "经审核并公示，认定为本街道枢纽型社会组织。",
        ("", ""),
    ),
    ("hub_ending", "service"): ("终止枢纽认定通知书", "终止枢纽型社会组织认定。", ("application", "reason")),
    ("dormancy", "notice"): (
        "疑似僵尸型组织告知书",
        "经核实，你组织长期未开展活动，列为疑似僵尸型组织。请自本告知书送达之日起{cure}内恢复活动并报告；期满仍未恢复的，将依规定注销备案。",
        ("confirmation", "checked"),
    ),
    ("dormancy", "service"): ("注销备案通知书", "期满未恢复活动，决定注销备案，请交回备案证。", ("cure", "chased")),
    ("rectification", "result_service"): ("整改结果通知书", "经核查，整改事项已整改到位。", ("verification", "found")),
    ("rectification", "failure_service"): (
        "整改处理决定书",
        "经核查，整改不到位，决定：{determination_consequence}。",
        ("determination", "reason"),
    ),
    ("project", "failure_service"): (
        "中期评估不合格决定书",
        "“{project}”项目中期评估不合格，停止拨付后续资金{clawback}。",
        ("failure_decision", "reasons"),
    ),
    ("project", "termination_service"): (
        "终止项目决定书",
        "决定终止“{project}”项目{clawback}。",
        ("termination_decision", "reasons"),
    ),
}


def _result(material: Material) -> Values:
    title, sentence, (step, name) = _RESULTS[material.place]
    file = material.file
    told = {
        "period": file.case.period,
        "conclusion_result": answered(material, "conclusion", "result") if "{conclusion" in sentence else "",
        "determination_consequence": answered(material, "determination", "consequence")
        if "{determination" in sentence
        else "",
        "project": material.project.title if material.project is not None else "",
        "clawback": _clawback(material, step),
        "cure": within(file.policy, "dormancy.cure.due") if "{cure}" in sentence else "",
    }
    return {
        **of_case(material),
        **remedy(material),
        # To a group that may only have been quiet nobody writes what the procedure is called here.
        **({"subject": "活动情况核实"} if file.case.procedure == "dormancy" else {}),
        "title": title,
        "result": sentence.format(**told),
        "reasons": answered(material, step, name) if step else "",
    }


def _clawback(material: Material, step: str) -> str:
    fen = int(material.answers(step).get("clawback_fen") or 0) if step else 0
    return f"，应退回资金{figures(fen)}元" if fen else ""


RESULT_NOTICE = Paper(
    "result_notice",
    Text("结果告知书", "Notice of a result"),
    Text(
        "年检、注销、枢纽认定、整改等结果签发后、送达前",
        "Once a review, an end, a recognition or a rectification has its result, before it is served",
    ),
    (
        replace(TITLE, sample="年检结论通知书"),
        *OF_A_CASE,
        Field("result", Text("结果", "The result"), "2026年度年检结论为：合格。", required=True),
        REASONS,
        REVIEW_PERIOD,
        REVIEW_BASIS,
        SIGNED_ON,
    ),
    build=_result,
    due=lambda material: material.place in _RESULTS,
    called=lambda material: _RESULTS[material.place][0],
)
