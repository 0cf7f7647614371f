"""The same event from many requests at once, alone and in batches that overlap: one order, one card, no trouble."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from coopbot.clock import wall
from coopbot.platforms.signing import sign
from tests.support.installation import SECRET, Installation, installation
from tests.support.raised import raised_event

AT_ONCE, BATCHES, STRIDE, SIZE = 32, 16, 5, 20
"""Each batch shares three quarters of its orders with the next, in the other sequence every second time."""


@pytest.fixture
async def here(tmp_path: Path, database_url: str) -> AsyncIterator[Installation]:
    async with installation(tmp_path, database_url) as made:
        await made.serve()
        yield made


async def post(here: Installation, identity: str, events: Any) -> tuple[int, Any]:
    body = json.dumps(events).encode()
    headers = {"content-type": "application/json", **sign([SECRET], identity, body, wall())}
    address = f"http://127.0.0.1:{here.port}/platform/v1/events"
    async with here.session.post(address, data=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def all_told_once(here: Installation, numbers: set[str]) -> None:
    async def told() -> None:
        said = str([call["args"]["blocks"] for call in await here.posts()])
        assert not [number for number in numbers if f"jd:{number}'" not in said]

    await here.persists(told, "every order told")
    blocks = [str(call["args"]["blocks"]) for call in await here.posts() if not call["args"].get("thread_ts")]
    told_by = Counter(number for number in numbers for each in blocks if f"jd:{number}'" in each)
    assert set(told_by.values()) == {1}, told_by.most_common(3)


async def test_the_same_event_many_times_at_once_is_one_order(here: Installation) -> None:
    at = wall()
    event = raised_event("D-1", at)
    told = await asyncio.gather(*(post(here, "e-D-1", event) for _ in range(AT_ONCE)))
    assert {status for status, _ in told} == {200}
    verdicts = Counter(answer["results"][0]["status"] for _, answer in told)
    assert verdicts == {"accepted": 1, "duplicate": AT_ONCE - 1}
    status, answer = await post(here, "e-D-1", raised_event("D-1", at, content="something else"))
    assert (status, answer["results"][0]["status"]) == (409, "conflict")
    await all_told_once(here, {"D-1"})


async def test_batches_that_overlap_take_each_order_once_and_none_is_in_trouble(here: Installation) -> None:
    at = wall()
    batches = [[raised_event(f"O-{n * STRIDE + m}", at) for m in range(SIZE)] for n in range(BATCHES)]
    requests = [batch[::-1] if n % 2 else batch for n, batch in enumerate(batches)]
    told = await asyncio.gather(*(post(here, f"b-{n}", batch) for n, batch in enumerate(requests)))
    assert {status for status, _ in told} == {200}
    verdicts = Counter((each["id"], each["status"]) for _, answer in told for each in answer["results"])
    numbers = {event["data"]["work_order_no"] for batch in batches for event in batch}
    assert {verdicts[f"e-{number}", "accepted"] for number in numbers} == {1}
    assert {status for _, status in verdicts} == {"accepted", "duplicate"}
    await all_told_once(here, numbers)
