"""The list of organizations of an area, and one of them with everything that belongs to it."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select

from incubator.engine.roles import Actor, Role
from incubator.errors import NotFound
from incubator.models.base import table
from incubator.models.cases import PanelSeat
from incubator.models.organizations import Standing
from incubator.models.streets import Community
from incubator.queries.organizations import (
    Filters,
    OrganizationFile,
    OrganizationLine,
    find_organization,
    organizations,
    read_organization,
)
from tests.procedures.world import OPINION, Centre
from tests.queries.town import community, group, person, selects, whole


def listed(centre: Centre, who: Actor | None = None, *, limit: int = 50, **filters: str) -> list[OrganizationLine]:
    actor = who or centre.people["officer"]
    with centre.database.read() as connection:
        return whole(lambda at: organizations(connection, actor, Filters(**filters), cursor=at, limit=limit))


def names(found: list[OrganizationLine]) -> list[str]:
    return [line.name for line in found]


def read(centre: Centre, who: str | Actor = "worker") -> OrganizationFile:
    actor = centre.people[who] if isinstance(who, str) else who
    with centre.database.read() as connection:
        return read_organization(connection, actor, centre.organization().public_id)


def test_the_list_is_by_name_and_its_pages_lead_through_it_once(centre: Centre) -> None:
    for name, place in (("b队", "桂花社区"), ("a队", "桂花社区"), ("b队", "银杏社区"), ("c队", "银杏社区")):
        group(centre, name, place)
    at_once = listed(centre)
    assert [(line.name, line.community_name) for line in at_once if line.name.endswith("队")] == [
        ("a队", "桂花社区"), ("b队", "桂花社区"), ("b队", "银杏社区"), ("c队", "银杏社区"),
    ]  # fmt: skip
    assert len(at_once) == 5
    for limit in (1, 2, 5):
        assert listed(centre, limit=limit) == at_once


def test_it_is_narrowed_by_name_initials_community_standing_and_category(centre: Centre) -> None:
    centre.filed()
    group(centre, "银杏舞蹈队", "银杏社区")
    communities = table(Community)
    with centre.database.read() as connection:
        place = connection.scalars(select(communities.c.public_id).where(communities.c.name == "银杏社区")).one()
    filed, informal = "桂花社区常青合唱团", "银杏舞蹈队"
    assert names(listed(centre, query="舞")) == names(listed(centre, query="YX")) == [informal]
    assert names(listed(centre, query="cqhct")) == []  # initials are told from the first
    assert names(listed(centre, community=place)) == names(listed(centre, standing="informal")) == [informal]
    assert names(listed(centre, standing="filed")) == [filed]
    (line,) = listed(centre, standing=Standing.FILED)
    assert names(listed(centre, category=line.category)) == [filed]
    assert (line.filing_number, line.filing_valid_until.isoformat()) == ("BAZ-2026-0001", "2029-09-17")
    assert listed(centre, standing="nonsense") == []


def test_an_area_ends_at_its_border(centre: Centre) -> None:
    away = group(centre, "银杏舞蹈队", "银杏社区")
    here = person(centre, "桂花社工", Role.COMMUNITY_WORKER, community(centre, "桂花社区"))
    assert names(listed(centre, here)) == ["常青合唱团"]
    with pytest.raises(NotFound), centre.database.read() as connection:
        find_organization(connection, here, away.organization().public_id)
    with pytest.raises(NotFound):
        read(away, here)


def test_an_organization_is_read_with_all_that_belongs_to_it(centre: Centre) -> None:
    filing = centre.filed()
    change = centre.on("2026-10-12").open("filing_change")
    file = read(centre)
    assert (file.organization.name, file.organization.community_name, file.organization.street_name) == (
        "桂花社区常青合唱团", "桂花社区", "草堂街道",
    )  # fmt: skip
    assert [(case.public_id, case.definition.key, case.step_title.zh, case.in_hand) for case in file.cases] == [
        (change, "filing_change", "变更申请", True),
        (filing, "filing", "已备案", False),
    ]
    assert [case.outcome_title.zh for case in file.cases] == ["", "已备案"]
    assert [(row.number, row.status) for row in file.certificates] == [("BAZ-2026-0001", "valid")]
    kinds = [row.kind for row in file.documents]
    assert kinds[0] == "sealed_certificate"
    assert {"application", "roster", "charter", "filing_certificate"} <= set(kinds)
    assert file.personal == {"leader_phone": "138****1234"}
    assert [event.type for event in file.events][:3] == ["case.opened", "case.serve", "organization.filed"]
    assert file.events[-1].type == "organization.entered"
    moments = [event.recorded_at for event in file.events]
    assert moments == sorted(moments, reverse=True)


def test_reading_takes_as_many_statements_for_many_cases_as_for_one(centre: Centre) -> None:
    counts = []
    for _ in range(2):
        centre.act(centre.open("filing"), "withdraw", "worker", {"reason": "缓办", "asked_by": "王桂兰"})
        centre.act(centre.open("filing"), "withdraw", "worker", {"reason": "缓办", "asked_by": "王桂兰"})
        public_id = centre.organization().public_id
        with centre.database.read() as connection, selects(centre.database) as sent:
            file = read_organization(connection, centre.people["worker"], public_id)
        counts.append((len(file.cases), len(sent)))
    assert counts == [(2, 6), (4, 6)]


def test_who_was_asked_into_a_case_sees_that_case_and_nothing_else_of_the_organization(centre: Centre) -> None:
    centre.filed()
    asked_into = centre.on("2026-10-12").open("filing_change")
    case = centre.case(asked_into)
    expert = person(centre, "专家甲", Role.EXPERT)
    seat = {
        "street_id": case.street_id, "case_id": case.id, "visit": case.visit, "person_id": expert.person_id,
        "state": "seated",
    }  # fmt: skip
    centre.database.write(lambda connection: connection.execute(insert(table(PanelSeat)), seat))
    file = read(centre, expert)
    assert [case.public_id for case in file.cases] == [asked_into]
    assert {event.stream for event in file.events} == {"case"}
    assert {event.subject_id for event in file.events} == {case.id}
    assert (list(file.certificates), list(file.documents), file.personal) == ([], [], {})


def test_a_result_is_called_what_its_end_is_called(centre: Centre) -> None:
    centre.act(centre.submitted(), "withdraw", "worker", {"reason": "不再申请", "asked_by": "王桂兰"})
    (case,) = read(centre).cases
    assert (case.outcome, case.outcome_title.zh, case.in_hand) == ("withdrawn", "已撤回", False)


def test_a_result_that_its_end_does_not_tell_is_called_what_its_decision_is_called(centre: Centre) -> None:
    case_id = centre.submitted()
    centre.upload(case_id, "committee_opinion")
    centre.act(case_id, "give_opinion", "worker", OPINION)
    centre.act(case_id, "return_for_correction", "officer", {"points": "补充花名册"})
    centre.on("2027-09-20").act(case_id, "deem_withdrawn", "officer", comment="逾期")
    (case,) = read(centre).cases
    assert (case.outcome_title.zh, case.in_hand) == ("逾期未补正，视为撤回", False)


def test_names_are_searched_as_they_stand(centre: Centre) -> None:
    group(centre, "合唱团（东区）100%")
    for query in ("（东区）", "100%"):
        assert names(listed(centre, query=query)) == ["合唱团（东区）100%"]
    assert listed(centre, query="0_%") == []
