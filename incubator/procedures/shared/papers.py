"""Papers that automation writes for the office to seal: a template filled in and kept with the case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from incubator.engine.case import CaseView
from incubator.papers.filling import filled
from incubator.services.documents import Added, add_document, store_content
from incubator.services.paper_templates import in_use
from incubator.services.uploads import DOCX


def write(
    connection: Connection, case: CaseView, values: Mapping[str, Any], *, kind: str, filename: str, data_dir: Path,
    now: datetime, replaces: bool = True,
) -> Added:  # fmt: skip
    """Fill the street's template in use and keep it with the case; where it `replaces`, earlier ones of its kind go."""
    content = filled(in_use(connection, case.street_id, kind, data_dir).content, values)
    return add_document(
        connection,
        street_id=case.street_id,
        organization_id=case.organization_id,
        case_id=case.id,
        kind=kind,
        filename=filename,
        media_type=DOCX,
        size=len(content),
        sha256=store_content(data_dir, content),
        made_by=0,
        now=now,
        replaces=replaces,
    )
