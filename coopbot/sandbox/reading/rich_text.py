"""rich_text blocks as lines of plain text."""

from __future__ import annotations

from typing import Any

from coopbot.sandbox.reading.dates import rendered
from coopbot.sandbox.records import JSON
from coopbot.sandbox.world import World


def rich_lines(world: World, block: JSON, viewer: str) -> list[str]:
    found: list[str] = []
    for element in block.get("elements") or ():
        kind = element.get("type")
        if kind == "rich_text_list":
            ordered = element.get("style") == "ordered"
            pad = "  " * int(element.get("indent") or 0)
            for number, item in enumerate(element.get("elements") or (), 1):
                mark = f"{number + int(element.get('offset') or 0)}." if ordered else "•"
                found.append(f"{pad}{mark} {_inline(world, item, viewer)}")
            continue
        prefix = "> " if kind == "rich_text_quote" else ""
        found += [prefix + line for line in _inline(world, element, viewer).split("\n")]
    return found


def _inline(world: World, element: JSON, viewer: str) -> str:
    return "".join(_piece(world, piece, viewer) for piece in element.get("elements") or ())


def _piece(world: World, piece: JSON, viewer: str) -> str:
    kind: Any = piece.get("type")
    if kind == "user":
        return "@" + world.directory.label(str(piece.get("user_id")))
    if kind == "usergroup":
        group = world.directory.groups.get(str(piece.get("usergroup_id")))
        return "@" + (group.handle if group else str(piece.get("usergroup_id")))
    if kind == "channel":
        channel = world.conversations.all.get(str(piece.get("channel_id")))
        return "#" + (channel.name if channel else str(piece.get("channel_id")))
    if kind == "broadcast":
        return f"@{piece.get('range')}"
    if kind == "emoji":
        return f":{piece.get('name')}:"
    if kind == "link":
        return str(piece.get("text") or piece.get("url") or "")
    if kind == "date":
        user = world.directory.users.get(viewer)
        tz, locale = (user.tz, user.locale) if user else ("UTC", "en-US")
        form, fallback = str(piece.get("format") or ""), str(piece.get("fallback") or "")
        return rendered(str(piece.get("timestamp")), form, fallback, world.clock.now(), tz, locale)
    return str(piece.get("text") or piece.get("value") or "")
