"""The steps that the stages' procedures have in common, each said once, with the policy of the stage that asks."""

from __future__ import annotations

from typing import Any

from incubator.engine.definition import BACK, STAY, ClockMove, Decision, PolicyRef, Step, StepKind, Window, policy
from incubator.engine.roles import Role
from incubator.procedures.shared import forms
from incubator.procedures.shared.roles import APPLICANT, DIRECTOR, OFFICER, SERVICE
from incubator.text import Text

PAPER_HELP = Text(
    "请将文书打印、盖章并上传扫描件，送交后按实际送达日期登记",
    "Print and seal the paper, upload its scan, hand it over, and record the day it was served",
)


class Steps:
    """The common steps under one section of the policy, such as `filing` or `affiliation.agreement`."""

    def __init__(self, section: str, *, refused: Text) -> None:
        """`refused` is what a refusal is called, such as 不予备案."""
        self.section = section
        self.refused = refused
        self.ladder = self.policy("ladder")
        self._refusal = forms.refusal(Text(f"{refused.zh}的理由", "Reasons for the refusal"))

    def policy(self, path: str) -> PolicyRef:
        """A value of the section."""
        return policy(f"{self.section}.{path}")

    def withdraw(self, effects: tuple[str, ...] = ()) -> Decision:
        """The applicant's side takes the application back; possible until it is decided, or while `effects` undo that."""
        return Decision(
            name="withdraw", title=Text("撤回申请", "Withdraw"), to="withdrawn", by=APPLICANT, form=forms.WITHDRAWAL,
            needs_complete_step=False, effects=effects, style="danger",
        )  # fmt: skip

    def return_for_correction(self, form: dict[str, Any] = forms.POINTS, by: tuple[Role, ...] = ()) -> Decision:
        """Sent back with a list of points; the step's clock does what policy says until it returns."""
        return Decision(
            name="return_for_correction", title=Text("退回补正", "Return for correction"), to="correction", by=by, form=form,
            needs_complete_step=False, clock=ClockMove.PAUSES, notices=("notice.correction",),
        )  # fmt: skip

    def correction(self, form: dict[str, Any], effects: tuple[str, ...] = (), to: str = BACK) -> Step:
        """The applicant's side mends the application; what lies there too long may be deemed withdrawn."""
        return Step(
            key="correction", kind=StepKind.HUMAN, title=Text("补正", "Correction"), by=APPLICANT,
            help=Text("只填写需要更正的内容，并说明补正情况", "Fill in what changes and say what was corrected"),
            form=form, due=self.policy("correction.due"), ladder=self.ladder,
            decisions=(
                Decision(name="resubmit", title=Text("提交补正材料", "Resubmit"), to=to, marks=("complete",),
                         effects=effects, style="primary"),
                self.withdraw(),
                Decision(
                    name="deem_withdrawn", title=Text("逾期未补正，视为撤回", "Deem withdrawn"), to="withdrawn", by=OFFICER,
                    needs_complete_step=False, needs_comment=True, outcome="deemed_withdrawn",
                    window=Window(length=self.policy("correction.due"), when="after"), notices=("notice.decision",),
                    style="danger",
                ),
            ),
        )  # fmt: skip

    def acceptance(self, rules: tuple[str, ...], *more: Decision, to: str = "decision") -> Step:
        """The officer checks the papers and accepts, returns or refuses."""
        return Step(
            key="acceptance", kind=StepKind.HUMAN, title=Text("受理", "Acceptance"), by=OFFICER, who=self.policy("acceptance.by"),
            checklist=(
                ("documents_read", Text("材料已逐件核对", "Every document was read")),
                ("facts_match", Text("申请内容与材料、走访情况一致", "The application agrees with the papers and the visit")),
            ),
            due=self.policy("acceptance.due"), ladder=self.ladder,
            decisions=(
                Decision(name="accept", title=Text("受理", "Accept"), to=to, rules=rules, marks=("accepted",),
                         notices=("notice.assigned",), style="primary"),
                self.return_for_correction(),
                *more,
                Decision(
                    name="refuse_acceptance", title=Text("不予受理", "Refuse acceptance"), to="refusal_service",
                    form=self._refusal, needs_complete_step=False, marks=("signed",), notices=("notice.decision",),
                    style="danger",
                ),
                self.withdraw(),
            ),
        )  # fmt: skip

    def decision(
        self,
        approved: str,
        rules: tuple[str, ...],
        distinct_from: tuple[str, ...],
        effects: tuple[str, ...] = (),
        *,
        form: dict[str, Any] | None = None,
        documents: str = "",
    ) -> Step:
        """The director decides what somebody else prepared; `form` and `documents` are asked of an approval alone."""
        return Step(
            key="decision", kind=StepKind.HUMAN, title=Text("审批", "Decision"), by=DIRECTOR, who=self.policy("decision.by"),
            due=self.policy("decision.due"), ladder=self.ladder,
            decisions=(
                *self.verdicts(approved, rules, distinct_from, effects, form, documents),
                self.return_for_correction(),
                self.extend(),
                self.withdraw(),
            ),
        )  # fmt: skip

    def redecision(
        self,
        approved: str,
        rules: tuple[str, ...],
        distinct_from: tuple[str, ...],
        effects: tuple[str, ...] = (),
        *,
        form: dict[str, Any] | None = None,
        documents: str = "",
    ) -> Step:
        """A decision made anew after an objection, an internal review or a reopening, within a time of its own."""
        return Step(
            key="redecision", kind=StepKind.HUMAN, title=Text("重新审批", "Decision made anew"), by=DIRECTOR,
            who=self.policy("decision.by"), due=self.policy("redecision.due"), ladder=self.ladder,
            decisions=(*self.verdicts(approved, rules, distinct_from, effects, form, documents), self.extend()),
        )  # fmt: skip

    def verdicts(
        self,
        approved: str,
        rules: tuple[str, ...],
        distinct_from: tuple[str, ...],
        effects: tuple[str, ...],
        form: dict[str, Any] | None,
        documents: str,
    ) -> tuple[Decision, Decision]:
        """To approve or to refuse; for a stage whose deciding step is of its own kind."""
        return (
            Decision(
                name="approve", title=Text("批准", "Approve"), to=approved, rules=rules, distinct_from=distinct_from,
                form=form, documents=self.policy(documents) if documents else None,
                marks=("signed",), effects=effects, notices=("notice.decision",), style="primary",
            ),
            Decision(
                name="refuse", title=Text("不予批准", "Refuse"), to="refusal_service", form=self._refusal,
                distinct_from=distinct_from, marks=("signed",), notices=("notice.decision",), style="danger",
            ),
        )  # fmt: skip

    def extend(self) -> Decision:
        """More time for the running limit, as far as policy allows."""
        return Decision(
            name="extend", title=Text("延长期限", "Extend the limit"), to=STAY, form=forms.EXTENSION,
            needs_complete_step=False, needs_comment=True, clock=ClockMove.EXTENDS,
        )  # fmt: skip

    def public_notice(self, key: str, next_step: str, *more: Decision) -> Step:
        """The result is put up for a time; whoever objects stops it, and the time runs on once that is settled."""
        return Step(
            key=key, kind=StepKind.TIMER, title=Text("公示", "Public notice"), by=SERVICE,
            lasts=self.policy("public_notice.lasts"), elapsed="elapse",
            enabled=self.policy("public_notice.enabled"), skip_to=next_step,
            decisions=(
                Decision(name="elapse", title=Text("公示期满无异议", "Notice over"), to=next_step, style="primary"),
                Decision(name="object", title=Text("登记异议", "Record an objection"), to="objection", by=APPLICANT,
                         form=forms.OBJECTION, clock=ClockMove.PAUSES, notices=("notice.assigned",)),
                *more,
            ),
        )  # fmt: skip

    def objection(self, next_step: str, upheld: str = "redecision", effects: tuple[str, ...] = ()) -> Step:
        """An objection is looked into: dismissed, the notice goes on; upheld, the matter is decided anew."""
        return Step(
            key="objection", kind=StepKind.HUMAN, title=Text("异议处理", "Objection"), by=OFFICER,
            due=self.policy("objection.due"), ladder=self.ladder,
            enabled=self.policy("public_notice.enabled"), skip_to=next_step,
            decisions=(
                Decision(name="dismiss", title=Text("异议不成立", "Dismiss"), to=BACK, form=forms.ANSWER,
                         notices=("notice.decision",), style="primary"),
                Decision(name="uphold", title=Text("异议成立，重新审批", "Uphold"), to=upheld, form=forms.ANSWER,
                         effects=effects, notices=("notice.decision",)),
            ),
        )  # fmt: skip

    def service(self, end: str, effect: str, *, documents: str = "service.documents") -> Step:
        """The sealed paper is served; only now does the decision take effect."""
        return Step(
            key="service", kind=StepKind.HUMAN, title=Text("送达", "Service"), by=OFFICER,
            help=PAPER_HELP, documents=self.policy(documents), due=self.policy("service.due"), ladder=self.ladder,
            decisions=(Decision(name="serve", title=Text("登记送达", "Record service"), to=end, form=forms.SERVICE,
                                marks=("served",), effects=(effect,), notices=("notice.served",), style="primary"),),
        )  # fmt: skip

    def refusal_service(self, effects: tuple[str, ...] = (), to: str = "refused") -> Step:
        """The refusal is served in writing; windows run from here."""
        return Step(
            key="refusal_service", kind=StepKind.HUMAN, title=Text(f"送达{self.refused.zh}决定", "Service of the refusal"), by=OFFICER,
            help=PAPER_HELP, documents=self.policy("refusal.documents"), due=self.policy("service.due"), ladder=self.ladder,
            decisions=(Decision(name="serve", title=Text("登记送达", "Record service"), to=to, form=forms.SERVICE,
                                marks=("served",), effects=effects, notices=("notice.served",), style="primary"),),
        )  # fmt: skip

    def end(self, key: str, title: Text, *decisions: Decision) -> Step:
        """An end; its outcome bears its name."""
        return Step(key=key, kind=StepKind.END, title=title, outcome=key, decisions=decisions)

    def withdrawn(self) -> Step:
        """The end of an application taken back."""
        return self.end("withdrawn", Text("已撤回", "Withdrawn"))

    def request_internal_review(self) -> Decision:
        """The organization asks for an internal review within the window that runs from service."""
        return Decision(
            name="request_internal_review", title=Text("申请复核", "Ask for internal review"), to="internal_review",
            by=APPLICANT, form=forms.REVIEW_REQUEST, window=Window(length=self.policy("internal_review.window")),
            notices=("notice.assigned",),
        )  # fmt: skip

    def propose_result_correction(self, form: dict[str, Any], rules: tuple[str, ...]) -> Decision:
        """An officer proposes to correct what the result says, with reasons; it needs no reopening."""
        return Decision(
            name="propose_result_correction", title=Text("提出结果更正", "Propose a correction of the result"),
            to="result_correction", by=OFFICER, form=form, needs_comment=True, rules=rules,
            notices=("notice.assigned",),
        )  # fmt: skip

    def result_correction(self, proposers: tuple[str, ...], effects: tuple[str, ...]) -> Step:
        """Somebody other than the proposer confirms or rejects the correction; old and new both stay on record."""
        return Step(
            key="result_correction", kind=StepKind.HUMAN, title=Text("结果更正", "Correction of the result"), by=DIRECTOR,
            due=self.policy("result_correction.due"), ladder=self.ladder, after_end=True,
            decisions=(
                Decision(name="confirm", title=Text("同意更正", "Confirm"), to=BACK, distinct_from=proposers,
                         effects=effects, notices=("notice.decision",), style="primary"),
                Decision(name="reject", title=Text("不予更正", "Reject"), to=BACK, needs_comment=True,
                         distinct_from=proposers, notices=("notice.decision",)),
            ),
        )  # fmt: skip

    def reopen(self, deciders: tuple[str, ...], to: str = "redecision") -> Decision:
        """A director other than the one who decided takes the matter up again, with reasons."""
        return Decision(
            name="reopen", title=Text("重新办理", "Reopen"), to=to, by=DIRECTOR, needs_comment=True,
            distinct_from=deciders, style="danger",
        )  # fmt: skip

    def internal_review(self, deciders: tuple[str, ...], overturned: str = "redecision") -> Step:
        """Somebody other than those who decided looks at it again; the result stands meanwhile."""
        return Step(
            key="internal_review", kind=StepKind.HUMAN, title=Text("复核", "Internal review"), by=DIRECTOR,
            due=self.policy("internal_review.due"), ladder=self.ladder, after_end=True,
            decisions=(
                Decision(name="uphold", title=Text("维持原决定", "Uphold"), to=BACK, form=forms.ANSWER,
                         distinct_from=deciders, notices=("notice.decision",), style="primary"),
                Decision(name="overturn", title=Text("撤销原决定，重新审批", "Overturn"), to=overturned, form=forms.ANSWER,
                         distinct_from=deciders, notices=("notice.decision",), style="danger"),
            ),
        )  # fmt: skip
