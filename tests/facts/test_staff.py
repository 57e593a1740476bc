"""Facts about the papers of cases."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine.opening import NotYetOpen
from incubator.facts.registry import AsOf, load
from incubator.services.documents import add_document
from tests.factories import StreetWorld, make_case, make_organization, make_street


def paper(connection: Connection, street: StreetWorld, organization: int, case: int, kind: str, now: datetime) -> None:
    add_document(
        connection, street_id=street.street_id, organization_id=organization, case_id=case, kind=kind,
        filename="a.pdf", media_type="application/pdf", size=1, sha256="0" * 64, made_by=0, now=now,
    )  # fmt: skip


def test_documents_are_told_for_any_number_of_cases_and_none_for_one_that_is_not_open_yet(
    database: Database, clock: FixedClock
) -> None:
    now = clock.now()
    street = make_street(database)
    organization = make_organization(database, street, street.east, now, "常青合唱团")
    case = make_case(database, street, street.east, organization, now)

    def add(connection: Connection) -> None:
        paper(connection, street, organization, case, "charter", now)
        paper(connection, street, organization, 0, "photo", now)  # the organization's own, in no case

    database.write(add)
    # More cases than a statement may have parameters.
    subjects = [NotYetOpen(organization, street.street_id, street.east, "", number) for number in range(40_000)]
    with database.read() as connection:
        told = load(connection, subjects, ["case.documents"], AsOf(now))
    assert told[case] == {"case.documents": frozenset({"charter"})}
    assert told[0] == {"case.documents": frozenset()}
