"""The correction list (补正通知书): what to mend, until when with the arithmetic, and which documents are still wanted."""

from __future__ import annotations

from incubator.engine.deadline_words import explain
from incubator.engine.deadlines import Proof
from incubator.papers.fields import OF_A_CASE, SIGNED_ON, list_of, of_case
from incubator.papers.paper import Field, Material, Paper, Values
from incubator.papers.wording import numbered, points, written
from incubator.text import Text

# What becomes of it when it is not mended in time: the officer's decision, whose title says it.
_LATE = ("deem_withdrawn", "conclude_uncorrected", "go_on_uncorrected")


def _returned(material: Material) -> bool:
    step = material.step
    return step.endswith("correction") and step != "result_correction" and bool(_asked(material))


def _asked(material: Material) -> str:
    event = material.brought_here()
    data = (event.body["change"].get("data") or {}) if event is not None else {}
    return str(data.get("points") or data.get("findings") or "")


def _correction_list(material: Material) -> Values:
    file = material.file
    row = next((row for row in file.deadlines if row.step == material.step and row.visit == file.case.visit), None)
    proof = Proof.from_json(row.proof) if row is not None and row.proof else None
    late = next((each.title.zh for each in file.step.decisions if each.name in _LATE), "")
    return {
        **of_case(material),
        "points": points(_asked(material)),
        "documents": [{"title": title.zh, "state": "已提交" if lies else "未提交"} for title, lies in material.wanted],
        "due_on": written(proof.due_on) if proof is not None and proof.due_on else "",
        "arithmetic": numbered(sentence.zh for sentence in explain(proof)) if proof is not None else [],
        "consequence": f"逾期{late.removeprefix('逾期')}。" if late else "",
    }


CORRECTION_LIST = Paper(
    "correction_list",
    Text("补正通知书", "Correction list"),
    Text("申请或报告退回补正期间", "While an application or a report is out for correction"),
    (
        *OF_A_CASE,
        list_of(
            "points",
            Text("补正事项", "What to correct"),
            "花名册缺少三名成员的签名",
            "场所证明须加盖印章",
            required=True,
        ),
        Field(
            "documents",
            Text("本环节可提交的材料", "Documents that may be handed in"),
            [{"title": "成员花名册", "state": "未提交"}, {"title": "章程", "state": "已提交"}],
            rows=(
                Field("title", Text("材料名称", "Document"), ""),
                Field("state", Text("是否已提交", "Whether it lies in the case"), ""),
            ),
        ),
        Field(
            "due_on",
            Text("补正期限届满日；没有期限的为空", "Due on; empty without a limit"),
            "2026年10月15日",
            required=True,
        ),
        list_of(
            "arithmetic",
            Text("期限的算法，逐句", "How the date was counted"),
            "自2026年9月30日（进入本环节之日）起算，当日不计入，期限为7个工作日。",
            "期限届满日为2026年10月15日。",
        ),
        Field("consequence", Text("逾期的后果", "What follows from being late"), "逾期未补正，视为撤回。"),
        SIGNED_ON,
    ),
    build=_correction_list,
    due=_returned,
)
