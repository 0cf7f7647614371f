"""files.*: the upload of today (ask for an address, upload, complete), info, list, delete."""

from __future__ import annotations

from typing import Any

from coopbot.sandbox import events, speech
from coopbot.sandbox.call import Call, method
from coopbot.sandbox.files import File
from coopbot.sandbox.records import JSON, InstalledApp
from coopbot.sandbox.refusal import Refused
from coopbot.sandbox.rules import message as rules
from coopbot.sandbox.world import World

MOST_CHANNELS = 100
SNIPPET_BYTES = 1024 * 1024
ALT_TEXT = 1000
"""Limits of slack.md A3."""


@method("files.getUploadURLExternal")
def upload_url(call: Call) -> JSON:
    name = call.args.need("filename")
    length = call.args.text("length")
    if not length.isdecimal() or int(length) < 1:
        raise Refused.because("invalid_arguments", "length must be a number above 0 [json-pointer:/length]")
    if call.args.text("snippet_type") and int(length) > SNIPPET_BYTES:
        raise Refused("snippet_too_large")
    if len(call.args.text("alt_txt")) > ALT_TEXT:
        raise Refused("alt_txt_too_large")
    file = call.world.files.ask(name, int(length), call.app.bot)
    file.alt_text, file.snippet_type = call.args.text("alt_txt"), call.args.text("snippet_type")
    call.effect = True
    return {"file_id": file.id, "upload_url": f"{call.world.address}/upload/{file.id}"}


@method("files.completeUploadExternal")
def complete(call: Call) -> JSON:
    listed = call.args.json("files", "invalid_arguments")
    if not isinstance(listed, list) or not listed:
        raise Refused.because("invalid_arguments", "missing required field: files")
    files = [_uploaded(call, one) for one in listed]
    channels = call.args.names("channels") or call.args.names("channel_id")
    if len(channels) > MOST_CHANNELS:
        raise Refused("too_many_channels")
    places = [call.allowed(call.world.conversations.all.get(c), member=True) for c in channels]
    for file in files:
        file.complete = True
    for place in places:
        for file in files:
            file.channels.append(place.id)
        thread = call.args.text("thread_ts")
        message = speech.by_app(
            call.world,
            call.app,
            place,
            call.args.text("initial_comment"),
            blocks=rules.blocks_of(call.args.json("blocks", "invalid_blocks_format")),
            thread_ts=thread if thread in place.messages else "",
            files=[f.id for f in files],
            subtype="file_share",
        )
        call.channel, call.ts = place.id, message.ts
        for file in files:
            _shared(call, file, place.id)
    call.effect = True
    return {"files": [call.world.files.json(f.id, call.world.address) for f in files]}


def _uploaded(call: Call, given: Any) -> File:
    """A file whose content has come. Raises Refused ``file_not_found`` otherwise."""
    file = call.world.files.all.get(str(given.get("id"))) if isinstance(given, dict) else None
    if file is None or file.content is None or file.complete:
        raise Refused("file_not_found")
    file.title = str(given.get("title") or file.name)
    return file


def _shared(call: Call, file: File, channel: str) -> None:
    event = {
        "type": "file_shared",
        "file_id": file.id,
        "user_id": call.app.bot,
        "file": {"id": file.id},
        "channel_id": channel,
        "event_ts": call.world.conversations.new_ts(),
    }
    events.tell(call.world, "file_shared", event, call.world.conversations.all[channel])


@method("files.info")
def info(call: Call) -> JSON:
    file = _known(call)
    found = {"file": call.world.files.json(file.id, call.world.address), "comments": []}
    return found | {"response_metadata": {"next_cursor": ""}}


@method("files.list")
def listed(call: Call) -> JSON:
    channel = call.args.text("channel")
    files = [f for f in call.world.files.all.values() if f.complete and not f.deleted]
    files = [f for f in files if visible(call.world, call.app, f)]
    fitting = [f for f in files if not channel or channel in f.channels]
    count = call.args.number("count", 100, 1, 1000)
    number = call.args.number("page", 1, 1, 10_000)
    some = fitting[(number - 1) * count : number * count]
    paging = {"count": count, "total": len(fitting), "page": number, "pages": -(-len(fitting) // count)}
    return {"files": [call.world.files.json(f.id, call.world.address) for f in some], "paging": paging}


@method("files.delete")
def delete(call: Call) -> JSON:
    file = _known(call)
    if file.user != call.app.bot:
        raise Refused("cant_delete_file")
    file.deleted, file.content = True, None
    call.effect = True
    return {}


def visible(world: World, app: InstalledApp, file: File) -> bool:
    """Whether the bot may know of it: its own, one in a conversation that it is in, one that was handed to it."""
    if file.user == app.bot or app.id in file.handed_to:
        return True
    places = [world.conversations.all[each] for each in file.channels if each in world.conversations.all]
    return any(app.bot in place.members for place in places)


def _known(call: Call) -> File:
    file = call.world.files.all.get(call.args.need("file"))
    if file is None or not file.complete or not visible(call.world, call.app, file):
        raise Refused("file_not_found")
    if file.deleted:
        raise Refused("file_deleted")
    return file
