"""Slack's limits (slack.md A1, A2), as a judge: every fault of a message or view, each with its JSON pointer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Node = Mapping[str, Any]
BUDGET = 10_000
LENGTHS = {
    "action_id": 255,
    "block_id": 255,
    "callback_id": 255,
    "private_metadata": 3000,
    "url": 3000,
}
ON_MESSAGES = {"section", "context", "actions", "divider", "header", "rich_text", "image"}
IN_MODALS = ON_MESSAGES | {"input"}
ELEMENTS = {
    "button",
    "static_select",
    "multi_static_select",
    "users_select",
    "checkboxes",
    "overflow",
    "datetimepicker",
    "timepicker",
    "plain_text_input",
    "file_input",
}


def faults(message_text: str, blocks: Sequence[Node]) -> list[str]:
    """What Slack would refuse of a message."""
    found = list(_blocks(blocks, 50, ON_MESSAGES))
    if not 1 <= len(message_text) <= 4000:
        found.append(f"/text: {len(message_text)} characters")
    if (total := summed(blocks)) > BUDGET:
        found.append(f"/blocks: {total} characters in all")
    return found


def view_faults(view: Node) -> list[str]:
    """What Slack would refuse of a modal."""
    found = list(_blocks(view["blocks"], 100, IN_MODALS))
    if not view["blocks"]:
        found.append("/blocks: a view needs one")
    for name in ("title", "submit", "close"):
        if name in view:
            found += _text(view[name], f"/{name}", 24, kinds=("plain_text",))
    if any(block["type"] == "input" for block in view["blocks"]) and "submit" not in view:
        found.append("/submit: required with an input")
    found += [
        f"/{name}: {len(view[name])} characters"
        for name in ("callback_id", "private_metadata")
        if len(view.get(name, "")) > LENGTHS[name]
    ]
    return found


def summed(node: object) -> int:
    if isinstance(node, Mapping):
        own = len(node["text"]) if isinstance(node.get("text"), str) else 0
        return own + sum(summed(value) for value in node.values())
    if isinstance(node, list | tuple):
        return sum(summed(value) for value in node)
    return 0


def texts(node: object) -> Iterator[str]:
    """Every string under a ``text`` key, in order."""
    if isinstance(node, Mapping):
        if isinstance(node.get("text"), str):
            yield node["text"]
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from texts(value)


def mrkdwn(node: object) -> Iterator[str]:
    """Every text that Slack reads as markup."""
    if isinstance(node, Mapping):
        if node.get("type") == "mrkdwn":
            yield node["text"]
        for value in node.values():
            yield from mrkdwn(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from mrkdwn(value)


def elements(node: object) -> Iterator[Node]:
    """Everything that can be clicked, chosen or filled in."""
    if isinstance(node, Mapping):
        if node.get("type") in ELEMENTS:
            yield node
        for value in node.values():
            yield from elements(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from elements(value)


def _blocks(blocks: Sequence[Node], most: int, allowed: set[str]) -> Iterator[str]:
    if len(blocks) > most:
        yield f"/blocks: {len(blocks)} of {most}"
    named = [block["block_id"] for block in blocks if "block_id" in block]
    for repeated in {name for name in named if named.count(name) > 1}:
        yield f"/blocks: block_id {repeated!r} twice"
    for index, block in enumerate(blocks):
        at = f"/blocks/{index}"
        if block["type"] not in allowed:
            yield f"{at}: {block['type']} is not allowed here"
        yield from _block(block, at)


def _block(block: Node, at: str) -> Iterator[str]:
    yield from _lengths(block, at)
    match block["type"]:
        case "section":
            yield from _text(block["text"], f"{at}/text", 3000)
            if "accessory" in block:
                yield from _element(block["accessory"], f"{at}/accessory")
        case "header":
            yield from _text(block["text"], f"{at}/text", 150, kinds=("plain_text",))
        case "context":
            if not 1 <= len(block["elements"]) <= 10:
                yield f"{at}/elements: {len(block['elements'])}"
            for index, each in enumerate(block["elements"]):
                yield from _text(each, f"{at}/elements/{index}", 3000)
        case "actions":
            if not 1 <= len(block["elements"]) <= 25:
                yield f"{at}/elements: {len(block['elements'])}"
            ids = [each["action_id"] for each in block["elements"]]
            if len(set(ids)) < len(ids):
                yield f"{at}/elements: an action_id twice"
            for index, each in enumerate(block["elements"]):
                yield from _element(each, f"{at}/elements/{index}")
        case "input":
            yield from _text(block["label"], f"{at}/label", 2000, kinds=("plain_text",))
            if "hint" in block:
                yield from _text(block["hint"], f"{at}/hint", 2000, kinds=("plain_text",))
            yield from _element(block["element"], f"{at}/element")
        case "rich_text":
            for text in texts(block):
                if not 1 <= len(text) <= 6000:
                    yield f"{at}: {len(text)} characters of rich text"
        case _:
            pass


def _element(element: Node, at: str) -> Iterator[str]:
    yield from _lengths(element, at)
    if not element.get("action_id"):
        yield f"{at}: no action_id"
    match element["type"]:
        case "button":
            yield from _text(element["text"], f"{at}/text", 75, kinds=("plain_text",))
            if len(element.get("value", "")) > 2000:
                yield f"{at}/value: {len(element['value'])} characters"
        case "static_select" | "multi_static_select":
            yield from _options(element["options"], at, 100)
            yield from _text(element["placeholder"], f"{at}/placeholder", 150, kinds=("plain_text",))
            chosen = [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])
            if any(each not in element["options"] for each in chosen):
                yield f"{at}/initial_option: is none of the options"
        case "checkboxes":
            yield from _options(element["options"], at, 10)
            if any(each not in element["options"] for each in element.get("initial_options", [])):
                yield f"{at}/initial_options: some are none of the options"
        case "overflow":
            yield from _options(element["options"], at, 5)
        case "users_select":
            yield from _text(element["placeholder"], f"{at}/placeholder", 150, kinds=("plain_text",))
        case "plain_text_input":
            most = element.get("max_length", 3000)
            if not 1 <= most <= 3000 or not 0 <= element.get("min_length", 0) <= most:
                yield f"{at}: min_length or max_length"
            if len(element.get("initial_value", "")) > most:
                yield f"{at}/initial_value: longer than max_length"
        case "datetimepicker":
            if not 10**9 <= element.get("initial_date_time", 10**9) < 10**10:
                yield f"{at}/initial_date_time: not ten digits"
        case "timepicker":
            if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", element.get("initial_time", "00:00")):
                yield f"{at}/initial_time: not HH:mm"
        case "file_input":
            if not 1 <= element.get("max_files", 10) <= 10:
                yield f"{at}/max_files"
        case other:
            yield f"{at}: unknown element {other}"
    if "confirm" in element:
        for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
            yield from _text(element["confirm"][name], f"{at}/confirm/{name}", most)


def _options(options: Sequence[Node], at: str, most: int) -> Iterator[str]:
    if not 1 <= len(options) <= most:
        yield f"{at}/options: {len(options)} of {most}"
    values = [each["value"] for each in options]
    if len(set(values)) < len(values):
        yield f"{at}/options: a value twice"
    for index, each in enumerate(options):
        yield from _text(each["text"], f"{at}/options/{index}/text", 75)
        if not 1 <= len(each["value"]) <= 150:
            yield f"{at}/options/{index}/value: {len(each['value'])} characters"
        if "description" in each:
            yield from _text(each["description"], f"{at}/options/{index}/description", 75)


def _text(text: Node, at: str, most: int, kinds: Sequence[str] = ("plain_text", "mrkdwn")) -> Iterator[str]:
    if text["type"] not in kinds:
        yield f"{at}: {text['type']}"
    if not 1 <= len(text["text"]) <= most:
        yield f"{at}: {len(text['text'])} characters, at most {most}"
    if not text["text"].strip():
        yield f"{at}: blank"


def _lengths(node: Node, at: str) -> Iterator[str]:
    for name, most in LENGTHS.items():
        if name in node and not 1 <= len(node[name]) <= most:
            yield f"{at}/{name}: {len(node[name])} characters"
