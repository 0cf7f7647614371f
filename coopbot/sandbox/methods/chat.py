"""chat.postMessage, update, delete, postEphemeral, getPermalink, scheduling."""

from __future__ import annotations

import json
from typing import Any

from coopbot.sandbox import speech
from coopbot.sandbox.call import Call, method
from coopbot.sandbox.records import JSON, Conversation, Message
from coopbot.sandbox.refusal import Refused
from coopbot.sandbox.rules import message as rules
from coopbot.sandbox.wire import message_json

MOST_METADATA = 16_000
"""Bytes; Slack publishes no number for metadata_too_large."""


@method("chat.postMessage")
def post_message(call: Call) -> JSON:
    conversation = target(call)
    content = content_of(call)
    thread = thread_of(call, conversation)
    message = speech.by_app(
        call.world,
        call.app,
        conversation,
        **content,
        thread_ts=thread,
        broadcast=bool(thread) and call.args.flag("reply_broadcast"),
        metadata=metadata_of(call),
        username=_customized(call, "username"),
        icons={"emoji": call.args.text("icon_emoji")} if _customized(call, "icon_emoji") else {},
    )
    done(call, message)
    return {"channel": message.channel, "ts": message.ts, "message": message_json(call.world, message, metadata=True)}


@method("chat.postEphemeral")
def post_ephemeral(call: Call) -> JSON:
    user = call.args.need("user")
    conversation = target(call)
    if user not in call.world.directory.users:
        raise Refused("user_not_found")
    if user not in conversation.members:
        raise Refused("user_not_in_channel")
    thread = thread_of(call, conversation)
    message = speech.by_app(call.world, call.app, conversation, **content_of(call), thread_ts=thread, only_for=user)
    done(call, message)
    return {"message_ts": message.ts}


@method("chat.update")
def update(call: Call) -> JSON:
    message = own(call, call.args.need("ts"), "cant_update_message")
    if len(call.args.text("text")) > rules.UPDATE_TEXT:
        raise Refused("msg_too_long")
    fields = content_of(call)
    if "blocks" not in call.args.given and fields["text"] and message.blocks:
        fields.pop("blocks")  # text alone leaves the blocks as they are
    if "attachments" not in call.args.given:
        fields.pop("attachments")
    metadata = metadata_of(call)
    if metadata is not None:
        fields["metadata"] = metadata or None
    speech.edit(call.world, message, mark=fields.get("text") != message.text, **fields)
    done(call, message)
    body = message_json(call.world, message, metadata=True)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": body}


@method("chat.delete")
def delete(call: Call) -> JSON:
    message = own(call, call.args.need("ts"), "cant_delete_message")
    speech.take_back(call.world, message)
    done(call, message)
    return {"channel": message.channel, "ts": message.ts}


@method("chat.meMessage")
def me_message(call: Call) -> JSON:
    conversation = target(call)
    message = speech.by_app(call.world, call.app, conversation, call.args.need("text"), subtype="me_message")
    done(call, message)
    return {"channel": message.channel, "ts": message.ts}


@method("chat.getPermalink")
def permalink(call: Call) -> JSON:
    conversation = call.conversation(live=False, member=False)
    ts = call.args.need("message_ts")
    message = call.world.conversations.find(conversation.id, ts)
    if message is None or message.only_for:
        raise Refused("message_not_found")
    thread = f"?thread_ts={message.thread_ts}&cid={conversation.id}" if message.in_thread else ""
    link = f"{call.world.address}/archives/{conversation.id}/p{ts.replace('.', '')}{thread}"
    return {"channel": conversation.id, "permalink": link}


@method("chat.unfurl")
def unfurl(call: Call) -> JSON:
    conversation = call.conversation()
    message = call.world.conversations.find(conversation.id, call.args.need("ts"))
    if message is None:
        raise Refused("message_not_found")
    return {}


def target(call: Call) -> Conversation:
    """Where to post: a channel by id or name, or a person's direct message by user id. Raises Refused."""
    name = call.channel = call.args.need("channel")
    world = call.world
    if name in world.directory.users:
        user = world.directory.users[name]
        if user.deleted:
            raise Refused("channel_not_found")
        if name in world.directory.bots:
            raise Refused("cannot_dm_bot")
        conversation, _ = world.conversations.direct(call.app.bot, name)
    else:
        found = world.conversations.all.get(name) or world.conversations.named(name)
        public = found is not None and found.kind == "channel" and "chat:write.public" in call.app.scopes
        conversation = call.allowed(found, member=True, public_ok=public)
    home = call.app.section("features", "app_home")
    if conversation.kind == "dm" and home.get("messages_tab_enabled") is False:
        raise Refused("messages_tab_disabled")
    call.channel = conversation.id
    return conversation


def content_of(call: Call, *, budget: bool = True) -> dict[str, Any]:
    """Text, blocks and attachments. Raises Refused: no_text and what the rules say."""
    args = call.args
    text = args.text("text")
    blocks = rules.blocks_of(args.json("blocks", "invalid_blocks_format"), budget=budget)
    attachments = rules.attachments_of(args.json("attachments", "invalid_attachments"))
    markdown = args.text("markdown_text")
    if markdown:
        if text or blocks:
            raise Refused("markdown_text_conflict")
        if len(markdown) > rules.MARKDOWN_TEXT:
            raise Refused("msg_too_long")
        return {
            "text": markdown,
            "blocks": rules.blocks_of([{"type": "markdown", "text": markdown}]),
            "attachments": [],
        }
    if not (text or blocks or attachments):
        raise Refused("no_text")
    if args.flag("link_names") or args.text("parse") == "full":
        text = speech.composed(call.world, text)
    return {"text": text[: rules.TEXT_CUT], "blocks": blocks, "attachments": attachments}


def metadata_of(call: Call) -> JSON | None:
    """Message metadata; ``{}`` takes it away, None was not given. Raises Refused for what is none, or too large."""
    value = call.args.json("metadata", "invalid_metadata_format")
    if not value:
        return None if value is None else {}
    fits = isinstance(value, dict) and isinstance(value.get("event_type"), str)
    if not fits or not isinstance(value.get("event_payload"), dict):
        raise Refused("invalid_metadata_format")
    if len(json.dumps(value)) > MOST_METADATA:
        raise Refused("metadata_too_large")
    return {"event_type": value["event_type"], "event_payload": value["event_payload"]}


def thread_of(call: Call, conversation: Conversation) -> str:
    """The parent's ts. Raises Refused when there is no such message to reply to."""
    ts = call.args.text("thread_ts")
    if not ts:
        return ""
    parent = conversation.messages.get(ts)
    if parent is None or parent.in_thread or (parent.deleted and not parent.replies):
        raise Refused("cannot_reply_to_message")
    return ts


def own(call: Call, ts: str, error: str) -> Message:
    """A message of this very app. Raises Refused: message_not_found, or ``error`` when it is not its own."""
    conversation = call.conversation()
    message = conversation.messages.get(ts)
    if message is None or message.deleted:
        raise Refused("message_not_found")
    if message.app_id != call.app.id:
        raise Refused(error)
    return message


def _customized(call: Call, name: str) -> str:
    return call.args.text(name) if "chat:write.customize" in call.app.scopes else ""


def done(call: Call, message: Message) -> None:
    call.effect, call.channel, call.ts = True, message.channel, message.ts
