"""What Slack is answered through Bolt: each kind of payload reaches its function; an event that fails comes again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest

from coopbot.handlers.edge import bolt
from coopbot.views import ids
from tests.support.edge import OURS, Edge, edge_on
from tests.support.world import ANA


@pytest.fixture
async def edge(tmp_path: Path) -> AsyncIterator[Edge]:
    async with edge_on(tmp_path / "edge.db") as made:
        yield made


async def answered(edge: Edge, body: dict[str, Any]) -> tuple[int, str]:
    """Status and text, as Slack gets them."""
    app = bolt(edge.reception, edge.reception.client)
    answer = await app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
    return answer.status, str(answer.body)


async def test_a_click_is_acked_once_it_is_saved(edge: Edge) -> None:
    body = {
        "type": "block_actions",
        "user": {"id": ANA, "name": "ana", "team_id": OURS},
        "actions": [{"action_id": ids.CLAIM, "value": "jd:A-17", "action_ts": "1"}],
    }
    assert await answered(edge, body) == (200, "")
    claim = (await edge.office.order()).claim
    assert claim is not None
    assert claim.by == ANA


async def test_a_command_names_no_type_and_is_answered_all_the_same(edge: Edge) -> None:
    body = {"command": "/coop", "text": "help", "user_id": ANA, "team_id": OURS, "channel_id": "C0CARE"}
    status, text = await answered(edge, {**body, "response_url": edge.url})
    assert status == 200
    await edge.reception.drain()
    assert "/coop status" in text + "".join(edge.whispers)


@pytest.mark.parametrize("kind", ["view_closed", "message_action", "shortcut"])
async def test_what_asks_for_nothing_is_acked(edge: Edge, kind: str) -> None:
    body = {"type": kind, "user": {"id": ANA, "team_id": OURS}, "view": {}, "callback_id": "nobody's"}
    assert await answered(edge, body) == (200, "")


async def test_a_kind_that_nobody_handles_is_no_success(edge: Edge) -> None:
    assert (await answered(edge, {"type": "block_suggestion", "user": {"id": ANA}}))[0] == 404


async def test_an_event_that_fails_is_not_acked_so_that_slack_sends_it_again(edge: Edge) -> None:
    broken: Any = None
    body = {"type": "event_callback", "event_id": "E1", "event": {"type": "member_joined_channel", "user": ANA}}
    body["event"] |= {"channel": "C0CARE"}
    edge.reception.store = broken
    assert (await answered(edge, body))[0] == 500
