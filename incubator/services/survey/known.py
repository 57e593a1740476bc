"""Which organization of the street a row of a survey already is, and what the row says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from incubator.models.base import table
from incubator.models.organizations import Organization, OrganizationRevision
from incubator.models.streets import Community
from incubator.services.personal import mask_phone, masked_values, places_of
from incubator.services.survey.communities import name_key
from incubator.services.survey.entering import Said, said_by
from incubator.services.survey.judging import are_similar
from incubator.services.survey.readings import Difference, Field, SurveyRow
from incubator.services.survey.vocabulary import Vocabulary
from incubator.text import Text

_COMPARED = (
    Field.CATEGORY,
    Field.LEADER,
    Field.MEMBERS,
    Field.FOUNDED_ON,
    Field.PREMISES,
    Field.HAS_CHARTER,
    Field.PARTY_MEMBERS,
    Field.ACTIVITY_FREQUENCY,
    Field.REMARK,
)
_IN_DETAILS = frozenset({Field.HAS_CHARTER, Field.PARTY_MEMBERS})
_YES, _NO = Text("有", "yes"), Text("无", "no")
_UNSAID = Text("", "")


@dataclass(slots=True)
class KnownOrganization:
    """An organization with everything that was ever known of it, the latest last."""

    id: int
    public_id: str
    name: str
    community: str
    states: list[Mapping[str, Any]] = field(default_factory=list)

    def values(self, of: Field) -> list[Any]:
        """What a field has said, the latest last; None where nothing was known."""
        states = [state.get("details", {}) for state in self.states] if of in _IN_DETAILS else self.states
        return [_known(of, state.get(of.value)) for state in states]


@dataclass(frozen=True, slots=True)
class Match:
    """The organization that a row is (`by_name`) or may be, and what the row says of it that was never known."""

    organization: KnownOrganization
    by_name: bool
    differing: tuple[Difference, ...]


class KnownOrganizations:
    """The organizations of a street, by the names that they have and had, and by telephone."""

    def __init__(self, connection: Connection, street_id: int, vocabulary: Vocabulary) -> None:
        self._connection, self._street_id = connection, street_id
        self._categories = {each.code: each.name for each in vocabulary.categories}
        organizations, revisions, communities = table(Organization), table(OrganizationRevision), table(Community)
        columns = (
            organizations.c.id,
            organizations.c.public_id,
            organizations.c.name,
            communities.c.name.label("area"),
        )
        self._by_id = {
            row.id: KnownOrganization(row.id, row.public_id, row.name, row.area)
            for row in connection.execute(
                select(*columns)
                .join_from(organizations, communities, communities.c.id == organizations.c.community_id)
                .where(organizations.c.street_id == street_id)
                .order_by(organizations.c.id)
            )
        }
        for row in connection.execute(
            select(revisions.c.organization_id, revisions.c.state)
            .where(revisions.c.street_id == street_id)
            .order_by(revisions.c.organization_id, revisions.c.version)
        ):
            self._by_id[row.organization_id].states.append(row.state)
        self._by_name: dict[tuple[str, str], KnownOrganization] = {}
        for each in self._by_id.values():
            for name in {state["name"] for state in each.states}:
                self._by_name.setdefault((each.community, name_key(name, each.community)), each)
        # The one that bears a name now comes before one that bore it once.
        for each in self._by_id.values():
            self._by_name[each.community, name_key(each.name, each.community)] = each
        self._having: dict[str, list[int]] = {}

    def match(self, row: SurveyRow) -> Match | None:
        """The organization that the row is by its name or, where none has it, may be by its telephone and a similar name."""
        if row.community is None or not row.values.name:
            return None
        key = name_key(row.values.name, row.community)
        named = self._by_name.get((row.community, key))
        if named is not None:
            return Match(named, True, self._differing(named, row, said_by(row)))
        for organization_id in self._with_phone(row.values.phone):
            other = self._by_id[organization_id]
            if other.community == row.community and are_similar(key, name_key(other.name, other.community)):
                return Match(other, False, self._differing(other, row, said_by(row)))
        return None

    def _differing(self, known: KnownOrganization, row: SurveyRow, said: Said) -> tuple[Difference, ...]:
        found = []
        for each in _COMPARED:
            value = _known(each, (said.details if each in _IN_DETAILS else said.values).get(each.value))
            # What the organization has changed since it once said so is nothing that the row denies.
            if value is not None and value not in (before := known.values(each)):
                latest = before[-1] if before else None
                found.append(Difference(each, row.ref(each), self._shown(each, latest), self._shown(each, value)))
        phone = row.values.phone
        if phone and known.id not in self._with_phone(phone):
            there = masked_values(self._connection, "organization", [known.id])[known.id].get("leader_phone", "")
            written = mask_phone(phone)
            found.append(Difference(Field.PHONE, row.ref(Field.PHONE), Text(there, there), Text(written, written)))
        return tuple(found)

    def _with_phone(self, phone: str | None) -> list[int]:
        if not phone:
            return []
        if phone not in self._having:
            places = places_of(self._connection, street_id=self._street_id, value=phone)
            ids = {place.subject.id for place in places if place.subject.stream == "organization"}
            self._having[phone] = sorted(ids & self._by_id.keys())
        return self._having[phone]

    def _shown(self, of: Field, value: Any) -> Text:
        if value is None:
            return _UNSAID
        if isinstance(value, bool):
            return _YES if value else _NO
        if of is Field.CATEGORY and value in self._categories:
            return self._categories[value]
        return Text(str(value), str(value))


def _known(of: Field, value: Any) -> Any:
    """A value as it is compared: an organization's blank, and no members at all, say nothing."""
    return None if value == "" or (of is Field.MEMBERS and value == 0) else value
