"""The schema's history, as Alembic revisions that run on SQLite and PostgreSQL alike."""

from pathlib import Path

MIGRATIONS = Path(__file__).resolve().parent


def newest_revision() -> str:
    """This version's last revision. The files begin with their numbers; Alembic itself takes long to load."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))
