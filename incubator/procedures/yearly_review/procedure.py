"""The yearly review (年检): opened by the clock, reported by a date, checked, concluded, confirmed, served."""

from __future__ import annotations

from incubator.engine.definition import BACK, ClockMove, Decision, Definition, Step, StepKind, Window, policy
from incubator.engine.roles import Role
from incubator.procedures.shared import forms as shared
from incubator.procedures.shared.roles import APPLICANT, DIRECTOR, OFFICER, SERVICE
from incubator.procedures.shared.steps import PAPER_HELP
from incubator.procedures.yearly_review import forms
from incubator.text import Text

LADDER = policy("yearly_review.ladder")
PREPARED_BY = ("conclusion.conclude", "report.conclude_without_report")
DECIDERS = ("confirmation.confirm",)
PROPOSERS = tuple(f"{result}.propose_result_correction" for result, _ in forms.RESULTS)


def _serve(result: str, words: Text) -> Decision:
    # One end a result: the board counts ends, and a review passed differs from one failed.
    return Decision(
        name=f"serve_{result}", title=Text(f"登记送达（{words.zh}）", f"Record service ({words.en})"), to=result,
        form=shared.SERVICE, rules=(f"was_concluded_{result}@1",), marks=("served",),
        effects=("yearly_review.record", *(("yearly_review.call_to_account",) if result == "failed" else ())),
        notices=("notice.served",), style="primary",
    )  # fmt: skip


def _end(result: str, words: Text) -> Step:
    return Step(
        key=result, kind=StepKind.END, title=Text(f"年检{words.zh}", f"Review {words.en}"), outcome=result,
        decisions=(
            Decision(
                name="request_internal_review", title=Text("申请复核", "Ask for internal review"), to="internal_review",
                by=APPLICANT, form=shared.REVIEW_REQUEST,
                window=Window(length=policy("yearly_review.internal_review.window")), notices=("notice.assigned",),
            ),
            Decision(
                name="propose_result_correction", title=Text("提出结果更正", "Propose a correction of the result"),
                to="result_correction", by=OFFICER, form=forms.CORRECTED, needs_comment=True,
                rules=("corrects_known_review_entries@1",), notices=("notice.assigned",),
            ),
            Decision(
                name="reopen", title=Text("重新办理", "Reopen"), to="conclusion", by=DIRECTOR, needs_comment=True,
                distinct_from=DECIDERS, style="danger",
            ),
        ),
    )  # fmt: skip


YEARLY_REVIEW = Definition(
    key="yearly_review",
    title=Text("年检", "Yearly review"),
    stage="evaluation",
    start="report",
    opens_by=(Role.AUTOMATION, Role.OFFICER),
    opening_rules=("has_a_valid_certificate@2", "was_filed_before_the_period@2", "has_no_review_of_the_period@1"),
    periodic=True,
    number_series="NJ",
    steps=(
        Step(
            key="report", kind=StepKind.HUMAN, title=Text("报送年度报告", "Yearly report"), by=APPLICANT,
            help=Text("按组织报送的年度工作报告录入", "Type in the organization's report on the past year"),
            form=forms.REPORT, documents=policy("yearly_review.report.documents"),
            due=policy("yearly_review.report.due"), ladder=policy("yearly_review.report.ladder"),
            decisions=(
                Decision(name="submit", title=Text("提交报告", "Submit the report"), to="checks", marks=("received",),
                         style="primary"),
                Decision(
                    name="conclude_without_report", title=Text("未报送，直接作出不合格结论", "Conclude without a report"),
                    to="confirmation", by=OFFICER, form=forms.WITHOUT_REPORT, needs_complete_step=False,
                    window=Window(length=policy("yearly_review.report.conclude_after"), when="after"),
                    notices=("notice.assigned",), style="danger",
                ),
            ),
        ),
        Step(
            key="checks", kind=StepKind.AUTOMATED, title=Text("自动核查", "Checks"), by=SERVICE, task="yearly_review.check",
            decisions=(Decision(name="finish", title=Text("核查完成", "Checked"), to="conclusion", form=forms.FINDINGS,
                                notices=("notice.assigned",), style="primary"),),
        ),
        Step(
            key="conclusion", kind=StepKind.HUMAN, title=Text("提出结论", "Conclusion"), by=OFFICER,
            who=policy("yearly_review.conclusion.by"), form=forms.CONCLUSION,
            due=policy("yearly_review.conclusion.due"), ladder=LADDER,
            decisions=(
                Decision(name="conclude", title=Text("提出结论", "Conclude"), to="confirmation",
                         rules=("gives_reasons_unless_passed@1",), notices=("notice.assigned",), style="primary"),
                Decision(name="return_for_correction", title=Text("退回补正", "Return for correction"), to="correction",
                         form=shared.POINTS, needs_complete_step=False, clock=ClockMove.PAUSES,
                         notices=("notice.correction",)),
            ),
        ),
        Step(
            key="correction", kind=StepKind.HUMAN, title=Text("补正报告", "Correction of the report"), by=APPLICANT,
            help=Text("只填写需要更正的内容，并说明补正情况", "Fill in what changes and say what was corrected"),
            form=forms.CORRECTION, due=policy("yearly_review.correction.due"), ladder=LADDER,
            decisions=(
                Decision(name="resubmit", title=Text("提交补正材料", "Resubmit"), to=BACK, style="primary"),
                Decision(name="conclude_uncorrected", title=Text("逾期未补正，按现有材料办理", "Go on uncorrected"), to=BACK,
                         by=OFFICER, needs_complete_step=False, needs_comment=True,
                         window=Window(length=policy("yearly_review.correction.due"), when="after")),
            ),
        ),
        Step(
            key="confirmation", kind=StepKind.HUMAN, title=Text("审签", "Confirmation"), by=DIRECTOR,
            who=policy("yearly_review.confirmation.by"), due=policy("yearly_review.confirmation.due"), ladder=LADDER,
            decisions=(
                Decision(name="confirm", title=Text("签发", "Confirm"), to="service", distinct_from=PREPARED_BY,
                         marks=("signed",), notices=("notice.decision",), style="primary"),
                Decision(name="send_back", title=Text("退回经办人重新提出结论", "Send back"), to="conclusion",
                         needs_comment=True, notices=("notice.assigned",)),
            ),
        ),
        Step(
            key="service", kind=StepKind.HUMAN, title=Text("送达", "Service"), by=OFFICER,
            help=PAPER_HELP, documents=policy("yearly_review.service.documents"), due=policy("yearly_review.service.due"), ladder=LADDER,
            decisions=tuple(_serve(result, words) for result, words in forms.RESULTS),
        ),
        *(_end(result, words) for result, words in forms.RESULTS),
        Step(
            key="internal_review", kind=StepKind.HUMAN, title=Text("复核", "Internal review"), by=DIRECTOR,
            due=policy("yearly_review.internal_review.due"), ladder=LADDER, after_end=True,
            decisions=(
                Decision(name="uphold", title=Text("维持原结论", "Uphold"), to=BACK, form=shared.ANSWER,
                         distinct_from=DECIDERS, notices=("notice.decision",), style="primary"),
                Decision(name="overturn", title=Text("撤销原结论，重新提出", "Overturn"), to="conclusion",
                         form=shared.ANSWER, distinct_from=DECIDERS, notices=("notice.decision",), style="danger"),
            ),
        ),
        Step(
            key="result_correction", kind=StepKind.HUMAN, title=Text("结果更正", "Correction of the result"), by=DIRECTOR,
            due=policy("yearly_review.result_correction.due"), ladder=LADDER, after_end=True,
            decisions=(
                Decision(name="confirm", title=Text("同意更正", "Confirm"), to=BACK, distinct_from=PROPOSERS,
                         effects=("yearly_review.correct_result",), notices=("notice.decision",), style="primary"),
                Decision(name="reject", title=Text("不予更正", "Reject"), to=BACK, distinct_from=PROPOSERS,
                         needs_comment=True, notices=("notice.decision",)),
            ),
        ),
    ),
)  # fmt: skip
