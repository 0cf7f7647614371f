"""People of another workspace, who share a channel with the team, and guests: told why not, and nothing changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from coopbot.clock import SteeredClock
from coopbot.domain.people import Person
from coopbot.handlers.edge import on_click, on_shortcut, on_submit
from coopbot.handlers.interaction import Click, Shortcut, Submission
from coopbot.handlers.reception import Reception
from coopbot.store import open_store
from coopbot.views import ids
from coopbot.views.language import Catalogues
from tests.support.office import Office, raising
from tests.support.world import ANA, a_desk

OURS, THEIRS = "T0OURS", "T0THEIRS"


class Edge:
    """A reception on a real store; what it whispers goes to a real address."""

    def __init__(self, office: Office, reception: Reception, url: str) -> None:
        self.office, self.reception, self.url = office, reception, url
        self.whispers: list[str] = []
        self.acks: list[dict[str, Any]] = []

    async def ack(self, **answer: Any) -> None:
        self.acks.append(answer)

    async def clicks(self, action: str, team: str) -> None:
        body = {
            "user": {"id": ANA, "name": "ana", "team_id": team},
            "actions": [{"action_id": action, "value": "jd:A-17", "action_ts": "1"}],
            "response_url": self.url,
        }
        await on_click(self.reception, Click.of(body), self.ack)  # type: ignore[arg-type]
        await self.reception.drain()


@pytest.fixture
async def edge(tmp_path: Path) -> AsyncIterator[Edge]:
    desk = a_desk(language="en")
    async with open_store(f"sqlite:///{tmp_path}/edge.db") as store, aiohttp.ClientSession() as session:
        office = Office(store, desk)
        client = AsyncWebClient(token="xoxb-x")
        reception = Reception(
            store, desk, SteeredClock(office.now), Catalogues(), client, lambda: None, session, team_id=OURS
        )
        made = Edge(office, reception, "")

        async def whispered(request: web.Request) -> web.Response:
            made.whispers.append((await request.json())["text"])
            return web.Response()

        app = web.Application()
        app.router.add_post("/", whispered)
        async with TestServer(app) as server:
            made.url = str(server.make_url("/"))
            await office.take(raising(office.now))
            yield made


async def test_a_click_from_another_workspace_is_refused_with_a_sentence(edge: Edge) -> None:
    before = await edge.office.order()
    await edge.clicks(ids.CLAIM, THEIRS)
    assert edge.acks == [{}]
    assert edge.whispers == ["Only people of this workspace can act here. Ask a colleague of the team."]
    assert await edge.office.order() == before
    await edge.clicks(ids.CLAIM, OURS)
    claim = (await edge.office.order()).claim
    assert claim is not None
    assert claim.by == ANA


async def test_so_is_a_modal_which_stays_open(edge: Edge) -> None:
    view = {
        "id": "V1",
        "callback_id": ids.REPLY_MODAL,
        "private_metadata": "jd:A-17",
        "state": {"values": {ids.REPLY_TEXT: {ids.REPLY_TEXT: {"value": "今天 18:00 前发出"}}}},
        "blocks": [{"type": "input", "block_id": ids.REPLY_TEXT}],
    }
    body = {"user": {"id": ANA, "team_id": THEIRS}, "view": view}
    await on_submit(edge.reception, Submission.of(body), edge.ack)  # type: ignore[arg-type]
    (answer,) = edge.acks
    assert answer["response_action"] == "errors"
    assert "workspace" in answer["errors"][ids.REPLY_TEXT]
    assert (await edge.office.order()).replies == ()


async def test_and_a_shortcut(edge: Edge) -> None:
    body = {"user": {"id": ANA, "team_id": THEIRS}, "callback_id": ids.SEND_AS_ANSWER, "response_url": edge.url}
    await on_shortcut(edge.reception, Shortcut.of(body), edge.ack)  # type: ignore[arg-type]
    await edge.reception.drain()
    assert len(edge.whispers) == 1


async def test_a_guest_of_the_channel_is_told_whom_to_ask(edge: Edge) -> None:
    await edge.office.store.run(lambda tx: tx.people.learn([Person(ANA, name="Ana", language="en", guest=True)]))
    before = await edge.office.order()
    await edge.clicks(ids.CLAIM, OURS)
    assert edge.whispers == ["Guests can read here, not act. Ask somebody of flagship."]
    assert await edge.office.order() == before
