"""The store's contract: migrations lead to the tables that the code knows, and nothing else is served."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from coopbot.errors import Misconfigured, OldDatabase, StoreBusy
from coopbot.failpoints import arm
from coopbot.store import AlreadyServed, Schema, acquire_serve_lock, migrate, open_store, schema_state
from coopbot.store.place import engine_url
from coopbot.store.schema import revisions
from coopbot.store.tables import METADATA


def execute(url: str, *commands: str) -> None:
    engine = create_engine(engine_url(url))
    with engine.begin() as connection:
        for command in commands:
            connection.execute(text(command))
    engine.dispose()


def test_the_migrations_end_at_the_tables_that_the_code_knows(database_url: str) -> None:
    assert schema_state(database_url) is Schema.FRESH
    migrate(database_url)
    migrate(database_url)
    assert schema_state(database_url) is Schema.CURRENT

    engine = create_engine(engine_url(database_url))
    with engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), METADATA)
        assert connection.execute(text("SELECT id FROM workspace")).scalars().all() == [1]
    engine.dispose()
    assert difference == []


def test_a_migration_is_called_as_its_file_is_numbered() -> None:
    config = Config()
    config.set_main_option("script_location", "coopbot:store/migrations")
    scripts = ScriptDirectory.from_config(config)
    assert revisions() == [each.revision for each in reversed(list(scripts.walk_revisions()))]


def test_every_row_carries_its_workspace() -> None:
    for table in METADATA.tables.values():
        if table.name != "workspace":
            assert [key.target_fullname for key in table.c.workspace.foreign_keys] == ["workspace.id"]
            assert not table.c.workspace.nullable


async def test_a_fresh_database_migrates_itself(database_url: str) -> None:
    async with open_store(database_url):
        assert schema_state(database_url) is Schema.CURRENT
    async with open_store(database_url):
        pass


async def test_a_database_from_a_newer_version_is_refused(database_url: str) -> None:
    migrate(database_url)
    execute(database_url, "UPDATE alembic_version SET version_num = 'f00d'")

    assert schema_state(database_url) is Schema.NEWER
    with pytest.raises(OldDatabase, match="newer coopbot"):
        migrate(database_url)
    store = open_store(database_url)
    with pytest.raises(OldDatabase, match="newer coopbot"):
        await store.start()
    await store.close()


async def test_a_database_from_an_older_version_is_refused_by_the_name_of_the_remedy(database_url: str) -> None:
    migrate(database_url)
    execute(database_url, "DELETE FROM alembic_version")

    assert schema_state(database_url) is Schema.OLDER
    store = open_store(database_url)
    with pytest.raises(OldDatabase, match="coopbot migrate"):
        await store.start()
    await store.close()


def test_a_migration_that_fails_half_way_leaves_nothing(database_url: str) -> None:
    arm("migrate.mid:raise")
    try:
        with pytest.raises(Exception, match=r"migrate\.mid"):
            migrate(database_url)
    finally:
        arm("")

    assert schema_state(database_url) is Schema.FRESH
    migrate(database_url)


async def test_several_migrate_at_once_and_one_does(database_url: str) -> None:
    await asyncio.gather(*(asyncio.to_thread(migrate, database_url) for _ in range(4)))
    assert schema_state(database_url) is Schema.CURRENT


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "sqlite://", "sqlite:///:memory:"])
def test_another_kind_of_database_is_a_mistake_of_the_configuration(url: str) -> None:
    with pytest.raises(Misconfigured, match="COOPBOT_DATABASE_URL"):
        open_store(url)


async def test_a_database_that_is_not_there_is_trouble(tmp_path: Path) -> None:
    for url in ("postgresql://postgres@127.0.0.1:1/none", f"sqlite:///{tmp_path}/none/coopbot.db"):
        store = open_store(url)
        with pytest.raises(StoreBusy):
            await store.start()
        with pytest.raises(StoreBusy):
            await store.run(lambda tx: None)
        await store.close()


def test_one_serve_for_each_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'coopbot.db'}"
    first = acquire_serve_lock(url)
    assert first.held

    with pytest.raises(AlreadyServed, match=r"coopbot\.db is served by another coopbot already \(process \d+\)"):
        acquire_serve_lock(url)

    first.release()
    again = acquire_serve_lock(url)
    again.release()
    assert not acquire_serve_lock("postgresql://x/y").held
