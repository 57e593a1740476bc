"""Reissue of the filing certificate (备案证补发): lost or damaged, declared void, and another put in its place with its validity."""

from __future__ import annotations

from incubator.engine.definition import Decision, Definition, Step, StepKind, policy
from incubator.procedures.filing import forms
from incubator.procedures.filing.steps import certificate, steps
from incubator.procedures.shared.roles import APPLICANT, DIRECTOR
from incubator.text import Text

FILING_REISSUE = Definition(
    key="filing_reissue",
    title=Text("备案证补发", "Reissue of the certificate"),
    stage="filing",
    start="application",
    opens_by=APPLICANT,
    opening_rules=("is_filed@1", "has_no_other_open_reissue@1"),
    number_series="BZ",
    steps=(
        Step(
            key="application", kind=StepKind.HUMAN, title=Text("补发申请", "Application"), by=APPLICANT,
            help=Text("按负责人的声明录入，并上传声明", "Type in what the leader declares, and upload the declaration"),
            form=forms.REISSUE_APPLICATION, documents=policy("filing.reissue.documents"),
            decisions=(
                Decision(name="submit", title=Text("提交申请", "Submit"), to="decision",
                         rules=("is_filed@1", "declares_the_old_one_void@1"),
                         # Nothing is judged before the director does: what is handed in is accepted.
                         marks=("received", "complete", "accepted"), notices=("notice.assigned",), style="primary"),
                steps.withdraw(),
            ),
        ),
        Step(
            key="decision", kind=StepKind.HUMAN, title=Text("审批", "Decision"), by=DIRECTOR, who=policy("filing.decision.by"),
            due=policy("filing.decision.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="approve", title=Text("同意补发", "Approve"), to="certificate", rules=("is_filed@1",),
                         distinct_from=("application.submit",), marks=("signed",), notices=("notice.decision",),
                         style="primary"),
                Decision(name="decline", title=Text("不予补发", "Decline"), to="declined", needs_comment=True,
                         distinct_from=("application.submit",), notices=("notice.decision",), style="danger"),
            ),
        ),
        certificate(),
        steps.service("reissued", "filing.reissue"),
        steps.end("reissued", Text("已补发", "Reissued")),
        steps.end("declined", Text("不予补发", "Declined")),
        steps.withdrawn(),
    ),
)  # fmt: skip
