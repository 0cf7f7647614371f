"""Which events the workspace tells to which app."""

from __future__ import annotations

import itertools
from typing import Any

from coopbot.sandbox.records import JSON, Conversation, InstalledApp, Message
from coopbot.sandbox.scopes import EVENTS
from coopbot.sandbox.wire import message_json
from coopbot.sandbox.world import World

_KINDS = {
    "channel": ("channels", "channel"),
    "private": ("groups", "group"),
    "dm": ("im", "im"),
    "group": ("mpim", "mpim"),
}
_numbers = itertools.count(1)


def tell(
    world: World, subscription: str, event: JSON, conversation: Conversation | None = None, only: str = ""
) -> None:
    """Send ``event`` to every app that subscribed, has the scope and, where there is a conversation, is in it."""
    for app in world.directory.apps.values():
        if (only and app.id != only) or subscription not in app.events or app.revoked:
            continue
        needed = EVENTS.get(subscription)
        if needed and not app.scopes.intersection(needed):
            continue
        if conversation is not None and app.bot not in conversation.members:
            continue
        world.post_office.event(app, wrap(world, app, event))


def wrap(world: World, app: InstalledApp, event: JSON) -> JSON:
    """The outer event: who is authorized, when, and the id that stays the same when it is sent again."""
    number = next(_numbers)
    team = world.directory.team_id
    return {
        "token": "sandbox-verification-token",
        "team_id": team,
        "context_team_id": team,
        "context_enterprise_id": None,
        "api_app_id": app.id,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev0SANDBOX{number:06d}",
        "event_time": int(world.clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team,
                "user_id": app.bot,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-sandbox-{number}",
    }


def message_event(world: World, conversation: Conversation, event: JSON) -> None:
    family, kind = _KINDS[conversation.kind]
    event |= {"channel": conversation.id, "channel_type": kind}
    tell(world, f"message.{family}", event, conversation)


def posted(world: World, message: Message) -> None:
    """A message has come: message.* for those in the conversation, app_mention for the bot that it names."""
    if not any("message" in e or e == "app_mention" for a in world.directory.apps.values() for e in a.events):
        return
    conversation = world.conversations.all[message.channel]
    body = message_json(world, message)
    if message.broadcast:
        body["subtype"] = "thread_broadcast"
    if message.in_thread:
        body["parent_user_id"] = conversation.messages[message.thread_ts].user
    message_event(world, conversation, body | {"event_ts": message.ts})
    if conversation.is_direct or message.subtype:
        return
    for app in world.directory.apps.values():
        if f"<@{app.bot}>" in message.text and message.user != app.bot:
            event = {**body, "type": "app_mention", "channel": conversation.id, "event_ts": message.ts}
            event.pop("channel_type", None)
            tell(world, "app_mention", event, conversation, app.id)


def changed(world: World, message: Message, before: JSON) -> None:
    ts = world.conversations.new_ts()
    event = {
        "type": "message",
        "subtype": "message_changed",
        "message": message_json(world, message),
        "previous_message": before,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
    }
    message_event(world, world.conversations.all[message.channel], event)


def deleted(world: World, message: Message, before: JSON) -> None:
    ts = world.conversations.new_ts()
    event = {
        "type": "message",
        "subtype": "message_deleted",
        "deleted_ts": message.ts,
        "previous_message": before,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
    }
    message_event(world, world.conversations.all[message.channel], event)


def about_channel(world: World, what: str, conversation: Conversation, **fields: Any) -> None:
    """channel_archive and its kind; private channels have their own names for them."""
    prefix = "channel" if conversation.kind == "channel" else "group"
    name = f"{prefix}_{what}"
    event = {"type": name, "channel": conversation.id, "event_ts": world.conversations.new_ts(), **fields}
    tell(world, name, event, conversation if conversation.kind != "channel" else None)


def joined(world: World, conversation: Conversation, user: str, inviter: str = "") -> None:
    _moved(world, "member_joined_channel", conversation, user, {"inviter": inviter} if inviter else {})


def left(world: World, conversation: Conversation, user: str) -> None:
    _moved(world, "member_left_channel", conversation, user, {})


def _moved(world: World, name: str, conversation: Conversation, user: str, more: JSON) -> None:
    letter = "C" if conversation.kind == "channel" else "G"
    event = {
        "type": name,
        "user": user,
        "channel": conversation.id,
        "channel_type": letter,
        "team": world.directory.team_id,
        "event_ts": world.conversations.new_ts(),
    } | more
    if user in world.directory.bots and name == "member_left_channel":
        app = world.directory.bots[user]
        gone = {"type": "channel_left", "channel": conversation.id, "event_ts": event["event_ts"]}
        tell(world, "channel_left" if letter == "C" else "group_left", gone, None, app.id)
    tell(world, name, event, conversation)
