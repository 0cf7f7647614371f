"""Slack's signed HTTP: junk is turned away in one line, and what Slack signs gets through (slack.md C21 to C23)."""

from __future__ import annotations

import hmac
import io
import json
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from coopbot.clock import wall
from coopbot.handlers import slack_http

SECRET = "a signing secret"
FORM = "application/x-www-form-urlencoded"
COMMAND = b"command=%2Fcoop&text=status&user_id=U1&team_id=T1&channel_id=C1&response_url=&trigger_id=1"


class Edge:
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session, self.url = session, url
        self.heard: list[str] = []

    async def post(
        self, body: bytes, content_type: str = FORM, *, signed: bool = True, ago: int = 0, **headers: str
    ) -> tuple[int, str]:
        at = str(int(wall().timestamp()) - ago)
        given = {"content-type": content_type}
        if signed:
            signature = hmac.new(SECRET.encode(), f"v0:{at}:".encode() + body, sha256).hexdigest()
            given |= {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={signature}"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.post(self.url, data=io.BytesIO(body), headers=given) as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def edge() -> AsyncIterator[Edge]:
    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token="xoxb-1", bot_id="B", bot_user_id="U0BOT")

    app = AsyncApp(
        authorize=authorize, process_before_response=True, request_verification_enabled=False, ssl_check_enabled=False
    )
    routes = web.Application(client_max_size=2**20)
    slack_http.mount(routes, app, SECRET)
    async with TestServer(routes) as server, aiohttp.ClientSession() as session:
        made = Edge(session, str(server.make_url(slack_http.PATH)))

        @app.command("/coop")
        async def coop(ack: Any, command: dict[str, str]) -> None:
            made.heard.append(command["text"])
            await ack()

        yield made


async def test_what_slack_signed_is_heard(edge: Edge) -> None:
    assert await edge.post(COMMAND) == (200, "")
    assert edge.heard == ["status"]


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Slack_Signature": "v0=" + "0" * 64},
        {"X_Slack_Signature": "v0=é"},
        {"X_Slack_Signature": "garbage"},
        {"X_Slack_Signature": ""},
        {"X_Slack_Request_Timestamp": "abc"},
        {"X_Slack_Request_Timestamp": "9" * 40},
        {"X_Slack_Request_Timestamp": ""},
    ],
)
async def test_a_signature_that_is_none_is_401(edge: Edge, headers: dict[str, str]) -> None:
    assert await edge.post(COMMAND, **headers) == (401, "not signed by Slack")
    assert edge.heard == []


@pytest.mark.parametrize("ago", [301, 3600, -301])
async def test_an_old_signature_and_one_of_tomorrow_are_401(edge: Edge, ago: int) -> None:
    assert (await edge.post(COMMAND, ago=ago))[0] == 401


@pytest.mark.parametrize("body", [COMMAND, b"ssl_check=1", b"", b"\xff\xfe", b"{}"])
async def test_what_nobody_signed_is_401_whatever_it_holds(edge: Edge, body: bytes) -> None:
    assert (await edge.post(body, signed=False))[0] == 401
    assert edge.heard == []


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"payload=garbage", FORM, 400),
        (b"payload=" + quote(json.dumps([1, 2])).encode(), FORM, 400),
        (b"payload=%ff%fe", FORM, 400),
        (b"[1, 2]", "application/json", 400),
        (b"{", "application/json", 400),
        (b"", FORM, 400),
        (b"\xff\xfe", FORM, 401),
    ],
)
async def test_junk_that_is_signed_is_told_so(edge: Edge, body: bytes, content_type: str, status: int) -> None:
    assert (await edge.post(body, content_type))[0] == status


async def test_two_megabytes_are_too_many(edge: Edge) -> None:
    assert (await edge.post(b"text=" + b"x" * 2_000_000))[0] == 413
    assert await edge.post(COMMAND) == (200, "")
