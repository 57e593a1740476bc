"""Funding: application under a call, screening, acceptance, expert review, award, public notice, agreement."""

from __future__ import annotations

from incubator.engine.definition import STAY, Decision, Definition, Panel, PanelAct, Step, StepKind, Window
from incubator.procedures.funding import forms
from incubator.procedures.shared.forms import FINDINGS
from incubator.procedures.shared.panels import DECLARATION, on_paper
from incubator.procedures.shared.roles import APPLICANT, DIRECTOR, EXPERT, OFFICER, SERVICE
from incubator.procedures.shared.steps import Steps
from incubator.text import Text

steps = Steps("funding", refused=Text("不予立项", "refusal of the award"))

STANDING = ("is_filed_or_registered@1", "filing_has_not_expired@1")
# What holds whoever is funded back: judged by the screening, at acceptance, at the award and when the agreement is signed.
BARS = (
    "last_review_was_no_failure@1",
    "yearly_report_is_not_overdue@1",
    "is_on_no_list@1",
    "no_project_ban_runs@1",
)
SAME_WORK = ("work_is_paid_for_once@1", "is_not_funded_elsewhere@1")
COSTS = ("costs_are_of_known_kinds@1", "no_cost_is_prohibited@1")
PAYEE = "payee_is_a_legal_person@2"
CONDITIONS = (
    *STANDING,
    *BARS,
    *SAME_WORK,
    *COSTS,
    "field_is_of_the_call@1",
    "fund_may_pay_for_the_field@1",
    "ends_after_it_begins@1",
    "asks_for_the_sum_of_its_lines@1",
    "asks_within_the_cap@1",
    "asks_within_the_budget@1",
    "applies_jointly_unless_registered@2",
    "brings_the_joint_agreement@1",
    PAYEE,
)
# What no correction can cure: the screening refers these to the officer.
REFERRED = frozenset({*STANDING, *BARS, *SAME_WORK})
AWARD = (
    "panel_reached_the_least_score@1",
    "award_is_within_bounds@2",
    "call_can_pay_the_award@1",
    "award_was_decided_collectively@1",
    *STANDING,
    *BARS,
    *SAME_WORK,
    PAYEE,
)
PREPARED_BY = ("acceptance.accept", "review.conclude")
DECIDERS = ("decision.approve", "decision.refuse", "acceptance.refuse_acceptance")
TAKE_BACK = ("funding.take_back",)


def _review() -> Step:
    return Step(
        key="review", kind=StepKind.PANEL, title=Text("专家评审", "Expert review"), by=OFFICER,
        help=Text("从专家库中确定评审专家和候补专家；专家先声明是否回避，再独立评分",
                  "Draw members and alternates from the pool; each declares conflicts first, then scores alone"),
        due=steps.policy("review.due"), ladder=steps.ladder,
        panel=Panel(size=steps.policy("review.size"), quorum=steps.policy("review.quorum"),
                    sheet=steps.policy("review.sheet")),
        decisions=(
            Decision(name="seat", title=Text("确定评审专家", "Seat the panel"), to=STAY, form=forms.SEATS,
                     panel=PanelAct.SEAT, needs_complete_step=False, style="primary"),
            Decision(name="declare", title=Text("回避声明", "Declare"), to=STAY, by=EXPERT, form=DECLARATION,
                     panel=PanelAct.DECLARE, needs_complete_step=False),
            Decision(name="give", title=Text("提交评分", "Score"), to=STAY, by=EXPERT, form=forms.REVIEW,
                     panel=PanelAct.GIVE, needs_complete_step=False, style="primary"),
            *on_paper(forms.REVIEW, steps.policy("review.paper")),
            Decision(name="promote", title=Text("递补候补专家", "Let an alternate join"), to=STAY,
                     panel=PanelAct.PROMOTE, needs_complete_step=False),
            Decision(name="conclude", title=Text("汇总评审结果", "Conclude"), to="decision",
                     notices=("notice.assigned",), style="primary"),
            # A panel that can neither complete nor fill its seats gives way to another one.
            Decision(name="reseat", title=Text("另组评审小组", "Seat another panel"), to="review",
                     needs_complete_step=False, needs_comment=True, style="danger"),
            steps.withdraw(),
        ),
    )  # fmt: skip


def _decision() -> Step:
    return Step(
        key="decision", kind=StepKind.HUMAN, title=Text("立项审批", "Award"), by=DIRECTOR,
        help=Text("资助名单须经集体研究，并上传会议纪要", "The list is decided by a meeting whose minutes are uploaded"),
        who=steps.policy("decision.by"), due=steps.policy("decision.due"), ladder=steps.ladder,
        decisions=(
            *steps.verdicts("public_notice", AWARD, PREPARED_BY, ("funding.award",), forms.AWARD, "decision.documents"),
            Decision(name="review_anew", title=Text("重新评审", "Review anew"), to="review", needs_comment=True,
                     needs_complete_step=False, notices=("notice.assigned",)),
            steps.extend(),
            steps.withdraw(),
        ),
    )  # fmt: skip


def _agreement() -> Step:
    return Step(
        key="agreement", kind=StepKind.HUMAN, title=Text("签订协议", "Agreement"), by=OFFICER,
        help=Text("双方签字盖章后录入协议，预算明细合计须等于资助金额",
                  "Enter the agreement once both sides have signed; its lines sum to the award"),
        form=forms.AGREEMENT, documents=steps.policy("agreement.documents"), due=steps.policy("agreement.due"),
        ladder=steps.ladder,
        decisions=(
            Decision(
                name="sign", title=Text("登记已签协议", "Record the signed agreement"), to="agreed",
                rules=("lines_make_the_award@1", "ends_after_it_begins@1", "agreement_is_signed_already@1", *COSTS,
                       *STANDING, *BARS, PAYEE),
                marks=("agreed",), effects=("funding.start",), notices=("notice.decision",), style="primary",
            ),
            Decision(
                name="lapse", title=Text("逾期未签，取消立项", "Let the award lapse"), to="lapsed",
                needs_complete_step=False, needs_comment=True,
                window=Window(length=steps.policy("agreement.due"), when="after"), effects=TAKE_BACK,
                notices=("notice.decision",), style="danger",
            ),
            steps.withdraw(TAKE_BACK),
        ),
    )  # fmt: skip


FUNDING = Definition(
    key="funding",
    title=Text("项目资助申请", "Application for funding"),
    stage="funding",
    start="application",
    opens_by=APPLICANT,
    opening_rules=("call_is_open@1", *STANDING, "stands_on_the_path_to_funding@1", "applies_once_to_the_call@1"),
    terms="call",
    number_series="ZZ",
    steps=(
        Step(
            key="application", kind=StepKind.HUMAN, title=Text("申请", "Application"), by=APPLICANT,
            help=Text("按纸质申请书录入，并上传材料", "Type in the paper application and upload the documents"),
            form=forms.APPLICATION, documents=steps.policy("application.documents"),
            decisions=(
                Decision(name="submit", title=Text("提交申请", "Submit"), to="screening",
                         rules=("is_handed_in_on_time@1", "asks_for_the_sum_of_its_lines@1", "ends_after_it_begins@1"),
                         marks=("received", "complete"), style="primary"),
                steps.withdraw(),
            ),
        ),
        Step(
            key="screening", kind=StepKind.AUTOMATED, title=Text("自动初审", "Screening"), by=SERVICE, task="funding.screen",
            decisions=(
                Decision(name="pass", title=Text("初审通过", "Pass"), to="acceptance", rules=CONDITIONS,
                         notices=("notice.assigned",), style="primary"),
                steps.return_for_correction(FINDINGS),
                Decision(name="refer", title=Text("转经办人处理", "Refer to the officer"), to="acceptance",
                         form=FINDINGS, notices=("notice.assigned",)),
            ),
        ),
        steps.acceptance(CONDITIONS, to="review"),
        steps.correction(forms.CORRECTION),
        _review(),
        _decision(),
        steps.public_notice("public_notice", "agreement", steps.withdraw(TAKE_BACK)),
        # An objection that is upheld takes the award back and reopens the review.
        steps.objection("agreement", upheld="review", effects=TAKE_BACK),
        _agreement(),
        steps.refusal_service(),
        steps.end("agreed", Text("已签协议", "Agreement signed")),
        steps.end(
            "refused", Text("不予立项", "Not awarded"),
            steps.request_internal_review(), steps.reopen(DECIDERS, to="decision"),
        ),
        steps.end(
            "withdrawn", Text("已撤回", "Withdrawn"),
            Decision(name="apply", title=Text("重新填写申请", "Fill it in anew"), to="application", by=APPLICANT,
                     rules=("call_is_open@1", "was_never_handed_in@1")),
            Decision(name="resume", title=Text("恢复申请", "Take it up again"), to="screening", by=APPLICANT,
                     rules=("call_is_open@1", "was_handed_in_before@1"), needs_comment=True),
        ),
        steps.end("lapsed", Text("逾期未签协议，立项取消", "Lapsed without an agreement")),
        steps.internal_review(DECIDERS, overturned="decision"),
    ),
)  # fmt: skip
