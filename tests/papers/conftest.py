"""What tests of papers share: the text of a docx, and templates made for the occasion."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from docx import Document

from incubator.clock import FixedClock
from incubator.database import Database
from tests.procedures.world import Centre, build


def text_of(content: bytes) -> str:
    """Everything a docx says, paragraphs of tables, header and footer included."""
    document = Document(io.BytesIO(content))
    told = [paragraph.text for paragraph in document.paragraphs]
    told += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    for section in document.sections:
        told += [paragraph.text for part in (section.header, section.footer) for paragraph in part.paragraphs]
    return "\n".join(told)


def template_saying(*paragraphs: str) -> bytes:
    """A docx with these paragraphs."""
    document = Document()
    for each in paragraphs:
        document.add_paragraph(each)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Papers go to a folder of the test's own."""
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def centre(database: Database, clock: FixedClock, data_dir: Path) -> Centre:
    """The centre of the procedures' tests."""
    return build(database, clock)
