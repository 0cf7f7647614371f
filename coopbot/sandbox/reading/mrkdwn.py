"""mrkdwn as plain text: names for mentions, labels for links, the viewer's dates, styling marks gone."""

from __future__ import annotations

import re

from coopbot.sandbox.reading.dates import rendered
from coopbot.sandbox.world import World

_TOKEN = re.compile(r"<([^<>\n]+)>")
_CODE = re.compile(r"```(.*?)```|`([^`\n]+)`", re.S)
_STYLES = [
    re.compile(rf"(?<![\w{re.escape(m)}]){re.escape(m)}(\S|\S[^\n]*?\S){re.escape(m)}(?![\w{re.escape(m)}])")
    for m in "*_~"
]


def plain(world: World, text: str, viewer: str) -> str:
    """What the viewer reads."""
    if not any(mark in text for mark in "<&*_~`"):
        return text
    out, at = [], 0
    for code in _CODE.finditer(text):
        out += [
            _styled(world, text[at : code.start()], viewer),
            _tokens(world, code.group(1) or code.group(2) or "", viewer),
        ]
        at = code.end()
    return "".join([*out, _styled(world, text[at:], viewer)])


def _styled(world: World, text: str, viewer: str) -> str:
    out, at = [], 0
    kept: list[str] = []
    for token in _TOKEN.finditer(text):  # what stands in a token is no styling
        out += [text[at : token.start()], f"\x00{len(kept)}\x00"]
        kept.append(_token(world, token.group(1), viewer))
        at = token.end()
    bare = "".join([*out, text[at:]])
    for style in _STYLES:
        bare = style.sub(r"\1", bare)
    return re.sub(r"\x00(\d+)\x00", lambda m: kept[int(m.group(1))], unescaped(bare))


def _tokens(world: World, text: str, viewer: str) -> str:
    return unescaped(_TOKEN.sub(lambda m: _token(world, m.group(1), viewer), text))


def _token(world: World, inside: str, viewer: str) -> str:
    body, _, label = inside.partition("|")
    if body.startswith("@"):
        return "@" + world.directory.label(body[1:])
    if body.startswith("#"):
        channel = world.conversations.all.get(body[1:])
        return "#" + (channel.name if channel else label or body[1:])
    if body.startswith("!subteam^"):
        group = world.directory.groups.get(body[9:])
        return "@" + (group.handle if group else label.lstrip("@") or body[9:])
    if body.startswith("!date^"):
        stamp, _, form = body[6:].partition("^")
        user = world.directory.users.get(viewer)
        tz, locale = (user.tz, user.locale) if user else ("UTC", "en-US")
        return rendered(stamp, form.partition("^")[0], unescaped(label), world.clock.now(), tz, locale)
    if body.startswith("!"):
        return "@" + body[1:]
    return unescaped(label or body.removeprefix("mailto:"))


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
