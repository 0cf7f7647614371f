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
from sqlalchemy.exc import DBAPIError

from coopbot.domain.deed import Deed
from coopbot.errors import Misconfigured, OldDatabase, StoreBusy
from coopbot.failpoints import arm
from coopbot.store import AlreadyServed, Schema, acquire_serve_lock, migrate, schema_state
from coopbot.store.place import engine_url
from coopbot.store.schema import revisions
from coopbot.store.tables import METADATA
from tests.support.builders import MONDAY, a_penalty, born
from tests.support.databases import a_store


def execute(url: str, *commands: str) -> None:
    engine = create_engine(engine_url(url))
    try:
        with engine.begin() as connection:
            for command in commands:
                connection.execute(text(command))
    finally:
        engine.dispose()


def found(url: str, query: str) -> list[tuple[object, ...]]:
    engine = create_engine(engine_url(url))
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return rows


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


ORDER = (
    "INSERT INTO work_order (id, workspace, connection, number, shop_id, class_code, profile, profile_version,"
    " received_at, state, channel, due_at, claimed_by, due_differs, kin_consumer, kin_subject) VALUES ({id}, 1, 'jd',"
    " 'A-{id}', '10001', 'general', 'jd-pop', '1', '{at}', 'open', 'C0', '{at}', '', false, '', '')"
)
ENTRY = (
    "INSERT INTO entry (id, workspace, order_id, kind, at, key, by, data)"
    " VALUES ({id}, 1, {order}, 'told', '{at}', 'told:{id}', 'coopbot', '{{\"ts\": \"{id}.5\"}}')"
)
OWED = (
    "INSERT INTO outbox (id, workspace, uid, what, lane, target, priority, stream, key, args, owed_at, state, attempts,"
    " tries, lease, receipt, why) VALUES ({id}, 1, 'u{id}', 'card', 'chat', 'C0', 1, 's', '', '{{}}', '{at}',"
    " 'pending', 0, 0, 0, '', '')"
)
AT = "2026-11-23T01:30:00.000000+00:00"


def test_what_the_first_version_holds_is_brought_along_and_it_goes_on_writing_beside_the_next(
    database_url: str,
) -> None:
    migrate(database_url, "0001")
    execute(database_url, ORDER.format(id=1, at=AT), ORDER.format(id=2, at=AT), OWED.format(id=1, at=AT))
    execute(database_url, *(ENTRY.format(id=n, order=1, at=AT) for n in (1, 2)))
    assert schema_state(database_url) is Schema.OLDER

    migrate(database_url)
    assert schema_state(database_url) is Schema.CURRENT
    assert found(database_url, "SELECT number, card_ts FROM work_order ORDER BY id") == [("A-1", "2.5"), ("A-2", "")]
    execute(database_url, ORDER.format(id=3, at=AT), OWED.format(id=2, at=AT), ENTRY.format(id=3, order=3, at=AT))
    assert found(database_url, "SELECT uid, due FROM outbox ORDER BY id") == [("u1", 0), ("u2", 0)]


@pytest.mark.parametrize("table", ["entry", "ledger", "deed"])
@pytest.mark.parametrize("change", ["UPDATE {table} SET at = at", "DELETE FROM {table}"])
async def test_what_is_recorded_nobody_changes(database_url: str, table: str, change: str) -> None:
    deed = Deed("templates:flagship", "saved", MONDAY, "U0LEAD", "slack:modal")
    async with a_store(database_url) as store:
        await store.run(lambda tx: tx.orders.add(born("A")))
        await store.run(lambda tx: tx.ledger.add([a_penalty("p-1")]))
        await store.run(lambda tx: tx.deeds.add([deed]))
    with pytest.raises(DBAPIError, match=f"{table} is append-only"):
        execute(database_url, change.format(table=table))


def test_every_row_carries_its_workspace() -> None:
    for table in METADATA.tables.values():
        if table.name != "workspace":
            assert [key.target_fullname for key in table.c.workspace.foreign_keys] == ["workspace.id"]
            assert not table.c.workspace.nullable


async def test_a_fresh_database_migrates_itself(database_url: str) -> None:
    async with a_store(database_url):
        assert schema_state(database_url) is Schema.CURRENT
    async with a_store(database_url):
        pass


async def test_a_database_from_a_newer_version_is_refused(database_url: str) -> None:
    migrate(database_url)
    execute(database_url, "UPDATE alembic_version SET version_num = 'f00d'")

    assert schema_state(database_url) is Schema.NEWER
    with pytest.raises(OldDatabase, match="newer coopbot"):
        migrate(database_url)
    store = a_store(database_url)
    with pytest.raises(OldDatabase, match="newer coopbot"):
        await store.start()
    await store.close()


async def test_a_database_from_an_older_version_is_refused_by_the_name_of_the_remedy(database_url: str) -> None:
    migrate(database_url)
    execute(database_url, "DELETE FROM alembic_version")

    assert schema_state(database_url) is Schema.OLDER
    store = a_store(database_url)
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
        a_store(url)


async def test_a_database_that_is_not_there_is_trouble(tmp_path: Path) -> None:
    for url in ("postgresql://postgres@127.0.0.1:1/none", f"sqlite:///{tmp_path}/none/coopbot.db"):
        store = a_store(url)
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
