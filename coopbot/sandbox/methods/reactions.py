"""reactions.*, pins.*, bookmarks.*, emoji.list."""

from __future__ import annotations

import itertools
import re

from coopbot.sandbox import events
from coopbot.sandbox.acting.talking import react
from coopbot.sandbox.call import Call, method, page
from coopbot.sandbox.records import JSON, Conversation, Message
from coopbot.sandbox.refusal import Refused
from coopbot.sandbox.wire import message_json

_NAME = re.compile(r"[\w+\-']{1,100}(::skin-tone-[2-6])?")
MOST_PINS = 100
MOST_BOOKMARKS = 100
_bookmark_numbers = itertools.count(1)


@method("reactions.add")
def add(call: Call) -> JSON:
    found, name = _message(call, "timestamp"), _name(call)
    if not react(call.world, found, call.app.bot, name, add=True):
        raise Refused("already_reacted")
    call.effect = True
    return {}


@method("reactions.remove")
def remove(call: Call) -> JSON:
    found, name = _message(call, "timestamp"), _name(call)
    if not react(call.world, found, call.app.bot, name, add=False):
        raise Refused("no_reaction")
    call.effect = True
    return {}


@method("reactions.get")
def get(call: Call) -> JSON:
    found = _message(call, "timestamp")
    return {"type": "message", "channel": found.channel, "message": message_json(call.world, found)}


@method("reactions.list")
def listed(call: Call) -> JSON:
    user = call.args.text("user", call.app.bot)
    found = [
        {"type": "message", "channel": m.channel, "message": message_json(call.world, m)}
        for c in call.world.conversations.of(call.app.bot)
        for m in c.messages.values()
        if any(user in users for users in m.reactions.values())
    ]
    some, more = page(found, call, 100, 1000)
    return {"items": some} | more


@method("emoji.list")
def emoji(call: Call) -> JSON:
    return {"emoji": {}, "cache_ts": f"{call.world.clock.now():.6f}"}


@method("pins.add")
def pin(call: Call) -> JSON:
    found = _message(call, "timestamp")
    if found.pinned:
        raise Refused("already_pinned")
    if len(_pinned(call.world.conversations.all[found.channel])) >= MOST_PINS:
        raise Refused("too_many_pins")
    _pin(call, found, True)
    return {}


@method("pins.remove")
def unpin(call: Call) -> JSON:
    found = _message(call, "timestamp")
    if not found.pinned:
        raise Refused("no_pin")
    _pin(call, found, False)
    return {}


@method("pins.list")
def pins(call: Call) -> JSON:
    found = call.conversation(live=False)
    items = [
        {
            "type": "message",
            "channel": found.id,
            "created": int(float(m.ts)),
            "created_by": m.user,
            "message": message_json(call.world, m),
        }
        for m in _pinned(found)
    ]
    return {"items": items}


def _pin(call: Call, found: Message, pinned: bool) -> None:
    call.world.conversations.edited(found, pinned=pinned)
    call.effect, call.ts = True, found.ts
    name = "pin_added" if pinned else "pin_removed"
    item = {"type": "message", "channel": found.channel, "message": message_json(call.world, found)}
    event = {"type": name, "user": call.app.bot, "channel_id": found.channel, "item": item}
    event["event_ts"] = call.world.conversations.new_ts()
    events.tell(call.world, name, event, call.world.conversations.all[found.channel])


def _pinned(found: Conversation) -> list[Message]:
    return [m for m in found.messages.values() if m.pinned and not m.deleted]


@method("bookmarks.add")
def bookmark(call: Call) -> JSON:
    call.args.given = {**call.args.given, "channel": call.args.need("channel_id")}
    found = call.conversation()
    if call.args.need("type") != "link":
        raise Refused("invalid_bookmark_type")
    link = _link(call)
    if len(found.bookmarks) >= MOST_BOOKMARKS:
        raise Refused("too_many_bookmarks")
    now = int(call.world.clock.now())
    record: JSON = {
        "id": f"Bk0SANDBOX{next(_bookmark_numbers):03d}",
        "channel_id": found.id,
        "title": call.args.need("title"),
        "link": link,
        "emoji": call.args.text("emoji"),
        "icon_url": None,
        "type": "link",
        "entity_id": None,
        "date_created": now,
        "date_updated": 0,
        "rank": "i",
        "last_updated_by_user_id": call.app.bot,
        "last_updated_by_team_id": call.world.directory.team_id,
        "shortcut_id": None,
        "app_id": None,
    }
    found.bookmarks[record["id"]] = record
    return _bookmarked(call, found, record)


@method("bookmarks.edit")
def edit_bookmark(call: Call) -> JSON:
    found, record = _bookmark(call)
    record |= {n: call.args.text(n) for n in ("title", "emoji") if n in call.args.given}
    if "link" in call.args.given:
        record["link"] = _link(call)
    record["date_updated"] = int(call.world.clock.now())
    return _bookmarked(call, found, record)


@method("bookmarks.remove")
def remove_bookmark(call: Call) -> JSON:
    found, record = _bookmark(call)
    del found.bookmarks[record["id"]]
    _bookmarked(call, found, record)
    return {}


@method("bookmarks.list")
def bookmarks(call: Call) -> JSON:
    call.args.given = {**call.args.given, "channel": call.args.need("channel_id")}
    return {"bookmarks": list(call.conversation(live=False).bookmarks.values())}


def _bookmark(call: Call) -> tuple[Conversation, JSON]:
    call.args.given = {**call.args.given, "channel": call.args.need("channel_id")}
    found = call.conversation()
    record = found.bookmarks.get(call.args.need("bookmark_id"))
    if record is None:
        raise Refused("not_found")
    return found, record


def _bookmarked(call: Call, found: Conversation, record: JSON) -> JSON:
    call.effect = True
    call.world.conversations.changed(found)
    return {"bookmark": record}


def _link(call: Call) -> str:
    link = call.args.need("link")
    if not link.startswith(("https://", "http://")):
        raise Refused("invalid_link")
    return link


def _message(call: Call, name: str) -> Message:
    """The message that is meant. Raises Refused: message_not_found, and what a conversation refuses."""
    conversation = call.conversation()
    found = call.world.conversations.find(conversation.id, call.args.need(name))
    if found is None or found.only_for:
        raise Refused("message_not_found")
    call.ts = found.ts
    return found


def _name(call: Call) -> str:
    name = call.args.need("name").strip(":")
    if not _NAME.fullmatch(name):
        raise Refused("invalid_name")
    return name
