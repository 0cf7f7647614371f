"""One answer for several orders: the group as it was looked at, and what became of each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from coopbot.domain.scene import ORDER_FIELDS, Preset
from coopbot.domain.seen import Seen
from coopbot.domain.work_order import OrderKey, WorkOrder
from coopbot.errors import Refusal


@dataclass(frozen=True)
class Group:
    """The orders that a lead chose, each as it stood then, and the words for all of them."""

    orders: tuple[Seen, ...]
    """Soonest due first."""
    text: str
    language: str
    which: str
    """Names the group between the steps."""


@dataclass(frozen=True)
class Outcome:
    """What became of one order of the group: sent, waiting for a second person, or skipped with the reason."""

    order: OrderKey
    skipped: Refusal | None = None
    waits: bool = False


def preset_of(text: str) -> Preset:
    """The words as a preset: what an order does not fill is asked for, order by order."""
    bare = Preset("", {}, text)
    return Preset("", {}, text, tuple(name for name in bare.placeholders if name not in ORDER_FIELDS))


def mark(order: WorkOrder) -> str:
    """What must not have changed between looking and sending: facts, holder, answers, end."""
    claim, ending = order.claim, order.ending
    return digest(
        str(order.key),
        str(order.facts.version),
        claim.by if claim is not None else "",
        *(f"{reply.reply_id}:{reply.state.value}" for reply in order.replies),
        ending.kind.value if ending is not None else "",
    )


def digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
