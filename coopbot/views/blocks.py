"""The shapes of Block Kit that coopbot uses, each kept inside its limits (slack.md A1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coopbot.views.text import NOTHING_SAID, clean, clip, is_web, short

Block = dict[str, Any]
MESSAGE_BUDGET = 10_000
"""Summed text of a message that Slack surely takes (slack.md A2)."""

DIALOG_SHOWS = 300
"""Characters of the text that Slack's own dialog has room for."""


def plain(text: str, limit: int = 3000) -> Block:
    """Literal text: no markup, no emoji codes."""
    return {"type": "plain_text", "text": clip(text, limit).text or NOTHING_SAID, "emoji": False}


def mrkdwn(text: str) -> Block:
    """Markup; whatever came from outside must be escaped already, and the whole inside 3,000 characters."""
    return {"type": "mrkdwn", "text": text or NOTHING_SAID}


def section(text: str, accessory: Block | None = None, block_id: str = "") -> Block:
    block: Block = {"type": "section", "text": mrkdwn(text)}
    if accessory:
        block["accessory"] = accessory
    return _named(block, block_id)


def context(*lines: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(line) for line in lines if line][:10]}


def divider() -> Block:
    return {"type": "divider"}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, 150)}


def quote(words: str) -> Block:
    """Somebody's own words: literal, so that no styling, link or mention in them acts (slack.md A6)."""
    text = {"type": "text", "text": clean(words) or NOTHING_SAID}
    return {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": [text]}]}


def actions(elements: Sequence[Block], block_id: str = "") -> Block:
    return _named({"type": "actions", "elements": list(elements[:25])}, block_id)


def button(
    text: str, action_id: str, value: str = "", *, style: str = "", url: str = "", confirm: Block | None = None
) -> Block:
    element: Block = {"type": "button", "text": plain(short(text, 75)), "action_id": action_id}
    if value:
        element["value"] = value
    if style:
        element["style"] = style
    if is_web(url):
        element["url"] = url
    if confirm:
        element["confirm"] = confirm
    return element


def confirmation(title: str, text: str, yes: str, no: str) -> Block:
    """Slack's own dialog before a click counts."""
    return {
        "title": plain(title, 100),
        "text": plain(text, DIALOG_SHOWS),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
    }


def option(text: str, value: str, description: str = "") -> Block:
    element: Block = {"text": plain(short(text, 75)), "value": value}
    if description:
        element["description"] = plain(short(description, 75))
    return element


def select(
    action_id: str, placeholder: str, options: Sequence[Block], *, confirm: Block | None = None, initial: int = -1
) -> Block:
    element: Block = {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain(placeholder, 150),
        "options": list(options[:100]),
    }
    if confirm:
        element["confirm"] = confirm
    if initial >= 0:
        element["initial_option"] = options[initial]
    return element


def overflow(action_id: str, options: Sequence[Block]) -> Block:
    return {"type": "overflow", "action_id": action_id, "options": list(options[:5])}


def field(label: str, element: Block, block_id: str, *, hint: str = "", optional: bool = False) -> Block:
    """An input of a modal."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, 2000),
        "element": element,
        "optional": optional,
    }
    if hint:
        block["hint"] = plain(hint, 2000)
    return block


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    close: str,
    callback_id: str = "",
    submit: str = "",
    metadata: str = "",
) -> Block:
    view: Block = {
        "type": "modal",
        "title": plain(title, 24),
        "close": plain(close, 24),
        "blocks": list(blocks),
    }
    if callback_id:
        view["callback_id"] = callback_id
    if submit:
        view["submit"] = plain(submit, 24)
    if metadata:
        view["private_metadata"] = metadata
    return view


def summed(blocks: Sequence[Mapping[str, Any]]) -> int:
    """Characters of all text in ``blocks``, as Slack's budget counts them."""

    def walk(node: object) -> int:
        if isinstance(node, Mapping):
            own = len(node["text"]) if isinstance(node.get("text"), str) else 0
            return own + sum(walk(value) for value in node.values())
        if isinstance(node, list | tuple):
            return sum(walk(value) for value in node)
        return 0

    return walk(list(blocks))


def _named(block: Block, block_id: str) -> Block:
    if block_id:
        block["block_id"] = block_id
    return block
