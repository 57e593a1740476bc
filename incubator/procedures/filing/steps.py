"""The steps that filing, renewal, change and exit have in common, each said once."""

from __future__ import annotations

from typing import Any

from incubator.engine.definition import BACK, STAY, ClockMove, Decision, Step, StepKind, Window, policy
from incubator.engine.roles import Role
from incubator.procedures.filing import forms
from incubator.text import Text

APPLICANT = (Role.COMMUNITY_WORKER, Role.OFFICER)
OFFICER = (Role.OFFICER,)
DIRECTOR = (Role.DIRECTOR,)
SERVICE = (Role.AUTOMATION,)
LADDER = policy("filing.ladder")
PAPER_HELP = Text(
    "请将文书打印、盖章并上传扫描件，送交后按实际送达日期登记",
    "Print and seal the paper, upload its scan, hand it over, and record the day it was served",
)


def withdraw() -> Decision:
    """The applicant's side takes the application back; possible until it is decided."""
    return Decision(
        name="withdraw", title=Text("撤回申请", "Withdraw"), to="withdrawn", by=APPLICANT, form=forms.WITHDRAWAL,
        needs_complete_step=False, style="danger",
    )  # fmt: skip


def return_for_correction(form: dict[str, Any] = forms.POINTS, by: tuple[Role, ...] = ()) -> Decision:
    """Sent back with a list of points; the step's clock does what policy says until it returns."""
    return Decision(
        name="return_for_correction", title=Text("退回补正", "Return for correction"), to="correction", by=by, form=form,
        needs_complete_step=False, clock=ClockMove.PAUSES, notices=("notice.correction",),
    )  # fmt: skip


def correction(form: dict[str, Any], effects: tuple[str, ...] = ()) -> Step:
    """The applicant's side mends the application; what lies there too long may be deemed withdrawn."""
    return Step(
        key="correction", kind=StepKind.HUMAN, title=Text("补正", "Correction"), by=APPLICANT,
        help=Text("只填写需要更正的内容，并说明补正情况", "Fill in what changes and say what was corrected"),
        form=form, due=policy("filing.correction.due"), ladder=LADDER,
        decisions=(
            Decision(name="resubmit", title=Text("提交补正材料", "Resubmit"), to=BACK, marks=("complete",),
                     effects=effects, style="primary"),
            withdraw(),
            Decision(
                name="deem_withdrawn", title=Text("逾期未补正，视为撤回", "Deem withdrawn"), to="withdrawn", by=OFFICER,
                needs_complete_step=False, needs_comment=True, outcome="deemed_withdrawn",
                window=Window(length=policy("filing.correction.due"), when="after"), notices=("notice.decision",),
                style="danger",
            ),
        ),
    )  # fmt: skip


def acceptance(rules: tuple[str, ...], *more: Decision) -> Step:
    """The officer checks the papers and accepts, returns or refuses."""
    return Step(
        key="acceptance", kind=StepKind.HUMAN, title=Text("受理", "Acceptance"), by=OFFICER,
        checklist=(
            ("documents_read", Text("材料已逐件核对", "Every document was read")),
            ("facts_match", Text("申请内容与材料、走访情况一致", "The application agrees with the papers and the visit")),
        ),
        due=policy("filing.acceptance.due"), ladder=LADDER,
        decisions=(
            Decision(name="accept", title=Text("受理", "Accept"), to="decision", rules=rules, marks=("accepted",),
                     notices=("notice.assigned",), style="primary"),
            return_for_correction(),
            *more,
            Decision(
                name="refuse_acceptance", title=Text("不予受理", "Refuse acceptance"), to="refusal_service",
                form=forms.REFUSAL, needs_complete_step=False, marks=("signed",), notices=("notice.decision",),
                style="danger",
            ),
            withdraw(),
        ),
    )  # fmt: skip


def decision(
    approved: str, rules: tuple[str, ...], distinct_from: tuple[str, ...], effects: tuple[str, ...] = ()
) -> Step:
    """The director decides what somebody else prepared."""
    return Step(
        key="decision", kind=StepKind.HUMAN, title=Text("审批", "Decision"), by=DIRECTOR,
        due=policy("filing.decision.due"), ladder=LADDER,
        decisions=(
            *_verdicts(approved, rules, distinct_from, effects),
            return_for_correction(),
            _extend(),
            withdraw(),
        ),
    )  # fmt: skip


def redecision(
    approved: str, rules: tuple[str, ...], distinct_from: tuple[str, ...], effects: tuple[str, ...] = ()
) -> Step:
    """A decision made anew after an objection, an internal review or a reopening, within a time of its own."""
    return Step(
        key="redecision", kind=StepKind.HUMAN, title=Text("重新审批", "Decision made anew"), by=DIRECTOR,
        due=policy("filing.redecision.due"), ladder=LADDER,
        decisions=(*_verdicts(approved, rules, distinct_from, effects), _extend()),
    )  # fmt: skip


def _verdicts(
    approved: str, rules: tuple[str, ...], distinct_from: tuple[str, ...], effects: tuple[str, ...]
) -> tuple[Decision, Decision]:
    return (
        Decision(
            name="approve", title=Text("批准", "Approve"), to=approved, rules=rules, distinct_from=distinct_from,
            marks=("signed",), effects=effects, notices=("notice.decision",), style="primary",
        ),
        Decision(
            name="refuse", title=Text("不予批准", "Refuse"), to="refusal_service", form=forms.REFUSAL,
            distinct_from=distinct_from, marks=("signed",), notices=("notice.decision",), style="danger",
        ),
    )  # fmt: skip


def _extend() -> Decision:
    return Decision(
        name="extend", title=Text("延长期限", "Extend the limit"), to=STAY, form=forms.EXTENSION,
        needs_complete_step=False, needs_comment=True, clock=ClockMove.EXTENDS,
    )  # fmt: skip


def certificate() -> Step:
    """Automation issues the certificate: number, validity and the paper to be sealed."""
    return Step(
        key="certificate", kind=StepKind.AUTOMATED, title=Text("制证", "Certificate"), by=SERVICE,
        task="filing.certificate",
        decisions=(Decision(name="issue", title=Text("制发备案证", "Issue"), to="service", form=forms.CERTIFICATE,
                            notices=("notice.assigned",), style="primary"),),
    )  # fmt: skip


def service(end: str, effect: str, *, documents: str = "filing.service.documents") -> Step:
    """The sealed paper is served; only now does the decision take effect."""
    return Step(
        key="service", kind=StepKind.HUMAN, title=Text("送达", "Service"), by=OFFICER,
        help=PAPER_HELP, documents=policy(documents), due=policy("filing.service.due"), ladder=LADDER,
        decisions=(Decision(name="serve", title=Text("登记送达", "Record service"), to=end, form=forms.SERVICE,
                            marks=("served",), effects=(effect,), notices=("notice.served",), style="primary"),),
    )  # fmt: skip


def refusal_service(effects: tuple[str, ...] = ()) -> Step:
    """The refusal is served in writing; windows run from here."""
    return Step(
        key="refusal_service", kind=StepKind.HUMAN, title=Text("送达不予备案决定", "Service of the refusal"), by=OFFICER,
        help=PAPER_HELP, documents=policy("filing.refusal.documents"), due=policy("filing.service.due"), ladder=LADDER,
        decisions=(Decision(name="serve", title=Text("登记送达", "Record service"), to="refused", form=forms.SERVICE,
                            marks=("served",), effects=effects, notices=("notice.served",), style="primary"),),
    )  # fmt: skip


def end(key: str, title: Text, *decisions: Decision) -> Step:
    """An end; its outcome bears its name."""
    return Step(key=key, kind=StepKind.END, title=title, outcome=key, decisions=decisions)


def withdrawn() -> Step:
    """The end of an application taken back."""
    return end("withdrawn", Text("已撤回", "Withdrawn"))


def request_internal_review() -> Decision:
    """The organization asks for an internal review within the window that runs from service."""
    return Decision(
        name="request_internal_review", title=Text("申请复核", "Ask for internal review"), to="internal_review",
        by=APPLICANT, form=forms.REVIEW_REQUEST, window=Window(length=policy("filing.internal_review.window")),
        notices=("notice.assigned",),
    )  # fmt: skip


def reopen(deciders: tuple[str, ...]) -> Decision:
    """A director other than the one who decided takes the matter up again, with reasons."""
    return Decision(
        name="reopen", title=Text("重新办理", "Reopen"), to="redecision", by=DIRECTOR, needs_comment=True,
        distinct_from=deciders, style="danger",
    )  # fmt: skip


def internal_review(deciders: tuple[str, ...]) -> Step:
    """Somebody other than those who decided looks at it again; the result stands meanwhile."""
    return Step(
        key="internal_review", kind=StepKind.HUMAN, title=Text("复核", "Internal review"), by=DIRECTOR,
        due=policy("filing.internal_review.due"), ladder=LADDER, after_end=True,
        decisions=(
            Decision(name="uphold", title=Text("维持原决定", "Uphold"), to=BACK, form=forms.ANSWER,
                     distinct_from=deciders, notices=("notice.decision",), style="primary"),
            Decision(name="overturn", title=Text("撤销原决定，重新审批", "Overturn"), to="redecision", form=forms.ANSWER,
                     distinct_from=deciders, notices=("notice.decision",), style="danger"),
        ),
    )  # fmt: skip
