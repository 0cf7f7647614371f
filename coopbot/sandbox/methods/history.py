"""conversations.history and conversations.replies."""

from __future__ import annotations

from bisect import bisect_left

from coopbot.sandbox.call import Call, method
from coopbot.sandbox.records import JSON, Message
from coopbot.sandbox.refusal import Refused
from coopbot.sandbox.wire import message_json

MOST = 999


@method("conversations.history")
def history(call: Call) -> JSON:
    found = call.conversation(live=False)
    limit = call.args.number("limit", 100, 1, MOST)
    oldest, latest, inclusive = _window(call)
    keys = list(found.messages)
    at = len(keys)
    cursor = call.args.text("cursor")
    if cursor:
        at = bisect_left(keys, _after(cursor))
    taken: list[Message] = []
    more = False
    while at:
        at -= 1
        message = found.messages[keys[at]]
        if message.ts < oldest or (message.ts == oldest and not inclusive):
            break
        if latest and (message.ts > latest or (message.ts == latest and not inclusive)):
            continue
        if (message.in_thread and not message.broadcast) or (message.deleted and not message.replies):
            continue
        if len(taken) == limit:
            more = True
            break
        taken.append(message)
    return {
        "messages": [_json(call, m) for m in taken],
        "has_more": more,
        "pin_count": sum(m.pinned for m in taken),
        "channel_actions_ts": None,
        "channel_actions_count": 0,
        "response_metadata": {"next_cursor": f"ts:{taken[-1].ts}" if more else ""},
    }


@method("conversations.replies")
def replies(call: Call) -> JSON:
    found = call.conversation(live=False)
    parent = found.messages.get(call.args.need("ts"))
    if parent is None or (parent.deleted and not parent.replies):
        raise Refused("thread_not_found")
    if parent.in_thread:
        parent = found.messages[parent.thread_ts]
    limit = call.args.number("limit", 1000, 1, 1000)
    oldest, latest, inclusive = _window(call)
    after = _after(call.args.text("cursor")) if call.args.text("cursor") else ""
    fitting = [
        r
        for r in parent.replies
        if not r.deleted
        and r.ts > after
        and (r.ts > oldest or (inclusive and r.ts == oldest))
        and (not latest or r.ts < latest or (inclusive and r.ts == latest))
    ]
    room = limit if after else max(1, limit - 1)
    taken = fitting[:room]
    more = len(fitting) > room
    return {
        "messages": [_json(call, m) for m in ([*taken] if after else [parent, *taken])],
        "has_more": more,
        "response_metadata": {"next_cursor": f"ts:{taken[-1].ts}" if more else ""},
    }


def _json(call: Call, message: Message) -> JSON:
    return message_json(call.world, message, metadata=call.args.flag("include_all_metadata"))


def _window(call: Call) -> tuple[str, str, bool]:
    oldest, latest = (_ts(call.args.text(n), n) for n in ("oldest", "latest"))
    return oldest, latest, call.args.flag("inclusive")


def _ts(value: str, name: str) -> str:
    """A timestamp with its six decimals, so that it compares as text. Raises Refused for what is none."""
    if not value or value in ("0", "now"):
        return ""
    try:
        return f"{float(value):.6f}" if "." not in value or len(value.partition(".")[2]) != 6 else value
    except ValueError:
        raise Refused(f"invalid_ts_{name}") from None


def _after(cursor: str) -> str:
    if not cursor.startswith("ts:"):
        raise Refused("invalid_cursor")
    return cursor[3:]
