"""The official clients over Socket Mode: what a person does reaches the app, what the app does reaches the person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from coopbot.sandbox import Sandbox, SandboxClient
from tests.sandbox.conftest import button, field, modal, section, web_client


@pytest.fixture
async def app(sandbox: Sandbox) -> AsyncIterator[AsyncApp]:
    app = AsyncApp(token="xoxb-sandbox-1", client=web_client(sandbox))
    handler = AsyncSocketModeHandler(app, "xapp-1-A00000001-1-sandbox", web_client=web_client(sandbox, ""))
    handler.client.web_client = web_client(sandbox, "")
    await handler.connect_async()
    yield app
    await handler.close_async()


async def test_command_answers_the_one_who_asked(app: AsyncApp, people: SandboxClient) -> None:
    @app.command("/till")
    async def till(ack: Any, command: Any) -> None:
        await ack(f"you said {command['text']} in {command['channel_name']}")

    done = await people.commands("UANA", "#care", "/till", "open")
    assert done["acked"]
    assert [m["text"] for m in await people.sees("UANA", "CCARE")] == ["you said open in care"]
    assert await people.sees("UBEN", "CCARE") == []


async def test_click_changes_the_message(app: AsyncApp, people: SandboxClient, bot: Any) -> None:
    seen: dict[str, Any] = {}

    @app.action("press")
    async def press(ack: Any, body: Any, respond: Any) -> None:
        seen.update(body)
        await ack()
        await respond(text="done", replace_original=True)

    blocks = [section("Order *A-17*"), {"type": "actions", "elements": [button("Claim", value="17")]}]
    ts = (await bot.chat_postMessage(channel="CCARE", text="Order", blocks=blocks))["ts"]
    done = await people.clicks("UANA", "press", channel="CCARE", ts=ts)
    assert done["acked"]

    async def changed() -> Any:
        return [m for m in await people.sees("UBEN", "CCARE") if m["text"] == "done"]

    (message,) = await people.until(changed)
    assert message["ts"] == ts
    assert message["edited"]
    assert not message["ephemeral"]
    assert seen["actions"][0]["value"] == "17"
    assert seen["user"]["id"] == "UANA"
    assert seen["message"]["ts"] == ts
    assert seen["container"]["channel_id"] == "CCARE"


async def test_modal_says_what_is_wrong_and_keeps_the_text(app: AsyncApp, people: SandboxClient) -> None:
    @app.shortcut("new_till")
    async def shortcut(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(field(), callback_id="till"))

    @app.view("till")
    async def till(ack: Any, view: Any) -> None:
        text = view["state"]["values"]["b"]["a"]["value"]
        if text == "no":
            await ack(response_action="errors", errors={"b": "not no"})
        else:
            await ack()

    await people.shortcuts("UANA", "new_till")
    await people.until(lambda: people.views("UANA"))
    assert (await people.submits("UANA"))["errors"] == {"b": "Please complete this required field."}
    done = await people.submits("UANA", {"a": "no"})
    assert done["acked"]
    assert done["errors"] == {"b": "not no"}
    (view,) = await people.views("UANA")
    assert view["fields"][0]["value"] == "no"
    assert view["fields"][0]["error"] == "not no"
    assert (await people.submits("UANA", {"b": {"a": "yes"}}))["open"] == []


async def test_mention_and_direct_message_are_heard(app: AsyncApp, people: SandboxClient) -> None:
    @app.event("app_mention")
    async def mentioned(event: Any, say: Any) -> None:
        await say(text=f"hello <@{event['user']}>", thread_ts=event["ts"])

    @app.event("message")
    async def message(event: Any, say: Any) -> None:
        if event["channel_type"] == "im":
            await say("at your service")

    ts = await people.says("UANA", "CCARE", "@till are you there?")

    async def answered() -> Any:
        return (await people.sees("UBEN", "CCARE", ts))[1:]

    (answer,) = await people.until(answered)
    assert answer["text"] == "hello @ana"
    direct = (await people.dm("UANA", "hi"))["channel"]

    async def served() -> Any:
        return (await people.sees("UANA", direct))[1:]

    assert [m["text"] for m in await people.until(served)] == ["at your service"]
    assert [n["why"] for n in await people.notifications("UANA")] == ["mention", "dm"]
