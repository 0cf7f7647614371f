"""``coopbot migrate`` beside a bot that serves: nobody is turned away, and a kill leaves the database as it was."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from coopbot.clock import wall
from coopbot.store import Schema, schema_state
from coopbot.store.schema import revisions
from tests.support.databases import PostgresServer
from tests.support.installation import Installation, installation
from tests.support.raised import raised_event

NEXT = f'''
"""As a next version's migration is: it only adds."""
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "9001", "{revisions()[-1]}", None, None

def upgrade():
    op.add_column("outbox", sa.Column("colour", sa.String(), nullable=False, server_default=""))
    op.add_column("work_order", sa.Column("mood", sa.String(), nullable=True))
    op.create_index("ix_work_order_mood", "work_order", ["workspace", "mood"])
    op.create_table("weather", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("UPDATE outbox SET colour = 'red'")
'''
OF_THE_NEXT_VERSION = """
from pathlib import Path
from coopbot.store import schema
schema._VERSIONS.append(Path("{more}"))
"""
WAITS = "SELECT 1 FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'"


@pytest.fixture
async def here(tmp_path: Path, database_url: str) -> AsyncIterator[Installation]:
    (tmp_path / "more").mkdir()
    (tmp_path / "more/9001_next.py").write_text(NEXT, encoding="utf-8")
    async with installation(tmp_path, database_url) as made:
        yield made


def next_version(here: Installation) -> str:
    return OF_THE_NEXT_VERSION.format(more=here.folder / "more")


async def migrate(here: Installation, **environment: str) -> tuple[int, str]:
    """``coopbot migrate`` of the next version, as an operator runs it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", f"{next_version(here)}\nfrom coopbot.__main__ import main\nmain()", "migrate"),
        env={**os.environ, "COOPBOT_DATABASE_URL": here.database, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=Path(__file__).parents[2],
    )
    told, _ = await process.communicate()
    return process.returncode or 0, told.decode()


async def raised(here: Installation, number: str) -> None:
    """The platform hands it over once, and it is taken."""
    told = await here.audience.post("/console/events", {"events": raised_event(number, wall())})
    assert told["status"] == "accepted", told


async def all_told(here: Installation, numbers: list[str]) -> None:
    async def told() -> None:
        said = str([call["args"]["blocks"] for call in await here.posts()])
        missing = [number for number in numbers if f"jd:{number}'" not in said]
        assert not missing, missing

    await here.persists(told, "every order told")
    marks = [call["args"]["metadata"]["event_payload"]["intent"] for call in await here.posts()]
    assert len(marks) == len(set(marks))


async def test_a_bot_of_the_version_before_goes_on_while_and_after_the_database_is_migrated(
    here: Installation,
) -> None:
    bot = await here.serve()
    numbers: list[str] = []
    done = asyncio.Event()

    async def the_platform_goes_on() -> None:
        while not done.is_set():
            await raised(here, f"M-{len(numbers)}")
            numbers.append(f"M-{len(numbers)}")

    going_on = asyncio.create_task(the_platform_goes_on())
    killed = await migrate(here, COOPBOT_FAIL="migrate.mid:kill", COOPBOT_ALLOW_FAULTS="1")
    assert killed == (-signal.SIGKILL, "")
    assert schema_state(here.database) is Schema.CURRENT, "as it was"
    assert await migrate(here) == (0, "The database is up to date.\n")
    done.set()
    await going_on
    assert schema_state(here.database) is Schema.NEWER, "than this version's"
    await raised(here, "M-LAST")
    await all_told(here, [*numbers, "M-LAST"])
    assert await bot.stop() == 0

    await here.serve(sabotage=next_version(here))
    await raised(here, "M-NEXT")
    await all_told(here, ["M-NEXT"])


@pytest.mark.postgres
async def test_while_somebody_keeps_a_table_it_waits_without_keeping_others_waiting(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more/9001_next.py").write_text(NEXT, encoding="utf-8")
    with postgres.database() as url:
        async with installation(tmp_path, url) as here:
            await here.serve()
            with psycopg.connect(url) as beside:
                beside.execute("SELECT count(*) FROM work_order")  # and goes for lunch with the transaction open
                migrating = asyncio.create_task(migrate(here))
                numbers, after = [], 0
                while after < 10:  # orders that come since it was first seen to wait
                    assert not migrating.done()
                    await raised(here, f"M-{len(numbers)}")
                    numbers.append(f"M-{len(numbers)}")
                    after += after > 0 or beside.execute(WAITS).fetchone() is not None
                beside.rollback()
            assert await migrating == (0, "The database is up to date.\n")
            await all_told(here, numbers)
