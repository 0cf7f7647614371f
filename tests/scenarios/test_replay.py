"""``coopbot replay`` as an operator runs it: a generated month in a real store, other rules, another rota."""

from __future__ import annotations

import asyncio
import os
import pty
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from coopbot.demo.cast import CHEN, FALLBACK, FLAGSHIP, LI, OPS, WANG, ZHAO
from coopbot.domain.people import Person
from coopbot.domain.profile import builtin_path
from coopbot.ports import Tx
from tests.support.databases import a_store
from tests.support.month import a_month, keep
from tests.support.world import a_desk, jd_pop

DOCS = (Path(__file__).parents[2] / "docs" / "replay.md").read_text("utf-8")
"""Its tables are this month's."""
ORDERS = 1200
MONTH = ("--from", "2026-11-01", "--to", "2026-12-01")
CONFIG = f"""\
profile = "jd-pop"
language = "zh-CN"
fallback_channel = "{FALLBACK}"
operators = ["{OPS}"]
[connections.jd]
secret_env = "JD_WEBHOOK_SECRET"
[shops]
"jd:10001" = "旗舰店"
[[teams]]
name = "flagship"
channel = "{FLAGSHIP}"
shops = ["jd:10001"]
leads = ["{CHEN}"]
managers = ["{ZHAO}"]
hours = "Mon-Sun 09:00-19:00"
on_call = [{{ days = "Mon-Sun", from = "09:00", to = "19:00", who = ["{WANG}"], backup = ["{LI}"] }}]
"""
QUIET = """\
[[teams.ladders."*"]]
key = "90"
at = "90%"
channel = "channel"
mentions = ["claimant", "on_call"]
"""


@dataclass
class Place:
    folder: Path
    database: str
    printed: str = ""

    async def coopbot(self, *words: str) -> tuple[int, bytes, bytes]:
        """The command in a process of its own, offline: no token, nobody at any address."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "coopbot", *words),
            env=self.environment(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        out, err = await process.communicate()
        return process.returncode or 0, out, err

    def environment(self) -> dict[str, str]:
        config = {"COOPBOT_CONFIG": str(self.folder / "coopbot.toml"), "COOPBOT_DATABASE_URL": self.database}
        return {**os.environ, **config, "SLACK_API_URL": "http://127.0.0.1:9/api/"}

    def writes(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    async def replays(self, *words: str) -> dict[str, list[int]]:
        code, out, err = await self.coopbot("replay", *MONTH, *words)
        assert code == 0, err.decode()
        self.printed = out.decode()
        rows = [line.split(maxsplit=2) for line in out.decode().splitlines()[1:]]
        return {name: [int(before), int(after)] for before, after, name in rows}

    async def refuses(self, *words: str) -> tuple[int, str]:
        code, out, err = await self.coopbot("replay", *words)
        assert out == b""
        assert b"Traceback" not in err
        return code, err.decode()


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Place:
    made = Place(tmp_path, database_url)
    made.writes("coopbot.toml", CONFIG)
    return made


@pytest.fixture
def small(tmp_path: Path) -> Place:
    """On a file alone, for what has nothing to do with the database."""
    made = Place(tmp_path, f"sqlite:///{tmp_path}/coopbot.db")
    made.writes("coopbot.toml", CONFIG)
    return made


async def filled(place: Place, orders: int, version: str = "") -> None:
    month = a_month(6, orders, (WANG, LI), (jd_pop().name, version or jd_pop().version))
    async with a_store(place.database) as store:
        for start in range(0, orders, 200):
            await store.run(keep, month[start : start + 200], a_desk())
        await store.run(known)


def known(tx: Tx) -> None:
    tx.people.learn([Person(WANG, "王芳"), Person(LI, "李伟"), Person(CHEN, "陈静")])


def stricter(place: Place) -> str:
    """Rules as a careful team might fear them: the CRC clock does not rest at night."""
    text = builtin_path("jd-pop").read_text("utf-8")
    by_night = ('clock = "working"\nbudget = "4h"', 'clock = "wall"\nbudget = "4h"')
    for old, new in (('version = "2026.12"', 'version = "2027.01"'), by_night):
        assert old in text
        text = text.replace(old, new)
    return place.writes("strict.toml", text)


async def test_a_month_under_other_rules_and_another_rota(place: Place) -> None:
    await filled(place, ORDERS)
    table = await place.replays("--profile", stricter(place))
    assert table["orders"] == [ORDERS, ORDERS]
    assert 0 < table["late"][0] < table["late"][1]
    assert 0 == table["mentions outside working hours"][0] < table["mentions outside working hours"][1]
    assert table["mentions of 陈静 outside working hours"][1] > 0  # nobody is on call at night: the lead is called
    assert table["warnings (expected)"] == [1, 1]  # the first of the shop's month; nobody published what the rest costs
    unknown = table["points or fines, amount unknown"]
    assert unknown == [table["late"][0] - 1, table["late"][1] - 1]
    assert not [name for name in table if "fines (expected)" in name]
    people = {name: row for name, row in table.items() if name.startswith("mentions of ") and "outside" not in name}
    assert set(people) == {"mentions of 王芳", "mentions of 李伟", "mentions of 陈静", f"mentions of {ZHAO}"}
    assert [sum(column) for column in zip(*people.values(), strict=True)] == table["mentions"]

    assert place.printed in DOCS

    quiet = await place.replays("--rota", place.writes("quiet.toml", CONFIG + QUIET))
    assert place.printed in DOCS
    assert quiet["late"] == [table["late"][0]] * 2
    assert quiet["mentions"][0] == table["mentions"][0] > quiet["mentions"][1]


async def test_two_runs_print_the_same_bytes_and_change_nothing(place: Place) -> None:
    await filled(place, 150)
    words = ("replay", *MONTH, "--profile", stricter(place), "--lang", "zh-CN")
    first, second = await place.coopbot(*words), await place.coopbot(*words)
    assert first[0] == 0
    assert first[1] == second[1] != b""
    async with a_store(place.database) as store:
        orders = await store.read(lambda tx: tx.orders.unfinished())
    assert all(each.kind not in ("reminded", "breached") for order in orders for each in order.log)


async def test_orders_whose_rules_nobody_has_any_more_are_named(small: Place) -> None:
    await filled(small, 30, version="2024.01")
    code, out, _ = await small.coopbot("replay", *MONTH, "--profile", "jd-pop")
    assert code == 0
    assert out.decode().splitlines()[-1] == (
        "30 orders were born under rules that are kept no more; jd-pop 2026.12 stood in for them before."
    )


async def test_bad_input_says_what_to_do(small: Place) -> None:
    await filled(small, 5)
    backwards = ("--from", "2026-12-01", "--to", "2026-11-01")
    assert await small.refuses(*backwards, "--profile", "jd-pop") == (
        2,
        "--from must lie before --to: 2026-12-01 00:00 does not.\n",
    )
    assert await small.refuses(*MONTH) == (2, "Name other rules to compare with: --profile, --rota or both.\n")
    empty = ("--from", "2020-01-01", "--to", "2020-02-01", "--profile", "jd-pop")
    assert await small.refuses(*empty) == (1, "No order was received in that time: nothing to replay.\n")
    broken = small.writes("broken.toml", "teams = [")
    for option in ("--profile", "--rota"):
        code, said = await small.refuses(*MONTH, option, broken)
        assert (code, "broken.toml" in said, "is not TOML" in said) == (2, True, True), said
        code, said = await small.refuses(*MONTH, option, str(small.folder / "none.toml"))
        assert (code, "none.toml" in said, "there is no such file" in said) == (2, True, True), said
    code, said = await small.refuses(*MONTH, "--profile", "jd-pop@1999.01")
    assert (code, "not in the store" in said) == (2, True)
    assert (await small.refuses("--from", "soon", "--to", "2026-11-02"))[0] == 2


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal")
async def test_a_terminal_sees_how_far_it_is(small: Place) -> None:
    await filled(small, 20)
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "coopbot", "replay", *MONTH, "--profile", "jd-pop"),
        env={**small.environment(), "TERM": "xterm"},
        stdout=asyncio.subprocess.PIPE,
        stderr=theirs,
        cwd=Path(__file__).parents[2],
    )
    out, _ = await process.communicate()
    os.close(theirs)
    seen = os.read(ours, 65536).decode()
    os.close(ours)
    assert "100%" in seen
    assert b"%" not in out.splitlines()[0]
