"""Service centres in the workbench and the API: listed, entered, handed over, taken back, with what may go wrong."""

from __future__ import annotations

from sqlalchemy import update

from incubator.models.base import table
from incubator.models.organizations import Organization, Standing
from tests.api.centre import WebCentre
from tests.api.reading import community, in_english, text_of

NEW = {"name": "长者服务中心", "area": "210", "provider": "街道", "rent_free": "true"}


def file_group(centre: WebCentre) -> None:
    groups = table(Organization)
    centre.database.write(
        lambda connection: connection.execute(
            update(groups).where(groups.c.public_id == centre.organization).values(standing=Standing.FILED.value)
        )
    )


def test_a_centre_is_entered_handed_over_and_taken_back_on_pages(centre: WebCentre) -> None:
    file_group(centre)
    officer = centre.browser("officer")
    assert "还没有录入服务中心" in text_of(officer.get("/service-centres"))
    made = officer.post("/service-centres", {**NEW, "community_id": community(centre, "桂花社区")})
    address = made.headers["location"]
    page = officer.get(address)
    assert "尚未交付" in text_of(page)
    given = officer.post(f"{address}/hand-over", {"organization_id": centre.organization, "on": "2026-09-18"})
    assert given.status_code == 303, text_of(given)
    assert f"/organizations/{centre.organization}" in officer.get("/service-centres").text
    assert officer.post(f"{address}/take-back", {"on": "2026-09-18", "reason": "约定期满"}).status_code == 303
    assert "尚未交付" in text_of(officer.get(address))


def test_what_does_not_fit_is_shown_again_beside_the_field(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    answer = officer.post("/service-centres", {**NEW, "area": "很大", "community_id": community(centre, "桂花社区")})
    assert answer.status_code == 422
    assert "请填写数字" in text_of(answer)
    assert "很大" in answer.text


def test_a_manager_looks_and_does_not_touch(centre: WebCentre) -> None:
    manager = centre.browser("manager")
    assert manager.get("/service-centres").status_code == 200
    assert 'href="/service-centres/new"' not in manager.get("/service-centres").text
    assert manager.get("/service-centres/new").status_code == 403


def test_the_list_is_in_english_too(centre: WebCentre) -> None:
    shown = text_of(in_english(centre.browser("officer")).get("/service-centres"))
    assert "No service centre is on record yet" in shown


def test_programs_enter_hand_over_and_take_back(centre: WebCentre) -> None:
    file_group(centre)
    program = centre.program("officer")
    body = {"community_id": community(centre, "桂花社区"), "name": "长者服务中心", "area": 210}
    made = program.post("/service-centres", json=body, headers={"Idempotency-Key": "one"})
    assert made.status_code == 201, made.text
    assert program.post("/service-centres", json=body, headers={"Idempotency-Key": "one"}).json() == made.json()
    address = f"/service-centres/{made.json()['id']}"
    wrong = program.post(f"{address}/take-back", json={"on": "2026-09-18", "reason": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "centre_in_use")
    given = program.post(f"{address}/hand-over", json={"organization_id": centre.organization, "on": "2026-09-18"})
    assert given.json()["operator"]["id"] == centre.organization
    assert program.post(f"{address}/take-back", json={"on": "2026-09-18", "reason": "期满"}).json()["operator"] is None
    assert [each["area"] for each in program.get("/service-centres").json()["items"]] == [210]
