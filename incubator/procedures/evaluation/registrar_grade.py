"""The registrar's grade of a registered body (登记机关评估等级): recorded here with its document, never issued."""

from __future__ import annotations

from incubator.engine.definition import Decision, Definition, Step, StepKind, policy
from incubator.engine.roles import Role
from incubator.procedures.evaluation import forms
from incubator.procedures.shared.roles import OFFICER
from incubator.procedures.shared.steps import Steps
from incubator.text import Text

steps = Steps("evaluation.registrar", refused=Text("不予登记", "refusal"))
AS_GIVEN = ("is_registered_with_the_registrar@2", "grade_is_as_the_registrar_gives_it@1")

REGISTRAR_GRADE = Definition(
    key="registrar_grade",
    title=Text("登记机关评估等级", "The registrar's grade"),
    stage="evaluation",
    start="record",
    opens_by=OFFICER,
    opening_rules=("is_registered_with_the_registrar@2", "has_no_other_open_grade@1"),
    number_series="DJ",
    steps=(
        Step(
            key="record", kind=StepKind.HUMAN, title=Text("录入等级", "Entry"), by=OFFICER,
            help=Text("按登记机关的公告或证书录入，并上传扫描件", "As the registrar's announcement or certificate says; upload its scan"),
            form=forms.GRADE, documents=policy("evaluation.registrar.documents"),
            due=policy("evaluation.registrar.record.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="submit", title=Text("提交核对", "Have it confirmed"), to="confirmation", rules=AS_GIVEN,
                         marks=("received",), style="primary"),
                Decision(name="drop", title=Text("不再登记", "Drop it"), to="dropped", needs_complete_step=False,
                         needs_comment=True, style="danger"),
            ),
        ),
        Step(
            key="confirmation", kind=StepKind.HUMAN, title=Text("核对", "Confirmation"), by=(Role.OFFICER, Role.DIRECTOR),
            checklist=(
                ("paper_read", Text("已与登记机关文件逐项核对", "Every entry was held against the registrar's paper")),
            ),
            due=policy("evaluation.registrar.confirmation.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="confirm", title=Text("核对无误，登记", "Confirm"), to="recorded", rules=AS_GIVEN,
                         distinct_from=("record.submit",), effects=("evaluation.record_grade",), style="primary"),
                Decision(name="send_back", title=Text("退回重新录入", "Send back"), to="record",
                         needs_complete_step=False, needs_comment=True),
            ),
        ),
        steps.end(
            "recorded", Text("已登记", "Recorded"),
            steps.propose_result_correction(
                forms.CORRECTED_GRADE, ("rating_of_the_case_stands@1", "grade_is_as_the_registrar_gives_it@1")
            ),
        ),
        steps.end("dropped", Text("未登记", "Dropped")),
        steps.result_correction(("recorded.propose_result_correction",), ("evaluation.correct_grade",)),
    ),
)  # fmt: skip
