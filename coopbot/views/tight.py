"""What will be tight in the morning: told to a team before its shift ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from coopbot.domain.lifecycle import Act
from coopbot.domain.seen import Seen
from coopbot.domain.staffing import Staffed
from coopbot.ports import Message, Translate
from coopbot.views import headline, ids
from coopbot.views.blocks import Block, button, context, section
from coopbot.views.explain import staffing_line
from coopbot.views.pen import Pen, sentences
from coopbot.views.reminder import MOST_CALLED, MOST_ROWS


def tight(rows: Sequence[tuple[Seen, Staffed]], end: datetime, who: Sequence[str], t: Translate) -> Message:
    """Orders with what of their time is staffed once the shift has ended, soonest due first; ``who`` is called.

    Raises ValueError when there is nothing to say.
    """
    if not rows:
        raise ValueError("a list of nothing")
    pen = Pen.of(rows[0][0], t)
    called = pen.mentions(who[:MOST_CALLED])
    first, plain = _first(len(rows), end, pen), _first(len(rows), end, pen.for_fallback)
    soonest, fallback = rows[0][0], Pen.of(rows[0][0], t).for_fallback
    which = [headline.badge(soonest, fallback, marked=False), headline.subject(soonest, fallback)]
    which += [headline.wanted_in_passing(soonest, fallback)]
    blocks: list[Block] = [section("\n".join(line for line in (f"*{first}*", called) if line))]
    blocks += [_row(seen, found, index, t) for index, (seen, found) in enumerate(rows[:MOST_ROWS])]
    if len(rows) > MOST_ROWS:
        more = t("and {n} more: {command} lists them", n=len(rows) - MOST_ROWS, command=ids.STATUS_COMMAND)
        blocks.append(context(more))
    return Message(
        text=headline.lock_screen(sentences(t, plain, t("First: {first}.", first=" · ".join(which)), called)),
        blocks=blocks,
    )


def _first(n: int, end: datetime, pen: Pen) -> str:
    at = pen.at(end)
    if n == 1:
        return pen.t("Your shift ends at {at}; 1 order will be tight after it. Answer it today.", at=at)
    return pen.t("Your shift ends at {at}; {n} orders will be tight after it. Answer them today.", at=at, n=n)


def _row(seen: Seen, found: Staffed, index: int, t: Translate) -> Block:
    pen = Pen.of(seen, t)
    mark = headline.CRC_MARK if seen.is_crc else headline.MARKS[seen.state]
    name = headline.badge(seen, pen, marked=False)
    parts = [f"{mark} *{name}* · {pen.text(seen.shop, 30)}", staffing_line(seen.due, found, t, pen)]
    accessory = None
    if Act.CLAIM in seen.acts and seen.order.claim is None:
        accessory = button(t("Claim"), ids.CLAIM, str(seen.order.key))
    elif link := headline.card_link(seen.order.told):
        accessory = button(t("Open the card"), ids.OPEN_CARD, url=link)
    block = ids.block_id(f"{ids.ROW_BLOCK}{index}", seen.order.key)
    return section(" · ".join([*parts, headline.holder(seen, pen)]), accessory, block)
