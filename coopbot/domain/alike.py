"""Orders that are like one another: of the same consumer, about the same thing in the same shop, of one courier batch.

"The same thing" is the product within one scene, where the platform names it, else its own title: of one dress one
consumer wants an invoice and the other a smaller size. What went off together is late together, whatever each consumer
makes of it. Without any of these there is nothing to go by, and nothing is linked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

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
    by: tuple[str, ...] = ()
    """What those that wait, or else those answered, have in common with it: names of :class:`Kin`."""


class Kin(NamedTuple):
    """By what orders are found to be alike; empty: by nothing. Digests, no personal data."""

    consumer: str
    subject: str
    batch: str


def kin(facts: Facts) -> Kin:
    contact, parcel = _bare(facts.consumer.contact), facts.parcel
    subject, batch = _bare(facts.product) or _bare(facts.title), _bare(parcel.batch)
    return Kin(
        consumer=_digest(facts.shop_id, contact) if len(contact) > 3 else "",
        subject=_digest(facts.shop_id, facts.scene, subject) if subject else "",
        batch=_digest(_bare(parcel.carrier), batch) if batch else "",
    )


def alike(order: WorkOrder, others: Sequence[tuple[WorkOrder, State]]) -> Alike:
    """``others`` with their states; the order itself may be among them."""
    rest = [(each, state) for each, state in others if each.key != order.key]
    open_ = [each.key for each, state in rest if state in (State.OPEN, State.CLAIMED, State.OVERDUE)]
    answers = [reply for each, _ in rest if (reply := each.standing_reply) is not None]
    shown = [each for each, _ in rest if each.key in open_] or [each for each, _ in rest if each.standing_reply]
    return Alike(tuple(open_[: MOST - 1]), max(answers, key=_at, default=None), _shared(order, shown))


def _shared(order: WorkOrder, others: Sequence[WorkOrder]) -> tuple[str, ...]:
    own, theirs = kin(order.facts), [kin(each.facts) for each in others]
    return tuple(
        name
        for name in Kin._fields
        if getattr(own, name) and any(getattr(each, name) == getattr(own, name) for each in theirs)
    )


def _bare(text: str) -> str:
    return "".join(text.split()).casefold()


def _at(reply: Reply) -> datetime:
    return reply.at


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]
