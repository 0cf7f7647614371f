"""Blocks, one line each, and what a person can press or choose in them."""

from __future__ import annotations

import re
from typing import Any

from coopbot.sandbox.reading.mrkdwn import plain
from coopbot.sandbox.reading.rich_text import rich_lines
from coopbot.sandbox.records import JSON
from coopbot.sandbox.state_values import elements, key_of, many
from coopbot.sandbox.world import World

_MARKDOWN = [
    (re.compile(r"^#{1,6}\s+", re.M), ""),
    (re.compile(r"\*\*(.+?)\*\*"), r"\1"),
    (re.compile(r"\[([^\]]+)\]\([^)]+\)"), r"\1"),
]


def text_of(world: World, part: Any, viewer: str) -> str:
    """A text object as read; plain text is shown as it is."""
    if not isinstance(part, dict):
        return ""
    text = str(part.get("text") or "")
    return plain(world, text, viewer) if part.get("type") == "mrkdwn" else text


def lines(world: World, blocks: list[JSON], viewer: str) -> list[str]:
    """Blocks from top to bottom, as somebody would read them aloud."""
    return [line for block in blocks for line in _lines(world, block, viewer) if line]


def _lines(world: World, block: JSON, viewer: str) -> list[str]:
    kind = block.get("type")
    if kind == "section":
        found = text_of(world, block.get("text"), viewer).split("\n")
        found += [text_of(world, f, viewer).replace("\n", " ") for f in block.get("fields") or ()]
        return [*found, _shown(world, block.get("accessory"), viewer)]
    if kind == "actions":
        return [" ".join(_shown(world, e, viewer) for e in block.get("elements") or ())]
    if kind in ("context", "context_actions"):
        return [" ".join(_shown(world, e, viewer) for e in block.get("elements") or ())]
    if kind == "header":
        return [text_of(world, block.get("text"), viewer)]
    if kind == "divider":
        return ["---"]
    if kind == "image":
        title = text_of(world, block.get("title"), viewer)
        return [title, f"[image: {block.get('alt_text', '')}]"]
    if kind == "input":
        hint = text_of(world, block.get("hint"), viewer)
        return [text_of(world, block.get("label"), viewer), _shown(world, block.get("element"), viewer), hint]
    if kind == "rich_text":
        return rich_lines(world, block, viewer)
    if kind == "markdown":
        text = str(block.get("text") or "")
        for pattern, with_ in _MARKDOWN:
            text = pattern.sub(with_, text)
        return text.split("\n")
    if kind == "table":
        return [" | ".join(_cell(world, c, viewer) for c in row) for row in block.get("rows") or ()]
    if kind == "video":
        return [text_of(world, block.get("title"), viewer), f"[video: {block.get('alt_text', '')}]"]
    return _newer(world, block, viewer)


def _newer(world: World, block: JSON, viewer: str) -> list[str]:
    """card, alert, container, carousel: their texts in order, then what is within."""
    found = [text_of(world, block.get(n), viewer) for n in ("title", "subtitle", "body", "text", "subtext")]
    found.append(" ".join(_shown(world, a, viewer) for a in block.get("actions") or ()))
    for inner in [*(block.get("child_blocks") or ()), *(block.get("elements") or ())]:
        if isinstance(inner, dict):
            found += _lines(world, inner, viewer)
    return found


def _cell(world: World, cell: JSON, viewer: str) -> str:
    if cell.get("type") == "rich_text":
        return " ".join(rich_lines(world, cell, viewer))
    return str(cell.get("text") or "")


def _shown(world: World, element: Any, viewer: str) -> str:
    if not isinstance(element, dict):
        return ""
    kind = str(element.get("type"))
    if kind in ("mrkdwn", "plain_text"):
        return text_of(world, element, viewer)
    if kind == "image":
        return f"[image: {element.get('alt_text', '')}]"
    if kind in ("button", "workflow_button"):
        return f"[{text_of(world, element.get('text'), viewer)}]"
    if kind in ("checkboxes", "radio_buttons"):
        return " ".join(f"( ) {text_of(world, o.get('text'), viewer)}" for o in element.get("options") or ())
    if kind.endswith("_input"):
        return ""
    if kind == "overflow":
        return "[…]"
    return f"[{text_of(world, element.get('placeholder'), viewer) or kind} ▾]"


def actions(world: World, blocks: list[JSON], state: dict[str, dict[str, JSON]], viewer: str) -> list[JSON]:
    """Everything that a person can press or choose, in order."""
    return [action(world, b, e, state, viewer) for b, e in elements(blocks) if b.get("type") != "input"]


def action(world: World, block: JSON, element: JSON, state: dict[str, dict[str, JSON]], viewer: str) -> JSON:
    confirm = element.get("confirm")
    label = text_of(world, element.get("text"), viewer) or text_of(world, element.get("placeholder"), viewer)
    return {
        "type": element["type"],
        "label": label,
        "action_id": element.get("action_id"),
        "block_id": block.get("block_id"),
        "value": element.get("value"),
        "style": element.get("style"),
        "url": element.get("url"),
        "confirm": {k: text_of(world, confirm.get(k), viewer) for k in ("title", "text", "confirm", "deny")}
        if isinstance(confirm, dict)
        else None,
        "options": options(world, element, viewer),
        "selected": chosen(state.get(str(block.get("block_id")), {}).get(str(element.get("action_id")))),
    }


def options(world: World, element: JSON, viewer: str) -> list[JSON] | None:
    """Label and value of each option, groups opened; None for what has none."""
    listed = element.get("options")
    if listed is None and element.get("option_groups"):
        listed = [o for group in element["option_groups"] for o in group.get("options") or ()]
    if listed is None:
        return None
    return [{"label": text_of(world, o.get("text"), viewer), "value": o.get("value")} for o in listed]


def chosen(entry: JSON | None) -> Any:
    """A state entry as a plain value: option values rather than options."""
    if entry is None:
        return None
    value = entry.get(key_of(entry["type"]))
    if entry["type"] == "file_input":
        return [one["name"] for one in value or ()]
    if many(entry["type"]):
        return [v.get("value") if isinstance(v, dict) and "value" in v else v for v in value or ()]
    return value.get("value") if isinstance(value, dict) and "value" in value else value
