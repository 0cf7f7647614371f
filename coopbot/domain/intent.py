"""An intent: a message owed to Slack or the platform, written in the transaction of the change that owes it (rule 9).

It carries ids, never blocks: what is sent is rendered from the present state when its turn comes (rule 11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from coopbot.domain.work_order import OrderKey


class Lane(StrEnum):
    """Who receives: the two sides fail apart, so they wait apart."""

    CHAT = "chat"
    PLATFORM = "platform"


class What(StrEnum):
    """The kinds of messages that are owed."""

    CARD = "card"
    DIGEST = "digest"
    """One message that tells several orders, a row each (decisions.md 18)."""
    REDRAW = "redraw"
    NOTE = "note"
    REMINDER = "reminder"
    TIGHT = "tight"
    REFUSED = "refused"
    WHISPER = "whisper"
    APPROVAL = "approval"
    """A request for a second person's approval, with its buttons."""
    REPLY = "reply"
    FETCH = "fetch"
    """A file that was handed in, to be had from Slack; an answer waits behind those of its own."""
    OPERATOR = "operator"
    OUTAGE = "outage"
    HOOK = "hook"
    SWAP = "swap"
    HANDOVER = "handover"
    DRILL = "drill"
    MONEY = "money"
    """News of money to somebody who may see it."""
    GROUP = "group"
    """The user group of whoever is on call."""
    GLANCE = "glance"
    """The team's pinned message: what is at risk."""

    @property
    def lane(self) -> Lane:
        return Lane.PLATFORM if self in (What.REPLY, What.HOOK, What.FETCH) else Lane.CHAT


class Priority(IntEnum):
    """What goes first when Slack's limits bind (performance.md §5): smaller is sooner."""

    CRC_CARD = 0
    CRC_REMINDER = 1
    BREACH = 2
    REPLY = 3
    CARD = 4
    REMINDER = 5
    NOTE = 6
    REDRAW = 7


FIRST_CARD, OWN_CARD = "card:", "own:"
"""How the key of a card begins that tells an order for the first time, and of one that is to stand by itself."""


@dataclass(frozen=True, slots=True)
class Intent:
    what: What
    target: str
    """A Slack channel or user id; for the platform lane the connection, a hook's name, or where a file
    comes from."""
    priority: Priority
    order: OrderKey | None = None
    key: str = ""
    """Unique while pending, so that ten clicks owe one redraw; empty: always owed."""
    args: Mapping[str, Any] = field(default_factory=dict)
    not_before: datetime | None = None
    """Real time (decisions.md 25) before which it stays, e.g. an undo grace."""
    due: int = 0
    """UNIX seconds by which its order is to be answered: of one priority, what is due first goes first. 0: no such."""

    @property
    def lane(self) -> Lane:
        return self.what.lane

    @property
    def stream(self) -> str:
        """Messages of one stream leave in the order in which they were owed: an order's, else the target's; a digest
        and its edits keep nothing else waiting."""
        apart = self.order is None and self.what in (What.DIGEST, What.REDRAW)
        return f"{self.lane}/{self.key if apart else self.order or self.target}"

    @property
    def may_join(self) -> bool:
        """Whether a digest may tell it: a card that nothing has called for by itself yet."""
        return self.what is What.CARD and self.priority is Priority.CARD and self.key.startswith(FIRST_CARD)

    @property
    def is_bundle(self) -> bool:
        """Whether it says several orders' reminders in a channel of a team's."""
        return self.what is What.REMINDER and self.order is None and self.target[:1] not in "UW"


def named_in(args: Mapping[str, Any]) -> frozenset[str]:
    """The orders that a message about several is about: a digest's rows, a bundle's reminders."""
    items = (str(item["order"]) for item in args.get("items") or () if "order" in item)
    return frozenset((*items, *(str(each) for each in args.get("orders") or ())))


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message that was owed, and what became of it; times are real ones."""

    id: str
    what: str
    target: str
    owed_at: datetime
    state: str
    """``pending``, ``leased``, ``sent``, ``dropped`` or ``parked``."""
    tries: int
    done_at: datetime | None
    receipt: str
    """Slack's ts, or the platform's result."""
    why: str

    def to_json(self) -> dict[str, Any]:
        data = asdict(self)
        data["owed_at"] = self.owed_at.isoformat()
        data["done_at"] = self.done_at.isoformat() if self.done_at else None
        return data


@dataclass(frozen=True, slots=True)
class Owed:
    """An intent that a worker has claimed, with the lease it holds."""

    id: str
    """Travels in the message's metadata, or is the platform's idempotency key: how a re-send finds the first."""
    intent: Intent
    attempts: int
    """Tries begun before this one; if positive, an earlier one may have had its effect."""
    lease: int
    """Fencing token: a worker whose lease was taken over can't record anything any more."""
    owed_at: datetime
    """Real time at which the intent was written."""
    tried_at: datetime | None = None
    """When the last try before this one was claimed, or given up with an unknown outcome, by the clock that leases run
    by; None at the first."""
    tries: int = 0
    """All tries before this one, those that surely had no effect among them: what a backoff grows with."""
    tried_ago: float | None = None
    """Seconds since that try, by the same clock: another machine's wall clock may be an hour off."""
    unrecorded: bool = False
    """Whoever made that try died or froze with it: it may have begun at any moment of its lease."""
