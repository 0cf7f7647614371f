"""Interaction payloads as Slack sends them."""

from __future__ import annotations

from typing import Any

from coopbot.sandbox.records import JSON, Conversation, InstalledApp, Message, View
from coopbot.sandbox.wire import message_json, view_json
from coopbot.sandbox.world import World


def base(world: World, app: InstalledApp, kind: str, user: str) -> JSON:
    name = world.directory.users[user].name
    return {
        "type": kind,
        "team": {"id": world.directory.team_id, "domain": world.directory.team["domain"]},
        "user": {"id": user, "username": name, "name": name, "team_id": world.directory.team_id},
        "api_app_id": app.id,
        "token": "sandbox-verification-token",
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel(conversation: Conversation) -> JSON:
    return {"id": conversation.id, "name": "directmessage" if conversation.kind == "dm" else conversation.name}


def message_click(
    world: World, app: InstalledApp, user: str, message: Message, actions: list[JSON], trigger: str
) -> JSON:
    """block_actions within a message, with the response_url that answers it."""
    conversation = world.conversations.all[message.channel]
    container: JSON = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": bool(message.only_for),
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    url = world.response_urls.new(app.id, user, message.channel, message.ts, message.thread_ts)
    found = base(world, app, "block_actions", user) | {
        "container": container,
        "trigger_id": trigger,
        "channel": channel(conversation),
        "state": {"values": message.state},
        "response_url": url,
        "actions": actions,
    }
    if not message.only_for:  # Slack does not send back the content of an ephemeral message
        found["message"] = message_json(world, message, metadata=True)
    return found


def view_click(world: World, app: InstalledApp, user: str, view: View, actions: list[JSON], trigger: str) -> JSON:
    return base(world, app, "block_actions", user) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": trigger,
        "view": view_json(world, view),
        "actions": actions,
    }


def submission(world: World, app: InstalledApp, user: str, view: View, trigger: str) -> JSON:
    return base(world, app, "view_submission", user) | {
        "trigger_id": trigger,
        "view": view_json(world, view),
        "response_urls": view.response_urls,
    }


def closing(world: World, app: InstalledApp, user: str, view: View, cleared: bool) -> JSON:
    """view_closed: what was typed does not come with it (slack.md E)."""
    body = view_json(world, view) | {"state": {"values": {}}}
    return base(world, app, "view_closed", user) | {"view": body, "is_cleared": cleared}


def global_shortcut(world: World, app: InstalledApp, user: str, callback_id: str, trigger: str) -> JSON:
    ts = world.conversations.new_ts()
    return base(world, app, "shortcut", user) | {"callback_id": callback_id, "trigger_id": trigger, "action_ts": ts}


def message_shortcut(
    world: World, app: InstalledApp, user: str, callback_id: str, message: Message, trigger: str
) -> JSON:
    conversation = world.conversations.all[message.channel]
    return base(world, app, "message_action", user) | {
        "callback_id": callback_id,
        "trigger_id": trigger,
        "action_ts": world.conversations.new_ts(),
        "message_ts": message.ts,
        "channel": channel(conversation),
        "message": message_json(world, message, metadata=True),
        "response_url": world.response_urls.new(app.id, user, conversation.id, message.ts, message.thread_ts),
    }


def command(world: World, app: InstalledApp, user: str, conversation: Conversation, name: str, text: str) -> JSON:
    """The form of a slash command; mentions come as ids only where the manifest says ``should_escape``."""
    trigger = world.modals.trigger(app.id, user)
    return {
        "token": "sandbox-verification-token",
        "team_id": world.directory.team_id,
        "team_domain": world.directory.team["domain"],
        "channel_id": conversation.id,
        "channel_name": channel(conversation)["name"],
        "user_id": user,
        "user_name": world.directory.users[user].name,
        "command": name,
        "text": text,
        "api_app_id": app.id,
        "is_enterprise_install": "false",
        "response_url": world.response_urls.new(app.id, user, conversation.id),
        "trigger_id": trigger.id,
    }


def suggestion(
    world: World, app: InstalledApp, user: str, where: Message | View, block_id: str, action_id: str, value: str
) -> JSON:
    found = base(world, app, "block_suggestion", user) | {
        "block_id": block_id,
        "action_id": action_id,
        "value": value,
    }
    if isinstance(where, View):
        return found | {"container": {"type": "view", "view_id": where.id}, "view": view_json(world, where)}
    conversation = world.conversations.all[where.channel]
    return found | {
        "container": {"type": "message", "message_ts": where.ts, "channel_id": where.channel},
        "channel": channel(conversation),
        "message": message_json(world, where),
    }


def acted(world: World, block: JSON, element: JSON, more: dict[str, Any]) -> JSON:
    """One entry of ``actions``."""
    found: JSON = {"type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"]}
    for name in ("text", "value", "style", "url", "placeholder", "confirm"):
        if name in element and (name in ("text", "value", "style", "url") or element["type"] != "button"):
            found[name] = element[name]
    return found | more | {"action_ts": world.conversations.new_ts()}
