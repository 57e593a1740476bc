"""Renewal of a filing (延续备案): within the policy's window before expiry; the new certificate follows the old one."""

from __future__ import annotations

from incubator.engine.definition import Decision, Definition, Step, StepKind, policy
from incubator.procedures.filing import forms
from incubator.procedures.filing.steps import certificate, steps
from incubator.procedures.shared.roles import APPLICANT, SERVICE
from incubator.text import Text

CONDITIONS = ("has_enough_members@1", "names_a_leader@1", "has_premises@1")
DECIDERS = (
    "decision.approve",
    "decision.refuse",
    "redecision.approve",
    "redecision.refuse",
    "acceptance.refuse_acceptance",
)

FILING_RENEWAL = Definition(
    key="filing_renewal",
    title=Text("延续备案", "Renewal of a filing"),
    stage="filing",
    start="application",
    opens_by=(*SERVICE, *APPLICANT),
    opening_rules=("is_filed@1", "is_within_the_renewal_window@1", "has_no_other_open_renewal@1"),
    number_series="YX",
    steps=(
        Step(
            key="application", kind=StepKind.HUMAN, title=Text("延续申请", "Application for renewal"), by=APPLICANT,
            form=forms.RENEWAL_APPLICATION, documents=policy("filing.renewal.documents"),
            due=policy("filing.renewal.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="submit", title=Text("提交申请", "Submit"), to="acceptance", rules=("leader_consents@1",),
                         marks=("received", "complete"), effects=("filing.note_contact",),
                         notices=("notice.assigned",), style="primary"),
                steps.withdraw(),
            ),
        ),
        steps.acceptance((*CONDITIONS, "is_filed@1")),
        steps.decision("certificate", (*CONDITIONS, "is_filed@1"), ("acceptance.accept",)),
        steps.redecision("certificate", (*CONDITIONS, "is_filed@1"), ("acceptance.accept",)),
        steps.correction(forms.RENEWAL_CORRECTION, ("filing.note_contact",)),
        certificate(),
        steps.service("renewed", "filing.renew"),
        steps.refusal_service(),
        steps.end("renewed", Text("已延续", "Renewed")),
        steps.end("refused", Text("不予延续", "Refused"), steps.request_internal_review(), steps.reopen(DECIDERS)),
        steps.withdrawn(),
        steps.internal_review(DECIDERS),
    ),
)  # fmt: skip
