"""What Slack adds to blocks that it takes: ids where the app gave none."""

from __future__ import annotations

import copy
import itertools

from coopbot.sandbox.records import JSON
from coopbot.sandbox.state_values import elements

_numbers = itertools.count(1)


def filled(blocks: list[JSON]) -> list[JSON]:
    """A copy with a block_id in every block and an action_id in every element one can act on."""
    copied: list[JSON] = copy.deepcopy(blocks)
    for block in copied:
        if not block.get("block_id"):
            block["block_id"] = f"b{next(_numbers):x}"
    for block, element in elements(copied):
        block.setdefault("block_id", f"b{next(_numbers):x}")
        if not element.get("action_id"):
            element["action_id"] = f"a{next(_numbers):x}"
    return copied
