"""The official Bolt app behind signed HTTP: events, commands, clicks, submissions; retries with their headers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from coopbot.sandbox import App, Sandbox, SandboxClient
from tests.sandbox.conftest import MANIFEST, button, field, modal, web_client, workspace

SECRET = "sandbox-signing-secret-1"
OVER_HTTP = {**MANIFEST, "settings": {**MANIFEST["settings"], "socket_mode_enabled": False}}


class Receiver:
    """Where payloads arrive: checked for their signature, then handed to Bolt or answered as the test wants."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], str]] = []
        self.status: list[int] = []
        self.headers: dict[str, str] = {}
        self.hold: asyncio.Event | None = None
        self.bolt: AsyncApp | None = None
        self.address = ""
        self.runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/slack/events", self.receive)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{self.runner.addresses[0][1]}/slack/events"

    async def receive(self, request: web.Request) -> web.StreamResponse:
        body = await request.text()
        headers = dict(request.headers)
        assert SignatureVerifier(SECRET).is_valid_request(body, headers)
        self.got.append((headers, body))
        if self.hold:
            await self.hold.wait()
        if self.status:
            return web.Response(status=self.status.pop(0), headers=self.headers)
        if self.bolt is None:
            return web.Response()
        from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

        return await to_aiohttp_response(await self.bolt.async_dispatch(await to_bolt_request(request)))


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    await receiver.start()
    yield receiver
    assert receiver.runner
    await receiver.runner.cleanup()


@pytest.fixture
async def sandbox(receiver: Receiver) -> AsyncIterator[Sandbox]:
    box = Sandbox(workspace(App(bot_user_id="UBOT", manifest=OVER_HTTP, request_url=receiver.address)))
    await box.start()
    yield box
    await box.stop()


@pytest.fixture
def app(sandbox: Sandbox, receiver: Receiver) -> AsyncApp:
    receiver.bolt = AsyncApp(token="xoxb-sandbox-1", signing_secret=SECRET, client=web_client(sandbox))
    return receiver.bolt


async def deliveries(people: SandboxClient, count: int) -> list[dict[str, Any]]:
    async def there() -> Any:
        found = await people.deliveries(kind="event")
        return found if len(found) >= count else None

    return list(await people.until(there, 5))


async def test_everything_a_person_does_arrives(app: AsyncApp, people: SandboxClient, bot: Any) -> None:
    heard: list[str] = []

    @app.event("message")
    async def message(event: Any) -> None:
        heard.append(event["text"])

    @app.command("/till")
    async def till(ack: Any) -> None:
        await ack("aye")

    @app.action("press")
    async def press(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(field(), callback_id="till"))

    @app.view("till")
    async def submitted(ack: Any) -> None:
        await ack(response_action="update", view=modal(submit=None, title={"type": "plain_text", "text": "Thanks"}))

    await people.says("UANA", "CCARE", "hello")
    assert [d["status"] for d in await deliveries(people, 1)] == ["acked"]
    assert heard == ["hello"]
    assert (await people.commands("UANA", "CCARE", "/till"))["response"] == {"text": "aye"}
    blocks = [{"type": "actions", "elements": [button()]}]
    ts = (await bot.chat_postMessage(channel="CCARE", text="t", blocks=blocks))["ts"]
    assert (await people.clicks("UANA", "press", channel="CCARE", ts=ts))["acked"]
    await people.until(lambda: people.views("UANA"))
    await people.submits("UANA", {"a": "x"})
    assert [v["title"] for v in await people.views("UANA")] == ["Thanks"]


async def test_retries_carry_number_and_reason(receiver: Receiver, people: SandboxClient) -> None:
    await people.clock(rate=0)
    receiver.status = [500, 502, 404, 500]
    await people.says("UANA", "CCARE", "hello")
    await deliveries(people, 2)
    await people.clock(advance=60)
    await deliveries(people, 3)
    await people.clock(advance=300)
    await deliveries(people, 4)
    told = [(h.get("X-Slack-Retry-Num"), h.get("X-Slack-Retry-Reason")) for h, _ in receiver.got]
    assert told == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({body for _, body in receiver.got}) == 1


async def test_no_retry_is_obeyed(receiver: Receiver, people: SandboxClient) -> None:
    receiver.status, receiver.headers = [500], {"X-Slack-No-Retry": "1"}
    await people.says("UANA", "CCARE", "hello")
    await deliveries(people, 1)
    await people.clock(advance=3600)
    assert len(await people.deliveries(kind="event")) == 1


async def test_nobody_listens(receiver: Receiver, people: SandboxClient) -> None:
    assert receiver.runner
    await receiver.runner.cleanup()
    await people.says("UANA", "CCARE", "hello")
    assert [d["reason"] for d in await deliveries(people, 2)] == ["", "connection_failed"]


async def test_failing_command_is_not_tried_again(receiver: Receiver, people: SandboxClient) -> None:
    receiver.status = [500]
    assert (await people.commands("UANA", "CCARE", "/till"))["failure"] == "http_error"
    await people.clock(advance=3600)
    assert len(receiver.got) == 1


async def test_three_redirects_are_too_many(receiver: Receiver, people: SandboxClient) -> None:
    receiver.status, receiver.headers = [307, 307, 307], {"Location": "/slack/events"}
    await people.says("UANA", "CCARE", "hello")
    first, second = await deliveries(people, 2)
    assert (first["failure"], second["reason"], second["status"]) == (
        "too_many_redirects",
        "too_many_redirects",
        "acked",
    )


async def test_two_redirects_are_followed(receiver: Receiver, people: SandboxClient) -> None:
    receiver.status, receiver.headers = [307, 307], {"Location": "/slack/events"}
    await people.says("UANA", "CCARE", "hello")
    assert [d["status"] for d in await deliveries(people, 1)] == ["acked"]


async def test_an_answer_after_three_seconds_is_none(receiver: Receiver, people: SandboxClient) -> None:
    receiver.hold = asyncio.Event()
    await people.says("UANA", "CCARE", "hello")
    done = await people.commands("UANA", "CCARE", "/till")
    assert (done["acked"], done["failure"]) == (False, "operation_timeout")
    receiver.hold.set()
    assert [d["reason"] for d in await deliveries(people, 2)] == ["", "http_timeout"]
    assert len(await people.deliveries(kind="command")) == 1
