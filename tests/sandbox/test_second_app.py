"""``serve`` with a manifest, and an unrelated ten-line app against it, started from a workspace file."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from coopbot.sandbox import SandboxClient, Workspace, serve

MANIFEST = {
    "display_information": {"name": "Echo"},
    "features": {"bot_user": {"display_name": "echo"}},
    "oauth_config": {"scopes": {"bot": ["chat:write", "channels:history"]}},
    "settings": {"event_subscriptions": {"bot_events": ["message.channels"]}, "socket_mode_enabled": True},
}


async def test_ten_lines_echo(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.yml"
    manifest.write_text(yaml.safe_dump(MANIFEST), encoding="utf-8")
    said: asyncio.Queue[str] = asyncio.Queue()
    stop = asyncio.Event()
    serving = asyncio.ensure_future(serve("127.0.0.1", 0, manifest, None, say=said.put_nowait, until=stop))
    words = dict(re.findall(r"^(\w+)=(.*)$", await asyncio.wait_for(said.get(), 10), re.M))

    app = AsyncApp(client=AsyncWebClient(token=words["SLACK_BOT_TOKEN"], base_url=words["SLACK_API_URL"]))

    @app.event("message")
    async def echo(event: dict[str, Any], say: Any) -> None:
        await say(f"echo: {event['text']}")

    handler = AsyncSocketModeHandler(app, words["SLACK_APP_TOKEN"])
    await handler.connect_async()

    async with SandboxClient(words["SLACK_API_URL"].removesuffix("/api/")) as people:
        await people.says("ULIN", "general", "你好")

        async def echoed() -> Any:
            return (await people.sees("UANA", "general"))[1:]

        (message,) = await people.until(echoed)
        assert (message["text"], message["from_name"]) == ("echo: 你好", "echo")
    await handler.close_async()
    stop.set()
    await serving


def test_workspace_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "workspace.yml"
    path.write_text(
        yaml.safe_dump(
            {
                "team_name": "Mine",
                "users": [{"id": "U1", "name": "one", "real_name": "One"}],
                "channels": [{"id": "C1", "name": "c", "members": ["U1"]}],
            }
        ),
        encoding="utf-8",
    )
    read = Workspace.read(path)
    assert (read.team_name, read.users[0].name, read.channels[0].members) == ("Mine", "one", ("U1",))
    path.write_text("users: [{id: U1, name: one, real_name: One, colour: red}]", encoding="utf-8")
    with pytest.raises(ValueError, match="User has no colour"):
        Workspace.read(path)
