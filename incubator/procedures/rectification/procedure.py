"""Rectification (整改): ordered in writing, mended by a deadline, checked on the spot, and judged by somebody else."""

from __future__ import annotations

from incubator.engine.definition import STAY, ClockMove, Decision, Definition, Step, StepKind, Window
from incubator.engine.roles import Role
from incubator.procedures.rectification import forms
from incubator.procedures.shared import forms as shared
from incubator.procedures.shared.roles import APPLICANT, DIRECTOR, OFFICER
from incubator.procedures.shared.steps import PAPER_HELP, Steps
from incubator.text import Text

steps = Steps("rectification", refused=Text("整改不到位", "failure to rectify"))

FOUND_BY = ("verification.find_cured", "verification.find_uncured", "cure.record_no_report")
DECIDERS = ("confirmation.confirm", "determination.determine")


def _serve(key: str, title: Text, documents: str, end: str, effect: str) -> Step:
    return Step(
        key=key, kind=StepKind.HUMAN, title=title, by=OFFICER, help=PAPER_HELP, documents=steps.policy(documents),
        due=steps.policy(documents.replace("documents", "due")), ladder=steps.ladder,
        decisions=(
            Decision(name="serve", title=Text("登记送达", "Record service"), to=end, form=shared.SERVICE,
                     marks=("served",), effects=(effect,), notices=("notice.served",), style="primary"),
        ),
    )  # fmt: skip


def _disagree() -> Decision:
    return Decision(
        name="send_back", title=Text("退回重新核查", "Send back to be checked again"), to="verification",
        needs_comment=True, notices=("notice.assigned",),
    )  # fmt: skip


RECTIFICATION = Definition(
    key="rectification",
    title=Text("整改", "Rectification"),
    stage="aftercare",
    start="draft",
    opens_by=(Role.OFFICER, Role.AUTOMATION),
    opening_rules=("is_within_the_streets_power@2", "has_no_other_open_rectification@1"),
    number_series="ZG",
    steps=(
        Step(
            key="draft", kind=StepKind.HUMAN, title=Text("拟定整改通知", "Draft of the notice"), by=OFFICER,
            form=forms.DRAFT, due=steps.policy("draft.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="submit", title=Text("提交审签", "Submit for signature"), to="signature",
                         notices=("notice.assigned",), style="primary"),
            ),
        ),
        Step(
            key="signature", kind=StepKind.HUMAN, title=Text("审签", "Signature"), by=DIRECTOR,
            due=steps.policy("signature.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="sign", title=Text("签发", "Sign"), to="service", distinct_from=("draft.submit",),
                         marks=("signed",), notices=("notice.decision",), style="primary"),
                Decision(name="send_back", title=Text("退回修改", "Send back"), to="draft", needs_comment=True,
                         notices=("notice.assigned",)),
                Decision(name="drop", title=Text("无须整改，结案", "Drop it"), to="dropped", needs_comment=True,
                         distinct_from=("draft.submit",), notices=("notice.decision",), style="danger"),
            ),
        ),
        _serve("service", Text("送达整改通知", "Service of the notice"), "service.documents", "cure", "rectification.order"),
        Step(
            key="cure", kind=StepKind.HUMAN, title=Text("整改期", "Time to mend"), by=APPLICANT,
            help=Text("按组织提交的整改报告录入，并上传证明材料", "Type in the organization's report and upload its proof"),
            form=forms.REPORT, documents=steps.policy("cure.documents"), due=steps.policy("cure.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="report", title=Text("提交整改报告", "Hand in the report"), to="verification",
                         marks=("reported",), notices=("notice.assigned",), style="primary"),
                Decision(name="extend", title=Text("延长整改期限", "Extend the time"), to=STAY, by=DIRECTOR,
                         form=shared.EXTENSION, needs_complete_step=False, needs_comment=True, clock=ClockMove.EXTENDS),
                Decision(name="record_no_report", title=Text("逾期未报送整改报告", "No report came in time"),
                         to="determination", by=OFFICER, form=shared.reason(Text("催办情况", "How it was asked for")),
                         needs_complete_step=False, window=Window(length=steps.policy("cure.due"), when="after"),
                         notices=("notice.assigned",), style="danger"),
            ),
        ),
        Step(
            key="verification", kind=StepKind.HUMAN, title=Text("核查", "Verification"), by=OFFICER,
            help=Text("请到现场或逐件核对材料", "Go there, or check each paper"),
            form=forms.VERIFICATION, due=steps.policy("verification.due"), ladder=steps.ladder,
            checklist=(("every_point_checked", Text("已逐项核对整改要求", "Every point of the notice was checked")),),
            decisions=(
                Decision(name="find_cured", title=Text("整改到位", "It is mended"), to="confirmation",
                         notices=("notice.assigned",), style="primary"),
                Decision(name="find_uncured", title=Text("整改不到位", "It is not mended"), to="determination",
                         notices=("notice.assigned",), style="danger"),
            ),
        ),
        Step(
            key="confirmation", kind=StepKind.HUMAN, title=Text("审定整改结果", "Confirmation"), by=DIRECTOR,
            due=steps.policy("confirmation.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="confirm", title=Text("同意，整改到位", "Confirm"), to="result_service",
                         distinct_from=FOUND_BY, marks=("signed",), notices=("notice.decision",), style="primary"),
                _disagree(),
            ),
        ),
        Step(
            key="determination", kind=StepKind.HUMAN, title=Text("审定整改不到位的处理", "What follows from the failure"),
            by=DIRECTOR, due=steps.policy("confirmation.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="determine", title=Text("作出处理决定", "Decide"), to="failure_service", form=forms.FAILURE,
                         rules=("may_be_put_under_supervision@1", "has_a_star_to_lower@1", "has_a_filing_to_cancel@1"),
                         distinct_from=FOUND_BY, marks=("signed",), notices=("notice.decision",), style="danger"),
                _disagree(),
            ),
        ),
        _serve("result_service", Text("送达整改结果", "Service of the result"), "result.documents", "rectified",
               "rectification.succeed"),
        _serve("failure_service", Text("送达处理决定", "Service of the decision"), "result.documents", "not_rectified",
               "rectification.fail"),
        steps.end("rectified", Text("整改到位", "Rectified"), steps.reopen(DECIDERS, "verification")),
        steps.end("not_rectified", Text("整改不到位", "Not rectified"), steps.request_internal_review(),
                  steps.reopen(DECIDERS, "verification")),
        steps.end("dropped", Text("无须整改", "Dropped")),
        steps.internal_review(DECIDERS, "verification"),
    ),
)  # fmt: skip
