"""Bodies that the registrar has registered: entered by their number, once, and without a filing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.errors import Invalid
from incubator.models.base import table
from incubator.models.organizations import Organization, Standing
from incubator.models.streets import Community
from incubator.services.entry import correct_organization, enter_organization
from incubator.services.organizations import Written
from tests.procedures.world import Centre, build

NUMBER = "51510105MJY0000000"


@pytest.fixture
def centre(database: Database, clock: FixedClock) -> Centre:
    return build(database, clock)


def enter(centre: Centre, name: str, number: str = NUMBER) -> Written:
    with centre.database.read() as connection:
        community = str(connection.scalar(select(table(Community).c.public_id)))
    return centre.database.write(
        lambda connection: enter_organization(
            connection, community=community, values={"name": name, "registration_number": number},
            actor=centre.people["officer"], now=centre.clock.now(),
        )
    )  # fmt: skip


def known(centre: Centre, public_id: str) -> tuple[str, str | None]:
    organizations = table(Organization)
    with centre.database.read() as connection:
        row = connection.execute(select(organizations).where(organizations.c.public_id == public_id)).one()
    return row.standing, row.details.get("registration_number")


def test_a_body_with_a_registration_number_stands_as_registered(centre: Centre) -> None:
    assert known(centre, enter(centre, "睦邻服务社").public_id) == (Standing.REGISTERED, NUMBER)
    assert known(centre, enter(centre, "晨练队", "").public_id) == (Standing.INFORMAL, None)


def test_a_registration_number_belongs_to_one_body(centre: Centre) -> None:
    enter(centre, "睦邻服务社")
    with pytest.raises(Invalid) as refusal:
        enter(centre, "睦邻互助社")
    assert "睦邻服务社" in refusal.value.fields["registration_number"][0].zh


def test_a_group_that_turns_out_to_be_registered_is_corrected_with_a_reason(centre: Centre) -> None:
    group = centre.organization()
    centre.database.write(
        lambda connection: correct_organization(
            connection, organization=group.public_id, values={"registration_number": NUMBER}, reason="核对登记证",
            expected_version=group.version, actor=centre.people["officer"], now=centre.clock.now(),
        )
    )  # fmt: skip
    assert known(centre, group.public_id) == (Standing.REGISTERED, NUMBER)
