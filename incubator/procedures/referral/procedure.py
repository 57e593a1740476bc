"""Referral (移送登记机关): the street refers and records what the registrar decides; it never issues it."""

from __future__ import annotations

from incubator.engine.definition import Decision, Definition, Step, StepKind
from incubator.engine.roles import Role
from incubator.procedures.referral import forms
from incubator.procedures.shared.roles import DIRECTOR, OFFICER
from incubator.procedures.shared.steps import Steps
from incubator.text import Text

steps = Steps("referral", refused=Text("不予移送", "no referral"))

RECORDED_BY = ("answer.record_no_action", "answer.record_listing", "answer.record_other")


def _record_again() -> Decision:
    return Decision(
        name="record_again", title=Text("登记有误，重新登记", "Record it again"), to="answer", by=DIRECTOR,
        needs_comment=True, distinct_from=RECORDED_BY, effects=("referral.undo",), notices=("notice.assigned",),
        style="danger",
    )  # fmt: skip


REFERRAL = Definition(
    key="referral",
    title=Text("移送登记机关", "Referral to the registrar"),
    stage="aftercare",
    start="draft",
    opens_by=(Role.OFFICER, Role.AUTOMATION),
    opening_rules=("is_registered@2", "has_no_other_open_referral@1"),
    number_series="YS",
    steps=(
        Step(
            key="draft", kind=StepKind.HUMAN, title=Text("拟定移送函", "Draft of the referral"), by=OFFICER,
            form=forms.DRAFT, documents=steps.policy("draft.documents"), due=steps.policy("drafting.due"),
            ladder=steps.ladder,
            decisions=(
                Decision(name="submit", title=Text("提交审签", "Submit for signature"), to="signature",
                         notices=("notice.assigned",), style="primary"),
                Decision(name="record_unasked", title=Text("登记机关已自行处理", "The registrar acted of itself"),
                         to="answer", form=forms.UNASKED, needs_complete_step=False),
            ),
        ),
        Step(
            key="signature", kind=StepKind.HUMAN, title=Text("审签", "Signature"), by=DIRECTOR,
            due=steps.policy("signature.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="sign", title=Text("签发", "Sign"), to="sending", distinct_from=("draft.submit",),
                         marks=("signed",), notices=("notice.decision",), style="primary"),
                Decision(name="send_back", title=Text("退回修改", "Send back"), to="draft", needs_comment=True,
                         notices=("notice.assigned",)),
                Decision(name="drop", title=Text("不予移送", "Do not refer"), to="dropped", needs_comment=True,
                         distinct_from=("draft.submit",), notices=("notice.decision",), style="danger"),
            ),
        ),
        Step(
            key="sending", kind=StepKind.HUMAN, title=Text("发出移送函", "Sending"), by=OFFICER, form=forms.SENDING,
            documents=steps.policy("sending.documents"), due=steps.policy("drafting.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="send", title=Text("登记发出", "Record that it was sent"), to="answer", marks=("sent",),
                         style="primary"),
            ),
        ),
        Step(
            key="answer", kind=StepKind.HUMAN, title=Text("登记机关处理结果", "The registrar's answer"), by=OFFICER,
            help=Text("只登记登记机关的文书，街道不作认定", "Record the registrar's document; the street decides nothing"),
            documents=steps.policy("answer.documents"), due=steps.policy("answer.due"), ladder=steps.ladder,
            decisions=(
                Decision(name="record_no_action", title=Text("登记：不予处理", "No action"), to="no_action",
                         form=forms.NO_ACTION, effects=("referral.note_answer",), notices=("notice.decision",)),
                Decision(name="record_listing", title=Text("登记：列入名录", "Put on a list"), to="listed",
                         form=forms.LISTING, rules=("is_listed_for_a_time@1", "list_is_recorded@1"),
                         effects=("referral.note_answer", "referral.put_on_list"), notices=("notice.decision",),
                         style="danger"),
                Decision(name="record_other", title=Text("登记：其他处理", "Something else"), to="other",
                         form=forms.NO_ACTION, effects=("referral.note_answer",), notices=("notice.decision",)),
            ),
        ),
        steps.end("no_action", Text("登记机关不予处理", "No action"), _record_again()),
        steps.end(
            "listed", Text("登记机关已列入名录", "Put on a list"),
            Decision(name="record_removal", title=Text("登记移出名录", "Record the removal"), to="removed", by=OFFICER,
                     form=forms.REMOVAL, documents=steps.policy("removal.documents"),
                     rules=("is_removed_after_listing@1",),
                     effects=("referral.note_answer", "referral.take_off_list"), notices=("notice.decision",),
                     style="primary"),
            _record_again(),
        ),
        steps.end("other", Text("登记机关已作其他处理", "Dealt with otherwise"), _record_again()),
        steps.end("removed", Text("已移出名录", "Removed from the list")),
        steps.end("dropped", Text("不予移送", "Not referred")),
    ),
)  # fmt: skip
