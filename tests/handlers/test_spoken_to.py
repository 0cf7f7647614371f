"""The bot spoken to: without a word that asks for something it says where things stand and what can be asked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from coopbot.handlers.commands import command
from coopbot.handlers.edge import on_slack_event
from tests.support.edge import Edge, edge_on
from tests.support.world import ANA, OUTSIDER


@pytest.fixture
async def edge(tmp_path: Path) -> AsyncIterator[Edge]:
    async with edge_on(tmp_path / "edge.db") as made:
        made.answers["conversations.open"] = {"channel": {"id": "D1"}}
        yield made


async def hears(edge: Edge, user: str, text: str, **more: Any) -> tuple[str, str]:
    """What the bot answers: to whom or where, and all of its words."""
    event = {"type": "message", "channel_type": "im", "channel": "D1", "user": user, "text": text, **more}
    await on_slack_event(edge.reception, {"event": event, "event_id": f"E-{user}-{text}"})
    await edge.reception.drain()
    _, given = edge.calls[-1]
    return str(given.get("user") or given["channel"]), json.dumps(given["blocks"], ensure_ascii=False)


async def test_a_member_hears_status_and_help_in_one(edge: Edge) -> None:
    where, said = await hears(edge, ANA, "你好")
    assert where == "D1"
    assert ("A-17" in said, "/coop help" in said, "is not a command" in said) == (True, True, False)
    where, said = await hears(edge, ANA, "")
    assert ("A-17" in said, "/coop help" in said) == (True, True)


async def test_somebody_of_no_team_hears_so_and_what_there_is(edge: Edge) -> None:
    edge.answers["users.info"] = {"user": {"id": OUTSIDER, "locale": "en-GB"}}
    _, said = await hears(edge, OUTSIDER, "")
    assert "You are in no team here." in said
    assert "/coop help" in said
    assert "A-17" not in said


async def types(edge: Edge, user: str, text: str, channel: str = "C0ELSEWHERE") -> str:
    """What ``/coop`` answers."""
    body = {"user_id": user, "channel_id": channel, "text": text, "trigger_id": "1.1"}
    await command(edge.reception, body, edge.ack)  # type: ignore[arg-type]
    await edge.reception.drain()
    return str(edge.acks[-1]["text"])


async def test_a_stranger_is_refused_in_both_languages_and_from_then_on_in_their_own(edge: Edge) -> None:
    edge.answers["users.info"] = {"user": {"id": OUTSIDER, "locale": "zh-CN", "real_name": "郝"}}
    en, zh = "You are in no team here. Ask a lead to let you in.", "你还不在任何团队里。请让组长把你加进来。"
    assert await types(edge, OUTSIDER, "status") == f"{en}\n{zh}"
    assert await types(edge, OUTSIDER, "status") == zh


async def test_a_stranger_who_speaks_to_the_bot_is_answered_in_their_own_language(edge: Edge) -> None:
    edge.answers["users.info"] = {"user": {"id": OUTSIDER, "locale": "zh-CN", "real_name": "郝"}}
    assert "你还不在任何团队里" in (await hears(edge, OUTSIDER, "你好"))[1]


@pytest.mark.parametrize(("word", "more"), [("why", "NUMBER"), ("hold", "NUMBER WHY"), ("exam", "PENALTY")])
async def test_a_word_that_wants_more_is_shown_whole(edge: Edge, word: str, more: str) -> None:
    assert await types(edge, ANA, word, "C0FLAG") == f"Write it like this: `/coop {word} {more}`."


async def test_a_mention_in_the_channel_is_answered_only_to_who_spoke(edge: Edge) -> None:
    where, said = await hears(edge, ANA, "<@U0BOT>", type="app_mention", channel="C0FLAG", channel_type="channel")
    assert (where, "A-17" in said) == (ANA, True)
