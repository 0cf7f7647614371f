"""chat.scheduleMessage and what belongs to it."""

from __future__ import annotations

import itertools

from coopbot.sandbox import speech
from coopbot.sandbox.call import Call, method, page
from coopbot.sandbox.methods.chat import content_of, metadata_of, target, thread_of
from coopbot.sandbox.records import JSON
from coopbot.sandbox.refusal import Refused

FURTHEST = 120 * 24 * 3600.0
"""Seconds ahead."""
_numbers = itertools.count(1)


@method("chat.scheduleMessage")
def schedule(call: Call) -> JSON:
    world = call.world
    conversation = target(call)
    try:
        post_at = int(call.args.need("post_at"))
    except ValueError:
        raise Refused("invalid_time") from None
    if post_at <= world.clock.now():
        raise Refused("time_in_past")
    if post_at > world.clock.now() + FURTHEST:
        raise Refused("time_too_far")
    content, thread, metadata = content_of(call), thread_of(call, conversation), metadata_of(call)
    scheduled_id = f"Q0SANDBOX{next(_numbers):03d}"
    record = {"id": scheduled_id, "channel_id": conversation.id, "post_at": post_at, "text": content["text"]}
    record |= {"date_created": int(world.clock.now())}
    world.scheduled[(call.app.id, scheduled_id)] = record
    app = call.app

    def fire() -> None:
        if world.scheduled.pop((app.id, scheduled_id), None) and app.bot in conversation.members:
            speech.by_app(world, app, conversation, **content, thread_ts=thread, metadata=metadata)

    world.clock.call_at(post_at, fire)
    call.effect = True
    message = {"text": content["text"], "type": "delayed_message", "bot_id": app.seed.bot_id, "user": app.bot}
    return {
        "channel": conversation.id,
        "scheduled_message_id": scheduled_id,
        "post_at": post_at,
        "message": message | ({"blocks": content["blocks"]} if content["blocks"] else {}),
    }


@method("chat.deleteScheduledMessage")
def delete(call: Call) -> JSON:
    call.conversation()
    if not call.world.scheduled.pop((call.app.id, call.args.need("scheduled_message_id")), None):
        raise Refused("invalid_scheduled_message_id")
    call.effect = True
    return {}


@method("chat.scheduledMessages.list")
def listed(call: Call) -> JSON:
    channel = call.args.text("channel")
    mine = [r for (app, _), r in call.world.scheduled.items() if app == call.app.id]
    some, more = page([r for r in mine if channel in ("", r["channel_id"])], call, 100, 1000)
    return {"scheduled_messages": some} | more
