"""What one person sees: messages, conversations, views, in plain terms."""

from __future__ import annotations

from typing import Any

from coopbot.sandbox.notices import mentions
from coopbot.sandbox.reading import blocks
from coopbot.sandbox.reading.mrkdwn import plain
from coopbot.sandbox.records import JSON, Conversation, Message, View
from coopbot.sandbox.state_values import blocks_in, elements
from coopbot.sandbox.world import World


def message(world: World, found: Message, viewer: str, *, replies: bool = False) -> JSON:
    """One message as the viewer sees it; with ``replies`` those of its thread are within."""
    fallback = plain(world, found.text, viewer)
    shown = blocks_in(found)
    lines = blocks.lines(world, found.blocks, viewer) if found.blocks else fallback.split("\n")
    for attachment in found.attachments:
        lines += blocks.lines(world, attachment.get("blocks") or [], viewer)
        lines += [plain(world, str(attachment[n]), viewer) for n in ("pretext", "title", "text") if attachment.get(n)]
    users, groups, special = mentions(found)
    member_of = {g.id for g in world.directory.groups.values() if viewer in g.users}
    alive = [r for r in found.replies if not r.deleted]
    return {
        "channel": found.channel,
        "ts": found.ts,
        "thread_ts": found.thread_ts or None,
        "from": found.user,
        "from_name": found.username or world.directory.label(found.user),
        "bot": bool(found.bot_id),
        "text": "\n".join(lines),
        "lines": lines,
        "fallback": fallback,
        "raw_text": found.text,
        "subtype": found.subtype or None,
        "edited": found.edited is not None,
        "ephemeral": bool(found.only_for),
        "deleted": found.deleted,
        "broadcast": found.broadcast,
        "seq": found.seq,
        "at": float(found.ts),
        "actions": blocks.actions(world, shown, found.state, viewer),
        "state": found.state,
        "reactions": {n: list(u) for n, u in found.reactions.items()},
        "pinned": found.pinned,
        "files": [_file(world, f) for f in found.files],
        "metadata": found.metadata,
        "blocks": found.blocks,
        "attachments": found.attachments,
        "app_id": found.app_id or None,
        "mentions_me": viewer in users or bool(special) or bool(member_of.intersection(groups)),
        "replies": [message(world, r, viewer) for r in alive] if replies else [],
        "reply_count": len(alive),
    }


def _file(world: World, file_id: str) -> JSON:
    found = world.files.json(file_id, world.address)
    return {
        "id": file_id,
        "name": found["name"],
        "title": found["title"],
        "mimetype": found["mimetype"],
        "size": found["size"],
        "url": found["url_private"],
        "alt_text": found["alt_txt"],
    }


def channel(world: World, where: Conversation, viewer: str) -> list[JSON]:
    """The channel from top to bottom: parents with their replies, broadcast replies also by themselves."""
    everything = [*where.messages.values(), *(e for e in where.ephemerals.values() if e.only_for == viewer)]
    found = []
    hidden: dict[str, list[Message]] = {}
    for one in sorted(everything, key=lambda m: m.ts):
        if one.deleted and not any(not r.deleted for r in one.replies):
            continue
        if one.only_for and one.thread_ts:
            hidden.setdefault(one.thread_ts, []).append(one)
            continue
        if not one.in_thread or one.broadcast:
            found.append(message(world, one, viewer, replies=not one.in_thread))
    for parent in found:  # ephemeral replies stand in their thread, for their addressee alone
        parent["replies"] += [message(world, m, viewer) for m in hidden.get(parent["ts"], ())]
    return found


def thread(world: World, where: Conversation, viewer: str, ts: str) -> list[JSON]:
    """One thread, flat: the parent first."""
    return [
        one if at else {**one, "replies": []}
        for top in channel(world, where, viewer)
        if top["ts"] == ts
        for at, one in enumerate([top, *top["replies"]])
    ]


def changed_since(world: World, where: Conversation, viewer: str, since: int) -> list[JSON]:
    """Messages, flat, that are new or different after ``since``, each with ``change``."""
    found = []
    for one in [*where.messages.values(), *where.ephemerals.values()]:
        if one.seq <= since or one.only_for not in ("", viewer) or (one.deleted and one.born_seq > since):
            continue
        what = "deleted" if one.deleted else "new" if one.born_seq > since else "edited"
        found.append(message(world, one, viewer) | {"change": what})
    return sorted(found, key=lambda m: m["seq"])


def conversation(world: World, where: Conversation, viewer: str) -> JSON:
    """A line of the viewer's sidebar."""
    other = where.other(viewer) if where.kind == "dm" else None
    app = world.directory.bots.get(other or "")
    name = world.directory.label(other) if other else where.name
    return {
        "id": where.id,
        "name": name,
        "kind": where.kind,
        "with": other,
        "app_id": app.id if app else None,
        "archived": where.archived,
        "member": viewer in where.members,
        "members": list(where.members),
        "topic": where.topic,
        "unread": where.unread.get(viewer, 0),
        "mentions": where.mentions.get(viewer, 0),
        "last_ts": next(reversed(where.messages), None),
        "last_read": where.last_read.get(viewer),
    }


def conversations(world: World, viewer: str) -> list[JSON]:
    """Those the viewer is in, and public channels."""
    everything = world.conversations.all.values()
    return [conversation(world, c, viewer) for c in everything if c.kind == "channel" or viewer in c.members]


def view(world: World, found: View) -> JSON:
    """A modal or App Home as its person sees it."""
    given = found.given
    listed = given.get("blocks") or []
    fields = [_field(world, found, b, e) for b, e in elements(listed) if b.get("type") == "input"]
    lines = blocks.lines(world, listed, found.user)
    texts: dict[str, Any] = {
        n: blocks.text_of(world, given.get(n), found.user) or None for n in ("title", "submit", "close")
    }
    return {
        "id": found.id,
        "type": found.type,
        "callback_id": given.get("callback_id") or "",
        **texts,
        "text": "\n".join(lines),
        "lines": lines,
        "private_metadata": given.get("private_metadata") or "",
        "hash": found.hash,
        "root_view_id": found.root_view_id,
        "previous_view_id": found.previous_view_id or None,
        "external_id": given.get("external_id") or "",
        "fields": fields,
        "actions": blocks.actions(world, listed, found.state, found.user),
        "state": found.state,
        "errors": dict(found.errors),
        "blocks": listed,
        "app_id": found.app_id,
        "loading": False,
    }


def _field(world: World, found: View, block: JSON, element: JSON) -> JSON:
    return {
        "block_id": block["block_id"],
        "action_id": element["action_id"],
        "type": element["type"],
        "label": blocks.text_of(world, block.get("label"), found.user),
        "hint": blocks.text_of(world, block.get("hint"), found.user) or None,
        "placeholder": blocks.text_of(world, element.get("placeholder"), found.user) or None,
        "optional": bool(block.get("optional")),
        "value": blocks.chosen(found.state.get(block["block_id"], {}).get(element["action_id"])),
        "options": blocks.options(world, element, found.user),
        "multiline": bool(element.get("multiline")),
        "error": found.errors.get(block["block_id"]),
    }
