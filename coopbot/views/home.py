"""The Home tab's view: status, then the shops' accounts where the reader may see them."""

from __future__ import annotations

from collections.abc import Sequence

from coopbot.ports import Message, Translate
from coopbot.views import ids
from coopbot.views.blocks import Block, actions, button, context, divider, plain, summed

MOST_BLOCKS = 100
ROOM = 40_000
"""Characters of a Home; a message holds fewer."""


def home(status: Message, account: Sequence[Block], t: Translate, outages: Sequence[Block] = ()) -> Block:
    """``account`` is empty for who sees no money. What has no room gives way to a line that says where it is.

    ``outages`` are those that the reader may end.
    """
    blocks: list[Block] = [dict(block) for block in status.blocks]
    blocks = blocks or [{"type": "section", "text": plain(status.text, 3000)}]
    blocks += outages
    blocks.append(actions([button(t("Report an outage…"), ids.OUTAGE), button(t("Quiet hours…"), ids.QUIET)]))
    if account:
        blocks.append(divider())
    for block in account:
        if len(blocks) >= MOST_BLOCKS - 1 or summed([*blocks, block]) > ROOM:
            blocks.append(context(t("{command} shows the rest.", command=f"`{ids.EXPOSURE}`")))
            break
        blocks.append(dict(block))
    return {"type": "home", "blocks": blocks[:MOST_BLOCKS]}
