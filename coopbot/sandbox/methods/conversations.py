"""conversations.*: lists, membership, direct messages, topics."""

from __future__ import annotations

import re

from coopbot.sandbox import events, speech
from coopbot.sandbox.call import Call, method, page
from coopbot.sandbox.methods.users import wanted_kinds
from coopbot.sandbox.records import JSON, Conversation
from coopbot.sandbox.refusal import Refused

_NAME = re.compile(r"[\w-]{1,80}")
MOST_INVITED = 100
MOST_OPENED = 8


@method("conversations.list")
def listed(call: Call) -> JSON:
    kinds = wanted_kinds(call)
    archived = not call.args.flag("exclude_archived")
    bot = call.app.bot
    seen = [
        c
        for c in call.world.conversations.all.values()
        if c.kind in kinds and (archived or not c.archived) and (c.kind == "channel" or bot in c.members)
    ]
    some, more = page(seen, call, 100, 999)
    return {"channels": [call.world.conversations.channel_json(c, bot) for c in some]} | more


@method("conversations.info")
def info(call: Call) -> JSON:
    found = call.conversation(member=False, live=False)
    record = call.world.conversations.channel_json(found, call.app.bot)
    if call.args.flag("include_locale"):
        record["locale"] = "en-US"
    if not call.args.flag("include_num_members"):
        record.pop("num_members", None)
    return {"channel": record}


@method("conversations.members")
def members(call: Call) -> JSON:
    found = call.conversation(member=False, live=False)
    some, more = page(list(found.members), call, 100, 1000)
    return {"members": some} | more


@method("conversations.open")
def opened(call: Call) -> JSON:
    world, bot = call.world, call.app.bot
    if call.args.text("channel"):
        found = call.conversation(live=False)
        return {"channel": _opened(call, found), "no_op": True, "already_open": True}
    users = [u for u in dict.fromkeys(call.args.names("users")) if u != bot]
    if not users:
        raise Refused("users_list_not_supplied")
    if len(users) > MOST_OPENED:
        raise Refused("too_many_users")
    call.need_scope("mpim:write" if len(users) > 1 else "im:write")
    for user in users:
        if user not in world.directory.users:
            raise Refused("user_not_found")
        if user in world.directory.bots:
            raise Refused("cannot_dm_bot")
        if world.directory.users[user].deleted:
            raise Refused("user_disabled")
    conversation, new = world.conversations.direct(bot, *users)
    already = bot in conversation.open_for
    conversation.open_for |= {bot, *users}
    call.effect, call.channel = new, conversation.id
    return {"channel": _opened(call, conversation)} | ({"no_op": True, "already_open": True} if already else {})


def _opened(call: Call, conversation: Conversation) -> JSON:
    if call.args.flag("return_im"):
        return call.world.conversations.channel_json(conversation, call.app.bot)
    return {"id": conversation.id}


@method("conversations.close")
def closed(call: Call) -> JSON:
    found = call.conversation(live=False)
    if not found.is_direct:
        raise Refused("method_not_supported_for_channel_type")
    if call.app.bot not in found.open_for:
        return {"no_op": True, "already_closed": True}
    found.open_for.discard(call.app.bot)
    call.effect = True
    return {}


@method("conversations.mark")
def mark(call: Call) -> JSON:
    found = call.conversation(live=False)
    found.last_read[call.app.bot] = call.args.need("ts")
    return {}


@method("conversations.create")
def create(call: Call) -> JSON:
    name = call.args.need("name")
    private = call.args.flag("is_private")
    call.need_scope("groups:write" if private else "channels:manage")
    _fit_name(call, name)
    found = call.world.conversations.create(name, private=private, creator=call.app.bot)
    call.effect, call.channel = True, found.id
    if not private:
        fields = {"id": found.id, "name": name, "created": found.created, "creator": call.app.bot}
        events.tell(call.world, "channel_created", {"type": "channel_created", "channel": fields})
    return {"channel": call.world.conversations.channel_json(found, call.app.bot)}


def _fit_name(call: Call, name: str) -> None:
    if len(name) > 80:
        raise Refused("invalid_name_maxlength")
    if not _NAME.fullmatch(name) or name != name.lower():
        raise Refused("invalid_name_specials")
    if call.world.conversations.named(name):
        raise Refused("name_taken")


@method("conversations.rename")
def rename(call: Call) -> JSON:
    found = call.conversation()
    name = call.args.need("name")
    _fit_name(call, name)
    found.name = name
    _changed(call, found)
    record = {"id": found.id, "name": name, "created": found.created}
    events.tell(call.world, "channel_rename", {"type": "channel_rename", "channel": record})
    return {"channel": call.world.conversations.channel_json(found, call.app.bot)}


@method("conversations.archive")
def archive(call: Call) -> JSON:
    found = call.conversation(live=False)
    if found.archived:
        raise Refused("already_archived")
    found.archived = True
    _changed(call, found)
    events.about_channel(call.world, "archive", found, user=call.app.bot)
    return {}


@method("conversations.unarchive")
def unarchive(call: Call) -> JSON:
    found = call.conversation(live=False)
    if not found.archived:
        raise Refused("not_archived")
    found.archived = False
    _changed(call, found)
    events.about_channel(call.world, "unarchive", found, user=call.app.bot)
    return {}


@method("conversations.join")
def join(call: Call) -> JSON:
    found = call.conversation(member=False)
    if found.kind != "channel":
        raise Refused("method_not_supported_for_channel_type")
    call.effect = speech.join(call.world, found, call.app.bot)
    record = {"channel": call.world.conversations.channel_json(found, call.app.bot)}
    if call.effect:
        return record
    return record | {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}


@method("conversations.leave")
def leave(call: Call) -> JSON:
    found = call.conversation(member=False)
    if found.is_direct:
        raise Refused("method_not_supported_for_channel_type")
    call.effect = speech.leave(call.world, found, call.app.bot)
    return {} if call.effect else {"not_in_channel": True}


@method("conversations.invite")
def invite(call: Call) -> JSON:
    found = call.conversation()
    users = call.args.names("users")
    if not users:
        raise Refused("no_user")
    if len(users) > MOST_INVITED:
        raise Refused("too_many_users")
    for user in users:
        if user not in call.world.directory.users:
            raise Refused("user_not_found")
        if user == call.app.bot:
            raise Refused("cant_invite_self")
        if user in found.members:
            raise Refused("already_in_channel")
    for user in users:
        speech.join(call.world, found, user, call.app.bot)
    call.effect = True
    return {"channel": call.world.conversations.channel_json(found, call.app.bot)}


@method("conversations.kick")
def kick(call: Call) -> JSON:
    found = call.conversation()
    user = call.args.need("user")
    if user not in call.world.directory.users:
        raise Refused("user_not_found")
    if user == call.app.bot:
        raise Refused("cant_kick_self")
    if not speech.leave(call.world, found, user):
        raise Refused("not_in_channel")
    call.effect = True
    return {}


@method("conversations.setTopic")
def set_topic(call: Call) -> JSON:
    found = call.conversation()
    topic = call.args.text("topic")
    if len(topic) > 250:
        raise Refused("too_long")
    found.topic, found.topic_set["topic"] = topic, call.app.bot
    _changed(call, found)
    note = f"<@{call.app.bot}> set the channel topic: {topic}"
    speech.by_app(call.world, call.app, found, note, subtype="channel_topic")
    return {"channel": call.world.conversations.channel_json(found, call.app.bot)}


@method("conversations.setPurpose")
def set_purpose(call: Call) -> JSON:
    found = call.conversation()
    purpose = call.args.text("purpose")
    if len(purpose) > 250:
        raise Refused("too_long")
    found.purpose, found.topic_set["purpose"] = purpose, call.app.bot
    _changed(call, found)
    return {"purpose": purpose}


def _changed(call: Call, found: Conversation) -> None:
    call.effect = True
    call.world.conversations.changed(found)
