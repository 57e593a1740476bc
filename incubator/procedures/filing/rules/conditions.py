"""What a group must be to be filed; each condition answers with its reason, who can cure it and the source."""

from __future__ import annotations

from incubator.engine.roles import Role
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.procedures.filing.applied import APPLICANT, category_code, excluded_kind, form_of, said
from incubator.text import Text

_CORRECT = Text("请核实后补正", "Check it and correct the application")


GOES_TO = {
    "registration": Text("应向登记机关申请登记，不作备案", "it registers with the registrar and is not filed"),
    "ledger": Text(
        "由社区党组织和居民委员会台账管理，不作备案", "the community keeps it on its ledger and it is not filed"
    ),
}


@rule("goes_to_filing_by_its_size@1", needs=form_of("members"), reads=("filing.tiers",))
def goes_to_filing_by_its_size(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """A group of this many members is filed, and neither kept on the community's ledger nor registered."""
    members = said(facts, "members") or 0
    tier = [each for each in policy.get("filing.tiers") if each["least_members"] <= members][-1]
    if tier["goes_to"] == "filing":
        return None
    goes = GOES_TO[tier["goes_to"]]
    return Unmet(
        Text(
            f"成员 {members} 人，属“{tier['name']['zh']}”，{goes.zh}",
            f"With {members} members it is of the tier {tier['name']['en']!r}: {goes.en}",
        ),
        Text.from_pair(tier["next"]),
        APPLICANT,
        policy.cite("filing.tiers"),
    )


@rule("has_enough_members@1", needs=form_of("members"), reads=("filing.conditions.members",))
def has_enough_members(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """At least as many members as policy says."""
    least, members = policy.get("filing.conditions.members"), said(facts, "members") or 0
    if members >= least:
        return None
    return Unmet(
        Text(
            f"成员应不少于 {least} 人，现为 {members} 人", f"At least {least} members are needed; there are {members}"
        ),
        Text("请补充成员后更新花名册和人数", "Find more members, then correct the roster and the number"),
        APPLICANT,
        policy.cite("filing.conditions.members"),
    )


@rule("has_enough_founders@1", needs=form_of("founders"), reads=("filing.conditions.founders",))
def has_enough_founders(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """At least as many founders as policy says."""
    least, founders = policy.get("filing.conditions.founders"), said(facts, "founders") or 0
    if founders >= least:
        return None
    return Unmet(
        Text(
            f"发起人应不少于 {least} 人，现为 {founders} 人",
            f"At least {least} founders are needed; there are {founders}",
        ),
        _CORRECT,
        APPLICANT,
        policy.cite("filing.conditions.founders"),
    )


@rule("names_a_leader@1", needs=form_of("leader"), reads=("filing.conditions.leader",))
def names_a_leader(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """A leader is named where policy asks for one."""
    if not policy.get("filing.conditions.leader") or (said(facts, "leader") or "").strip():
        return None
    return Unmet(
        Text("未填写负责人", "No leader is named"),
        Text("请推选负责人并补填", "Let the group choose a leader and enter the name"),
        APPLICANT,
        policy.cite("filing.conditions.leader"),
    )


@rule("has_premises@1", needs=form_of("premises"), reads=("filing.conditions.premises",))
def has_premises(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """Premises are named where policy asks for them; one address may serve several groups."""
    if not policy.get("filing.conditions.premises") or (said(facts, "premises") or "").strip():
        return None
    return Unmet(
        Text("未填写活动场所", "No premises are named"),
        Text(
            "请落实活动场所并补填地址，可与其他组织共用",
            "Find a place, shared with other groups if need be, and enter it",
        ),
        APPLICANT,
        policy.cite("filing.conditions.premises"),
    )


@rule("has_a_charter@1", needs=("case.documents",), reads=("filing.conditions.charter",))
def has_a_charter(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The charter lies in the case where policy asks for one."""
    if not policy.get("filing.conditions.charter") or "charter" in facts["case.documents"]:
        return None
    return Unmet(
        Text("材料中没有章程", "There is no charter among the documents"),
        Text("请通过章程或活动规则并上传", "Let the group adopt a charter and upload it"),
        APPLICANT,
        policy.cite("filing.conditions.charter"),
    )


@rule("is_in_the_list_of_categories@1", needs=form_of("category"), reads=("filing.conditions.categories",))
def is_in_the_list_of_categories(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The category, where one is given, is one of the jurisdiction's code list."""
    given = said(facts, "category")
    categories = policy.get("filing.conditions.categories")
    if not given or category_code(categories, given):
        return None
    zh = "、".join(each["name"]["zh"] for each in categories)
    en = ", ".join(each["name"]["en"] for each in categories)
    return Unmet(
        Text(f"类别“{given}”不在目录中", f"{given!r} is no category of the list"),
        Text(f"请选择：{zh}", f"Choose one of: {en}"),
        APPLICANT,
        policy.cite("filing.conditions.categories"),
    )


@rule(
    "is_no_excluded_body@1",
    needs=(*form_of("name", "nature"), "organization.remark"),
    reads=("filing.conditions.excluded",),
)
def is_no_excluded_body(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """It is none of the bodies that may not be filed, by its name, by what it says it is, or by its remark."""
    name, nature = said(facts, "name") or "", said(facts, "nature") or ""
    kind = excluded_kind(policy.get("filing.conditions.excluded"), name, nature, facts["organization.remark"])
    if kind is None:
        return None
    return Unmet(
        Text(
            f"属于{kind['name']['zh']}：{kind['reason']['zh']}",
            f"This is one of {kind['name']['en']}: {kind['reason']['en']}",
        ),
        Text(
            "依规定不予备案；如认定有误，请更正名称、性质或备注",
            "It may not be filed; where this is mistaken, correct name, nature or remark",
        ),
        APPLICANT,
        policy.cite("filing.conditions.excluded"),
    )


@rule(
    "name_is_in_proper_form@1",
    needs=(*form_of("name"), "organization.community_name", "organization.street_name", "organization.district"),
    reads=("filing.conditions.name",),
)
def name_is_in_proper_form(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The name, where one is given, names the areas and ends with a form of organization as policy says."""
    name = (said(facts, "name") or "").strip()
    form = policy.get("filing.conditions.name")
    areas = {
        "district": facts["organization.district"],
        "street": facts["organization.street_name"],
        "community": facts["organization.community_name"],
    }
    missing = [areas[area] for area in form["must_name"] if areas[area] and areas[area] not in name]
    if not name or (not missing and (not form["endings"] or name.endswith(tuple(form["endings"])))):
        return None
    if missing:
        zh, en = "、".join(missing), ", ".join(missing)
        message = Text(f"名称“{name}”应冠以“{zh}”", f"The name {name!r} must contain {en}")
        following = Text(f"请改为“{''.join(missing)}……”的形式", f"Put {en} before the group's own word")
    else:
        message = Text(f"名称“{name}”未以组织形式结尾", f"The name {name!r} does not end with a form of organization")
        shown = "、".join(form["endings"][:12])
        following = Text(f"请以组织形式结尾，如：{shown}", f"End it with a form of organization such as {shown}")
    return Unmet(message, following, APPLICANT, policy.cite("filing.conditions.name"))


@rule("name_is_unique@1", needs=(*form_of("name"), "organization.name_taken"), reads=("filing.conditions.unique_name",))
def name_is_unique(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """No other organization of the community bears the name."""
    if not policy.get("filing.conditions.unique_name") or not facts["organization.name_taken"]:
        return None
    name = said(facts, "name") or ""
    return Unmet(
        Text(f"本社区已有名为“{name}”的组织", f"The community already has an organization named {name!r}"),
        Text("请核对是否重复；不重复的，请另起名称", "Check whether it is the same group; if not, choose another name"),
        APPLICANT,
        policy.cite("filing.conditions.unique_name"),
    )


@rule("leader_consents@1", needs=("data.application.consent",))
def leader_consents(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The leader was told what the telephone number is for and agreed (Personal Information Protection Law)."""
    if facts["data.application.consent"]:
        return None
    return Unmet(
        Text("负责人尚未同意登记其联系方式", "The leader has not agreed to the telephone number being kept"),
        Text("请向负责人说明用途并取得同意后勾选", "Explain what it is for and tick the box once the leader agrees"),
        APPLICANT,
    )


@rule(
    "committee_does_not_object@1",
    needs=("data.committee_opinion.stance", "data.acceptance.stance"),
    reads=("filing.committee_opinion.must_agree",),
)
def committee_does_not_object(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """Where policy makes the residents' committee's consent a condition, it does not object."""
    stance = facts["data.acceptance.stance"] or facts["data.committee_opinion.stance"]  # the later opinion counts
    if not policy.get("filing.committee_opinion.must_agree") or stance != "object":
        return None
    return Unmet(
        Text("居民委员会不同意备案", "The residents' committee objects to the filing"),
        Text(
            "请不予受理，或与居民委员会沟通后登记其新意见", "Refuse acceptance, or record the committee's new opinion"
        ),
        (Role.OFFICER,),
        policy.cite("filing.committee_opinion.must_agree"),
    )
