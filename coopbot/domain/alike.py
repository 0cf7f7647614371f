"""Orders that are like one another: of the same consumer, or about the same thing in the same shop.

The platform names neither product nor parcel (platform-api.md), so that "the same thing" is its own title within one
scene; without a title or a contact there is nothing to go by, and nothing is linked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from coopbot.domain.lifecycle import State
from coopbot.domain.work_order import Facts, OrderKey, Reply, WorkOrder

MOST = 10
"""Orders that are answered together: what Slack's checkboxes hold, and what a person still reads."""


@dataclass(frozen=True)
class Alike:
    """What the card says of the orders like it."""

    waiting: tuple[OrderKey, ...]
    """Those that wait for an answer too, soonest due first, at most :data:`MOST`."""
    last: Reply | None
    """The newest answer to one of them."""


def kin(facts: Facts) -> tuple[str, str]:
    """By what orders are found to be alike, consumer and subject; empty: by nothing. Digests, no personal data."""
    contact = "".join(facts.consumer.contact.split()).casefold()
    title = "".join(facts.title.split()).casefold()
    consumer = _digest(facts.shop_id, contact) if len(contact) > 3 else ""
    return consumer, _digest(facts.shop_id, facts.scene, title) if title else ""


def alike(order: WorkOrder, others: Sequence[tuple[WorkOrder, State]]) -> Alike:
    """``others`` with their states; the order itself may be among them."""
    rest = [(each, state) for each, state in others if each.key != order.key]
    open_ = [each.key for each, state in rest if state in (State.OPEN, State.CLAIMED, State.OVERDUE)]
    answers = [reply for each, _ in rest if (reply := each.standing_reply) is not None]
    return Alike(tuple(open_[: MOST - 1]), max(answers, key=_at, default=None))


def _at(reply: Reply) -> datetime:
    return reply.at


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]
