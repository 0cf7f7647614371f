"""A sale's first minute: hundreds of orders for one channel, told in as few messages as it takes, each once.

Slack is away while they are raised, so that the bot finds all of them waiting; its pace is twenty times Slack's, its
patience a twentieth, so that the same happens in a twentieth of the time. The judge is outside: the journals of
workspace and platform, and the read side.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from coopbot.clock import wall
from coopbot.demo import cast
from coopbot.demo.audience import Json
from coopbot.views import ids
from tests.support.installation import Installation, installation
from tests.support.raised import raised_event

ORDINARY, CRC, ROWS = 300, 6, 24
MESSAGES = CRC + -(-ORDINARY // ROWS)
PACE = {"COOPBOT_PACE": "20", "COOPBOT_PATIENCE": "0.1"}
NUMBERS = [f"B-{n}" for n in range(ORDINARY)] + [f"C-{n}" for n in range(CRC)]


@pytest.fixture
async def here(tmp_path: Path, database_url: str) -> AsyncIterator[Installation]:
    async with installation(tmp_path, database_url) as made:
        yield made


async def test_a_burst_is_told_once_with_crc_first_and_a_row_is_answered(here: Installation) -> None:
    here.undo = "0s"
    await _burst(here)
    posts = await _all_told(here)
    assert len(posts) == MESSAGES
    assert [len(_rows(post)) for post in posts] == [0] * CRC + [ROWS] * 12 + [12]
    await _each_is_told_once(here, posts)

    li = here.person(cast.LI)
    digest = await li.message(next(post for post in posts if "B-17" in _rows(post))["ts"])
    row = next(each for each in digest["actions"] if each["block_id"].endswith("|jd:B-17"))
    await li.clicks(digest, ids.OTHER_ANSWER, block_id=row["block_id"])
    await li.modal("认领")
    await li.submits({ids.REPLY_TEXT: "今天 18:00 前发出,单号随后补充"})
    reply = await here.platform.gets_reply("B-17")
    assert reply["body"]["data"]["replied_by"] == cast.LI
    await here.persists(lambda: _shrinks(here, digest["ts"]), "the answered row shrinks")
    assert len(await here.replies()) == 1


@pytest.mark.parametrize("place", ["outbox.claimed:kill@9", "outbox.posted:kill@9"])
async def test_killed_amid_a_burst_it_loses_and_doubles_nothing(here: Installation, place: str) -> None:
    await _burst(here, COOPBOT_FAIL=place, COOPBOT_ALLOW_FAULTS="1")
    assert here.bot is not None
    assert await here.bot.ends(within=150) == -signal.SIGKILL
    await here.serve(**PACE)
    posts = await _all_told(here)
    assert len(posts) == MESSAGES
    await _each_is_told_once(here, posts)


async def _burst(here: Installation, **more: str) -> None:
    """Everything in one request while Slack is away; then Slack is back."""
    armed = await here.audience.post("/control/faults", {"fault": "error_500", "times": 0})
    await here.serve(wait_ready=False, **PACE, **more)
    told = await here.audience.post("/console/events", {"events": [_raised(number) for number in NUMBERS]})
    assert "invalid" not in str(told), told
    async with here.session.delete(f"{here.sandbox.address}/control/faults/{armed['id']}"):
        pass


def _raised(number: str) -> Json:
    return raised_event(number, wall(), **{"class": "crc" if number.startswith("C") else "general"})


async def _all_told(here: Installation) -> list[Json]:
    """The posts in the channel itself, once the bot knows that each order is told."""

    async def told() -> None:
        orders = await _orders(here)
        assert {each["work_order_no"] for each in orders} == set(NUMBERS)
        untold = [each["work_order_no"] for each in orders if not each["told_at"]]
        assert not untold, f"not told: {untold[:5]}"

    await here.persists(told, "telling all of them")
    return [call for call in await here.posts() if call["args"]["channel"] == cast.FLAGSHIP]


async def _orders(here: Installation) -> list[Json]:
    """The read side's pages, one after the other."""
    orders: list[Json] = []
    query = {"limit": "200"}
    while True:
        address = f"http://127.0.0.1:{here.port}/platform/v1/work-orders"
        async with here.session.get(address, params=query, headers={"Authorization": "Bearer read"}) as answer:
            page = await answer.json()
        orders += page["items"]
        if not page["next_cursor"]:
            return orders
        query["cursor"] = page["next_cursor"]


async def _each_is_told_once(here: Installation, posts: list[Json]) -> None:
    marks = [post["args"]["metadata"]["event_payload"]["intent"] for post in posts]
    assert len(marks) == len(set(marks)), "an intent was posted twice"
    rows = Counter(number for post in posts for number in _rows(post))
    assert rows == Counter(number for number in NUMBERS if number.startswith("B"))
    for number in NUMBERS[ORDINARY:]:
        assert len(await here.cards(number)) == 1


def _rows(post: Json) -> list[str]:
    blocks = [str(block.get("block_id")) for block in post["args"]["blocks"]]
    return [block.partition("|jd:")[2] for block in blocks if block.startswith(ids.ROW_BLOCK)]


async def _shrinks(here: Installation, ts: str) -> None:
    now = await here.person(cast.LI).message(ts)
    assert not any(each["block_id"].endswith("|jd:B-17") for each in now["actions"])
    assert "B-17" in now["text"]
