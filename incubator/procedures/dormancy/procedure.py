"""Dormancy (僵尸型): seen by the clock or an officer, checked, given notice, and cured by a sign of life or struck off."""

from __future__ import annotations

from incubator.engine.definition import STAY, Decision, Definition, Step, StepKind, Window
from incubator.engine.roles import Role
from incubator.procedures.dormancy import forms
from incubator.procedures.filing.exit import SETTLED
from incubator.procedures.shared import forms as shared
from incubator.procedures.shared.roles import APPLICANT, DIRECTOR, OFFICER, SERVICE
from incubator.procedures.shared.steps import PAPER_HELP, Steps
from incubator.text import Text

steps = Steps("dormancy", refused=Text("不予注销", "refusal to strike off"))

DECIDERS = ("decision.approve", "decision.refuse", "redecision.approve", "redecision.refuse")
PREPARED_BY = ("confirmation.confirm", "cure.find_uncured")

DORMANCY = Definition(
    key="dormancy",
    title=Text("僵尸组织处置", "Dormancy"),
    stage="aftercare",
    start="signs",
    opens_by=(Role.AUTOMATION, Role.OFFICER),
    opening_rules=(
        "dormancy_is_within_the_streets_power@1",
        "shows_signs_of_dormancy@1",
        "has_no_other_open_dormancy@1",
        "had_no_dormancy_lately@1",
        "has_no_dormancy_of_the_month@1",
    ),
    periodic=True,
    number_series="JS",
    steps=(
        Step(
            key="signs", kind=StepKind.AUTOMATED, title=Text("汇总迹象", "Signs"), by=SERVICE, task="dormancy.look",
            decisions=(Decision(name="finish", title=Text("迹象已汇总", "Written down"), to="confirmation",
                                form=forms.FINDINGS, notices=("notice.assigned",), style="primary"),),
        ),
        Step(
            key="confirmation", kind=StepKind.HUMAN, title=Text("核实", "Confirmation"), by=OFFICER,
            help=Text("请电话联系并上门走访后再作判断", "Call and go there before you judge"),
            due=steps.policy("confirmation.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="confirm", title=Text("认定疑似僵尸组织", "Confirm"), to="notice", form=forms.CONFIRMED,
                         rules=("shows_signs_of_dormancy@1",), style="danger"),
                Decision(name="clear", title=Text("不属于僵尸组织", "It is not dormant"), to="not_dormant",
                         form=forms.NOT_DORMANT, notices=("notice.decision",), style="primary"),
            ),
        ),
        Step(
            key="notice", kind=StepKind.HUMAN, title=Text("送达告知书", "Service of the notice"), by=OFFICER, help=PAPER_HELP,
            documents=steps.policy("notice.documents"), due=steps.policy("notice.due"), ladder=steps.ladder,
            decisions=(Decision(name="serve", title=Text("登记送达", "Record service"), to="cure", form=shared.SERVICE,
                                marks=("served",), effects=("dormancy.mark",), notices=("notice.served",),
                                style="primary"),),
        ),
        Step(
            key="cure", kind=StepKind.HUMAN, title=Text("恢复活动期", "Time to show life"), by=APPLICANT,
            help=Text("组织报送活动的，录入活动并上传证明；期限内登记的活动、走访和联系也作数",
                      "Enter the activity that it reports with its proof; activities, visits and contacts on record count too"),
            due=steps.policy("cure.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="report", title=Text("登记组织报送的活动", "Enter a reported activity"), to=STAY,
                         form=forms.REPORT, documents=steps.policy("cure.documents"),
                         effects=("dormancy.record_report",)),
                Decision(name="find_cured", title=Text("认定已恢复活动", "Find that it lives"), to="cured", by=OFFICER,
                         rules=("showed_life_in_time@1",), effects=("dormancy.free",), notices=("notice.decision",),
                         style="primary"),
                Decision(name="find_uncured", title=Text("期满未恢复活动，提请注销", "Propose to strike it off"),
                         to="decision", by=OFFICER, form=forms.UNCURED, rules=("showed_no_life_in_time@1",),
                         window=Window(length=steps.policy("cure.due"), when="after"), notices=("notice.assigned",),
                         style="danger"),
            ),
        ),
        Step(
            key="decision", kind=StepKind.HUMAN, title=Text("审批注销", "Decision"), by=DIRECTOR,
            who=steps.policy("decision.by"), due=steps.policy("decision.due"), ladder=steps.ladder,
            decisions=(*steps.verdicts("service", SETTLED, PREPARED_BY, (), None, ""), steps.extend()),
        ),
        steps.redecision("service", SETTLED, PREPARED_BY),
        steps.service("struck_off", "dormancy.strike_off"),
        steps.refusal_service(("filing.restore", "dormancy.free")),
        steps.end("struck_off", Text("已注销备案", "Struck off"), steps.request_internal_review(), steps.reopen(DECIDERS)),
        steps.end("refused", Text("不予注销，保留备案", "Filing kept"), steps.reopen(DECIDERS)),
        steps.end("cured", Text("已恢复活动", "Cured")),
        steps.end("not_dormant", Text("不属于僵尸组织", "Not dormant")),
        steps.internal_review(DECIDERS),
    ),
)  # fmt: skip
