"""A project (项目实施): carried out, reviewed at mid-term, reported on, accepted, settled; or terminated."""

from __future__ import annotations

from incubator.engine.definition import ClockMove, Decision, Definition, Step, StepKind, policy
from incubator.engine.roles import Role
from incubator.procedures.project import forms
from incubator.procedures.project.steps import (
    LADDER,
    MIDTERM,
    correction,
    failure,
    line_change,
    propose_termination,
    record_refund,
    termination,
    while_carried_out,
    write_off,
)
from incubator.procedures.shared.forms import POINTS
from incubator.procedures.shared.roles import APPLICANT, DIRECTOR, OFFICER
from incubator.text import Text

MIDTERM_DUE, FINAL_DUE = policy("project.midterm.report_due"), policy("project.final.report_due")
CORRECTION_DUE = policy("project.correction.due")
ACCEPTED_BY = ("final_acceptance.propose_acceptance",)

PROJECT = Definition(
    key="project",
    title=Text("项目实施", "Project"),
    stage="funding",
    start="carrying_out",
    opens_by=(Role.AUTOMATION,),
    opening_rules=("has_a_running_project@1", "has_no_case_of_the_project@1"),
    opens_with=("signed", "starts", "ends"),
    number_series="SS",
    steps=(
        Step(
            key="carrying_out", kind=StepKind.HUMAN, title=Text("项目实施（中期前）", "Carrying out, up to mid-term"),
            by=APPLICANT, help=Text("支出随时登记；到期前提交中期报告", "Record expenses as they come; hand in the mid-term report in time"),
            form=forms.REPORT, documents=policy("project.midterm.documents"), due=MIDTERM_DUE, ladder=LADDER,
            enabled=MIDTERM, skip_to="carrying_on",
            decisions=(
                Decision(name="report", title=Text("提交中期报告", "Hand in the mid-term report"), to="midterm_review",
                         marks=("received",), notices=("notice.assigned",), style="primary"),
                Decision(
                    name="conclude_without_report", title=Text("逾期未报，按不合格处理", "Conclude without a report"),
                    to="failure_decision", by=OFFICER, form=forms.GROUNDS, needs_complete_step=False,
                    clock=ClockMove.PAUSES, rules=("report_is_overdue@1",),
                    notices=("notice.assigned",), style="danger",
                ),
                Decision(
                    name="note_earlier_midterm", title=Text("补记已通过的中期评估", "Note a mid-term passed on paper"),
                    to="carrying_on", by=OFFICER, form=forms.EARLIER, rules=("midterm_was_paid_before@1",),
                    needs_complete_step=False, marks=("midterm_concluded",), effects=("project.pass_midterm",),
                ),
                *while_carried_out(),
            ),
        ),
        Step(
            key="midterm_review", kind=StepKind.HUMAN, title=Text("中期评估", "Mid-term review"), by=OFFICER,
            due=policy("project.midterm.review_due"), ladder=LADDER, enabled=MIDTERM, skip_to="carrying_on",
            decisions=(
                Decision(name="pass", title=Text("中期合格", "Pass"), to="carrying_on", form=forms.OPINION,
                         rules=("midterm_report_came_in_time@1",), distinct_from=("carrying_out.report",),
                         marks=("midterm_concluded",), effects=("project.pass_midterm",),
                         notices=("notice.decision",), style="primary"),
                Decision(name="rectify", title=Text("限期整改", "Ask to mend"), to="midterm_correction", form=POINTS,
                         clock=ClockMove.PAUSES, notices=("notice.correction",)),
                Decision(name="propose_failure", title=Text("提出中期不合格", "Propose to fail it"), to="failure_decision",
                         form=forms.GROUNDS, clock=ClockMove.PAUSES, notices=("notice.assigned",), style="danger"),
                propose_termination(Text("提出终止项目", "Propose termination")),
            ),
        ),
        correction("midterm_correction", Text("中期整改", "Mending after mid-term"), CORRECTION_DUE, MIDTERM),
        *failure(),
        Step(
            key="carrying_on", kind=StepKind.HUMAN, title=Text("项目实施（至结项）", "Carrying out, up to the end"),
            by=APPLICANT, help=Text("支出随时登记；项目结束后提交结项报告", "Record expenses as they come; hand in the final report at the end"),
            form=forms.REPORT, documents=policy("project.final.documents"), due=FINAL_DUE, ladder=LADDER,
            decisions=(
                Decision(name="report", title=Text("提交结项报告", "Hand in the final report"), to="final_acceptance",
                         marks=("received",), notices=("notice.assigned",), style="primary"),
                Decision(
                    name="conclude_without_report", title=Text("逾期未报，提出终止", "Conclude without a report"),
                    to="termination_decision", by=OFFICER, form=forms.GROUNDS, needs_complete_step=False,
                    clock=ClockMove.PAUSES, rules=("report_is_overdue@1",),
                    notices=("notice.assigned",), style="danger",
                ),
                *while_carried_out(),
                record_refund(),
            ),
        ),
        Step(
            key="final_acceptance", kind=StepKind.HUMAN, title=Text("结项验收", "Final acceptance"), by=OFFICER,
            due=policy("project.final.acceptance_due"), ladder=LADDER,
            decisions=(
                Decision(name="propose_acceptance", title=Text("提出通过验收", "Propose to accept it"), to="settlement",
                         form=forms.ACCEPTANCE,
                         rules=("final_report_came_in_time@1", "every_expense_is_decided@1", "no_payment_is_open@1"),
                         distinct_from=("carrying_on.report",), notices=("notice.assigned",), style="primary"),
                Decision(name="rectify", title=Text("限期整改", "Ask to mend"), to="final_correction", form=POINTS,
                         clock=ClockMove.PAUSES, notices=("notice.correction",)),
                propose_termination(Text("验收不合格，提出终止", "Not acceptable: propose termination")),
            ),
        ),
        correction("final_correction", Text("结项整改", "Mending before acceptance"), CORRECTION_DUE),
        Step(
            key="settlement", kind=StepKind.HUMAN, title=Text("结算审批", "Settlement"), by=DIRECTOR,
            help=Text("按已审核认可的支出结算；尾款、结余和应退款由系统算出", "What is still paid, released or due back follows from the accepted expenses"),
            due=policy("project.settlement.due"), ladder=LADDER,
            decisions=(
                Decision(name="approve", title=Text("批准结算", "Approve"), to="winding_up", distinct_from=ACCEPTED_BY,
                         documents=policy("project.settlement.documents"),
                         rules=("every_expense_is_decided@1", "no_payment_is_open@1"), marks=("signed",),
                         effects=("project.settle",), notices=("notice.decision",), style="primary"),
                Decision(name="send_back", title=Text("退回重新验收", "Send back"), to="final_acceptance",
                         needs_comment=True, notices=("notice.assigned",)),
            ),
        ),
        Step(
            key="winding_up", kind=StepKind.HUMAN, title=Text("支付尾款和收尾", "Final payment and close"), by=OFFICER,
            due=policy("project.winding_up.due"), ladder=LADDER,
            decisions=(
                Decision(name="close", title=Text("结项", "Close"), to="settled",
                         rules=("no_payment_is_open@1", "nothing_is_due_back@1"), effects=("project.close",),
                         notices=("notice.decision",), style="primary"),
                record_refund(),
                write_off(),
            ),
        ),
        line_change(),
        *termination(),
        Step(key="settled", kind=StepKind.END, title=Text("已结项", "Settled"), outcome="settled"),
        Step(key="terminated", kind=StepKind.END, title=Text("已终止", "Terminated"), outcome="terminated"),
    ),
)  # fmt: skip
