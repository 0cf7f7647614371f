"""The power goes: what was not flushed is gone, and no order that was taken is with it (performance.md §6, 1).

``kill -9`` can't tell, since the system still writes what a dead process has left. So each file of the database is
copied whenever it is flushed (power.c), and what is found afterwards are those copies.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from coopbot.domain.work_order import OrderKey
from tests.scenarios.test_no_store import raised
from tests.support.databases import a_store
from tests.support.installation import Installation, installation

ORDERS = 25
SOURCE = Path(__file__).parents[1] / "support/power.c"
FORGETFUL = """
from coopbot.store import sqlite_file
sqlite_file._PRAGMAS = tuple(each.replace("FULL", "NORMAL") for each in sqlite_file._PRAGMAS)
"""


@pytest.fixture
def library(tmp_path: Path) -> Path:
    if shutil.which("cc") is None:
        pytest.skip("no C compiler is here to make the disk that forgets")
    made = tmp_path / "power.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(made), str(SOURCE), "-ldl"], check=True)
    return made


async def taken_until_the_power_goes(here: Installation, library: Path, sabotage: str = "") -> list[str]:
    """Orders that the platform was told are taken; the database is then what was flushed."""
    kept = here.folder / "kept"
    kept.mkdir()
    bot = await here.serve(sabotage=sabotage, LD_PRELOAD=str(library), POWER_FOLDER=str(kept))
    numbers = [f"W-{number}" for number in range(ORDERS)]
    for number in numbers:
        assert await raised(bot, number) == 200
    await bot.kill()
    for file in here.folder.glob("power.db*"):
        file.unlink()
    for file in kept.glob("power.db*"):
        if file.suffix != ".new":
            shutil.move(file, here.folder / file.name)
    return numbers


async def found(here: Installation, numbers: list[str]) -> set[str]:
    async with a_store(here.database) as store:
        orders = await store.read(lambda tx: tx.orders.get_many([OrderKey("jd", number) for number in numbers]))
    return {key.number for key in orders}


async def test_every_order_that_was_taken_is_there_and_is_told(tmp_path: Path, library: Path) -> None:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/power.db") as here:
        numbers = await taken_until_the_power_goes(here, library)
        assert await found(here, numbers) == set(numbers)
        await here.serve()

        async def told() -> None:
            said = str([call["args"]["blocks"] for call in await here.posts()])
            assert not [number for number in numbers if f"jd:{number}'" not in said]

        await here.persists(told, "every order told")
        marks = [call["args"]["metadata"]["event_payload"]["intent"] for call in await here.posts()]
        assert len(marks) == len(set(marks)), "an intent was posted twice"


async def test_without_full_flushes_the_judge_misses_some(tmp_path: Path, library: Path) -> None:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/power.db") as here:
        numbers = await taken_until_the_power_goes(here, library, FORGETFUL)
        assert await found(here, numbers) < set(numbers)
