"""Brings the database to the newest schema, safely on both engines."""

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from webapp.config import ROOT


class BrokenReferences(RuntimeError):
    """Rows that point nowhere after a migration: restore the backup."""


def alembic_config() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


def newest() -> str:
    """The revision this program works with."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head() or ""


def knows(revision: str) -> bool:
    """Whether a database at this revision can be brought to the newest."""
    found = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    return revision in {script.revision for script in found}


def revision_of(engine: Engine) -> str:
    """"" for a database without a schema of ours."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def upgrade(engine: Engine, revision: str = "head") -> None:
    _run(engine, command.upgrade, revision)


def downgrade(engine: Engine, revision: str) -> None:
    _run(engine, command.downgrade, revision)


def _run(engine: Engine, act: object, revision: str) -> None:
    """Foreign keys are off before the transaction begins (inside one the pragma does nothing) and checked at the
    end.
    """
    is_sqlite = engine.dialect.name == "sqlite"
    config = alembic_config()
    with engine.connect() as connection:
        if is_sqlite:
            connection.connection.cursor().execute("PRAGMA foreign_keys=0")
        config.attributes["connection"] = connection
        try:
            act(config, revision)  # type: ignore[operator]
            connection.commit()
            if is_sqlite and connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
                raise BrokenReferences("foreign_key_check found rows after the migration")
        finally:
            connection.rollback()
            if is_sqlite:
                connection.connection.cursor().execute("PRAGMA foreign_keys=1")
