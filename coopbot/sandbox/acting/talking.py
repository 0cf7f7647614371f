"""Saying, reacting, coming and going."""

from __future__ import annotations

from typing import Any

from coopbot.sandbox import events, speech
from coopbot.sandbox.acting.outcome import result
from coopbot.sandbox.records import JSON, Conversation, Message
from coopbot.sandbox.refusal import Impossible
from coopbot.sandbox.world import World


def conversation(world: World, name: Any) -> Conversation:
    found = world.conversations.named(str(name))
    if found is None:
        raise Impossible.unknown("channel", str(name))
    return found


def message(world: World, channel: Any, ts: Any, user: str) -> Message:
    """A message that this person can see."""
    where = conversation(world, channel)
    found = world.conversations.find(where.id, str(ts))
    hidden = where.kind != "channel" and user not in where.members
    if found is None or hidden or found.only_for not in ("", user):
        raise Impossible.unknown("message", str(ts))
    return found


def member(world: World, channel: Any, user: str) -> Conversation:
    found = conversation(world, channel)
    if user not in found.members:
        raise Impossible("not_in_channel", found.id)
    if found.archived:
        raise Impossible("is_archived", found.id)
    return found


def says(world: World, user: str, body: JSON) -> JSON:
    where = member(world, body["channel"], user)
    thread = str(body.get("thread_ts") or "")
    if thread and thread not in where.messages:
        raise Impossible.unknown("message", thread)
    broadcast = bool(thread and body.get("broadcast"))
    said = speech.by_person(world, where, user, str(body["text"]), thread_ts=thread, broadcast=broadcast)
    return result(world, channel=where.id, ts=said.ts)


def dm(world: World, user: str, body: JSON) -> JSON:
    other = str(body["user"]) if body.get("user") else world.directory.app(body.get("app_id")).bot
    world.directory.person(other)
    where, _ = world.conversations.direct(user, other)
    where.open_for.add(user)
    if not body.get("text"):
        world.conversations.changed(where)
        return result(world, channel=where.id, ts=None)
    return says(world, user, {"channel": where.id, **body})


def edits(world: World, user: str, body: JSON) -> JSON:
    mine = _own(world, user, body)
    speech.edit(world, mine, mark=True, text=speech.composed(world, str(body["text"])))
    return result(world)


def deletes(world: World, user: str, body: JSON) -> JSON:
    speech.take_back(world, _own(world, user, body))
    return result(world)


def _own(world: World, user: str, body: JSON) -> Message:
    found = message(world, body["channel"], body["ts"], user)
    if found.user != user:
        raise Impossible("not_own_message")
    return found


def joins(world: World, user: str, body: JSON) -> JSON:
    where = conversation(world, body["channel"])
    speech.join(world, where, user)
    return result(world)


def leaves(world: World, user: str, body: JSON) -> JSON:
    speech.leave(world, conversation(world, body["channel"]), user)
    return result(world)


def invites(world: World, user: str, body: JSON) -> JSON:
    where = conversation(world, body["channel"])
    for one in body["users"]:
        world.directory.person(str(one))
        speech.join(world, where, str(one), user)
    return result(world)


def kicks(world: World, user: str, body: JSON) -> JSON:
    speech.leave(world, conversation(world, body["channel"]), str(body["user"]))
    return result(world)


def reacts(world: World, user: str, body: JSON) -> JSON:
    found = message(world, body["channel"], body["ts"], user)
    react(world, found, user, str(body["name"]).strip(":"), add=True)
    return result(world)


def unreacts(world: World, user: str, body: JSON) -> JSON:
    found = message(world, body["channel"], body["ts"], user)
    react(world, found, user, str(body["name"]).strip(":"), add=False)
    return result(world)


def react(world: World, found: Message, user: str, name: str, *, add: bool) -> bool:
    """Add or remove; False when there was nothing to do."""
    users = found.reactions.get(name, [])
    if (user in users) == add:
        return False
    users = [*users, user] if add else [u for u in users if u != user]
    reactions = {**found.reactions, name: users}
    world.conversations.edited(found, reactions={n: u for n, u in reactions.items() if u})
    what = "reaction_added" if add else "reaction_removed"
    event = {
        "type": what,
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": found.channel, "ts": found.ts},
        "item_user": found.user,
        "event_ts": world.conversations.new_ts(),
    }
    events.tell(world, what, event, world.conversations.all[found.channel])
    return True


def reads(world: World, user: str, body: JSON) -> JSON:
    where = conversation(world, body["channel"])
    where.unread[user] = where.mentions[user] = 0
    where.last_read[user] = str(body.get("ts") or next(reversed(where.messages), "0"))
    world.conversations.changed(where)
    return result(world)
