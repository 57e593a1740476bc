"""The conditions of carrying a project out; pure."""

from __future__ import annotations

from incubator.engine.roles import Role
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.procedures.shared.roles import APPLICANT
from incubator.text import Text
from incubator.wording import amount

OFFICER, FINANCE = (Role.OFFICER,), (Role.FINANCE,)
DEEMED_IN_TIME = ("data.failure_review.deemed_in_time", "data.termination_review.deemed_in_time")


@rule("has_a_running_project@1", needs=("project.status",))
def has_a_running_project(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The case is of a project whose agreement is signed."""
    if facts["project.status"] == "running":
        return None
    return Unmet(
        Text("没有已签订协议的项目", "There is no project with a signed agreement"),
        Text("项目立项并签订协议后自动开始", "It begins by itself with the agreement of an awarded project"),
        APPLICANT,
    )


@rule("has_no_case_of_the_project@1", needs=("case.same_period",))
def has_no_case_of_the_project(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """A project is carried out in one case."""
    others = facts["case.same_period"].get("project", [])
    if not others:
        return None
    return Unmet(
        Text(f"该项目已在案件 {others[0]} 中实施", f"The project is carried out in case {others[0]}"),
        Text("请在该案件中办理", "Go on in that case"),
        OFFICER,
    )


@rule("report_is_overdue@1", needs=("project.report_overdue",))
def report_is_overdue(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The time for the report is over."""
    if facts["project.report_overdue"]:
        return None
    return Unmet(
        Text("报告期限尚未届满", "The time for the report is not over"),
        Text("请待期限届满", "Wait until then"),
        OFFICER,
    )


def _came_in_time(name: str, step: str, words: Text, switch: str) -> None:
    @rule(name, needs=("project.late_reports", *DEEMED_IN_TIME), reads=(switch,))
    def came_in_time(facts: Facts, policy: PolicyValues) -> Unmet | None:
        deemed = any(facts[need] for need in DEEMED_IN_TIME)
        if not policy.get(switch) or deemed or step not in facts["project.late_reports"]:
            return None
        return Unmet(
            Text(f"{words.zh}逾期或未报送，按不合格处理", f"The {words.en} came late or not at all and counts as failed"),
            Text("请按不合格或终止程序办理", "Propose to fail it, or to terminate the project"),
            OFFICER,
            policy.cite(switch),
        )  # fmt: skip


_came_in_time("midterm_report_came_in_time@1", "carrying_out", Text("中期报告", "mid-term report"),
              "project.midterm.late_fails")  # fmt: skip
_came_in_time("final_report_came_in_time@1", "carrying_on", Text("结项报告", "final report"),
              "project.final.late_fails")  # fmt: skip


@rule("every_expense_is_decided@1", needs=("project.undecided",))
def every_expense_is_decided(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """Every expense was accepted or rejected."""
    number = facts["project.undecided"]
    if not number:
        return None
    return Unmet(
        Text(f"尚有 {number} 笔支出未审核", f"{number} expenses are neither accepted nor rejected"),
        Text("请先审核全部支出", "Decide on every expense first"),
        OFFICER,
    )


@rule("no_payment_is_open@1", needs=("project.tranches",))
def no_payment_is_open(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """Every payment that was begun has ended."""
    running = [tranche["case"] for tranche in facts["project.tranches"] if tranche["case"]]
    if not running:
        return None
    zh, en = "、".join(running), ", ".join(running)
    return Unmet(
        Text(f"尚有未办结的拨付：{zh}", f"Payments have not ended: {en}"),
        Text("请先办结这些拨付", "Let them end first"),
        (Role.OFFICER, Role.FINANCE),
    )


@rule("nothing_is_due_back@1", needs=("project.money",))
def nothing_is_due_back(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """Everything that was claimed has come in."""
    due = facts["project.money"]["due_back"]
    if not due:
        return None
    return Unmet(
        Text("尚有 {due} 未收回", "{due} has not come back yet").fill(due=amount(due)),
        Text("请催收，到账后由财务登记收回款", "Ask for it; finance records what comes in"),
        FINANCE,
    )


@rule("something_is_due_back@1", needs=("project.money",))
def something_is_due_back(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """There is something to be received."""
    if facts["project.money"]["due_back"]:
        return None
    return Unmet(Text("没有应收回的款项", "Nothing is due back"), Text("无需登记", "There is nothing to record"), FINANCE)  # fmt: skip


@rule("midterm_was_paid_before@1", needs=("project.tranches",))
def midterm_was_paid_before(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """A tranche behind the mid-term gate was paid before the software was there, so the review was passed on paper."""
    if any(part["gate"] == "midterm" and part["status"] == "paid" for part in facts["project.tranches"]):
        return None
    return Unmet(
        Text("中期款尚未拨付，不能补记中期评估", "No mid-term tranche was paid: there is no review to note"),
        Text("请办理中期评估", "Let the report be handed in and reviewed"),
        OFFICER,
    )


@rule("midterm_lies_ahead@1", needs=("project.midterm_concluded",), reads=("project.midterm.enabled",))
def midterm_lies_ahead(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The mid-term review has not been concluded."""
    if policy.get("project.midterm.enabled") and not facts["project.midterm_concluded"]:
        return None
    return Unmet(
        Text("中期评估已有结论，或本批次不作中期评估", "The mid-term review is concluded, or there is none"),
        Text("请选择回到中期后的实施环节", "Let the project go on after mid-term"),
        (Role.DIRECTOR,),
        policy.cite("project.midterm.enabled"),
    )


@rule("midterm_is_behind@1", needs=("project.midterm_concluded",), reads=("project.midterm.enabled",))
def midterm_is_behind(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The mid-term review has been concluded, or there is none."""
    if facts["project.midterm_concluded"] or not policy.get("project.midterm.enabled"):
        return None
    return Unmet(
        Text("中期评估尚无结论", "The mid-term review has not been concluded"),
        Text("请选择回到中期前的实施环节", "Let the project go on before mid-term"),
        (Role.DIRECTOR,),
        policy.cite("project.midterm.enabled"),
    )
