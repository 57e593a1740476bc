"""The roles of the service, and the actor who asks for something."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from incubator.text import Text

WHOLE_STREET = 0


class Role(StrEnum):
    """What a person does at the centre; `AUTOMATION` is the service itself and is granted to nobody."""

    COMMUNITY_WORKER = "community_worker"
    OFFICER = "officer"
    DIRECTOR = "director"
    EXPERT = "expert"
    FINANCE = "finance"
    HUB_REPRESENTATIVE = "hub_representative"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    AUTOMATION = "automation"


ROLE_NAMES: dict[Role, Text] = {
    Role.COMMUNITY_WORKER: Text("社区工作者", "community worker"),
    Role.OFFICER: Text("经办人", "officer"),
    Role.DIRECTOR: Text("中心主任", "centre director"),
    Role.EXPERT: Text("评审专家", "expert"),
    Role.FINANCE: Text("财务人员", "finance"),
    Role.HUB_REPRESENTATIVE: Text("枢纽组织代表", "hub representative"),
    Role.MANAGER: Text("分管领导", "manager"),
    Role.ADMINISTRATOR: Text("系统管理员", "administrator"),
    Role.AUTOMATION: Text("系统自动办理", "automation"),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role in an area: one community of a street, or the whole street when `community_id` is 0."""

    role: Role
    street_id: int
    community_id: int = WHOLE_STREET

    def covers(self, street_id: int, community_id: int) -> bool:
        """Whether this grant reaches a row of that community."""
        return self.street_id == street_id and self.community_id in (WHOLE_STREET, community_id)


@dataclass(frozen=True, slots=True)
class Absent:
    """A colleague who is away today, as the person who acts in that one's stead knows it."""

    person_id: int
    public_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a person through an account, or automation (`person_id` 0)."""

    person_id: int
    name: str
    street_id: int
    grants: tuple[Grant, ...]
    account_id: int = 0
    public_id: str = ""
    on_behalf_of: str = ""
    stands_in: frozenset[Role] = frozenset()  # the roles in which the person is named as a substitute in the street
    deputy_for: tuple[Absent, ...] = ()  # the colleagues whose work the person looks after today

    @property
    def is_automation(self) -> bool:
        """Whether this is the service itself."""
        return any(grant.role is Role.AUTOMATION for grant in self.grants)

    def roles_at(self, street_id: int, community_id: int) -> frozenset[Role]:
        """The roles the actor holds over a row of that community."""
        return frozenset(grant.role for grant in self.grants if grant.covers(street_id, community_id))

    def key(self) -> str:
        """The name under which keyed requests of this actor are remembered."""
        return f"person:{self.person_id}" if self.person_id else "automation"


def automation(street_id: int) -> Actor:
    """The service itself, acting in one street."""
    return Actor(0, ROLE_NAMES[Role.AUTOMATION].zh, street_id, (Grant(Role.AUTOMATION, street_id),))


def names_of(roles: tuple[Role, ...] | frozenset[Role]) -> Text:
    """The roles as people read them, joined."""
    ordered = [ROLE_NAMES[role] for role in Role if role in roles]
    return Text("、".join(name.zh for name in ordered), " or ".join(name.en for name in ordered))
