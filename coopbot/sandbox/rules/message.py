"""The rules of a message: its text, its blocks and what they hold together (slack.md A1, A2)."""

from __future__ import annotations

from typing import Any

from coopbot.sandbox.records import JSON
from coopbot.sandbox.refusal import Refused
from coopbot.sandbox.rules.blocks import all_blocks
from coopbot.sandbox.rules.check import Check
from coopbot.sandbox.rules.fill import filled

MOST_BLOCKS = 50
MOST_ATTACHMENTS = 100
TEXT_CUT = 40_000
UPDATE_TEXT = 4_000
MARKDOWN_TEXT = 12_000
BUDGET = 12_000
"""Characters of text over all blocks: calls were seen failing from 11,341 to 13,297 (bolt-js 2509, 2867)."""


def blocks_of(value: Any, *, budget: bool = True) -> list[JSON]:
    """Blocks fit for a message, ids filled in.

    Raises Refused: invalid_blocks_format, invalid_blocks with a pointer to each fault, msg_blocks_too_long.
    """
    if value in (None, []):
        return []
    if not isinstance(value, list):
        raise Refused("invalid_blocks_format")
    check = Check("message")
    all_blocks(check, value, "/blocks", MOST_BLOCKS)
    if check.faults:
        raise Refused.because("invalid_blocks", *check.faults)
    if budget and written(value) > BUDGET:
        raise Refused("msg_blocks_too_long")
    return filled(value)


def attachments_of(value: Any) -> list[JSON]:
    """Raises Refused: invalid_attachments, too_many_attachments, invalid_blocks for blocks within."""
    if value in (None, []):
        return []
    if not isinstance(value, list) or not all(isinstance(a, dict) for a in value):
        raise Refused("invalid_attachments")
    if len(value) > MOST_ATTACHMENTS:
        raise Refused("too_many_attachments")
    found = []
    for number, attachment in enumerate(value):
        if not attachment.get("blocks"):
            found.append({"id": number + 1, **attachment})
            continue
        check = Check("message")
        all_blocks(check, attachment["blocks"], f"/attachments/{number}/blocks", MOST_BLOCKS)
        if check.faults:
            raise Refused.because("invalid_blocks", *check.faults)
        found.append({"id": number + 1, **attachment, "blocks": filled(attachment["blocks"])})
    return found


def written(part: Any) -> int:
    """Characters of text in blocks."""
    if isinstance(part, list):
        return sum(written(one) for one in part)
    if not isinstance(part, dict):
        return 0
    return sum(len(v) if k == "text" and isinstance(v, str) else written(v) for k, v in part.items())
