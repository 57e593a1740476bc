"""The conditions of a payment; pure."""

from __future__ import annotations

from incubator.engine.roles import Role
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.procedures.shared.jurisdiction import LEGAL_PERSONALITY, is_legal_person
from incubator.text import Text
from incubator.wording import amount, squeeze

OFFICER, DIRECTOR = (Role.OFFICER,), (Role.DIRECTOR,)
ABOVE = "payment.collective.above_fen"


@rule("has_an_open_tranche@1", needs=("payment.tranche",))
def has_an_open_tranche(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The case is of a tranche whose gate is passed."""
    if facts["payment.tranche"].get("status") == "open":
        return None
    return Unmet(
        Text("没有达到拨付条件的款项", "No tranche is payable"),
        Text("达到拨付条件后自动发起", "It begins by itself once the gate is passed"),
        OFFICER,
    )


@rule("tranche_is_payable@1", needs=("payment.tranche",))
def tranche_is_payable(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The tranche is open or asked for, and was not stopped."""
    if facts["payment.tranche"].get("status") in ("open", "requested"):
        return None
    return Unmet(
        Text("该笔款项已停拨，不能办理", "The tranche is stopped and is not paid"),
        Text("请终止本次拨付", "Stop this payment"),
        OFFICER,
    )


@rule("tranche_is_stopped@1", needs=("payment.tranche",))
def tranche_is_stopped(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The tranche was stopped: the project was terminated."""
    if facts["payment.tranche"].get("status") == "stopped":
        return None
    return Unmet(
        Text("该笔款项未停拨，应当继续办理", "The tranche is not stopped: the payment goes on"),
        Text("请继续办理拨付；需要停拨的，先办理项目终止", "Go on; to stop it, let the project be terminated first"),
        OFFICER,
    )


@rule("payee_is_a_registered_body@2", needs=("project.payee",), reads=(LEGAL_PERSONALITY,))
def payee_is_a_registered_body(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The payee has legal personality still."""
    payee = facts["project.payee"]
    if is_legal_person(policy, payee.get("standing", "")):
        return None
    name = payee.get("name", "")
    return Unmet(
        Text(f"收款单位“{name}”不具备法人资格，不能收款", f"The payee, {name}, has no legal personality"),
        Text("请核对收款单位的登记状态；已注销的，应当终止项目", "Check its registration; where that has ended, terminate the project"),
        OFFICER,
        policy.cite(LEGAL_PERSONALITY),
    )  # fmt: skip


@rule("account_is_the_payees_own@1", needs=("data.request.account_name", "project.payee"))
def account_is_the_payees_own(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The account is in the payee's name: money never goes to a private account."""
    given, name = str(facts["data.request.account_name"] or ""), facts["project.payee"].get("name", "")
    if squeeze(given) == squeeze(name):
        return None
    return Unmet(
        Text(f"收款账户“{given}”不是收款单位“{name}”的账户", f"The account of {given!r} is not the payee's, {name}"),
        Text("请填写收款单位的对公账户，不得付给个人", "Enter the payee's own account: never a private one"),
        OFFICER,
    )


@rule("amount_needs_no_meeting@1", needs=("payment.tranche",), reads=(ABOVE,))
def amount_needs_no_meeting(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The amount is one that the director approves alone."""
    fen, most = facts["payment.tranche"].get("fen", 0), policy.get(ABOVE)
    if fen <= most:
        return None
    return Unmet(
        Text("拨付 {fen} 超过 {most}，须经集体研究", "{fen} is above {most}: a meeting decides it").fill(
            fen=amount(fen), most=amount(most)
        ),
        Text("请按集体研究的决定批准，并上传会议纪要", "Approve as the meeting decided, with its minutes"),
        DIRECTOR,
        policy.cite(ABOVE),
    )


@rule("amount_needs_a_meeting@1", needs=("payment.tranche",), reads=(ABOVE,))
def amount_needs_a_meeting(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The amount is one that a meeting decides."""
    fen, most = facts["payment.tranche"].get("fen", 0), policy.get(ABOVE)
    if fen > most:
        return None
    return Unmet(
        Text("拨付 {fen} 未超过 {most}，无需集体研究", "{fen} is not above {most}: it needs no meeting").fill(
            fen=amount(fen), most=amount(most)
        ),
        Text("请直接批准", "Approve it without one"),
        DIRECTOR,
        policy.cite(ABOVE),
    )
