"""The end of an affiliation (解除挂靠): agreed, by notice of either side, or by the street; open duties are listed."""

from __future__ import annotations

from incubator.engine.definition import Decision, Definition, Step, StepKind, policy
from incubator.procedures.affiliation import forms
from incubator.procedures.affiliation.steps import DECIDERS
from incubator.procedures.shared.roles import APPLICANT, SERVICE
from incubator.procedures.shared.steps import Steps
from incubator.text import Text

steps = Steps("affiliation", refused=Text("不予解除", "End of the affiliation refused"))

CONDITIONS = ("is_affiliated@1",)
PREPARED_BY = ("acceptance.accept",)

AFFILIATION_END = Definition(
    key="affiliation_end",
    title=Text("解除挂靠", "End of an affiliation"),
    stage="affiliation",
    start="application",
    opens_by=APPLICANT,
    opening_rules=(*CONDITIONS, "has_no_other_open_ending@1"),
    number_series="JC",
    steps=(
        Step(
            key="application", kind=StepKind.HUMAN, title=Text("解除申请", "Application to end it"), by=APPLICANT,
            form=forms.ENDING_APPLICATION, documents=policy("affiliation.ending.documents"),
            decisions=(
                Decision(name="submit", title=Text("提交申请", "Submit"), to="listing", rules=CONDITIONS,
                         marks=("received", "complete"), style="primary"),
                steps.withdraw(),
            ),
        ),
        Step(
            key="listing", kind=StepKind.AUTOMATED, title=Text("清点未尽职责", "What is open between them"), by=SERVICE,
            task="affiliation.list_open_duties",
            decisions=(Decision(name="list", title=Text("清点完成", "Listed"), to="acceptance", form=forms.OPEN_DUTIES,
                                notices=("notice.assigned",), style="primary"),),
        ),
        steps.acceptance(CONDITIONS),
        steps.decision("service", CONDITIONS, PREPARED_BY),
        # Judged anew: the affiliation may have ended by this very case.
        steps.redecision("service", (), PREPARED_BY),
        steps.correction(forms.ENDING_CORRECTION),
        steps.service("ended", "affiliation.end", documents="ending.service_documents"),
        steps.refusal_service(("affiliation.restore",)),
        steps.end("ended", Text("已解除挂靠", "Ended"), steps.request_internal_review(), steps.reopen(DECIDERS)),
        steps.end("refused", steps.refused, steps.request_internal_review(), steps.reopen(DECIDERS)),
        steps.withdrawn(),
        steps.internal_review(DECIDERS),
    ),
)  # fmt: skip
