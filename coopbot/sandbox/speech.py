"""Saying, changing and taking back: a message with all that follows from it (events, badges, notifications)."""

from __future__ import annotations

import re
from typing import Any

from coopbot.sandbox import events, notices
from coopbot.sandbox.records import Conversation, InstalledApp, Message
from coopbot.sandbox.state_values import initial_state
from coopbot.sandbox.wire import message_json
from coopbot.sandbox.world import World

_TOKEN = re.compile(r"<(?:[@#!][^<>]+|https?://[^<>]+|mailto:[^<>]+)>")
_NAME = re.compile(r"(?<![\w<])([@#])([\w.\-]+)")
_WORDS = {"here": "<!here>", "channel": "<!channel>", "everyone": "<!everyone>"}


def by_app(world: World, app: InstalledApp, conversation: Conversation, text: str, **fields: Any) -> Message:
    """A message of the app's bot; ``fields`` are those of Message."""
    return _put(world, conversation, app.bot, text, app_id=app.id, bot_id=app.seed.bot_id, **fields)


def by_person(world: World, conversation: Conversation, user: str, text: str, **fields: Any) -> Message:
    """What a person typed: names resolved and the rest escaped, as Slack's composer does."""
    number = f"{len(conversation.messages):08x}-sandbox"
    return _put(world, conversation, user, composed(world, text), client_msg_id=number, **fields)


def _put(world: World, conversation: Conversation, user: str, text: str, **fields: Any) -> Message:
    message = Message(conversation.id, world.conversations.new_ts(), user, text, **fields)
    message.state = initial_state(message.blocks)
    world.conversations.post(message)
    if not message.only_for:
        events.posted(world, message)
        notices.posted(world, message)
        world.conversations.changed(conversation)
    return message


def edit(world: World, message: Message, *, mark: bool, **fields: Any) -> None:
    """New content for a message; ``mark`` says whether people see that it was edited."""
    before = message_json(world, message)
    if mark:
        fields["edited"] = {"user": message.user, "ts": world.conversations.new_ts()}
    if "blocks" in fields:
        fields["state"] = initial_state(fields["blocks"], message.state)
    world.conversations.edited(message, **fields)
    if not message.only_for:
        events.changed(world, message, before)


def take_back(world: World, message: Message) -> None:
    before = message_json(world, message)
    world.conversations.delete(message)
    if not message.only_for:
        events.deleted(world, message, before)


def join(world: World, conversation: Conversation, user: str, inviter: str = "") -> bool:
    """Put somebody in; False when they were."""
    if user in conversation.members:
        return False
    conversation.members[user] = None
    world.conversations.changed(conversation)
    events.joined(world, conversation, user, inviter)
    return True


def leave(world: World, conversation: Conversation, user: str) -> bool:
    """Take somebody out; False when they were not in."""
    if user not in conversation.members:
        return False
    del conversation.members[user]
    world.conversations.changed(conversation)
    events.left(world, conversation, user)
    return True


def composed(world: World, text: str) -> str:
    """Text as Slack stores it: escaped, with ``@name``, ``@group``, ``#channel`` and ``@here`` as tokens."""
    out, at = [], 0
    for token in _TOKEN.finditer(text):
        out += [_plain(world, text[at : token.start()]), token.group()]
        at = token.end()
    return "".join([*out, _plain(world, text[at:])])


def _plain(world: World, text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _NAME.sub(lambda m: _resolved(world, m.group(1), m.group(2)) or m.group(), escaped)


def _resolved(world: World, mark: str, name: str) -> str | None:
    if mark == "#":
        channel = world.conversations.named(name)
        return f"<#{channel.id}|{channel.name}>" if channel and not channel.is_direct else None
    if name in _WORDS:
        return _WORDS[name]
    user = world.directory.by_name(name)
    if user:
        return f"<@{user}>"
    group = world.directory.group_by_handle(name)
    return f"<!subteam^{group}>" if group else None
