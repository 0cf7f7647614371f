"""Expectations: the expected passes, what nobody expected fails, and says what it was."""

from __future__ import annotations

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from coopbot.sandbox import SandboxClient
from coopbot.sandbox.watch import Unexpected, Watch


async def test_what_was_expected_passes_and_its_changes_too(bot: AsyncWebClient, people: SandboxClient) -> None:
    await bot.chat_postMessage(channel="CCARE", text="before")
    async with Watch(people, "UANA") as ana:
        posted = await bot.chat_postMessage(channel="CCARE", text="Crate 17 is late")
        assert (await ana.sees("Crate 17", "late"))["ts"] == posted["ts"]
        await bot.chat_update(channel="CCARE", ts=str(posted["ts"]), text="Crate 17 is there")
        await ana.sees_nothing_else()


async def test_what_nobody_expected_fails(bot: AsyncWebClient, people: SandboxClient) -> None:
    async with Watch(people, "UANA") as ana:
        await bot.chat_postMessage(channel="CCARE", text="Crate 17 is late")
        await bot.chat_postMessage(channel="CCARE", text="Crate 18 as well")
        await ana.sees("Crate 17")
        with pytest.raises(Unexpected, match="Crate 18 as well"):
            await ana.sees_nothing_else()


async def test_what_does_not_come_fails_with_what_came(bot: AsyncWebClient, people: SandboxClient) -> None:
    async with Watch(people, "UANA", "CCARE") as ana:
        await bot.chat_postMessage(channel="CCARE", text="Crate 17 is late")
        with pytest.raises(Unexpected, match="Crate 17 is late"):
            await ana.sees("Crate 99", within=0.1)


async def test_whispers_to_others_are_not_seen(bot: AsyncWebClient, people: SandboxClient) -> None:
    async with Watch(people, "UANA") as ana:
        await bot.chat_postEphemeral(channel="CCARE", user="UBEN", text="only for Ben")
        await ana.sees_nothing_else()
