"""Records as Slack's JSON: messages and views."""

from __future__ import annotations

from coopbot.sandbox.records import JSON, Message, View
from coopbot.sandbox.world import World


def message_json(world: World, message: Message, *, metadata: bool = False, thread: bool = True) -> JSON:
    """A message as history answers it and as events and clicks carry it."""
    if message.deleted:
        return {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "ts": message.ts,
                "text": "This message was deleted.", "hidden": True} | _thread(message)  # fmt: skip
    found: JSON = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    if message.subtype:
        found["subtype"] = message.subtype
    if message.client_msg_id:
        found["client_msg_id"] = message.client_msg_id
    found["team"] = world.directory.team_id
    if message.bot_id:
        app = world.directory.apps[message.app_id]
        found |= {
            "bot_id": message.bot_id,
            "app_id": message.app_id,
            "bot_profile": {
                "id": message.bot_id,
                "app_id": message.app_id,
                "user_id": app.bot,
                "name": app.name,
                "icons": {},
                "deleted": False,
                "updated": 0,
                "team_id": world.directory.team_id,
            },
        }
        if message.username:
            found |= {"username": message.username, "icons": message.icons}
    if message.blocks:
        found["blocks"] = message.blocks
    if message.attachments:
        found["attachments"] = message.attachments
    if message.edited:
        found["edited"] = message.edited
    if message.files:
        found |= {"files": [world.files.json(f, world.address) for f in message.files], "upload": False}
    if message.reactions:
        found["reactions"] = [{"name": n, "users": list(u), "count": len(u)} for n, u in message.reactions.items()]
    if message.pinned:
        found["pinned_to"] = [message.channel]
    if message.metadata is not None:
        found["metadata"] = message.metadata if metadata else {"event_type": message.metadata["event_type"]}
    return found | (_thread(message) if thread else {})


def _thread(message: Message) -> JSON:
    if not message.thread_ts:
        return {}
    if message.in_thread:
        return {"thread_ts": message.thread_ts}
    replies = [r for r in message.replies if not r.deleted]
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len({r.user for r in replies}),
        "reply_users": list(dict.fromkeys(r.user for r in replies)),
        "latest_reply": replies[-1].ts if replies else message.ts,
        "subscribed": False,
        "is_locked": False,
    }


def view_json(world: World, view: View) -> JSON:
    """A view as views.* answer it and as submissions carry it."""
    given = view.given
    app = world.directory.apps[view.app_id]
    found: JSON = {
        "id": view.id,
        "team_id": world.directory.team_id,
        "type": view.type,
        "blocks": given.get("blocks") or [],
        "private_metadata": given.get("private_metadata") or "",
        "callback_id": given.get("callback_id") or "",
        "state": {"values": view.state},
        "hash": view.hash,
        "title": given.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
        "clear_on_close": bool(given.get("clear_on_close")),
        "notify_on_close": bool(given.get("notify_on_close")),
        "close": given.get("close"),
        "submit": given.get("submit"),
        "previous_view_id": view.previous_view_id or None,
        "root_view_id": view.root_view_id,
        "app_id": view.app_id,
        "external_id": given.get("external_id") or "",
        "app_installed_team_id": world.directory.team_id,
        "bot_id": app.seed.bot_id,
    }
    return found
