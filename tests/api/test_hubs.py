"""Hubs and sub-teams in the workbench and the API: what is owed, who speaks, what is recorded, and what may go wrong."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from incubator.clock import today
from incubator.models.base import table
from incubator.models.organizations import Organization, Standing
from incubator.services.hubs import Deed, affiliate, recognise
from tests.api.centre import PDF, WebCentre
from tests.api.desk import act, hand_in, open_case_for
from tests.api.reading import in_english, text_of


@pytest.fixture
def hub(centre: WebCentre) -> str:
    """A recognised hub that carries the filed choir since a quarter and a half; its public id."""
    made = centre.enter("枢纽联合会")
    groups = table(Organization)
    day = today(centre.clock.now())

    def fill(connection: object) -> None:
        connection.execute(  # type: ignore[attr-defined]
            update(groups).values(standing=Standing.FILED.value, filed_on=date(2024, 1, 8), filing_valid_until=date(2027, 1, 7))
        )  # fmt: skip
        keys = {row.public_id: row.id for row in connection.execute(select(groups.c.public_id, groups.c.id))}  # type: ignore[attr-defined]
        deed = Deed(centre.people["officer"], centre.clock.now(), day)
        recognise(connection, organization_id=keys[made], since=date(2026, 3, 2), until=date(2029, 3, 1), deed=deed)  # type: ignore[arg-type]
        affiliate(
            connection, organization_id=keys[centre.organization], hub_id=keys[made], number="GKX-2026-0001",  # type: ignore[arg-type]
            since=day - timedelta(days=100), until=day + timedelta(days=600), deed=deed,
        )  # fmt: skip

    centre.database.write(fill)
    return made


def test_a_hubs_page_shows_members_duties_and_what_is_overdue_and_takes_what_was_done(
    centre: WebCentre, hub: str
) -> None:
    officer = centre.browser("officer")
    assert "逾期 3 项" in text_of(officer.get("/hubs"))  # help with filing, and the reports of two quarters
    page = text_of(officer.get(f"/hubs/{hub}"))
    assert "GKX-2026-0001" in page
    assert "协助办理备案手续" in page
    wrong = officer.post(f"/hubs/{hub}/duties", {"duty": "filing_help", "member": "all", "held_on": "2030-01-01"})
    assert wrong.status_code == 422
    assert "日期不能晚于今天" in text_of(wrong)
    said = {"duty": "filing_help", "member": centre.organization, "held_on": "2026-09-17", "note": "代办备案材料"}
    assert officer.post(f"/hubs/{hub}/duties", {**said, "idempotency_key": "k"}).status_code == 303
    assert officer.post(f"/hubs/{hub}/duties", {**said, "idempotency_key": "k"}).status_code == 303
    assert "逾期 2 项" in text_of(officer.get("/hubs"))


def test_the_director_names_who_speaks_for_a_hub_and_an_officer_does_not(centre: WebCentre, hub: str) -> None:
    director, person = centre.browser("director"), centre.people["hub"].public_id
    assert "尚未指定代表" in text_of(director.get(f"/hubs/{hub}"))
    assert director.post(f"/hubs/{hub}/representatives", {"person": person}).status_code == 303
    assert centre.people["hub"].name in text_of(director.get(f"/hubs/{hub}"))
    officer = centre.browser("officer")
    assert officer.post(f"/hubs/{hub}/representatives", {"person": person}).status_code == 403
    assert director.post(f"/hubs/{hub}/representatives/{person}/end").status_code == 303
    assert "尚未指定代表" in text_of(director.get(f"/hubs/{hub}"))


def test_sub_teams_are_added_and_ended_on_the_parents_page(centre: WebCentre, hub: str) -> None:
    officer, address = centre.browser("officer"), f"/organizations/{centre.organization}"
    assert "还没有下设小队" in text_of(officer.get(address))
    team = {"name": "三号楼小队", "leader": "李明", "members": "8", "since": "2026-09-01"}
    assert officer.post(f"{address}/sub-teams", team).status_code == 303
    twice = officer.post(f"{address}/sub-teams", team)
    assert twice.status_code == 409
    assert "已有名为“三号楼小队”的小队" in text_of(twice)
    assert "登记下设小队" in text_of(officer.get(address))  # in the past of the organization too
    made = centre.program("officer").get(f"/organizations/{centre.organization}/sub-teams").json()["items"][0]
    ended = officer.post(f"{address}/sub-teams/{made['id']}/end", {"on": "2026-09-18", "reason": "并入二号楼小队"})
    assert ended.status_code == 303
    assert "2026年9月18日撤销" in text_of(officer.get(address))


def test_pages_are_in_english_and_say_where_to_begin(centre: WebCentre) -> None:
    shown = text_of(in_english(centre.browser("officer")).get("/hubs"))
    assert "No hub is recognised yet" in shown
    assert centre.browser("officer").get(f"/hubs/{centre.organization}").status_code == 404


def test_programs_read_hubs_and_record_duties(centre: WebCentre, hub: str) -> None:
    program = centre.program("officer")
    (listed,) = program.get("/hubs").json()["items"]
    assert (listed["id"], listed["overdue"], listed["until"]) == (hub, 3, "2029-03-01")
    body = {"duty": "training", "held_on": "2026-09-18"}
    made = program.post(f"/hubs/{hub}/duties", json=body, headers={"Idempotency-Key": "one"})
    assert made.status_code == 201, made.text
    assert program.post(f"/hubs/{hub}/duties", json=body, headers={"Idempotency-Key": "one"}).json() == made.json()
    (member,) = program.get(f"/hubs/{hub}").json()["members"]
    assert {each["code"]: each["state"] for each in member["duties"]} == {
        "filing_help": "overdue", "midterm_check": "open", "training": "done",
    }  # fmt: skip
    for wrong, field in (({"duty": "singing"}, "duty"), ({"duty": "quarterly_report"}, "duty"),
                         ({"duty": "training", "member_id": hub}, "member_id")):  # fmt: skip
        refused = program.post(f"/hubs/{hub}/duties", json={"held_on": "2026-09-18", **wrong})
        assert (refused.status_code, list(refused.json()["fields"])) == (422, [field])


def test_programs_name_representatives_and_keep_sub_teams(centre: WebCentre, hub: str) -> None:
    director = centre.program("director")
    person = centre.people["hub"].public_id
    named = director.post(f"/hubs/{hub}/representatives", json={"person_id": person})
    assert [each["person_id"] for each in named.json()["representatives"]] == [person]
    expert = director.post(f"/hubs/{hub}/representatives", json={"person_id": centre.people["expert"].public_id})
    assert (expert.status_code, list(expert.json()["fields"])) == (422, ["person_id"])
    assert director.post(f"/hubs/{hub}/representatives/{person}/end", json={}).json()["representatives"] == []
    teams = f"/organizations/{centre.organization}/sub-teams"
    made = director.post(teams, json={"name": "三号楼小队"}, headers={"Idempotency-Key": "one"})
    assert made.status_code == 201, made.text
    assert director.post(teams, json={"name": "三号楼小队"}, headers={"Idempotency-Key": "one"}).json() == made.json()
    changed = director.post(f"{teams}/{made.json()['id']}", json={"name": "三、四号楼小队", "members": 12})
    assert (changed.json()["name"], changed.json()["members"]) == ("三、四号楼小队", 12)
    over = {"reason": "人员搬迁"}
    assert director.post(f"{teams}/{made.json()['id']}/end", json=over).json()["ended_on"] == "2026-09-18"
    again = director.post(f"{teams}/{made.json()['id']}/end", json=over)
    assert (again.status_code, again.json()["code"]) == (409, "sub_team_ended")


def test_a_representative_answers_and_reports_in_person_and_sees_nothing_else(centre: WebCentre, hub: str) -> None:
    centre.browser("director").post(f"/hubs/{hub}/representatives", {"person": centre.people["hub"].public_id})
    case = open_case_for(centre, "hub_report", organization=hub, by="officer", period="2026Q2")
    other = open_case_for(centre, "filing_change")
    speaker = centre.browser("hub")
    assert "枢纽季度报告" in text_of(speaker.get("/worklist"))
    assert speaker.get(f"/cases/{other}").status_code == 404
    hand_in(speaker, case, "hub_report")
    answer = act(speaker, case, "submit", work="走访两家", visits="2", trainings="1")
    assert answer.status_code == 303, text_of(answer)
    assert centre.case_row(case).step == "check"
    refused = speaker.post(
        f"/cases/{case}/documents", {"kind": "hub_report"}, files={"file": ("a.pdf", PDF, "application/pdf")}
    )
    assert refused.status_code == 403
