"""The ways out of a project that goes wrong: a mid-term review failed, a project terminated, each served and reviewable."""

from __future__ import annotations

from incubator.engine.definition import BACK, STAY, ClockMove, Decision, PolicyRef, Step, StepKind, policy
from incubator.engine.forms import Schema
from incubator.procedures.project import forms
from incubator.procedures.shared.forms import ANSWER, EXTENSION, REVIEW_REQUEST, SERVICE
from incubator.procedures.shared.roles import APPLICANT, DIRECTOR, FINANCE, OFFICER
from incubator.procedures.shared.roles import SERVICE as AUTOMATION
from incubator.procedures.shared.steps import PAPER_HELP
from incubator.text import Text

LADDER = policy("project.ladder")
# Without a mid-term review the steps that belong to it are left out, and the project is carried on to its end.
MIDTERM = policy("project.midterm.enabled")
TERMINATION_PROPOSERS = (
    "carrying_out.propose_termination",
    "midterm_review.propose_termination",
    "carrying_on.propose_termination",
    "carrying_on.conclude_without_report",
    "final_acceptance.propose_termination",
)
FAILURE_PROPOSERS = ("midterm_review.propose_failure", "carrying_out.conclude_without_report")
LINE_CHANGE_PROPOSERS = ("carrying_out.propose_line_change", "carrying_on.propose_line_change")


def while_carried_out() -> tuple[Decision, ...]:
    """What may be done at any time while a project is carried out; the report's clock stands still meanwhile."""
    return (
        Decision(
            name="propose_line_change", title=Text("申请调整预算科目", "Propose a change of lines"), to="line_change",
            form=forms.LINE_CHANGE, needs_complete_step=False, clock=ClockMove.PAUSES,
            effects=("project.check_line_change",), notices=("notice.assigned",),
        ),
        Decision(
            name="extend", title=Text("延长报告期限", "Extend the limit"), to=STAY, by=DIRECTOR, form=EXTENSION,
            needs_complete_step=False, needs_comment=True, clock=ClockMove.EXTENDS,
        ),
        propose_termination(Text("提出终止项目", "Propose termination")),
    )  # fmt: skip


def propose_termination(title: Text) -> Decision:
    """An officer finds a breach, or that the project cannot go on."""
    return Decision(
        name="propose_termination", title=title, to="termination_decision", by=OFFICER, form=forms.GROUNDS,
        needs_complete_step=False, clock=ClockMove.PAUSES, notices=("notice.assigned",), style="danger",
    )  # fmt: skip


def record_refund() -> Decision:
    """What is due back has come in."""
    return Decision(
        name="record_refund", title=Text("登记收回款", "Record a refund"), to=STAY, by=FINANCE, form=forms.REFUND,
        rules=("something_is_due_back@1",), needs_complete_step=False, effects=("project.receive_refund",),
    )  # fmt: skip


def write_off() -> Decision:
    """What cannot be had back is written off, as a meeting decided; it stays with the payee."""
    return Decision(
        name="write_off", title=Text("核销应收款", "Write off what is due back"), to=STAY, by=DIRECTOR,
        form=forms.WRITE_OFF, rules=("something_is_due_back@1",), needs_complete_step=False,
        effects=("project.write_off",), style="danger",
    )  # fmt: skip


def correction(key: str, title: Text, due: PolicyRef, enabled: PolicyRef | None = None) -> Step:
    """A report is mended by the applicant's side; what does not come back in time is judged as it stands."""
    return Step(
        key=key, kind=StepKind.HUMAN, title=title, by=APPLICANT,
        help=Text("只填写需要更正的内容，并说明整改情况", "Fill in what changes and say what was mended"),
        form=forms.CORRECTION, due=due, ladder=LADDER, enabled=enabled, skip_to="carrying_on" if enabled else "",
        decisions=(
            Decision(name="resubmit", title=Text("提交整改材料", "Resubmit"), to=BACK, notices=("notice.assigned",),
                     style="primary"),
            Decision(name="go_on_uncorrected", title=Text("未整改，按现有材料办理", "Go on uncorrected"), to=BACK, by=OFFICER,
                     needs_complete_step=False, needs_comment=True),
        ),
    )  # fmt: skip


def line_change() -> Step:
    """Somebody else than the proposer agrees to a change of the lines."""
    return Step(
        key="line_change", kind=StepKind.HUMAN, title=Text("预算调整审批", "Change of lines"), by=(*OFFICER, *DIRECTOR),
        due=policy("project.line_change.due"), ladder=LADDER,
        decisions=(
            Decision(name="approve_line_change", title=Text("同意调整", "Agree"), to=BACK,
                     distinct_from=LINE_CHANGE_PROPOSERS, effects=("project.change_lines",),
                     notices=("notice.decision",), style="primary"),
            Decision(name="reject", title=Text("不同意调整", "Reject"), to=BACK, needs_comment=True,
                     distinct_from=LINE_CHANGE_PROPOSERS, notices=("notice.decision",)),
        ),
    )  # fmt: skip


def _decision(key: str, title: Text, form: Schema, proposers: tuple[str, ...], served: str,
              enabled: PolicyRef | None) -> Step:  # fmt: skip
    return Step(
        key=key, kind=StepKind.HUMAN, title=title, by=DIRECTOR, due=policy("project.decision.due"), ladder=LADDER,
        enabled=enabled, skip_to="carrying_on" if enabled else "",
        decisions=(
            Decision(name="confirm", title=Text("作出决定", "Decide so"), to=served, form=form, distinct_from=proposers,
                     marks=("signed",), effects=("project.check_clawback",), notices=("notice.decision",),
                     style="danger"),
            Decision(name="reject", title=Text("不予同意", "Reject"), to=BACK, needs_comment=True,
                     distinct_from=proposers, notices=("notice.decision",)),
        ),
    )  # fmt: skip


def _service(key: str, title: Text, window: str, enabled: PolicyRef | None) -> Step:
    return Step(
        key=key, kind=StepKind.HUMAN, title=title, by=OFFICER, help=PAPER_HELP,
        documents=policy("project.service.documents"), due=policy("project.service.due"), ladder=LADDER,
        enabled=enabled, skip_to="carrying_on" if enabled else "",
        decisions=(Decision(name="serve", title=Text("登记送达", "Record service"), to=window, form=SERVICE,
                            marks=("served",), notices=("notice.served",), style="primary"),),
    )  # fmt: skip


def _window(key: str, title: Text, then: str, effect: str, review: str, marks: tuple[str, ...],
            enabled: PolicyRef | None) -> Step:  # fmt: skip
    """No money moves before the time for an internal review is over: nothing has to be undone."""
    return Step(
        key=key, kind=StepKind.TIMER, title=title, by=AUTOMATION, lasts=policy("project.internal_review.window"),
        elapsed="elapse", enabled=enabled, skip_to="carrying_on" if enabled else "",
        decisions=(
            Decision(name="elapse", title=Text("期满未申请复核，决定生效", "No review was asked for: it takes effect"), to=then,
                     marks=marks, effects=(effect,), notices=("notice.assigned",), style="primary"),
            Decision(name="request_internal_review", title=Text("申请复核", "Ask for internal review"), to=review,
                     by=APPLICANT, form=REVIEW_REQUEST, notices=("notice.assigned",)),
        ),
    )  # fmt: skip


def _review(key: str, title: Text, then: str, effect: str, decider: str, marks: tuple[str, ...],
            overturned: tuple[tuple[str, str, tuple[str, ...]], ...], enabled: PolicyRef | None) -> Step:  # fmt: skip
    return Step(
        key=key, kind=StepKind.HUMAN, title=title, by=DIRECTOR, due=policy("project.internal_review.due"),
        ladder=LADDER, enabled=enabled, skip_to="carrying_on" if enabled else "",
        decisions=(
            Decision(name="uphold", title=Text("维持原决定", "Uphold"), to=then, form=ANSWER, distinct_from=(decider,),
                     marks=marks, effects=(effect,), notices=("notice.decision",), style="primary"),
            *(
                Decision(name=name, title=Text("撤销原决定", "Overturn"), to=target, form=forms.OVERTURNED, rules=rules,
                         distinct_from=(decider,), notices=("notice.decision",))
                for name, target, rules in overturned
            ),
        ),
    )  # fmt: skip


def failure() -> tuple[Step, ...]:
    """A failed mid-term review: decided, served, reviewable; the next tranche stops and the project goes on."""
    return (
        _decision("failure_decision", Text("中期不合格审批", "Decision on a failed mid-term"), forms.FAILURE,
                  FAILURE_PROPOSERS, "failure_service", MIDTERM),
        _service("failure_service", Text("送达中期不合格决定", "Service of the failed mid-term"), "failure_window", MIDTERM),
        _window("failure_window", Text("中期不合格复核期", "Time for a review of the failed mid-term"), "carrying_on",
                "project.fail_midterm", "failure_review", ("midterm_concluded",), MIDTERM),
        _review("failure_review", Text("中期不合格复核", "Review of the failed mid-term"), "carrying_on",
                "project.fail_midterm", "failure_decision.confirm", ("midterm_concluded",),
                (("overturn", "midterm_review", ()),), MIDTERM),
    )  # fmt: skip


def termination() -> tuple[Step, ...]:
    """A project terminated: decided, served, reviewable; then what is left is released and what is claimed comes in."""
    return (
        _decision("termination_decision", Text("终止项目审批", "Decision on termination"), forms.TERMINATION,
                  TERMINATION_PROPOSERS, "termination_service", None),
        _service("termination_service", Text("送达终止决定", "Service of the termination"), "termination_window", None),
        _window("termination_window", Text("终止决定复核期", "Time for a review of the termination"), "terminating",
                "project.terminate", "termination_review", (), None),
        _review("termination_review", Text("终止决定复核", "Review of the termination"), "terminating",
                "project.terminate", "termination_decision.confirm", (), (
                    ("overturn", "carrying_out", ("midterm_lies_ahead@1",)),
                    ("overturn_after_midterm", "carrying_on", ("midterm_is_behind@1",)),
                ), None),
        Step(
            key="terminating", kind=StepKind.HUMAN, title=Text("终止清算", "Winding up of a termination"), by=OFFICER,
            due=policy("project.winding_up.due"), ladder=LADDER,
            decisions=(
                Decision(name="close", title=Text("清算完毕，结束项目", "Close"), to="terminated",
                         rules=("no_payment_is_open@1", "nothing_is_due_back@1"), effects=("project.close",),
                         notices=("notice.decision",), style="primary"),
                record_refund(),
                write_off(),
            ),
        ),
    )  # fmt: skip
