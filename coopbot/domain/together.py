"""One answer for several orders: the group as it was looked at, and what became of each."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from coopbot.domain.field import ATTACHMENT
from coopbot.domain.scene import ORDER_FIELDS, Preset
from coopbot.domain.seen import Seen
from coopbot.domain.sensitive import Sensitive
from coopbot.domain.work_order import OrderKey, WorkOrder
from coopbot.errors import Refusal


@dataclass(frozen=True)
class Group:
    """The orders that a lead chose, each as it stood then, and the words for all of them."""

    orders: tuple[Seen, ...]
    """Soonest due first."""
    preset: Preset
    """A ready answer that all of them offer; with an empty code the lead's own words."""
    language: str
    which: str
    """Names the group between the steps."""


@dataclass(frozen=True)
class Outcome:
    """What became of one order of the group: sent, waiting for a second person, or skipped with the reason."""

    order: OrderKey
    skipped: Refusal | None = None
    waits: bool = False


@dataclass(frozen=True)
class Look:
    """The final words for one order of the group."""

    seen: Seen
    text: str
    why: Sensitive | None
    """Why it is asked about once more; None: it would go by itself."""
    filled: bool
    """Whether a person filled something in."""


def shared_presets(orders: Sequence[Seen]) -> list[Preset]:
    """Ready answers that every one of them offers in the same words. A file goes with one answer at a time."""
    if not orders:
        return []
    first, *rest = orders
    return [
        preset
        for preset in first.presets
        if ATTACHMENT not in preset.requires and all(same(preset, it) is not None for it in rest)
    ]


def same(preset: Preset, it: Seen) -> Preset | None:
    """The order's own ready answer of that code, if it says and asks the same."""
    own = next((each for each in it.presets if each.code == preset.code), None)
    return own if own is not None and (own.text, own.requires) == (preset.text, preset.requires) else None


def preset_of(text: str, code: str = "", orders: Sequence[Seen] = ()) -> Preset:
    """The ready answer with that code, as long as nobody has changed its words; else the words as a preset of their
    own: what an order does not fill is asked for, order by order."""
    chosen = next((each for each in shared_presets(orders) if each.code == code and each.text == text), None)
    if chosen is not None:
        return chosen
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
