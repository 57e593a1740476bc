"""The quarterly report of a hub (枢纽季度报告): opened by the clock, reported by a date, checked by an officer."""

from __future__ import annotations

from incubator.engine.definition import BACK, Decision, Definition, Step, StepKind, Window, policy
from incubator.engine.roles import Role
from incubator.procedures.affiliation import forms
from incubator.procedures.shared.forms import reason
from incubator.procedures.shared.roles import OFFICER
from incubator.procedures.shared.steps import Steps
from incubator.text import Text

steps = Steps("affiliation.report", refused=Text("未报告", "Not reported"))
REPORTER = (Role.OFFICER, Role.HUB_REPRESENTATIVE)

HUB_REPORT = Definition(
    key="hub_report",
    title=Text("枢纽季度报告", "Quarterly report of a hub"),
    stage="affiliation",
    start="report",
    opens_by=(Role.AUTOMATION, Role.OFFICER),
    opening_rules=("is_a_hub@1", "was_a_hub_in_the_quarter@1", "has_no_report_of_the_quarter@1"),
    periodic=True,
    number_series="SNB",
    steps=(
        Step(
            key="report", kind=StepKind.HUMAN, title=Text("报送季度报告", "Quarterly report"), by=REPORTER,
            persons="hub.representatives", form=forms.REPORT, documents=policy("affiliation.report.documents"),
            help=Text("由枢纽组织代表报送；书面报送的，由经办人录入",
                      "The hub's representative reports; what came on paper an officer types in"),
            due=policy("affiliation.report.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="submit", title=Text("提交报告", "Submit the report"), to="check", marks=("received",),
                         effects=("hub_report.receive",), notices=("notice.assigned",), style="primary"),
                Decision(
                    name="record_missing", title=Text("登记为未报告", "Record as not reported"), to="not_reported",
                    by=OFFICER, form=reason(Text("催报情况", "How it was asked for")), needs_complete_step=False,
                    window=Window(length=policy("affiliation.report.conclude_after"), when="after"),
                    effects=("hub_report.miss",), notices=("notice.decision",), style="danger",
                ),
            ),
        ),
        Step(
            key="check", kind=StepKind.HUMAN, title=Text("核对报告", "Check of the report"), by=OFFICER,
            due=policy("affiliation.report.check.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="accept", title=Text("核对通过", "Accept the report"), to="reported",
                         effects=("hub_report.take",), notices=("notice.decision",), style="primary"),
                steps.return_for_correction(),
            ),
        ),
        Step(
            key="correction", kind=StepKind.HUMAN, title=Text("补正报告", "Correction of the report"), by=REPORTER,
            persons="hub.representatives", form=forms.REPORT_CORRECTION,
            due=policy("affiliation.report.correction.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="resubmit", title=Text("提交补正材料", "Resubmit"), to=BACK, style="primary"),
                Decision(name="go_on_uncorrected", title=Text("逾期未补正，按现有材料办理", "Go on uncorrected"), to=BACK,
                         by=OFFICER, needs_complete_step=False, needs_comment=True,
                         window=Window(length=policy("affiliation.report.correction.due"), when="after")),
            ),
        ),
        steps.end("reported", Text("已报告", "Reported")),
        steps.end(
            "not_reported", Text("未报告", "Not reported"),
            Decision(name="report_late", title=Text("补报", "Report it after all"), to="report", by=OFFICER,
                     needs_comment=True),
        ),
    ),
)  # fmt: skip
