"""Recognition as a hub (枢纽认定) by the policy's criteria, with a public notice where policy wants one."""

from __future__ import annotations

from incubator.engine.definition import Decision, Definition, Step, StepKind, policy
from incubator.procedures.affiliation import forms
from incubator.procedures.affiliation.steps import DECIDERS
from incubator.procedures.shared.roles import APPLICANT
from incubator.procedures.shared.steps import Steps
from incubator.text import Text

steps = Steps("affiliation", refused=Text("不予认定", "Recognition refused"))

CRITERIA = (
    "recognition_is_within_the_streets_power@1",
    "is_active_enough@1",
    "was_filed_long_enough@1",
    "last_review_was_not_failed@1",
    "works_with_enough_teams@1",
    "residents_are_content@1",
    "has_a_party_organization@1",
    "has_legal_personality@2",
)
PREPARED_BY = ("acceptance.accept",)

HUB_RECOGNITION = Definition(
    key="hub_recognition",
    title=Text("枢纽认定", "Hub recognition"),
    stage="affiliation",
    start="application",
    opens_by=APPLICANT,
    opening_rules=(
        "recognition_is_within_the_streets_power@1",
        "is_no_hub_or_may_be_one_anew@1",
        "has_no_other_open_recognition@1",
    ),
    number_series="SN",
    steps=(
        Step(
            key="application", kind=StepKind.HUMAN, title=Text("认定申请", "Application for recognition"), by=APPLICANT,
            help=Text("逐项说明如何符合认定条件", "Say how it meets each criterion"),
            form=forms.RECOGNITION_APPLICATION, documents=policy("affiliation.recognition.documents"),
            decisions=(
                Decision(name="submit", title=Text("提交申请", "Submit"), to="acceptance", marks=("received", "complete"),
                         notices=("notice.assigned",), style="primary"),
                steps.withdraw(),
            ),
        ),
        steps.acceptance(CRITERIA),
        steps.decision("public_notice", CRITERIA, PREPARED_BY),
        # Judged anew: the organization may be a hub by this very case.
        steps.redecision("public_notice", CRITERIA, PREPARED_BY),
        steps.public_notice("public_notice", "service"),
        steps.objection("service"),
        steps.correction(forms.RECOGNITION_CORRECTION),
        steps.service("recognised", "affiliation.recognise"),
        steps.refusal_service(("affiliation.undo_recognition",)),
        steps.end("recognised", Text("已认定", "Recognised"), steps.reopen(DECIDERS)),
        steps.end("refused", steps.refused, steps.request_internal_review(), steps.reopen(DECIDERS)),
        steps.withdrawn(),
        steps.internal_review(DECIDERS),
    ),
)  # fmt: skip
