"""Renewal of an affiliation (挂靠续签): another agreement with the same hub takes the place of the one that ends."""

from __future__ import annotations

from incubator.engine.definition import Decision, Definition, Step, StepKind, policy
from incubator.procedures.affiliation import forms
from incubator.procedures.affiliation.steps import PREPARED_BY, agreement, confirmation, consent, ends
from incubator.procedures.shared.roles import APPLICANT, SERVICE
from incubator.procedures.shared.steps import Steps
from incubator.text import Text

steps = Steps("affiliation", refused=Text("不予续签", "Renewal refused"))

CONDITIONS = ("may_be_affiliated@1", "agreement_stands@1", "own_hub_is_recognised@1")

AFFILIATION_RENEWAL = Definition(
    key="affiliation_renewal",
    title=Text("挂靠续签", "Renewal of an affiliation"),
    stage="affiliation",
    start="application",
    opens_by=(*SERVICE, *APPLICANT),
    opening_rules=(
        "may_be_affiliated@1",
        "is_within_the_agreements_window@1",
        "own_hub_is_recognised@1",
        "has_no_other_open_agreement_renewal@1",
        "has_no_other_open_ending@1",
    ),
    number_series="XQ",
    steps=(
        Step(
            key="application", kind=StepKind.HUMAN, title=Text("续签申请", "Application for renewal"), by=APPLICANT,
            form=forms.RENEWAL_APPLICATION, documents=policy("affiliation.renewal.documents"),
            due=policy("affiliation.renewal.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="submit", title=Text("提交申请", "Submit"), to="acceptance", rules=CONDITIONS,
                         marks=("received", "complete"), notices=("notice.assigned",), style="primary"),
                steps.withdraw(),
            ),
        ),
        steps.acceptance(CONDITIONS, to="consent"),
        consent(steps, CONDITIONS),
        confirmation(steps, CONDITIONS),
        steps.redecision("agreement", CONDITIONS, PREPARED_BY),
        agreement(steps, "renewed", (*CONDITIONS, "term_is_in_order@1", "term_follows_the_old_one@1")),
        steps.correction(forms.RENEWAL_CORRECTION),
        steps.refusal_service(),
        steps.end("renewed", Text("已续签", "Renewed")),
        *ends(steps),
    ),
)  # fmt: skip
