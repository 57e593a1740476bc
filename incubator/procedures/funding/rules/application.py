"""What an application must say: its field, its dates, its budget, what it asks for, and who is paid."""

from __future__ import annotations

from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.policies import matching
from incubator.procedures.funding.applied import LINES, code_of, form_of, lines_of, said, total
from incubator.procedures.funding.caps import most_fen
from incubator.procedures.shared.jurisdiction import LEGAL_PERSONALITY, is_legal_person
from incubator.procedures.shared.roles import APPLICANT
from incubator.text import Text
from incubator.wording import amount


@rule("field_is_of_the_call@1", needs=form_of("field"), reads=("funding.fields",))
def field_is_of_the_call(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The field is one of those that the call supports."""
    fields = policy.get("funding.fields")
    if code_of(fields, said(facts, "field") or ""):
        return None
    zh = "、".join(each["name"]["zh"] for each in fields)
    en = ", ".join(each["name"]["en"] for each in fields)
    return Unmet(
        Text(f"领域“{said(facts, 'field') or ''}”不在本批次资助范围内", f"{said(facts, 'field') or ''!r} is no field of this call"),
        Text(f"请选择：{zh}", f"Choose one of: {en}"),
        APPLICANT,
        policy.cite("funding.fields"),
    )  # fmt: skip


@rule(
    "fund_may_pay_for_the_field@1",
    needs=(*form_of("field"), "call.fund_source"),
    reads=("funding.funds", "funding.fields"),
)
def fund_may_pay_for_the_field(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The call's fund may be spent on the field: lottery money, for one, on few of them."""
    fund = next((each for each in policy.get("funding.funds") if each["code"] == facts["call.fund_source"]), None)
    field = code_of(policy.get("funding.fields"), said(facts, "field") or "")
    if fund is None or field is None or field in fund["fields"]:
        return None
    return Unmet(
        Text(
            f"{fund['name']['zh']}不得用于该领域", f"{fund['name']['en']} may not be spent on this field"
        ),
        Text("请改报该资金来源允许的领域，或申请其他批次", "Apply for a field that the fund allows, or under another call"),
        APPLICANT,
        policy.cite("funding.funds"),
    )  # fmt: skip


@rule(
    "ends_after_it_begins@1",
    needs=(*form_of("starts_on", "ends_on"), "data.agreement.starts_on", "data.agreement.ends_on"),
)
def ends_after_it_begins(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The project, as applied for or as agreed, does not end before it begins."""
    starts = facts["data.agreement.starts_on"] or said(facts, "starts_on") or ""
    ends = facts["data.agreement.ends_on"] or said(facts, "ends_on") or ""
    if starts <= ends:
        return None
    return Unmet(
        Text("项目结束日期早于开始日期", "The project ends before it begins"),
        Text("请核对起止日期", "Check both days"),
        APPLICANT,
    )


@rule("asks_for_the_sum_of_its_lines@1", needs=form_of("lines", "asked_fen"))
def asks_for_the_sum_of_its_lines(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The amount asked for is what the lines of the budget make, and is something."""
    asked, sum_of_lines = said(facts, "asked_fen") or 0, total(said(facts, "lines") or ())
    if asked == sum_of_lines and asked:
        return None
    following = Text("请核对申请金额和预算明细", "Check the amount and the lines")
    if not asked:
        return Unmet(Text("申请金额不能为零", "Nothing is asked for"), following, APPLICANT)
    return Unmet(
        Text(
            "申请金额 {asked} 与预算明细合计 {lines} 不一致", "{asked} is asked for and the lines make {lines}"
        ).fill(asked=amount(asked), lines=amount(sum_of_lines)),
        following,
        APPLICANT,
    )  # fmt: skip


@rule("asks_within_the_cap@1", needs=(*form_of("asked_fen"), "call.budget_fen"), reads=("funding.cap",))
def asks_within_the_cap(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """No more is asked for than one project may get under the call, whatever score it may reach."""
    asked, cap = said(facts, "asked_fen") or 0, most_fen(policy.get("funding.cap"), facts["call.budget_fen"])
    if asked <= cap:
        return None
    return Unmet(
        Text(
            "申请金额 {asked} 超过每个项目的上限 {cap}", "{asked} is asked for; a project gets at most {cap}"
        ).fill(asked=amount(asked), cap=amount(cap)),
        Text("请压减预算", "Ask for less"),
        APPLICANT,
        policy.cite("funding.cap"),
    )  # fmt: skip


@rule("asks_within_the_budget@1", needs=(*form_of("asked_fen"), "call.budget_fen"))
def asks_within_the_budget(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """No more is asked for than the whole call has."""
    asked, budget = said(facts, "asked_fen") or 0, facts["call.budget_fen"]
    if asked <= budget:
        return None
    return Unmet(
        Text(
            "申请金额 {asked} 超过本批次总预算 {budget}", "{asked} is asked for; the whole call has {budget}"
        ).fill(asked=amount(asked), budget=amount(budget)),
        Text("请压减预算", "Ask for less"),
        APPLICANT,
    )  # fmt: skip


@rule("costs_are_of_known_kinds@1", needs=LINES, reads=("funding.costs.kinds",))
def costs_are_of_known_kinds(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """Every line of the budget is of a kind of the policy's list."""
    kinds = policy.get("funding.costs.kinds")
    unknown = [str(line["kind"]) for line in lines_of(facts) if not code_of(kinds, str(line["kind"]))]
    if not unknown:
        return None
    zh = "、".join(each["name"]["zh"] for each in kinds)
    en = ", ".join(each["name"]["en"] for each in kinds)
    return Unmet(
        Text(f"支出类别不在目录中：{'、'.join(unknown)}", f"These are no kinds of cost: {', '.join(unknown)}"),
        Text(f"请选择：{zh}", f"Choose of: {en}"),
        APPLICANT,
        policy.cite("funding.costs.kinds"),
    )


@rule("no_cost_is_prohibited@1", needs=LINES, reads=("funding.costs.prohibited",))
def no_cost_is_prohibited(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """No line of the budget is spent on what the money may not be spent on."""
    prohibited = policy.get("funding.costs.prohibited")
    worded = [(each, (each["name"]["zh"], each["code"], *each["patterns"])) for each in prohibited]
    found = []
    for line in lines_of(facts):
        kind = matching.mentioned_kind(worded, str(line["title"]), str(line["kind"]))
        if kind is not None:
            found.append((str(line["title"]), kind[0]["name"]))
    if not found:
        return None
    zh = "；".join(f"“{title}”属于{name['zh']}" for title, name in found)
    en = "; ".join(f"{title!r} is {name['en']}" for title, name in found)
    return Unmet(
        Text(f"预算含有禁止支出的内容：{zh}", f"The budget holds prohibited costs: {en}"),
        Text("请删去这些支出；如认定有误，请改写支出内容", "Take them out; where this is mistaken, say more exactly what is bought"),
        APPLICANT,
        policy.cite("funding.costs.prohibited"),
    )  # fmt: skip


@rule(
    "applies_jointly_unless_registered@2",
    needs=(*form_of("co_applicant"), "organization.standing"),
    reads=("funding.joint.required", LEGAL_PERSONALITY),
)
def applies_jointly_unless_registered(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """A group without legal personality applies together with a registered body, where policy says so."""
    if is_legal_person(policy, facts["organization.standing"]) or said(facts, "co_applicant"):
        return None
    if not policy.get("funding.joint.required"):
        return None
    return Unmet(
        Text("不具备法人资格的组织应与登记的社会组织联合申报", "A group without legal personality applies jointly with a registered body"),
        Text("请填写联合申报单位，一般为其枢纽组织", "Name a registered co-applicant, usually its hub"),
        APPLICANT,
        policy.cite("funding.joint.required"),
    )  # fmt: skip


@rule("payee_is_a_legal_person@2", needs=("funding.payee",), reads=(LEGAL_PERSONALITY,))
def payee_is_a_legal_person(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The money goes to a legal person: the applicant itself, or its co-applicant. Never to a private account."""
    payee = facts["funding.payee"]
    if payee and is_legal_person(policy, payee["standing"]):
        return None
    return Unmet(
        Text("收款方不具备法人资格", "The payee has no legal personality"),
        Text("请填写已登记的联合申报单位作为收款方", "Name a registered co-applicant as the payee"),
        APPLICANT,
        policy.cite(LEGAL_PERSONALITY),
    )


@rule("brings_the_joint_agreement@1", needs=(*form_of("co_applicant"), "case.documents"))
def brings_the_joint_agreement(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """Whoever applies jointly brings the agreement with the co-applicant."""
    if not said(facts, "co_applicant") or "joint_agreement" in facts["case.documents"]:
        return None
    return Unmet(
        Text("联合申报缺少联合申报协议", "The agreement with the co-applicant is missing"),
        Text("请上传双方盖章的联合申报协议", "Upload the agreement with both seals"),
        APPLICANT,
    )
