"""Blocks: what each holds and on which surface it may stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from coopbot.sandbox.records import JSON
from coopbot.sandbox.rules import elements, known
from coopbot.sandbox.rules.check import PLAIN, Check
from coopbot.sandbox.rules.newer_blocks import NEWER
from coopbot.sandbox.state_values import INTERACTIVE

EVERYWHERE = {"message", "modal", "home"}
MARKDOWN_MOST = 12_000
MOST_CHARTS = 2


def all_blocks(check: Check, blocks: Any, at: str, most: int, least: int = 0) -> None:
    """Check a list of blocks; the faults are in ``check``."""
    seen: set[str] = set()
    tables = charts = markdown = 0
    for number, part in enumerate(check.items({"blocks": blocks}, "blocks", at.removesuffix("/blocks"), least, most)):
        here = f"{at}/{number}"
        if not isinstance(part, dict):
            check.fault("must provide an object", here)
            continue
        block(check, part, here)
        name = part.get("block_id")
        if isinstance(name, str) and name:
            if name in seen:
                check.fault(f"`block_id` `{name}` already exists", f"{here}/block_id")
            seen.add(name)
        tables += part.get("type") == "table"
        charts += part.get("type") == "data_visualization"
        if part.get("type") == "markdown":
            markdown += len(str(part.get("text") or ""))
            if markdown > MARKDOWN_MOST:
                check.fault(f"must be less than {MARKDOWN_MOST + 1} characters in all", f"{here}/text")
    if tables > 1:
        check.fault("only_one_table_allowed", at)
    if charts > MOST_CHARTS:
        check.fault(f"no more than {MOST_CHARTS} data_visualization blocks allowed", at)


def block(check: Check, part: JSON, at: str) -> None:
    kind = str(part.get("type"))
    found = _RULES.get(kind) or NEWER.get(kind)
    if found is None:
        check.fault(f"unsupported type: {kind}", f"{at}/type")
        return
    rule, surfaces = found
    if check.surface not in surfaces:
        check.fault(f"unsupported type: {kind}", f"{at}/type")
        return
    known.strange(check, part, at, known.BLOCKS.get(kind), "type", "block_id")
    check.string(part, "block_id", at, 255, least=0)
    rule(check, part, at)


def _section(check: Check, part: JSON, at: str) -> None:
    check.text(part, "text", at, 3000)
    if "text" not in part and "fields" not in part:
        check.fault("missing required field: text", at)
    for number, field in enumerate(check.items(part, "fields", at, 1, 10, need=False)):
        check.text_object(field, f"{at}/fields/{number}", 2000)
    if part.get("accessory") is not None:
        elements.element(check, part["accessory"], f"{at}/accessory", elements.SECTION)


def _actions(check: Check, part: JSON, at: str) -> None:
    _elements(check, part, at, 25, elements.ACTIONS)


def _context(check: Check, part: JSON, at: str) -> None:
    _elements(check, part, at, 10, elements.CONTEXT)


def _context_actions(check: Check, part: JSON, at: str) -> None:
    _elements(check, part, at, 5, elements.CONTEXT_ACTIONS)


def _elements(check: Check, part: JSON, at: str, most: int, allowed: set[str]) -> None:
    seen: set[str] = set()
    for number, one in enumerate(check.items(part, "elements", at, 1, most)):
        here = f"{at}/elements/{number}"
        elements.element(check, one, here, allowed)
        name = one.get("action_id") if isinstance(one, dict) and one.get("type") in INTERACTIVE else None
        if name and name in seen:
            check.fault(f"`action_id` `{name}` already exists", f"{here}/action_id")
        seen.add(str(name))


def _header(check: Check, part: JSON, at: str) -> None:
    check.text(part, "text", at, 150, kinds=PLAIN, need=True)


def _image(check: Check, part: JSON, at: str) -> None:
    elements.image(check, part, at)
    check.text(part, "title", at, 2000, kinds=PLAIN)


def _input(check: Check, part: JSON, at: str) -> None:
    check.text(part, "label", at, 2000, kinds=PLAIN, need=True)
    check.text(part, "hint", at, 2000, kinds=PLAIN)
    if "element" not in part:
        check.fault("missing required field: element", at)
    else:
        elements.element(check, part["element"], f"{at}/element", elements.INPUT)


def _markdown(check: Check, part: JSON, at: str) -> None:
    check.string(part, "text", at, MARKDOWN_MOST, need=True)


def _divider(check: Check, part: JSON, at: str) -> None:
    """Holds nothing."""


_KINDS = ("rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted")


def _rich_text(check: Check, part: JSON, at: str) -> None:
    for number, one in enumerate(check.items(part, "elements", at, 1, 1000)):
        here = f"{at}/elements/{number}"
        if not isinstance(one, dict) or one.get("type") not in _KINDS:
            check.fault(f"must be a valid enum value: {', '.join(_KINDS)}", f"{here}/type")
        else:
            check.items(one, "elements", here, 0, 10_000)


def _video(check: Check, part: JSON, at: str) -> None:
    check.text(part, "title", at, 199, kinds=PLAIN, need=True)
    for name, most in (("alt_text", 2000), ("thumbnail_url", 3000), ("video_url", 3000)):
        check.string(part, name, at, most, need=True)
    check.string(part, "author_name", at, 49)
    check.text(part, "description", at, 199, kinds=PLAIN)


def _table(check: Check, part: JSON, at: str) -> None:
    check.items(part, "column_settings", at, 0, 20, need=False)
    for number, row in enumerate(check.items(part, "rows", at, 1, 100)):
        here = f"{at}/rows"
        for column, cell in enumerate(check.items({str(number): row}, str(number), here, 1, 20)):
            if not isinstance(cell, dict) or cell.get("type") not in ("raw_text", "rich_text", "raw_number"):
                check.fault("must be a valid enum value: raw_text, rich_text", f"{here}/{number}/{column}/type")


_RULES: dict[str, tuple[Callable[[Check, JSON, str], None], set[str]]] = {
    "section": (_section, EVERYWHERE),
    "divider": (_divider, EVERYWHERE),
    "header": (_header, EVERYWHERE),
    "image": (_image, EVERYWHERE),
    "context": (_context, EVERYWHERE),
    "actions": (_actions, EVERYWHERE),
    "input": (_input, EVERYWHERE),
    "rich_text": (_rich_text, EVERYWHERE),
    "video": (_video, EVERYWHERE),
    "markdown": (_markdown, {"message"}),
    "context_actions": (_context_actions, {"message"}),
    "table": (_table, {"message"}),
}
