"""Filing (备案): application, screening, the committee's opinion, acceptance, decision, certificate, service."""

from __future__ import annotations

from incubator.engine.definition import STAY, Decision, Definition, Step, StepKind, policy
from incubator.procedures.filing import forms
from incubator.procedures.filing.steps import certificate, steps
from incubator.procedures.shared.forms import FINDINGS
from incubator.procedures.shared.roles import APPLICANT, SERVICE
from incubator.text import Text

# What a group must be, judged by the screening, at acceptance and again when it is decided.
CONDITIONS = (
    "is_no_excluded_body@1",
    "goes_to_filing_by_its_size@1",
    "has_enough_members@1",
    "has_enough_founders@1",
    "names_a_leader@1",
    "has_premises@1",
    "has_a_charter@1",
    "is_in_the_list_of_categories@1",
    "name_is_in_proper_form@1",
    "name_is_unique@1",
)
# What no correction can cure: the screening refers these to the officer.
BARS = frozenset(
    {"is_no_excluded_body@1", "goes_to_filing_by_its_size@1", "is_not_filed_already@2", "has_no_other_open_filing@1"}
)
NOT_YET_FILED = ("is_not_filed_already@2", "has_no_other_open_filing@1")
PREPARED_BY = ("acceptance.accept",)
DECIDERS = (
    "decision.approve",
    "decision.refuse",
    "redecision.approve",
    "redecision.refuse",
    "acceptance.refuse_acceptance",
)

FILING = Definition(
    key="filing",
    title=Text("备案", "Filing"),
    stage="filing",
    start="application",
    opens_by=APPLICANT,
    opening_rules=NOT_YET_FILED,
    number_series="BA",
    steps=(
        Step(
            key="application", kind=StepKind.HUMAN, title=Text("申请", "Application"), by=APPLICANT,
            help=Text("按纸质申请表录入，并上传材料", "Type in the paper application and upload the documents"),
            form=forms.FILING_APPLICATION, documents=policy("filing.application.documents"),
            decisions=(
                Decision(name="submit", title=Text("提交申请", "Submit"), to="screening", rules=("leader_consents@1",),
                         marks=("received", "complete"), effects=("filing.note_contact",), style="primary"),
                steps.withdraw(),
            ),
        ),
        Step(
            key="screening", kind=StepKind.AUTOMATED, title=Text("自动初审", "Screening"), by=SERVICE, task="filing.screen",
            decisions=(
                Decision(name="pass", title=Text("初审通过", "Pass"), to="committee_opinion",
                         rules=(*CONDITIONS, *NOT_YET_FILED), style="primary"),
                steps.return_for_correction(FINDINGS),
                Decision(name="refer", title=Text("转经办人处理", "Refer to the officer"), to="acceptance",
                         form=FINDINGS, notices=("notice.assigned",)),
            ),
        ),
        Step(
            key="committee_opinion", kind=StepKind.HUMAN, title=Text("居民委员会意见", "Residents' committee's opinion"),
            by=APPLICANT, who=policy("filing.committee_opinion.by"), form=forms.COMMITTEE_OPINION,
            documents=policy("filing.committee_opinion.documents"), due=policy("filing.committee_opinion.due"), ladder=steps.ladder,
            enabled=policy("filing.committee_opinion.enabled"), skip_to="acceptance",
            decisions=(
                Decision(name="give_opinion", title=Text("提交居民委员会意见", "Give the opinion"), to="acceptance",
                         notices=("notice.assigned",), style="primary"),
                steps.withdraw(),
            ),
        ),
        steps.acceptance(
            (*CONDITIONS, *NOT_YET_FILED, "committee_does_not_object@1"),
            Decision(
                name="record_new_opinion", title=Text("登记居民委员会新的意见", "Record the committee's new opinion"),
                to=STAY, by=APPLICANT, form=forms.COMMITTEE_OPINION, needs_complete_step=False,
                documents=policy("filing.committee_opinion.documents"),
            ),
        ),
        steps.decision("public_notice", (*CONDITIONS, *NOT_YET_FILED), PREPARED_BY),
        # Judged anew: the organization may stand as filed by this very case.
        steps.redecision("public_notice", CONDITIONS, PREPARED_BY),
        steps.public_notice("public_notice", "certificate"),
        steps.objection("certificate"),
        steps.correction(forms.FILING_CORRECTION, ("filing.note_contact",)),
        certificate(),
        steps.service("filed", "filing.take_effect"),
        steps.refusal_service(("filing.undo",)),
        steps.end(
            "filed", Text("已备案", "Filed"),
            steps.request_internal_review(),
            steps.propose_result_correction(forms.CORRECTED, ("corrects_known_entries@1",)),
            steps.reopen(DECIDERS),
        ),
        steps.end("refused", Text("不予备案", "Refused"), steps.request_internal_review(), steps.reopen(DECIDERS)),
        steps.withdrawn(),
        steps.internal_review(DECIDERS),
        steps.result_correction(
            ("filed.propose_result_correction",), ("filing.correct_result", "filing.reissue_certificate")
        ),
    ),
)  # fmt: skip
