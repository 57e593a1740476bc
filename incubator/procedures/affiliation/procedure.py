"""Affiliation (挂靠) with a hub: application, the hub's consent, the street's confirmation, an agreement with a term."""

from __future__ import annotations

from incubator.engine.definition import Decision, Definition, Step, StepKind, policy
from incubator.procedures.affiliation import forms
from incubator.procedures.affiliation.steps import PREPARED_BY, agreement, confirmation, consent, ends
from incubator.procedures.shared.roles import APPLICANT
from incubator.procedures.shared.steps import Steps
from incubator.text import Text

steps = Steps("affiliation", refused=Text("不予确认", "Affiliation refused"))

MAY_BE_CARRIED = ("may_be_affiliated@1", "is_no_hub_itself@1", "has_no_primary_hub@1")
MAY_CARRY = (
    "picked_hub_is_recognised@1",
    "picked_hub_is_not_itself@1",
    "picked_hub_is_not_carried_by_it@1",
    "picked_hub_has_room@1",
)
CONDITIONS = (*MAY_BE_CARRIED, *MAY_CARRY)

AFFILIATION = Definition(
    key="affiliation",
    title=Text("挂靠枢纽", "Affiliation"),
    stage="affiliation",
    start="application",
    opens_by=APPLICANT,
    opening_rules=(*MAY_BE_CARRIED, "stands_on_the_path_to_affiliation@1", "there_is_a_hub@1", "has_no_other_open_affiliation@1"),
    number_series="GK",
    steps=(
        Step(
            key="application", kind=StepKind.HUMAN, title=Text("挂靠申请", "Application"), by=APPLICANT,
            form=forms.AFFILIATION_APPLICATION, documents=policy("affiliation.application.documents"),
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
        agreement(steps, "affiliated", (*CONDITIONS, "term_is_in_order@1")),
        steps.correction(forms.WISHES_CORRECTION),
        steps.refusal_service(),
        steps.end("affiliated", Text("已挂靠", "Affiliated")),
        *ends(steps),
    ),
)  # fmt: skip
