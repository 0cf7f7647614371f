"""Why an order is due when it is: the card's button, ``/coop why`` and ``coopbot due`` say the same."""

from __future__ import annotations

import asyncio
import html
import os
import sys
from pathlib import Path

import pytest

from coopbot.demo import cast
from coopbot.demo.audience import Json, Person
from coopbot.views import ids
from tests.support.installation import Installation, installation

PEOPLE = {"zh-CN": (cast.LI, cast.FLAGSHIP, "10001"), "en": (cast.TOM, cast.OUTLET, "10002")}
RAISED = "2026-11-20T18:10:00+08:00"
"""A past Friday evening: its due time is long derived, whatever the real clock says."""


async def on_the_command_line(here: Installation, language: str) -> list[str]:
    words = ["--class", "crc", "--raised-at", RAISED, "--explain", "--lang", language]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "coopbot", "due", *words),
        env={**os.environ, **here.environment()},
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    due, *lines = out.decode().splitlines()
    assert due == "2026-11-21T12:10:00+08:00"
    return [line.strip() for line in lines]


async def by_button(person: Person, number: str) -> list[str]:
    card = await person.sees(number)
    since = await person.audience.seq()
    (menu,) = [action for action in card["actions"] if action["action_id"] == ids.MORE]
    press = {"action_id": ids.MORE, "block_id": menu["block_id"], "value": ids.WHY}
    where = {"channel": person.channel, "ts": card["ts"]}
    await person.audience.post(f"/control/users/{person.user}/clicks", {**where, **press})

    async def look() -> tuple[Json | None, str]:
        path = f"/control/users/{person.user}/new"
        new = (await person.audience.get(path, channel=person.channel, since=since))["messages"]
        return next((message for message in new if message["ephemeral"]), None), str(new)

    return explained(await person.audience.until(f"{person.user} is told why", look))


def explained(whisper: Json) -> list[str]:
    """The explanation's lines out of its blocks: the headline after the number, then a line each."""
    first, *rest = [block["text"]["text"] for block in whisper["blocks"] if block["type"] == "section"]
    lines = [first.partition(" · ")[2], *(line.removeprefix("• ") for text in rest for line in text.splitlines())]
    return [html.unescape(line) for line in lines]


@pytest.mark.parametrize("language", sorted(PEOPLE))
async def test_three_ways_to_ask_have_one_answer(tmp_path: Path, language: str) -> None:
    user, channel, shop = PEOPLE[language]
    async with installation(tmp_path, f"sqlite:///{tmp_path}/t.db") as here:
        await here.serve()
        person = here.person(user, channel)
        number = await here.platform.raises(shop_id=shop, raised_at=RAISED, **{"class": "crc"})
        button = await by_button(person, number)
        command = explained(await person.asks(f"/coop why {number}"))
        line = await on_the_command_line(here, language)
        assert button == command == line
        assert len(line) >= 6
