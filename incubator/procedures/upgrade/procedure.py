"""Upgrade (升级登记): a filed group applies to the registrar, the street supports and follows, the registrar decides."""

from __future__ import annotations

from incubator.engine.definition import Decision, Definition, Step, StepKind
from incubator.procedures.shared.roles import APPLICANT, DIRECTOR, OFFICER, SERVICE
from incubator.procedures.shared.steps import Steps
from incubator.procedures.upgrade import forms
from incubator.text import Text

steps = Steps("upgrade", refused=Text("不予登记", "refusal of the registration"))

UPGRADE = Definition(
    key="upgrade",
    title=Text("升级登记", "Upgrade to registration"),
    stage="aftercare",
    start="application",
    opens_by=APPLICANT,
    opening_rules=("is_filed@1", "has_no_other_open_upgrade@1"),
    number_series="SJ",
    steps=(
        Step(
            key="application", kind=StepKind.HUMAN, title=Text("登记申请", "Application to register"), by=APPLICANT,
            form=forms.APPLICATION, documents=steps.policy("application.documents"),
            decisions=(
                Decision(name="submit", title=Text("提交申请", "Submit"), to="conditions", marks=("received", "complete"),
                         style="primary"),
                steps.withdraw(),
            ),
        ),
        Step(
            key="conditions", kind=StepKind.AUTOMATED, title=Text("对照登记条件", "Conditions compared"), by=SERVICE,
            task="upgrade.compare",
            decisions=(Decision(name="finish", title=Text("对照完成", "Compared"), to="support", form=forms.FINDINGS,
                                notices=("notice.assigned",), style="primary"),),
        ),
        Step(
            key="support", kind=StepKind.HUMAN, title=Text("街道指导", "The street's support"), by=OFFICER,
            help=Text("是否准予登记由登记机关决定；街道指导组织备齐材料", "The registrar decides; help the group to have all papers"),
            due=steps.policy("support.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="support", title=Text("同意推荐", "Support it"), to="handover", form=forms.SUPPORT,
                         style="primary"),
                steps.return_for_correction(),
                steps.withdraw(),
            ),
        ),
        steps.correction(forms.CORRECTION, to="conditions"),  # compared anew
        Step(
            key="handover", kind=StepKind.HUMAN, title=Text("报送登记机关", "Handover to the registrar"), by=OFFICER,
            form=forms.HANDOVER, documents=steps.policy("handover.documents"), due=steps.policy("handing_over.due"),
            ladder=steps.ladder,
            decisions=(
                Decision(name="hand_over", title=Text("登记报送", "Record the handover"), to="answer",
                         marks=("handed_over",), style="primary"),
                steps.withdraw(),
            ),
        ),
        Step(
            key="answer", kind=StepKind.HUMAN, title=Text("登记机关结果", "The registrar's answer"), by=OFFICER,
            due=steps.policy("answer.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="record_registered", title=Text("登记：准予登记", "Registered"), to="confirmation",
                         form=forms.REGISTERED, documents=steps.policy("answer.documents"),
                         rules=("was_registered_by_today@1",), notices=("notice.assigned",), style="primary"),
                Decision(name="record_refused", title=Text("登记：不予登记", "Refused"), to="refused", form=forms.REFUSED,
                         documents=steps.policy("refusal.documents"), notices=("notice.decision",), style="danger"),
                steps.withdraw(),
            ),
        ),
        Step(
            key="confirmation", kind=StepKind.HUMAN, title=Text("核对登记结果", "Check of the record"), by=DIRECTOR,
            help=Text("请对照登记证书扫描件核对名称、证号和日期", "Hold name, number and day against the scan"),
            due=steps.policy("confirmation.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="confirm", title=Text("核对无误", "It agrees"), to="registered",
                         distinct_from=("answer.record_registered",), effects=("upgrade.take_effect",),
                         notices=("notice.decision",), style="primary"),
                Decision(name="send_back", title=Text("登记有误，退回", "Send back"), to="answer", needs_comment=True,
                         notices=("notice.assigned",)),
            ),
        ),
        steps.end("registered", Text("已在登记机关登记", "Registered")),
        steps.end("refused", Text("登记机关不予登记", "Refused by the registrar")),
        steps.withdrawn(),
    ),
)  # fmt: skip
