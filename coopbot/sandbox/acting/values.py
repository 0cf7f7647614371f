"""What a person chose or typed, as Slack's state entries; and what Slack's own client refuses before the app hears."""

from __future__ import annotations

import json
import re
from typing import Any

from coopbot.sandbox.records import JSON
from coopbot.sandbox.refusal import Impossible
from coopbot.sandbox.state_values import key_of, many

MOST_FILES = 10
"""Where a file input says nothing (slack.md A1)."""


def entry(element: JSON, value: Any) -> JSON:
    """The state entry for a value given plainly, or as Slack's state object. Raises Impossible for no such option."""
    kind = element["type"]
    key = key_of(kind)
    if isinstance(value, dict) and key in value:
        return {"type": kind, key: value[key]}
    if kind in ("static_select", "radio_buttons"):
        return {"type": kind, key: None if value in (None, "") else option(element, value)}
    if kind in ("multi_static_select", "checkboxes"):
        return {"type": kind, key: [option(element, v) for v in _list(value)]}
    if kind in ("external_select", "multi_external_select"):
        chosen = [v if isinstance(v, dict) else _made(v) for v in _list(value)]
        return {"type": kind, key: chosen if many(kind) else next(iter(chosen), None)}
    if kind == "rich_text_input":
        return {"type": kind, key: value if isinstance(value, dict) else _rich(str(value))}
    if kind == "datetimepicker":
        return {"type": kind, key: None if value in (None, "") else int(value)}
    if many(kind):
        return {"type": kind, key: _list(value)}
    return {"type": kind, key: None if value in (None, "") else str(value)}


def option(element: JSON, value: Any) -> JSON:
    """The option with this value, or this label."""
    wanted = value.get("value") if isinstance(value, dict) else str(value)
    groups = element.get("option_groups") or [element]
    offered = [o for g in groups for o in g.get("options") or ()]
    for one in offered:
        if one.get("value") == wanted:
            return dict(one)
    for one in offered:
        if one["text"]["text"] == wanted:
            return dict(one)
    raise Impossible("no_such_option", f"{wanted!r} is not among {[o.get('value') for o in offered]}")


def refused(block: JSON, element: JSON, given: JSON | None) -> str | None:
    """What Slack's client says instead of submitting; None when it lets the value through."""
    value = (given or {}).get(key_of(element["type"]))
    if value in (None, "", []):
        return None if block.get("optional") else "Please complete this required field."
    kind = element["type"]
    if kind == "plain_text_input":
        least, most = element.get("min_length") or 0, element.get("max_length") or 3000
        if len(value) < least:
            return f"Please use at least {least} characters."
        if len(value) > most:
            return f"Please use at most {most} characters."
    if kind == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not re.match(r"https?://\S", value):
        return "Please enter a valid URL."
    if kind == "number_input":
        return _number(element, value)
    if kind == "file_input":
        return _files(element, value)
    most_items = element.get("max_selected_items")
    if most_items and len(value) > most_items:
        return f"Please choose at most {most_items}."
    return None


def _files(element: JSON, files: list[JSON]) -> str | None:
    most, types = element.get("max_files") or MOST_FILES, element.get("filetypes")
    if len(files) > most:
        return f"Please choose at most {most} files."
    strange = [one["name"] for one in files if types and one["name"].rpartition(".")[2].lower() not in types]
    return f"This type of file can't be added here: {strange[0]}" if strange else None


def _number(element: JSON, value: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "Please enter a valid number."
    for name, beyond in (("min_value", float.__lt__), ("max_value", float.__gt__)):
        if element.get(name) is not None and beyond(float(value), float(element[name])):
            return f"Please enter a number within the limit of {element[name]}."
    return None


def _list(value: Any) -> list[Any]:
    if value in (None, ""):
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _made(value: Any) -> JSON:
    return {"text": {"type": "plain_text", "text": str(value), "emoji": True}, "value": str(value)}


def _rich(text: str) -> JSON:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    found: JSON = json.loads(json.dumps({"type": "rich_text", "elements": [section]}))
    return found
