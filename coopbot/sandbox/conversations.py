"""Channels, direct messages and what is said in them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from coopbot.sandbox.changes import Changes
from coopbot.sandbox.clock import SandboxClock
from coopbot.sandbox.records import JSON, Conversation, Message
from coopbot.sandbox.workspace import Workspace


class Conversations:
    """The state alone: who may do what, and who hears of it, is decided by those who call."""

    def __init__(self, seed: Workspace, clock: SandboxClock, changes: Changes) -> None:
        self._clock = clock
        self._changes = changes
        self._last_ts = 0
        self._numbers = itertools.count(1)
        self._direct: dict[frozenset[str], str] = {}
        self.all: dict[str, Conversation] = {}
        created = int(clock.now())
        for channel in seed.channels:
            self.all[channel.id] = Conversation(
                channel.id,
                channel.name,
                "private" if channel.private else "channel",
                created,
                dict.fromkeys(channel.members),
                channel.archived,
                channel.topic,
            )

    def new_ts(self) -> str:
        """A message's time and name: microseconds that never repeat."""
        self._last_ts = max(int(self._clock.now() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_id(self, letter: str) -> str:
        return f"{letter}0SANDBOX{next(self._numbers):03d}"

    def named(self, name: str) -> Conversation | None:
        """By id, or by name with or without its mark."""
        found = self.all.get(name)
        if found is None:
            bare = name.removeprefix("#")
            found = next((c for c in self.all.values() if c.name == bare and not c.is_direct), None)
        return found

    def create(self, name: str, *, private: bool, creator: str, channel_id: str = "") -> Conversation:
        conversation = Conversation(
            channel_id or self.new_id("C"), name, "private" if private else "channel", int(self._clock.now())
        )
        conversation.creator = creator
        if creator:
            conversation.members[creator] = None
        self.all[conversation.id] = conversation
        self.changed(conversation)
        return conversation

    def direct(self, *users: str) -> tuple[Conversation, bool]:
        """The direct message of these people (two, or a group), and whether it is new."""
        key = frozenset(users)
        known = self._direct.get(key)
        if known:
            return self.all[known], False
        pair = len(key) <= 2
        conversation = Conversation(
            self.new_id("D" if pair else "G"),
            "",
            "dm" if pair else "group",
            int(self._clock.now()),
            dict.fromkeys(users),
        )
        if not pair:
            conversation.name = "mpdm-" + "--".join(sorted(u.lower() for u in key)) + "-1"
        self._direct[key] = conversation.id
        self.all[conversation.id] = conversation
        return conversation, True

    def changed(self, conversation: Conversation) -> None:
        self._changes.tell("conversation", channel=conversation.id)

    def post(self, message: Message) -> Message:
        """Put a message where it belongs: channel, thread, or one person's eyes."""
        conversation = self.all[message.channel]
        if message.only_for:
            conversation.ephemerals[message.ts] = message
        else:
            conversation.messages[message.ts] = message
            if message.in_thread:
                parent = conversation.messages[message.thread_ts]
                parent.replies.append(message)
                parent.thread_ts = parent.ts
                parent.followers.setdefault(parent.user)
                parent.followers.setdefault(message.user)
        message.born_seq = message.seq = self._changes.seq + 1
        self._changes.tell("message", message=message, change="new")
        return message

    def edited(self, message: Message, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(message, name, value)
        message.seq = self._changes.seq + 1
        self._changes.tell("message", message=message, change="edited")

    def delete(self, message: Message) -> None:
        message.deleted = True
        conversation = self.all[message.channel]
        if message.only_for:
            conversation.ephemerals.pop(message.ts, None)
        elif message.in_thread:
            conversation.messages[message.thread_ts].replies.remove(message)
        message.seq = self._changes.seq + 1
        self._changes.tell("message", message=message, change="deleted")

    def find(self, channel: str, ts: str) -> Message | None:
        """A message that is there and not deleted, ephemeral ones among them."""
        conversation = self.all.get(channel)
        if conversation is None:
            return None
        found = conversation.messages.get(ts) or conversation.ephemerals.get(ts)
        return None if found is None or found.deleted else found

    def of(self, user: str) -> Iterator[Conversation]:
        return (c for c in self.all.values() if user in c.members)

    def channel_json(self, c: Conversation, viewer: str) -> JSON:
        """As conversations.info answers it."""
        base: JSON = {"id": c.id, "created": c.created, "is_archived": c.archived, "is_org_shared": False, "updated": 0}
        if c.kind == "dm":
            return base | {
                "is_im": True,
                "user": c.other(viewer),
                "is_user_deleted": False,
                "is_open": viewer in c.open_for or bool(c.messages),
                "priority": 0,
            }
        topic = {"value": c.topic, "creator": c.topic_set.get("topic", ""), "last_set": 0}
        return base | {
            "name": c.name,
            "name_normalized": c.name,
            "is_channel": c.kind == "channel",
            "is_group": c.kind == "private",
            "is_im": False,
            "is_mpim": c.kind == "group",
            "is_private": c.kind != "channel",
            "is_general": False,
            "is_shared": False,
            "is_ext_shared": False,
            "is_member": viewer in c.members,
            "creator": c.creator,
            "unlinked": 0,
            "topic": topic,
            "purpose": {"value": c.purpose, "creator": c.topic_set.get("purpose", ""), "last_set": 0},
            "num_members": len(c.members),
        }
