"""``coopbot demo --once``: the whole story in both languages; without any one piece of the bot it does not come off."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IMPATIENT = "from coopbot.demo import audience\naudience.PATIENCE_S = 2.0\n"
RUN = "from coopbot.__main__ import main\nmain()"

WITHOUT = {
    **{
        f"handler {name}": f"from coopbot.handlers import {table} as t\n"
        f"t.{const} = {{name: h for name, h in t.{const}.items() if name != {name!r}}}"
        for table, const, name in (
            ("actions", "ACTIONS", "claim"),
            ("actions", "ACTIONS", "preset"),
            ("actions", "ACTIONS", "other_answer"),
            ("modals", "VIEWS", "reply"),
            ("commands", "COMMANDS", "status"),
        )
    },
    **{
        f"send {what}": "from coopbot.delivery import render as r\nwhole = r.render\n"
        f"def part(tx, now, desk, languages, owed):\n"
        f"    return r.Moot('sabotaged') if owed.intent.what == {what!r} else whole(tx, now, desk, languages, owed)\n"
        "r.render = part"
        for what in ("card", "redraw", "note", "reminder", "reply")
    },
    "tick sweep": "from coopbot.services import sweep as s\n"
    "s.sweep = lambda tx, now, desk, limit=100: s.Swept(0, False)",
}


async def play(lang: str, sabotage: str = "") -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", f"{sabotage}\n{RUN}", "demo", "--once", "--lang", lang),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=ROOT,
    )
    async with asyncio.timeout(120):
        output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", ["李伟已认领", "平台驳回了", "值班：@王芳", "预计处罚：警告（假定：本月首次）", "1 单待处理"]),
        (
            "en",
            ["Tom Park has it", "The platform rejected", "on-call @Ana Ruiz", "Expected: a warning", "1 open order"],
        ),
    ],
)
async def test_the_story_is_told_to_its_end(lang: str, said: list[str]) -> None:
    code, output = await play(lang)
    assert code == 0, output
    for words in said:
        assert words in output


@pytest.mark.parametrize("piece", WITHOUT)
async def test_without_any_one_piece_the_story_does_not_come_off(piece: str) -> None:
    code, output = await play("en", IMPATIENT + WITHOUT[piece])
    assert code == 1, output
    assert "✗" in output, output
