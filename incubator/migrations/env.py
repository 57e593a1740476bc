"""How Alembic reaches the database: on the connection, and in the transaction, that `incubator.services.upgrade` gives it."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import incubator.models  # noqa: F401 - fills the metadata
from incubator.models.base import BigKey, Json, Moment


def render_item(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Write our own column types by the names that script.py.mako defines, so that revisions import no models."""
    if kind != "type":
        return False
    if isinstance(item, BigKey):
        return "BIG"
    if isinstance(item, Moment):
        return "MOMENT"
    if isinstance(item, type(Json)):
        return "JSON"
    if isinstance(item, AutoString):
        return "sa.String()"
    return False


connection = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("migrations run through `incubator db upgrade`, or incubator.services.upgrade.upgrade(url)")

context.configure(connection=connection, target_metadata=SQLModel.metadata, render_item=render_item)
with context.begin_transaction():
    context.run_migrations()
