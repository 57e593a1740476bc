"""What an organization's standing allows: to be filed, renewed, changed, let go; and what a correction may touch."""

from __future__ import annotations

from datetime import timedelta

from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Role
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.procedures.filing.applied import APPLICANT, form_of, said
from incubator.procedures.shared.conditions import no_other_open
from incubator.procedures.shared.jurisdiction import FILED, ISSUES, beyond_the_streets_power
from incubator.text import Text


@rule("is_not_filed_already@2", needs=("organization.standing", "organization.filing_number"), reads=(ISSUES,))
def is_not_filed_already(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The organization is not filed, and of those whom the street files."""
    if facts["organization.standing"] != FILED:
        return beyond_the_streets_power(facts["organization.standing"], policy, "filing", APPLICANT)
    number = facts["organization.filing_number"]
    return Unmet(
        Text(f"该组织已备案（{number}）", f"The organization is filed already ({number})"),
        Text("请办理变更或延续备案", "Ask for a change or a renewal instead"),
        APPLICANT,
    )


@rule("is_filed@1", needs=("organization.standing",))
def is_filed(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The organization is filed."""
    if facts["organization.standing"] == FILED:
        return None
    return Unmet(
        Text("该组织未备案", "The organization is not filed"), Text("请先办理备案", "Let it be filed first"), APPLICANT
    )


no_other_open("has_no_other_open_filing@1", "filing", Text("备案", "filing"))
no_other_open("has_no_other_open_renewal@1", "filing_renewal", Text("延续备案", "renewal"))
no_other_open("has_no_other_open_change@1", "filing_change", Text("变更备案", "change"))
no_other_open("has_no_other_open_reissue@1", "filing_reissue", Text("备案证补发", "reissue"))
no_other_open("has_no_other_open_exit@1", "filing_exit", Text("注销备案", "exit"))


@rule(
    "is_within_the_renewal_window@1",
    needs=("case.today", "organization.filing_valid_until"),
    reads=("filing.renewal.window",),
)
def is_within_the_renewal_window(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """Today lies between the opening and the close of the window before expiry, in calendar days."""
    expiry = facts["organization.filing_valid_until"]
    window, cite = policy.get("filing.renewal.window"), policy.cite("filing.renewal.window")
    if expiry is None:
        message = Text("该组织没有有效的备案证", "The organization has no filing certificate")
        return Unmet(message, Text("请先办理备案", "Let it be filed first"), APPLICANT, cite)
    opens = expiry - timedelta(days=window["opens_days_before"])
    closes = expiry - timedelta(days=window["closes_days_before"])
    if facts["case.today"] < opens:
        return Unmet(
            Text(
                "备案证有效期至{expiry}，{opens}起方可申请延续", "Valid until {expiry}: renewal opens on {opens}"
            ).fill(expiry=in_words(expiry), opens=in_words(opens)),
            Text("请于{opens}以后申请", "Apply from {opens} on").fill(opens=in_words(opens)),
            APPLICANT,
            cite,
        )
    if facts["case.today"] > closes:
        return Unmet(
            Text(
                "延续申请已于{closes}截止（有效期至{expiry}）", "Renewal closed on {closes} (valid until {expiry})"
            ).fill(closes=in_words(closes), expiry=in_words(expiry)),
            Text("请办理注销后重新备案", "Let the filing end and file anew"),
            APPLICANT,
            cite,
        )
    return None


@rule("changes_something@1", needs=form_of("name", "leader", "premises", "category"))
def changes_something(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The application for change says what changes."""
    if any(said(facts, name) for name in ("name", "leader", "premises", "category")):
        return None
    return Unmet(
        Text("未填写任何变更事项", "Nothing is named that changes"),
        Text("请填写变更后的名称、负责人、场所或类别", "Enter the new name, leader, premises or category"),
        APPLICANT,
    )


@rule("declares_the_old_one_void@1", needs=("data.application.declared",))
def declares_the_old_one_void(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """Whoever lost or spoiled the certificate has declared it void."""
    if facts["data.application.declared"]:
        return None
    return Unmet(
        Text("尚无原证作废的书面声明", "Nobody has declared the old certificate void in writing"),
        Text(
            "请由负责人书面声明原证作废，上传声明后勾选",
            "Let the leader declare it in writing, upload that and tick the box",
        ),
        APPLICANT,
    )


@rule("nothing_else_is_open@1", needs=("case.others_open",))
def nothing_else_is_open(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """Before an exit takes effect every other case of the organization has ended."""
    others = [number for numbers in facts["case.others_open"].values() for number in numbers]
    if not others:
        return None
    zh, en = "、".join(others), ", ".join(others)
    return Unmet(
        Text(f"该组织尚有未办结的案件：{zh}", f"The organization has cases that have not ended: {en}"),
        Text("请先办结或撤回这些案件", "Let them end or be withdrawn first"),
        APPLICANT,
    )


def _settled_first(name: str, fact: str, message: Text, following: Text) -> None:
    """Register the rule `name`: the fact, a tuple of names, is empty before a filing ends. `{names}` lists them."""

    @rule(name, needs=(fact,))
    def is_settled(facts: Facts, policy: PolicyValues) -> Unmet | None:
        left = facts[fact]
        if not left:
            return None
        return Unmet(message.fill(names=Text("、".join(left), ", ".join(left))), following, (Role.OFFICER,))


_settled_first(
    "no_project_is_open@1",
    "organization.projects_open",
    Text("项目尚未结清：{names}", "Projects are not settled: {names}"),
    Text(
        "请先完成结项、终止项目或收回应退款项", "Let them be accepted or terminated, and what is due back be paid first"
    ),
)
_settled_first(
    "carries_no_other@1",
    "organization.members_carried",
    Text("仍有组织挂靠在该组织：{names}", "It still carries other organizations: {names}"),
    Text("请先为这些组织办理解除挂靠", "Let their affiliations end first"),
)
_settled_first(
    "has_no_sub_team@1",
    "organization.sub_teams_open",
    Text("尚有下设小队：{names}", "It still has sub-teams: {names}"),
    Text("请先撤销或移交这些小队", "Let the sub-teams end first"),
)
_settled_first(
    "runs_no_service_centre@1",
    "organization.service_centres",
    Text("仍在使用服务中心：{names}", "It still runs service centres: {names}"),
    Text("请先收回这些服务中心", "Take the service centres back first"),
)


CORRECTABLE = ("name", "leader", "premises", "category", "members")


@rule("corrects_known_entries@1", needs=("data.filed.corrected",))
def corrects_known_entries(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """A correction of a result names entries of the filing, with values of the right kind."""
    corrected = facts["data.filed.corrected"] or {}
    wrong = [
        name
        for name, value in corrected.items()
        if name not in CORRECTABLE
        or (name == "members") != (isinstance(value, int) and not isinstance(value, bool))
        or (name != "members" and not str(value).strip())
    ]
    if not wrong:
        return None
    zh, en = "、".join(wrong), ", ".join(wrong)
    return Unmet(
        Text(f"不能更正或取值有误：{zh}", f"These cannot be corrected, or not to this value: {en}"),
        Text(
            f"可更正：{'、'.join(CORRECTABLE)}；人数须为整数",
            f"May be corrected: {', '.join(CORRECTABLE)}; members is a number",
        ),
        (Role.OFFICER,),
    )
