"""Exit (注销备案): why a filing ends, what is settled first, and who decides that it does."""

from __future__ import annotations

from incubator.engine.definition import Decision, Definition, Step, StepKind, policy
from incubator.engine.roles import Role
from incubator.procedures.filing import forms
from incubator.procedures.filing.renewal import DECIDERS
from incubator.procedures.filing.steps import steps
from incubator.procedures.shared.roles import APPLICANT
from incubator.text import Text

SETTLED = (
    "nothing_else_is_open@1",
    "no_project_is_open@1",
    "carries_no_other@1",
    "has_no_sub_team@1",
    "runs_no_service_centre@1",
)

FILING_EXIT = Definition(
    key="filing_exit",
    title=Text("注销备案", "Exit"),
    stage="aftercare",
    start="application",
    opens_by=(*APPLICANT, Role.AUTOMATION),  # automation where a rectification ends in the proposal to cancel
    opening_rules=("is_filed@1", "has_no_other_open_exit@1"),
    number_series="ZX",
    steps=(
        Step(
            key="application", kind=StepKind.HUMAN, title=Text("注销申请", "Application to end the filing"), by=APPLICANT,
            form=forms.EXIT_APPLICATION, documents=policy("filing.exit.documents"),
            checklist=(
                ("funds_settled", Text("经费、物资已清理并有去向说明", "Funds and goods are settled and accounted for")),
                ("premises_returned", Text("使用的场地已交还", "Premises in use were handed back")),
                ("certificate_returned", Text("备案证、印章已收回或已说明去向", "Certificate and seal were returned or accounted for")),
                ("members_told", Text("已告知成员", "The members were told")),
            ),
            decisions=(
                Decision(name="submit", title=Text("提交申请", "Submit"), to="acceptance",
                         marks=("received", "complete"), notices=("notice.assigned",), style="primary"),
                steps.withdraw(),
            ),
        ),
        steps.acceptance(("is_filed@1",)),
        steps.decision("service", ("is_filed@1", *SETTLED), ("acceptance.accept",)),
        # Judged anew: the organization may have left by this very case.
        steps.redecision("service", SETTLED, ("acceptance.accept",)),
        steps.correction(forms.EXIT_CORRECTION),
        steps.service("exited", "filing.exit", documents="exit.service_documents"),
        steps.refusal_service(("filing.restore",)),
        steps.end(
            "exited", Text("已注销备案", "Exited"), steps.request_internal_review(), steps.reopen(DECIDERS),
        ),
        steps.end("refused", Text("不予注销", "Refused"), steps.request_internal_review(), steps.reopen(DECIDERS)),
        steps.withdrawn(),
        steps.internal_review(DECIDERS),
    ),
)  # fmt: skip
