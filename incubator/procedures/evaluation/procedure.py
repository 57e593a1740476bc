"""Evaluation (星级评估): own report, screening, visit, panel, conclusion, public notice, decision, certificate, service."""

from __future__ import annotations

from incubator.engine.definition import STAY, Decision, Definition, Panel, PanelAct, Step, StepKind, Window, policy
from incubator.engine.roles import Role
from incubator.procedures.evaluation import forms
from incubator.procedures.shared import forms as shared
from incubator.procedures.shared.panels import DECLARATION, on_paper
from incubator.procedures.shared.roles import APPLICANT, EXPERT, OFFICER, SERVICE
from incubator.procedures.shared.steps import PAPER_HELP, Steps
from incubator.text import Text

steps = Steps("evaluation", refused=Text("不予评定", "refusal of a rating"))

# Who is evaluated at all: judged when it opens, by the screening, and by the officer whom the screening asks.
ELIGIBLE = ("may_get_stars@1",)
BAND_RULES = ("cites_a_known_veto@1", "proposes_the_band_that_is_due@1", "gives_reasons_for_a_lower_band@1")
PREPARED_BY = ("conclusion.conclude",)
DECIDERS = ("decision.approve", "decision.refuse", "eligibility.refuse_evaluation", "self_report.close_unreported")


def _close(name: str, title: Text, window: Window | None = None, by: tuple[Role, ...] = ()) -> Decision:
    """The matter is closed without a rating; the reasons are served, and an internal review may follow."""
    return Decision(
        name=name, title=title, to="refusal_service", by=by, form=shared.refusal(Text("不予评定的理由", "Why no rating is given")),
        needs_complete_step=False, window=window, marks=("signed",), notices=("notice.decision",), style="danger",
    )  # fmt: skip


def _internal_review() -> Step:
    """What a panel has scored is concluded anew; where nothing was scored, the officer takes the matter up again."""
    shared_step = steps.internal_review(DECIDERS, overturned="conclusion")
    uphold, overturn = shared_step.decisions
    again = overturn.model_copy(
        update={"name": "overturn_refusal", "title": Text("撤销不予评定，继续评估", "Overturn and go on"), "to": "eligibility",
                "rules": ("was_not_scored@1",)}
    )  # fmt: skip
    return shared_step.model_copy(
        update={"decisions": (uphold, overturn.model_copy(update={"rules": ("was_scored@1",)}), again)}
    )


EVALUATION = Definition(
    key="evaluation",
    title=Text("星级评估", "Evaluation"),
    stage="evaluation",
    start="self_report",
    opens_by=(Role.AUTOMATION, Role.OFFICER, Role.COMMUNITY_WORKER),
    opening_rules=(
        "may_get_stars@1",
        "stands_on_the_path_to_evaluation@1",
        "star_rating_is_due@2",
        "has_no_evaluation_of_the_period@1",
        "has_no_other_open_evaluation@1",
    ),
    periodic=True,
    number_series="PG",
    steps=(
        Step(
            key="self_report", kind=StepKind.HUMAN, title=Text("自评", "Own report"), by=APPLICANT,
            help=Text("按组织提交的自评报告录入，并上传材料", "Type in the organization's own report and upload its papers"),
            form=forms.SELF_REPORT, documents=policy("evaluation.self_report.documents"),
            due=policy("evaluation.self_report.due"), ladder=policy("evaluation.self_report.ladder"),
            decisions=(
                Decision(name="submit", title=Text("提交自评", "Submit"), to="screening", marks=("received",), style="primary"),
                steps.withdraw(),
                _close(
                    "close_unreported", Text("逾期未自评，不予评定", "Close without a report"),
                    Window(length=policy("evaluation.self_report.close_after"), when="after"), OFFICER,
                ),
            ),
        ),
        Step(
            key="screening", kind=StepKind.AUTOMATED, title=Text("资料核查", "Screening"), by=SERVICE, task="evaluation.screen",
            decisions=(
                Decision(name="finish", title=Text("核查完成", "Screened"), to="visit", form=forms.FINDINGS, rules=ELIGIBLE,
                         notices=("notice.assigned",), style="primary"),
                Decision(name="refer", title=Text("转经办人核实资格", "Refer to the officer"), to="eligibility",
                         form=forms.FINDINGS, notices=("notice.assigned",)),
            ),
        ),
        Step(
            key="eligibility", kind=StepKind.HUMAN, title=Text("资格核实", "Eligibility"), by=OFFICER,
            who=policy("evaluation.eligibility.by"), due=policy("evaluation.eligibility.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="go_on", title=Text("符合资格，继续评估", "It may be evaluated"), to="visit",
                         rules=(*ELIGIBLE, "has_reported_on_itself@1"), needs_comment=True, style="primary"),
                Decision(name="ask_for_report", title=Text("请组织自评", "Ask for its own report"), to="self_report",
                         rules=ELIGIBLE, needs_comment=True),
                _close("refuse_evaluation", Text("不予评定", "Refuse")),
            ),
        ),
        Step(
            key="visit", kind=StepKind.HUMAN, title=Text("实地走访", "Visit"), by=OFFICER,
            form=forms.VISIT, documents=policy("evaluation.visit.documents"),
            checklist=(
                ("premises_seen", Text("已查看活动场所", "The premises were seen")),
                ("files_seen", Text("已查阅台账、活动记录和财务资料", "Files, records of activities and accounts were seen")),
                ("members_heard", Text("已听取成员和服务对象意见", "Members and those served were heard")),
                ("report_compared", Text("已与自评内容核对", "The own report was held against what was seen")),
            ),
            due=policy("evaluation.visit.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="record_visit", title=Text("登记走访情况", "Record the visit"), to="review",
                         rules=("was_visited_by_today@1",), effects=("evaluation.note_visit",), style="primary"),
                steps.return_for_correction(),
            ),
        ),
        steps.correction(forms.CORRECTION),
        Step(
            key="review", kind=StepKind.PANEL, title=Text("专家评审", "Expert review"), by=OFFICER,
            due=policy("evaluation.review.due"), ladder=steps.ladder,
            panel=Panel(
                size=policy("evaluation.review.size"), quorum=policy("evaluation.review.quorum"), sheet=policy(forms.SHEET),
            ),
            decisions=(
                Decision(name="seat", title=Text("确定评审专家", "Seat the panel"), to=STAY, panel=PanelAct.SEAT,
                         form=forms.SEAT, needs_complete_step=False, style="primary"),
                Decision(name="declare", title=Text("回避声明", "Declare conflicts"), to=STAY, by=EXPERT,
                         panel=PanelAct.DECLARE, form=DECLARATION, needs_complete_step=False),
                Decision(name="give", title=Text("提交评分", "Give the scores"), to=STAY, by=EXPERT, panel=PanelAct.GIVE,
                         form=forms.REVIEW, needs_complete_step=False, style="primary"),
                *on_paper(forms.REVIEW, policy("evaluation.review.paper")),
                Decision(name="promote", title=Text("递补候补专家", "Let an alternate join"), to=STAY,
                         panel=PanelAct.PROMOTE, needs_complete_step=False),
                Decision(name="conclude", title=Text("汇总得分", "Add up the scores"), to="conclusion", style="primary"),
                # A panel that lost too many members to conflicts can reach no quorum any more.
                Decision(name="seat_anew", title=Text("重新组成评审小组", "Seat another panel"), to="review",
                         needs_complete_step=False, needs_comment=True, style="danger"),
            ),
        ),
        Step(
            key="conclusion", kind=StepKind.HUMAN, title=Text("提出结论", "Conclusion"), by=OFFICER,
            form=forms.CONCLUSION, due=policy("evaluation.conclusion.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="conclude", title=Text("提出结论", "Conclude"), to="public_notice", rules=BAND_RULES,
                         style="primary"),
                Decision(name="review_again", title=Text("重新组织评审", "Have it reviewed again"), to="review",
                         needs_complete_step=False, needs_comment=True),
            ),
        ),
        steps.public_notice("public_notice", "decision"),
        steps.objection("decision", upheld="conclusion"),
        Step(
            key="decision", kind=StepKind.HUMAN, title=Text("审批", "Decision"), by=(Role.DIRECTOR,),
            who=policy("evaluation.decision.by"), due=policy("evaluation.decision.due"), ladder=steps.ladder,
            decisions=(
                *steps.verdicts("certificate", (*ELIGIBLE, *BAND_RULES), PREPARED_BY, (), None, ""),
                Decision(name="send_back", title=Text("退回经办人重新提出结论", "Send back"), to="conclusion",
                         needs_comment=True, notices=("notice.assigned",)),
                steps.extend(),
            ),
        ),
        Step(
            key="certificate", kind=StepKind.AUTOMATED, title=Text("制发文书", "Papers"), by=SERVICE, task="evaluation.certificate",
            decisions=(
                Decision(name="issue_certificate", title=Text("制发星级证书", "Issue the certificate"), to="service",
                         form=forms.ISSUED, rules=("reached_a_star@1",), notices=("notice.assigned",), style="primary"),
                Decision(name="issue_result", title=Text("制发评估结果通知书", "Issue the notice of the result"),
                         to="failure_service", form=forms.ISSUED, rules=("stayed_below_the_stars@1",),
                         notices=("notice.assigned",)),
            ),
        ),
        steps.service("rated", "evaluation.rate"),
        Step(
            key="failure_service", kind=StepKind.HUMAN, title=Text("送达评估结果", "Service of the result"), by=OFFICER,
            help=PAPER_HELP, documents=policy("evaluation.failure.documents"), due=policy("evaluation.service.due"),
            ladder=steps.ladder,
            decisions=(Decision(name="serve", title=Text("登记送达", "Record service"), to="failed_evaluation",
                                form=shared.SERVICE, marks=("served",), effects=("evaluation.fail",),
                                notices=("notice.served",), style="primary"),),
        ),
        steps.refusal_service(("evaluation.undo",), to="not_rated"),
        steps.end(
            "rated", Text("已评星级", "Rated"),
            steps.request_internal_review(),
            steps.propose_result_correction(forms.CORRECTED, ("rating_of_the_case_stands@1", "corrects_the_rating_within_its_bands@1")),
            steps.reopen(DECIDERS, to="conclusion"),
        ),
        steps.end(
            "failed_evaluation", Text("评估未达标", "Below the lowest star"),
            steps.request_internal_review(), steps.reopen(DECIDERS, to="conclusion"),
        ),
        steps.end(
            "not_rated", Text("不予评定", "Not rated"),
            steps.request_internal_review(), steps.reopen(DECIDERS, to="eligibility"),
        ),
        steps.withdrawn(),
        _internal_review(),
        steps.result_correction(("rated.propose_result_correction",), ("evaluation.correct_result",)),
    ),
)  # fmt: skip
