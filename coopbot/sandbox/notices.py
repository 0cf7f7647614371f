"""Who is notified by a message, and why; unread and mention badges.

With blocks it is the blocks that mention people, the text is only the preview; an edit notifies nobody. In a thread
``@channel`` and ``@here`` reach those who follow it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from coopbot.sandbox.reading.mrkdwn import plain
from coopbot.sandbox.records import Conversation, Message
from coopbot.sandbox.world import World

_USER = re.compile(r"<@([UW][A-Z0-9_]+)(?:\|[^>]*)?>")
_GROUP = re.compile(r"<!subteam\^([A-Z0-9_]+)(?:\|[^>]*)?>")
_SPECIAL = re.compile(r"<!(channel|here|everyone)(?:\|[^>]*)?>")


def posted(world: World, message: Message) -> None:
    conversation = world.conversations.all[message.channel]
    reached = _reached(world, conversation, message)
    if message.in_thread:
        conversation.messages[message.thread_ts].followers.update(
            dict.fromkeys(u for u, why in reached.items() if why == "mention")
        )
    in_channel = not message.in_thread or message.broadcast
    for member in conversation.members:
        if member == message.user or member in world.directory.bots:
            continue
        if in_channel:
            conversation.unread[member] = conversation.unread.get(member, 0) + 1
        if member in reached:
            conversation.mentions[member] = conversation.mentions.get(member, 0) + 1
    for user, why in reached.items():
        world.journal.notification(
            user=user,
            channel=message.channel,
            ts=message.ts,
            thread_ts=message.thread_ts or None,
            **{"from": message.user},
            text=plain(world, message.text, user),
            why=why,
        )


def _reached(world: World, conversation: Conversation, message: Message) -> dict[str, str]:
    """People and why, the most personal reason of each."""
    if conversation.is_direct:
        found = dict.fromkeys(conversation.members, "dm")
    else:
        mentioned, groups, special = mentions(message)
        found = {}
        thread = conversation.messages[message.thread_ts].followers if message.in_thread else None
        if thread is not None:
            found |= dict.fromkeys((u for u in thread if u in conversation.members), "thread")
        for word in special:
            found |= dict.fromkeys((u for u in conversation.members if thread is None or u in thread), word)
        for group in groups:
            record = world.directory.groups.get(group)
            if record and record.enabled:
                found |= dict.fromkeys((u for u in record.users if u in conversation.members), "usergroup")
        found |= dict.fromkeys((u for u in mentioned if u in conversation.members), "mention")
    found.pop(message.user, None)
    people = world.directory.users
    return {u: why for u, why in found.items() if u not in world.directory.bots and not people[u].deleted}


def mentions(message: Message) -> tuple[list[str], list[str], list[str]]:
    """User ids, user group ids and special words that a message mentions."""
    users: list[str] = []
    groups: list[str] = []
    special: list[str] = []
    sources = list(_mrkdwn(message.blocks, users, groups, special)) if message.blocks else [message.text]
    for text in sources:
        if "<" in text:
            users += _USER.findall(text)
            groups += _GROUP.findall(text)
            special += _SPECIAL.findall(text)
    return users, groups, special


def _mrkdwn(part: Any, users: list[str], groups: list[str], special: list[str]) -> Iterator[str]:
    """Every mrkdwn text within blocks; mentions in rich text are entered right away."""
    if isinstance(part, list):
        for one in part:
            yield from _mrkdwn(one, users, groups, special)
    elif isinstance(part, dict):
        kind = part.get("type")
        if kind in ("mrkdwn", "markdown") and isinstance(part.get("text"), str):
            yield part["text"]
        elif kind == "user" and "user_id" in part:
            users.append(str(part["user_id"]))
        elif kind == "usergroup" and "usergroup_id" in part:
            groups.append(str(part["usergroup_id"]))
        elif kind == "broadcast" and "range" in part:
            special.append(str(part["range"]))
        else:
            for name, one in part.items():
                if name not in ("confirm", "options", "option_groups"):
                    yield from _mrkdwn(one, users, groups, special)
