"""Papers that automation writes for the office to seal: a template filled in and kept with the case."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path

from sqlalchemy import Connection

from incubator.engine.case import CaseView
from incubator.services.documents import Added, add_document, store_content

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def template(name: str) -> bytes:
    """A template of `incubator.paper`."""
    return files("incubator.paper").joinpath(name).read_bytes()


def rendered(template: bytes, values: Mapping[str, str]) -> bytes:
    """The template filled in. What people typed is escaped: it is text, never markup."""
    from docxtpl import DocxTemplate  # heavy, and needed by the worker alone

    document = DocxTemplate(io.BytesIO(template))
    document.render(dict(values), autoescape=True)
    filled = io.BytesIO()
    document.save(filled)
    return filled.getvalue()


def keep(
    connection: Connection, case: CaseView, *, kind: str, filename: str, content: bytes, data_dir: Path, now: datetime,
    replaces: bool = True,
) -> Added:  # fmt: skip
    """Keep a paper as a document of the case, made by automation; where it `replaces`, earlier ones of its kind go."""
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


def written(day: date) -> str:
    """A day as papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"
