"""A start is a restart after a fault, too: ``serve`` opens nothing that only other commands or rare requests need."""

from __future__ import annotations

from pathlib import Path

from coopbot.store import migrate
from tests.support.installation import installation

NOT_TO_SERVE = {
    "openpyxl": "a monthly file: handlers/workbook.py, when somebody asks for one",
    "icalendar": "`coopbot rota import`",
    "dateutil": "`coopbot rota import`",
    "alembic": "a database that has to be migrated",
    "psycopg": "PostgreSQL",
    "coopbot.platforms.openapi": "who asks for the description",
    "coopbot.sandbox": "demo and tests",
    "coopbot.demo": "demo and tests",
}
"""What a start on an up-to-date SQLite file must not import, and who needs it."""

TELL = "import atexit, gc; atexit.register(lambda: print('kept', gc.get_freeze_count(), gc.isenabled()))"


async def test_what_serving_does_not_need_is_not_imported(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/t.db"
    migrate(database)
    async with installation(tmp_path, database) as here:
        bot = await here.serve(from_scratch=True, PYTHONPROFILEIMPORTTIME="1")
        await bot.stop()
        imported = {line.rpartition("|")[2].strip() for line in bot.output if line.startswith("import time:")}
        assert "coopbot.app" in imported
        assert {name for name in imported if name in NOT_TO_SERVE} == set()


async def test_what_stays_is_never_looked_through_for_garbage(tmp_path: Path) -> None:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/t.db") as here:
        bot = await here.serve(from_scratch=True, sabotage=TELL)
        await bot.stop()
        _, kept, collects = bot.output[-1].split()
        assert int(kept) > 50_000
        assert collects == "True"
