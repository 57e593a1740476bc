"""The end of a recognition (终止枢纽认定): given up by the hub or revoked by the street; those it carries are told."""

from __future__ import annotations

from incubator.engine.definition import Decision, Definition, Step, StepKind, policy
from incubator.procedures.affiliation import forms
from incubator.procedures.affiliation.steps import DECIDERS
from incubator.procedures.shared.roles import APPLICANT
from incubator.procedures.shared.steps import Steps
from incubator.text import Text

steps = Steps("affiliation", refused=Text("不予终止认定", "End of the recognition refused"))

CONDITIONS = ("is_a_hub@1", "says_what_becomes_of_members@1")
PREPARED_BY = ("acceptance.accept",)

HUB_ENDING = Definition(
    key="hub_ending",
    title=Text("终止枢纽认定", "End of a recognition"),
    stage="affiliation",
    start="application",
    opens_by=APPLICANT,
    opening_rules=("is_a_hub@1", "has_no_other_open_hub_ending@1"),
    number_series="SNZ",
    steps=(
        Step(
            key="application", kind=StepKind.HUMAN, title=Text("终止申请", "Application to end it"), by=APPLICANT,
            form=forms.HUB_ENDING_APPLICATION, documents=policy("affiliation.hub_ending.documents"),
            decisions=(
                Decision(name="submit", title=Text("提交申请", "Submit"), to="acceptance", marks=("received", "complete"),
                         notices=("notice.assigned",), style="primary"),
                steps.withdraw(),
            ),
        ),
        steps.acceptance(CONDITIONS),
        steps.decision("service", CONDITIONS, PREPARED_BY),
        # Judged anew: the recognition may have ended by this very case.
        steps.redecision("service", (), PREPARED_BY),
        steps.correction(forms.HUB_ENDING_CORRECTION),
        steps.service("ended", "affiliation.end_recognition", documents="hub_ending.service_documents"),
        steps.refusal_service(("affiliation.restore_recognition",)),
        steps.end("ended", Text("已终止认定", "Ended"), steps.request_internal_review(), steps.reopen(DECIDERS)),
        steps.end("refused", steps.refused, steps.request_internal_review(), steps.reopen(DECIDERS)),
        steps.withdrawn(),
        steps.internal_review(DECIDERS),
    ),
)  # fmt: skip
