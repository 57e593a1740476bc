"""Who may apply under a call, and when: the call is open, the organization stands, and it applies once."""

from __future__ import annotations

from datetime import timedelta

from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Role
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.procedures.shared.roles import APPLICANT
from incubator.text import Text

FILED, REGISTERED, PUBLISHED = "filed", "registered", "published"
OFFICER = (Role.OFFICER,)


@rule("call_is_open@1", needs=("case.period", "call.status", "call.opens_on", "call.closes_on", "case.today"))
def call_is_open(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The case is of a published call of the street, and today lies between its first and its last day."""
    number = facts["case.period"]
    if not number:
        message = Text("目前没有正在受理的批次", "No call is open at present")
        return Unmet(message, Text("请关注下一批次", "Wait for the next call"), APPLICANT)
    if not facts["call.status"]:
        message = Text(f"没有编号为“{number}”的批次", f"There is no call {number!r}")
        return Unmet(message, Text("请选择正在受理的批次", "Choose a call that is open"), APPLICANT)
    if facts["call.status"] != PUBLISHED:
        return _not_published(number, facts["call.status"])
    if facts["case.today"] < facts["call.opens_on"]:
        day = in_words(facts["call.opens_on"])
        return Unmet(
            Text("批次 {number} 自{day}起受理", "Call {number} opens on {day}").fill(number=number, day=day),
            Text("请届时再申请", "Apply from that day on"),
            APPLICANT,
        )
    if facts["case.today"] > facts["call.closes_on"]:
        day = in_words(facts["call.closes_on"])
        return Unmet(
            Text("批次 {number} 已于{day}截止", "Call {number} closed on {day}").fill(number=number, day=day),
            Text("请关注下一批次", "Wait for the next call"),
            APPLICANT,
        )
    return None


@rule(
    "is_handed_in_on_time@1",
    needs=("case.period", "call.status", "call.closes_on", "case.today"),
    reads=("funding.application.entry_days",),
)
def is_handed_in_on_time(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The application comes while the call is open, or so soon after that it can have come in time on paper."""
    number = facts["case.period"]
    if facts["call.status"] != PUBLISHED:
        return _not_published(number, facts["call.status"])
    days = policy.get("funding.application.entry_days")
    last = facts["call.closes_on"] + timedelta(days=days)
    if facts["case.today"] <= last:
        return None
    return Unmet(
        Text(
            "批次 {number} 已于{closed}截止，纸质申请最迟应于{last}录入", "Call {number} closed on {closed}; entries ended on {last}"
        ).fill(number=number, closed=in_words(facts["call.closes_on"]), last=in_words(last)),
        Text("请撤回，待下一批次再申请", "Withdraw it and wait for the next call"),
        APPLICANT,
        policy.cite("funding.application.entry_days"),
    )  # fmt: skip


def _not_published(number: str, status: str) -> Unmet:
    words = {
        "draft": Text("尚未发布", "is not published yet"),
        "closed": Text("已经结束", "is over"),
        "cancelled": Text("已经取消", "was cancelled"),
    }[status]
    return Unmet(
        Text("批次 {number} {words}", "Call {number} {words}").fill(number=number, words=words),
        Text("请关注其他批次", "Look for another call"),
        APPLICANT,
    )


@rule("filing_has_not_expired@1", needs=("organization.standing", "organization.filing_valid_until", "case.today"))
def filing_has_not_expired(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """A filed organization's certificate holds today, its last day included."""
    until = facts["organization.filing_valid_until"]
    if facts["organization.standing"] != FILED or (until is not None and until >= facts["case.today"]):
        return None
    if until is None:
        message = Text("该组织没有有效的备案证", "The organization has no filing certificate")
    else:
        message = Text("备案证已于{day}到期", "The filing certificate ended on {day}").fill(day=in_words(until))
    return Unmet(message, Text("请先延续备案或重新备案", "Let the filing be renewed or file anew first"), APPLICANT)


@rule("applies_once_to_the_call@1", needs=("case.same_period",))
def applies_once_to_the_call(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The organization has no other application under the call, running or ended."""
    others = facts["case.same_period"].get("funding", [])
    if not others:
        return None
    zh, en = "、".join(others), ", ".join(others)
    return Unmet(
        Text(f"该组织在本批次已有申请：{zh}", f"The organization has applied under this call: {en}"),
        Text("请在该案件中办理；已撤回的可在该案件中恢复", "Go on in that case; one that was withdrawn can be taken up again there"),
        APPLICANT,
    )  # fmt: skip


@rule("was_handed_in_before@1", needs=("data.application.title",))
def was_handed_in_before(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The application that is taken up again had been handed in."""
    if facts["data.application.title"]:
        return None
    return Unmet(
        Text("该申请撤回前尚未提交", "The application was withdrawn before it was handed in"),
        Text("请选择“重新填写申请”", "Fill it in anew instead"),
        APPLICANT,
    )


@rule("was_never_handed_in@1", needs=("data.application.title",))
def was_never_handed_in(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The application that was withdrawn had not been handed in yet."""
    if not facts["data.application.title"]:
        return None
    return Unmet(
        Text("该申请撤回前已经提交", "The application had been handed in before it was withdrawn"),
        Text("请选择“恢复申请”", "Take it up again instead"),
        APPLICANT,
    )
