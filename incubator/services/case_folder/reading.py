"""The folder of a case as it would be made now: what it holds in order, and what is missing from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from incubator.clock import today
from incubator.engine.roles import Actor
from incubator.queries import periods
from incubator.queries.outcomes import outcome_title
from incubator.queries.visibility import Permission, require
from incubator.services.case_folder.lacking import lacking
from incubator.services.case_folder.material import gather
from incubator.services.case_folder.plan import Cover, Folder
from incubator.services.case_folder.sheets import sheets_of


def read_folder(
    connection: Connection, actor: Actor, case_id: str, now: datetime, *, revealed: Mapping[str, str] | None = None
) -> Folder:
    """The folder of that case. `revealed` are its personal values in full, by 'step.field', where they were asked for.

    NotFound outside the actor's area; NotAllowed for who only sees single cases, and for a panel member who stands aside.
    """
    material = gather(connection, actor, case_id, now, revealed)
    file = material.file
    require(actor, Permission.MAKE_FOLDER, street_id=file.case.street_id, community_id=file.case.community_id)
    last = material.written[-1]
    stands = outcome_title(file.definition, file.case.outcome) if not file.case.open else file.step.title
    return Folder(
        case_id=case_id,
        cover=Cover(
            street=material.street,
            organization=file.organization.organization_name,
            community=file.organization.community_name,
            procedure=periods.matter(file.definition.title, file.case.period),
            number=file.case.number,
            opened_on=material.opened_on,
            ended_on=today(material.ended_at) if material.ended_at else None,
            stands=stands,
            masked=not revealed,
        ),
        missing=lacking(material),
        sheets=sheets_of(material),
        as_of=last.recorded_at,
        last_hash=last.hash,
    )
