"""Change of a filing (变更备案): a new name, leader, premises or category, on a certificate with the old validity."""

from __future__ import annotations

from incubator.engine.definition import Decision, Definition, Step, StepKind, policy
from incubator.procedures.filing import forms
from incubator.procedures.filing.renewal import DECIDERS
from incubator.procedures.filing.steps import certificate, steps
from incubator.procedures.shared.roles import APPLICANT
from incubator.text import Text

CONDITIONS = (
    "changes_something@1",
    "is_in_the_list_of_categories@1",
    "name_is_in_proper_form@1",
    "name_is_unique@1",
    "is_filed@1",
)

FILING_CHANGE = Definition(
    key="filing_change",
    title=Text("变更备案", "Change of a filing"),
    stage="filing",
    start="application",
    opens_by=APPLICANT,
    opening_rules=("is_filed@1", "has_no_other_open_change@1"),
    number_series="BG",
    steps=(
        Step(
            key="application", kind=StepKind.HUMAN, title=Text("变更申请", "Application for change"), by=APPLICANT,
            help=Text("只填写发生变更的事项", "Fill in only what changes"),
            form=forms.CHANGE_APPLICATION, documents=policy("filing.change.documents"),
            decisions=(
                Decision(name="submit", title=Text("提交申请", "Submit"), to="acceptance",
                         rules=("changes_something@1",), marks=("received", "complete"),
                         effects=("filing.note_contact",), notices=("notice.assigned",), style="primary"),
                steps.withdraw(),
            ),
        ),
        steps.acceptance(CONDITIONS),
        steps.decision("certificate", CONDITIONS, ("acceptance.accept",)),
        steps.redecision("certificate", CONDITIONS, ("acceptance.accept",)),
        steps.correction(forms.CHANGE_CORRECTION, ("filing.note_contact",)),
        certificate(),
        steps.service("changed", "filing.change"),
        steps.refusal_service(),
        steps.end("changed", Text("已变更", "Changed")),
        steps.end("refused", Text("不予变更", "Refused"), steps.request_internal_review(), steps.reopen(DECIDERS)),
        steps.withdrawn(),
        steps.internal_review(DECIDERS),
    ),
)  # fmt: skip
