"""For developers: write the next revision from the models (`python -m incubator.migrations.revise "what it brings"`).

`--initial` writes 0001 anew instead, for as long as no street runs the software; the guards of 0002 stay as they are.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from incubator.database import Database
from incubator.migrations import MIGRATIONS
from incubator.services.upgrade import upgrade


def write_revision(message: str, *, initial: bool = False) -> Path:
    """Compare the models with an upgraded empty database, write the difference as a revision and return its file."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/empty.db"
        scripts = Path(folder) / "migrations"
        (scripts / "versions").mkdir(parents=True)
        for name in ("env.py", "script.py.mako"):
            shutil.copy(MIGRATIONS / name, scripts)
        if not initial:
            shutil.copytree(
                MIGRATIONS / "versions",
                scripts / "versions",
                dirs_exist_ok=True,
                ignore=shutil.ignore_patterns("__pycache__"),
            )
            upgrade(database)
        written = _autogenerate(database, scripts, message)
        lines = written.read_text(encoding="utf-8").splitlines(keepends=True)
        revision = MIGRATIONS / "versions" / written.name
        revision.write_text("".join(line for line in lines if "# ###" not in line), encoding="utf-8")
        return revision


def _autogenerate(url: str, scripts: Path, message: str) -> Path:
    config = Config()
    config.set_main_option("script_location", str(scripts))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    number = f"{len(list((scripts / 'versions').glob('0*.py'))) + 1:04d}"
    database = Database(url, pool_size=1)
    try:
        with database.read() as connection:
            config.attributes["connection"] = connection
            command.revision(config, message=message, autogenerate=True, rev_id=number)
    finally:
        database.close()
    revision = ScriptDirectory.from_config(config).get_revision(number)
    assert revision is not None
    return Path(revision.path)


def main() -> None:
    """Read the command line and write the revision."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("message", nargs="?", default="tables")
    parser.add_argument("--initial", action="store_true", help="write 0001_tables.py anew")
    given = parser.parse_args()
    print(write_revision(given.message, initial=given.initial))  # noqa: T201 - a developer's command


if __name__ == "__main__":
    main()
