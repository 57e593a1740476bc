"""Procedures as people and programs read them: the present version or one that cases still run on."""

from __future__ import annotations

from sqlalchemy import Connection, select

from incubator.bpmn import diagram, laid_out, written
from incubator.engine import library
from incubator.engine.definition import Definition
from incubator.errors import NotFound
from incubator.models.base import table
from incubator.models.events import DefinitionVersion
from incubator.text import Language, Text


def version_of(connection: Connection, key: str, version: str = "") -> Definition:
    """A procedure's definition: the one that new cases get, or that of a hash. NotFound where there is none."""
    if not version:
        return library.current_definition(key)
    stored = table(DefinitionVersion)
    known = select(stored.c.hash).where(stored.c.hash == version, stored.c.procedure == key)
    if connection.execute(known).one_or_none() is None:
        raise NotFound(Text("没有该流程的这一版本", "There is no such version of this procedure"))
    return library.definition(connection, version)


def bpmn(definition: Definition, language: Language) -> bytes:
    """A definition as BPMN 2.0 with its layout."""
    drawn = diagram(definition, language)
    return written(drawn, laid_out(drawn))
