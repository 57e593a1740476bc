"""A payment (拨付): one tranche requested, approved, given a voucher, and settled by the bank's result."""

from __future__ import annotations

from incubator.engine.definition import Decision, Definition, JsonSchema, PolicyRef, Step, StepKind, policy
from incubator.engine.roles import Role
from incubator.procedures.payment import forms
from incubator.procedures.shared.roles import DIRECTOR, FINANCE, OFFICER
from incubator.text import Text

DUE, LADDER = policy("payment.due"), policy("payment.ladder")
REQUESTED_BY = ("request.submit",)
APPROVED_BY = ("approval.approve", "approval.approve_collectively")
PAYABLE = ("tranche_is_payable@1", "payee_is_a_registered_body@2")


def _stop() -> Decision:
    return Decision(
        name="stop", title=Text("终止拨付", "Stop"), to="stopped", by=OFFICER, rules=("tranche_is_stopped@1",),
        needs_complete_step=False, needs_comment=True, notices=("notice.decision",), style="danger",
    )  # fmt: skip


def _approve(
    name: str, title: Text, rule: str, form: JsonSchema | None = None, documents: PolicyRef | None = None
) -> Decision:
    return Decision(
        name=name, title=title, to="voucher", form=form, documents=documents, rules=(*PAYABLE, rule),
        distinct_from=REQUESTED_BY, marks=("approved",), notices=("notice.decision",), style="primary",
    )  # fmt: skip


PAYMENT = Definition(
    key="payment",
    title=Text("项目款拨付", "Payment"),
    stage="funding",
    start="request",
    opens_by=(Role.AUTOMATION,),
    opening_rules=("has_an_open_tranche@1",),
    opens_with=("gate_passed",),
    number_series="BF",
    steps=(
        Step(
            key="request", kind=StepKind.HUMAN, title=Text("申请拨付", "Request"), by=OFFICER,
            help=Text("按协议所列收款账户填写，并上传拨付申请", "Fill in the payee's account as the agreement states it"),
            form=forms.REQUEST, documents=policy("payment.request.documents"), due=DUE, ladder=LADDER,
            decisions=(
                Decision(name="submit", title=Text("提交拨付申请", "Submit"), to="approval",
                         rules=(*PAYABLE, "account_is_the_payees_own@1"), effects=("payment.request",),
                         notices=("notice.assigned",), style="primary"),
                _stop(),
            ),
        ),
        Step(
            key="approval", kind=StepKind.HUMAN, title=Text("拨付审批", "Approval"), by=DIRECTOR, due=DUE, ladder=LADDER,
            decisions=(
                _approve("approve", Text("批准拨付", "Approve"), "amount_needs_no_meeting@1"),
                _approve("approve_collectively", Text("经集体研究批准", "Approve as the meeting decided"),
                         "amount_needs_a_meeting@1", forms.MEETING, policy("payment.collective.documents")),
                Decision(name="send_back", title=Text("退回修改", "Send back"), to="request", needs_comment=True,
                         notices=("notice.assigned",)),
                _stop(),
            ),
        ),
        Step(
            key="voucher", kind=StepKind.HUMAN, title=Text("财务制单", "Voucher"), by=FINANCE, due=DUE, ladder=LADDER,
            decisions=(
                Decision(name="enter_voucher", title=Text("登记凭证号", "Enter the voucher number"), to="bank",
                         form=forms.VOUCHER, rules=PAYABLE, distinct_from=(*REQUESTED_BY, *APPROVED_BY),
                         effects=("payment.send",), style="primary"),
                Decision(name="send_back", title=Text("退回修改", "Send back"), to="request", needs_comment=True,
                         notices=("notice.assigned",)),
                _stop(),
            ),
        ),
        Step(
            key="bank", kind=StepKind.HUMAN, title=Text("银行结果", "The bank's result"), by=FINANCE, due=DUE, ladder=LADDER,
            help=Text("按银行回单登记到账日期，或登记退汇", "Record the day it was paid by the bank's slip, or its return"),
            decisions=(
                Decision(name="confirm_paid", title=Text("登记已到账", "Record as paid"), to="paid", marks=("paid",),
                         effects=("payment.settle",), notices=("notice.served",), style="primary"),
                Decision(name="record_return", title=Text("登记退汇", "Record a return"), to="request",
                         form=forms.RETURNED, effects=("payment.take_back",), notices=("notice.assigned",),
                         style="danger"),
            ),
        ),
        Step(key="paid", kind=StepKind.END, title=Text("已拨付", "Paid"), outcome="paid"),
        Step(key="stopped", kind=StepKind.END, title=Text("已终止拨付", "Stopped"), outcome="stopped"),
    ),
)  # fmt: skip
