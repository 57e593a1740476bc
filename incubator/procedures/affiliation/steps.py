"""The steps that affiliation and its renewal have in common: the hub's consent, the street's confirmation, the agreement."""

from __future__ import annotations

from incubator.engine.definition import Decision, Step, StepKind, policy
from incubator.engine.roles import Role
from incubator.procedures.affiliation import forms
from incubator.procedures.shared.forms import reason
from incubator.procedures.shared.roles import DIRECTOR, OFFICER
from incubator.procedures.shared.steps import Steps
from incubator.text import Text

HUB = (Role.HUB_REPRESENTATIVE,)
PREPARED_BY = ("acceptance.accept", "consent.record_consent")
DECIDERS = (
    "decision.approve",
    "decision.refuse",
    "redecision.approve",
    "redecision.refuse",
    "acceptance.refuse_acceptance",
)
_DECLINED = reason(Text("不同意的理由", "Why it declines"))


def consent(steps: Steps, rules: tuple[str, ...]) -> Step:
    """The hub's representative consents or declines; where the hub answered on paper, an officer records that."""
    return Step(
        key="consent", kind=StepKind.HUMAN, title=Text("枢纽组织意见", "The hub's consent"),
        help=Text("由枢纽组织代表答复；枢纽组织书面答复的，由经办人上传后代录",
                  "The hub's representative answers; where it answered on paper, an officer uploads and records that"),
        by=(Role.OFFICER, Role.HUB_REPRESENTATIVE), persons="affiliation.representatives",
        due=policy("affiliation.consent.due"), ladder=steps.ladder,
        decisions=(
            Decision(name="consent", title=Text("同意", "Consent"), to="decision", by=HUB, form=forms.CONSENT,
                     rules=rules, marks=("consented",), notices=("notice.assigned",), style="primary"),
            Decision(name="decline", title=Text("不同意", "Decline"), to="declined", by=HUB, form=_DECLINED,
                     notices=("notice.decision",), style="danger"),
            Decision(name="record_consent", title=Text("登记书面同意", "Record the consent on paper"), to="decision",
                     by=OFFICER, form=forms.RECORDED_CONSENT, documents=policy("affiliation.consent.documents"),
                     rules=rules, marks=("consented",), notices=("notice.assigned",)),
            Decision(name="record_decline", title=Text("登记不同意", "Record that it declines"), to="declined",
                     by=OFFICER, form=_DECLINED, needs_comment=True, notices=("notice.decision",), style="danger"),
            steps.withdraw(),
        ),
    )  # fmt: skip


def confirmation(steps: Steps, rules: tuple[str, ...]) -> Step:
    """The street confirms what others prepared. It is not sent back: the hub consented to the application as it is."""
    return Step(
        key="decision", kind=StepKind.HUMAN, title=Text("街道确认", "The street's confirmation"), by=DIRECTOR,
        who=steps.policy("decision.by"), due=steps.policy("decision.due"), ladder=steps.ladder,
        decisions=(*steps.verdicts("agreement", rules, PREPARED_BY, (), None, ""), steps.extend(), steps.withdraw()),
    )  # fmt: skip


def agreement(steps: Steps, end: str, rules: tuple[str, ...]) -> Step:
    """The signed agreement is uploaded with its term, and takes effect; what nobody signs lapses."""
    return Step(
        key="agreement", kind=StepKind.HUMAN, title=Text("签订协议", "Agreement"), by=OFFICER, form=forms.AGREEMENT,
        help=Text("双方签订协议后上传扫描件，协议编号由系统编排", "Upload the agreement once both have signed; its number is given here"),
        documents=policy("affiliation.agreement.documents"), due=policy("affiliation.agreement.due"), ladder=steps.ladder,
        decisions=(
            Decision(name="sign", title=Text("登记协议", "Record the agreement"), to=end, rules=rules, marks=("agreed",),
                     effects=("affiliation.agree",), notices=("notice.served",), style="primary"),
            Decision(name="lapse", title=Text("未签订协议，终止办理", "Nothing was signed: end it"), to="lapsed",
                     needs_complete_step=False, needs_comment=True, notices=("notice.decision",), style="danger"),
            steps.withdraw(),
        ),
    )  # fmt: skip


def ends(steps: Steps) -> tuple[Step, ...]:
    """The ends besides the good one, and the internal review of a refusal."""
    return (
        steps.end("declined", Text("枢纽组织不同意", "Declined by the hub")),
        steps.end("lapsed", Text("未签订协议", "No agreement was signed")),
        steps.end("refused", steps.refused, steps.request_internal_review(), steps.reopen(DECIDERS)),
        steps.withdrawn(),
        steps.internal_review(DECIDERS),
    )
