"""Every step up, down, and up again; and the tables in code are those in the database."""

import subprocess
import sys

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from eterno.adapters.postgres import migrate
from eterno.adapters.postgres.tables import metadata


def tables_in(uri: str) -> set[str]:
    engine = create_engine(uri)
    try:
        return set(inspect(engine).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()


def test_all_the_way_down_leaves_nothing_and_up_again_makes_everything(database_uri: str) -> None:
    assert migrate.current(database_uri) == migrate.head()
    migrate.downgrade(database_uri, "base")
    assert tables_in(database_uri) == set()
    migrate.upgrade(database_uri)
    assert tables_in(database_uri) == set(metadata.tables)


def test_every_single_step_can_be_taken_back_and_done_again(database_uri: str) -> None:
    script = ScriptDirectory.from_config(migrate.config_for(database_uri))
    for step in script.walk_revisions():
        migrate.downgrade(database_uri, step.down_revision or "base")  # type: ignore[arg-type]
        migrate.upgrade(database_uri, step.revision)
        migrate.downgrade(database_uri, step.down_revision or "base")  # type: ignore[arg-type]
    assert migrate.current(database_uri) is None


def test_the_tables_in_code_are_those_in_the_database(database_uri: str) -> None:
    command.check(migrate.config_for(database_uri))


def test_migrating_twice_is_harmless(database_uri: str) -> None:
    migrate.upgrade(database_uri)
    assert migrate.current(database_uri) == migrate.head()


def test_the_files_are_named_by_their_revisions() -> None:
    script = ScriptDirectory.from_config(migrate.config_for(""))
    assert migrate.known() == tuple(step.revision for step in script.walk_revisions())


def test_a_start_that_finds_its_database_up_to_date_needs_no_alembic(database_uri: str) -> None:
    start = (
        "import sys; from eterno.entrypoints.cli import main; "
        "from eterno.adapters.postgres import migrate; migrate.upgrade(sys.argv[1]); "
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", start, database_uri], check=False).returncode == 0
