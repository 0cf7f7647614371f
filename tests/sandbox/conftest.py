"""A workspace with one app, a running sandbox, and the ways in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from coopbot.sandbox import App, Channel, Sandbox, SandboxClient, User, UserGroup, Workspace

SCOPES = [
    "app_mentions:read", "bookmarks:read", "bookmarks:write", "channels:history", "channels:join", "channels:manage",
    "channels:read", "channels:write.invites", "channels:write.topic", "chat:write", "commands", "emoji:read",
    "files:read", "files:write", "groups:history", "groups:read", "groups:write",
    "im:history", "im:read", "im:write", "mpim:history",
    "mpim:read", "mpim:write", "pins:read", "pins:write", "reactions:read", "reactions:write", "team:read",
    "usergroups:read", "usergroups:write", "users.profile:read", "users:read", "users:read.email",
]  # fmt: skip
EVENTS = [
    "app_home_opened", "app_mention", "channel_archive", "channel_rename", "channel_unarchive", "group_archive",
    "member_joined_channel", "member_left_channel", "message.channels", "message.groups", "message.im", "message.mpim",
    "reaction_added", "subteam_members_changed", "team_join", "tokens_revoked", "user_change",
]  # fmt: skip
MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Till"},
    "features": {
        "bot_user": {"display_name": "till"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [
            {"command": "/till", "description": "The till"},
            {"command": "/polite", "description": "Ids", "should_escape": True},
        ],
        "shortcuts": [
            {"name": "New till", "type": "global", "callback_id": "new_till", "description": "Makes one"},
            {"name": "Keep", "type": "message", "callback_id": "keep", "description": "Keeps it"},
        ],
    },
    "oauth_config": {"scopes": {"bot": SCOPES}},
    "settings": {"event_subscriptions": {"bot_events": EVENTS}, "socket_mode_enabled": True},
}
STRANGER = App("A2", "UOTHER", "B2", "Other", "xoxb-other", "xapp-other", "secret-other", manifest={})


def workspace(app: App | None = None, **fields: Any) -> Workspace:
    given: dict[str, Any] = {
        "users": (
            User("UANA", "ana", "Ana Ruiz", tz="Asia/Shanghai", locale="zh-CN", email="ana@example.com"),
            User("UBEN", "ben", "Ben Ode", tz="America/New_York"),
            User("UOUT", "out", "Out Sider"),
            User("UGONE", "gone", "Gone Away", deleted=True),
        ),
        "channels": (
            Channel("CCARE", "care", members=("UANA", "UBEN", "UBOT")),
            Channel("CELSE", "else", members=("UANA",)),
            Channel("COLD", "old", members=("UANA", "UBOT"), archived=True),
            Channel("CSECRET", "secret", members=("UANA",), private=True),
        ),
        "usergroups": (UserGroup("SLEAD", "leads", "Leads", users=("UANA",)),),
        "apps": (app or App(bot_user_id="UBOT", manifest=MANIFEST), STRANGER),
    }
    return Workspace(**(given | fields))


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    box = Sandbox(workspace())
    await box.start()
    yield box
    await box.stop()


@pytest.fixture
async def people(sandbox: Sandbox) -> AsyncIterator[SandboxClient]:
    async with SandboxClient(sandbox.address) as client:
        yield client


@pytest.fixture
def bot(sandbox: Sandbox) -> AsyncWebClient:
    return web_client(sandbox)


def web_client(sandbox: Sandbox, token: str = "xoxb-sandbox-1") -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=f"{sandbox.address}/api/", retry_handlers=[])


def section(text: str = "hello", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(label: str = "Press", action_id: str = "press", **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": label}, "action_id": action_id, **more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    text: Callable[[str], dict[str, str]] = lambda t: {"type": "plain_text", "text": t}  # noqa: E731
    return {
        "type": "modal",
        "title": text("A modal"),
        "submit": text("Save"),
        "blocks": [*blocks] or [section()],
        **more,
    }


def field(block_id: str = "b", action_id: str = "a", kind: str = "plain_text_input", **more: Any) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": block_id,
        "label": {"type": "plain_text", "text": "A field"},
        "element": {"type": kind, "action_id": action_id, **more},
    }
