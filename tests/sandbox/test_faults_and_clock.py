"""Trouble on demand at calls, and the clock that is steered."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from coopbot.sandbox import Sandbox, SandboxClient
from coopbot.sandbox.clock import SandboxClock


async def post(sandbox: Sandbox, limit: float = 5.0) -> tuple[int, str]:
    headers = {"Authorization": "Bearer xoxb-sandbox-1"}
    within = aiohttp.ClientTimeout(total=limit)
    async with aiohttp.ClientSession(headers=headers, timeout=within) as session:
        url = f"{sandbox.address}/api/chat.postMessage"
        async with session.post(url, json={"channel": "CCARE", "text": "t"}) as answer:
            return answer.status, await answer.text()


async def effects(people: SandboxClient) -> list[tuple[bool, Any]]:
    return [(c["effect"], c["fault"]) for c in await people.journal(method="chat.postMessage")]


@pytest.mark.parametrize(
    ("fault", "status", "word"),
    [
        ({"fault": "error_500"}, 500, "Internal"),
        ({"fault": "html"}, 503, "<html>"),
        ({"fault": "internal_error"}, 200, "internal_error"),
        ({"fault": "api_error", "error": "fatal_error"}, 200, "fatal_error"),
        ({"fault": "rate_limit", "seconds": 7}, 429, "ratelimited"),
        ({"fault": "token_revoked", "method": "chat.postMessage", "times": 1}, 200, "token_revoked"),
    ],
)
async def test_refusing_faults(
    sandbox: Sandbox, people: SandboxClient, fault: dict[str, Any], status: int, word: str
) -> None:
    await people.request("POST", "faults", fault)
    got = await post(sandbox)
    assert got[0] == status
    assert word in got[1]
    assert await people.sees("UANA", "CCARE") == []
    assert (await post(sandbox))[0] == 200
    assert await effects(people) == [(False, fault["fault"]), (True, None)]


@pytest.mark.parametrize(("fault", "there"), [("drop_before_effect", 0), ("drop_after_effect", 1)])
async def test_dropped_connections(sandbox: Sandbox, people: SandboxClient, fault: str, there: int) -> None:
    await people.fault(fault, method="chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await post(sandbox)
    assert len(await people.sees("UANA", "CCARE")) == there
    assert await effects(people) == [(bool(there), fault)]


async def test_no_answer_and_a_slow_one(sandbox: Sandbox, people: SandboxClient) -> None:
    await people.fault("timeout", seconds=0.2)
    with pytest.raises(aiohttp.ClientError):
        await post(sandbox)
    await people.fault("slow", seconds=0.05)
    assert (await post(sandbox))[0] == 200
    assert len(await people.sees("UANA", "CCARE")) == 1


async def test_storm_until_disarmed_and_for_one_method(bot: AsyncWebClient, people: SandboxClient) -> None:
    fault = await people.fault("rate_limit", method="chat.postMessage", times=0)
    for _ in range(3):
        with pytest.raises(SlackApiError):
            await bot.chat_postMessage(channel="CCARE", text="t")
    assert (await bot.auth_test())["ok"]
    assert [f["id"] for f in (await people.request("GET", "faults"))["faults"]] == [fault["id"]]
    await people.calm()
    assert (await bot.chat_postMessage(channel="CCARE", text="t"))["ok"]


async def test_clock_jumps_through_what_is_due() -> None:
    clock = SandboxClock(1000.0)
    clock.run_at(0)
    ran: list[tuple[str, float]] = []
    clock.call_at(1300, lambda: ran.append(("late", clock.now())))

    def early() -> None:
        ran.append(("early", clock.now()))
        clock.call_at(1200, lambda: ran.append(("new", clock.now())))

    clock.call_at(1100, early)
    clock.jump(1250)
    assert ran == [("early", 1100), ("new", 1200)]
    assert clock.now() == 1250
    with pytest.raises(ValueError, match="backwards"):
        clock.run_at(-1)
    clock.stop()


async def test_clock_runs_fast(people: SandboxClient) -> None:
    await people.clock(now=2_000_000_000, rate=0)
    assert (await people.clock())["now"] == 2_000_000_000
    ts = await people.says("UANA", "CCARE", "in the future")
    assert ts.startswith("2000000000.")
    second = await people.says("UANA", "CCARE", "the same instant")
    assert second > ts
    fast = await people.clock(rate=1000)
    assert fast["rate"] == 1000
