"""Who may be carried, and by which hub: one primary hub at a time, no circle, a hub that is recognised and has room."""

from __future__ import annotations

from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Role
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.procedures.shared.conditions import no_other_open
from incubator.procedures.shared.roles import APPLICANT
from incubator.text import Text

_PICKED = "data.application.hub"
_ANOTHER = Text("请撤回申请，另选枢纽组织重新申请", "Withdraw it and apply again with another hub")

no_other_open("has_no_other_open_affiliation@1", "affiliation", Text("挂靠", "affiliation"))
no_other_open(
    "has_no_other_open_agreement_renewal@1", "affiliation_renewal", Text("挂靠续签", "renewal of an affiliation")
)
no_other_open("has_no_other_open_ending@1", "affiliation_end", Text("解除挂靠", "end of an affiliation"))


@rule("may_be_affiliated@1", needs=("organization.standing",), reads=("affiliation.carrying.registered",))
def may_be_affiliated(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The organization is filed, or registered where policy lets registered bodies be affiliated."""
    standing, cite = facts["organization.standing"], policy.cite("affiliation.carrying.registered")
    if standing == "filed" or (standing == "registered" and policy.get("affiliation.carrying.registered")):
        return None
    if standing == "registered":
        message = Text("已登记的组织不挂靠枢纽", "A registered body is not affiliated")
        return Unmet(message, Text("无需办理", "There is nothing to do"), APPLICANT, cite)
    message = Text("该组织未备案", "The organization is not filed")
    return Unmet(message, Text("请先办理备案", "Let it be filed first"), APPLICANT, cite)


@rule("is_no_hub_itself@1", needs=("organization.is_hub",), reads=("affiliation.carrying.hubs",))
def is_no_hub_itself(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The organization is no hub, unless policy lets a hub be carried by another."""
    if not facts["organization.is_hub"] or policy.get("affiliation.carrying.hubs"):
        return None
    return Unmet(
        Text("该组织本身是枢纽型组织，不再挂靠", "The organization is a hub itself and is not affiliated"),
        Text("无需办理", "There is nothing to do"),
        APPLICANT,
        policy.cite("affiliation.carrying.hubs"),
    )


@rule("has_no_primary_hub@1", needs=("organization.hub",))
def has_no_primary_hub(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """No agreement with a hub is in force: one primary hub at a time."""
    hub = facts["organization.hub"]
    if hub is None:
        return None
    until = in_words(hub["until"])
    return Unmet(
        Text(f"该组织已挂靠“{hub['name']}”，协议至{until.zh}", f"{hub['name']} carries the organization until {until.en}"),
        Text("请办理续签，或先解除原挂靠关系", "Renew that agreement, or let it end first"),
        APPLICANT,
    )  # fmt: skip


@rule("there_is_a_hub@1", needs=("street.hubs",))
def there_is_a_hub(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The street has a recognised hub."""
    if facts["street.hubs"]:
        return None
    return Unmet(
        Text("本街道还没有已认定的枢纽型组织", "The street has no recognised hub yet"),
        Text("请先办理枢纽认定", "Let a hub be recognised first"),
        APPLICANT,
    )


@rule("picked_hub_is_recognised@1", needs=(_PICKED, "street.hub_members"))
def picked_hub_is_recognised(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The hub that was picked is recognised today."""
    if facts[_PICKED] in facts["street.hub_members"]:
        return None
    return Unmet(
        Text("所选组织目前不是已认定的枢纽型组织", "The organization picked is no recognised hub at present"),
        _ANOTHER,
        APPLICANT,
    )


@rule("picked_hub_is_not_itself@1", needs=(_PICKED, "organization.hub_id"))
def picked_hub_is_not_itself(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """No hub carries itself."""
    if not facts["organization.hub_id"] or facts[_PICKED] != facts["organization.hub_id"]:
        return None
    return Unmet(Text("不能挂靠本组织自身", "An organization is not affiliated with itself"), _ANOTHER, APPLICANT)


@rule("picked_hub_is_not_carried_by_it@1", needs=(_PICKED, "organization.carries"))
def picked_hub_is_not_carried_by_it(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The hub is none of those that the organization carries, directly or through others: no circle."""
    if facts[_PICKED] not in facts["organization.carries"]:
        return None
    return Unmet(
        Text("所选枢纽由本组织直接或间接带动，不能互相挂靠", "The organization carries that hub itself, directly or through others"),
        _ANOTHER,
        APPLICANT,
    )  # fmt: skip


@rule("picked_hub_has_room@1", needs=(_PICKED, "street.hub_members"), reads=("affiliation.carrying.capacity",))
def picked_hub_has_room(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The hub carries fewer than policy lets it."""
    most, members = policy.get("affiliation.carrying.capacity"), facts["street.hub_members"].get(facts[_PICKED], 0)
    if not most or members < most:
        return None
    return Unmet(
        Text(f"所选枢纽已联系 {members} 个组织，达到上限 {most} 个", f"The hub carries {members} organizations; {most} is the most"),
        _ANOTHER,
        APPLICANT,
        policy.cite("affiliation.carrying.capacity"),
    )  # fmt: skip


@rule("is_affiliated@1", needs=("organization.hub",))
def is_affiliated(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """An agreement with a hub is in force today."""
    if facts["organization.hub"] is not None:
        return None
    return Unmet(
        Text("该组织目前没有有效的挂靠协议", "No affiliation agreement is in force"),
        Text("需要挂靠的，请申请挂靠", "Apply for an affiliation where one is wanted"),
        APPLICANT,
    )


@rule("agreement_stands@1", needs=("organization.agreement",))
def agreement_stands(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The agreement to be renewed was not ended; its term may have run out while the renewal ran."""
    if facts["organization.agreement"] is not None:
        return None
    return Unmet(
        Text("原挂靠协议已解除，不能续签", "The agreement has ended and cannot be renewed"),
        Text("请撤回续签，重新申请挂靠", "Withdraw the renewal and apply for an affiliation"),
        APPLICANT,
    )


@rule("own_hub_is_recognised@1", needs=("organization.agreement", "street.hub_members"))
def own_hub_is_recognised(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The hub of the agreement is still recognised today."""
    agreement = facts["organization.agreement"]
    if agreement is None or agreement["hub"] in facts["street.hub_members"]:
        return None
    return Unmet(
        Text(f"“{agreement['name']}”已不是枢纽型组织", f"{agreement['name']} is a hub no more"),
        Text("请待其重新认定，或另选枢纽申请挂靠", "Wait until it is recognised again, or apply with another hub"),
        (Role.OFFICER,),
    )
