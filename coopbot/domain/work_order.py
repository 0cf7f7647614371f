"""A work order: what the platform raised, and the log of all that happened to it since.

The log is append-only; every other thing that is known about an order (state, claim, replies, SLA) is derived from
it in :mod:`coopbot.domain.order_log`, so that the same set of entries gives the same order in whatever sequence they
came (platform-api.md, Intake).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from coopbot.domain.files import HandedIn
from coopbot.domain.pauses import Pause


class OrderKey(NamedTuple):
    """Identity of an order: the platform's number, unique per connection (platform-api.md)."""

    connection: str
    number: str

    def __str__(self) -> str:
        return f"{self.connection}:{self.number}"

    @classmethod
    def parse(cls, text: str) -> OrderKey:
        """The inverse of ``str``. Raises ValueError when there is no connection in it."""
        connection, colon, number = text.partition(":")
        if not (connection and colon and number):
            raise ValueError(f"not an order key: {text!r}")
        return cls(connection, number)


class Kind(StrEnum):
    """What an entry of an order's log says. The first eight come from the platform, the rest from the team and us."""

    RAISED = "raised"
    URGED = "urged"
    REPLY_ACCEPTED = "reply_accepted"
    REPLY_REJECTED = "reply_rejected"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    TIMED_OUT = "timed_out"
    CLOSED = "closed"
    VOIDED = "voided"

    TOLD = "told"
    CLAIMED = "claimed"
    RELEASED = "released"
    HANDED_OVER = "handed_over"
    TAKEN_OVER = "taken_over"
    REPLY_QUEUED = "reply_queued"
    REPLY_CANCELLED = "reply_cancelled"
    REPLY_DELIVERED = "reply_delivered"
    REPLY_FAILED = "reply_failed"
    REMINDED = "reminded"
    SUPERSEDED = "superseded"
    BREACHED = "breached"
    OUTAGE_REPORTED = "outage_reported"
    OUTAGE_GRANTED = "outage_granted"
    LOOKED_UP = "looked_up"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_GIVEN = "approval_given"
    APPROVAL_DECLINED = "approval_declined"
    APPROVAL_OVERRIDDEN = "approval_overridden"
    APPROVAL_WITHDRAWN = "approval_withdrawn"
    PAUSED = "paused"
    RESUMED = "resumed"
    SNOOZED = "snoozed"
    REAPPLIED = "reapplied"
    """Put under another version of its rules, on purpose."""
    MOVED = "moved"
    """Given to another team."""
    PROMISE_KEPT = "promise_kept"
    PROMISE_BROKEN = "promise_broken"
    PROMISE_HANDED_OVER = "promise_handed_over"
    PROMISE_MOVED = "promise_moved"
    """A later promise of the same matter, on another order, stands in its place."""
    RECALLED = "recalled"
    """Raised again: somebody promised something when it was raised before."""


FROM_PLATFORM = frozenset(list(Kind)[:8])


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an order's log."""

    kind: Kind
    at: datetime
    """When it happened, as whoever reports it says (the platform's clock for its events), UTC."""
    key: str
    """Unique within the order: the database says "once" with it (house.md rule 12)."""
    by: str = ""
    """A Slack user id, ``platform`` or ``coopbot``."""
    data: Mapping[str, Any] = field(default_factory=dict)
    seq: int = 0
    """Order of recording; 0 until the store has recorded it."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who asks. Personal data: cards show it masked (decisions.md 22)."""

    name: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What the goods went off with, as far as the platform knows."""

    carrier: str = ""
    tracking_no: str = ""
    batch: str = ""
    """What the courier took along at the same time."""


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    url: str
    mime: str = ""


@dataclass(frozen=True, slots=True)
class OfferedPreset:
    """A preset handling method that the platform itself offers on this order."""

    code: str
    label: str
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the platform says about the order, in its newest version."""

    shop_id: str
    class_code: str
    """``crc``, ``general`` or a code that the profile adds."""
    scene: str
    content: str
    raised_at: datetime
    version: int = 1
    merchant_type: str = "POP_SOP"
    business_line: str = ""
    title: str = ""
    order_no: str = ""
    consumer: Consumer = Consumer()
    amount: int | None = None
    """Fen of CNY."""
    product: str = ""
    """The item or SKU, as the platform names it."""
    parcel: Parcel = Parcel()
    attachments: tuple[Attachment, ...] = ()
    presets: tuple[OfferedPreset, ...] = ()
    due_at: datetime | None = None
    """The platform's own deadline: wins over ours (decisions.md 5)."""
    console_url: str = ""


class ReplyState(StrEnum):
    """How far a reply has come (platform-api.md, read side)."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the team, and how far it has come."""

    reply_id: str
    text: str
    by: str
    at: datetime
    preset_code: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    files: tuple[HandedIn, ...] = ()
    state: ReplyState = ReplyState.QUEUED
    delivered_at: datetime | None = None
    settled_at: datetime | None = None
    """When it was accepted, rejected, cancelled or failed."""
    reason: str = ""
    grace_s: int = 0
    """Real seconds after ``at`` in which it can be stopped; 0: it leaves at once."""

    @property
    def stands(self) -> bool:
        """Whether it is on its way to the platform, or there and not refused."""
        return self.state in (ReplyState.QUEUED, ReplyState.DELIVERED, ReplyState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Claim:
    """Who is answering, since when (rule 6: state is a record with who and when)."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Snooze:
    """Who put the order's reminders off, when, and until when, in which round of the ladder."""

    by: str
    at: datetime
    until: datetime
    cycle: int


@dataclass(frozen=True, slots=True)
class Ending:
    """What ended the order for the team: who said so, when and why."""

    kind: Kind
    at: datetime
    by: str = ""
    reason: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """Where the team was told of the order."""

    channel: str
    ts: str
    at: datetime
    """When it was told first, be it by this message or by a row before it."""
    digest: str = ""
    """The digest that this is a row of; empty for a message of its own."""


@dataclass(frozen=True, slots=True)
class Breach:
    """The due time passed without an effective reply."""

    due_at: datetime
    at: datetime
    cause: str
    """``unanswered``, ``rejected``, ``arrived_late`` (it was late before it reached us: not ours) or ``ours`` (our own
    late delivery, decisions.md 1)."""


@dataclass(frozen=True)
class WorkOrder:
    """An order as its log tells it. Built by :func:`coopbot.domain.order_log.tell` alone."""

    key: OrderKey
    facts: Facts
    profile: tuple[str, str]
    """Name and version of the profile that it was born under, or was put under on purpose since (rule 8)."""
    log: tuple[Entry, ...]
    received_at: datetime
    card: Card | None = None
    """The order's own message."""
    row: Card | None = None
    """Its row of a digest, which stays when it has become a card (decisions.md 18)."""
    claim: Claim | None = None
    replies: tuple[Reply, ...] = ()
    ending: Ending | None = None
    urged: int = 0
    last_urged_at: datetime | None = None
    fired: frozenset[str] = frozenset()
    """Keys of the rungs that were fired or superseded, each ``cycle:rung``."""
    breaches: tuple[Breach, ...] = ()
    pauses: tuple[Pause, ...] = ()
    """In the sequence of the log; the last one lasts while its end is None."""
    extended_to: datetime | None = None
    """The due time that a granted outage moved it to; None when none did."""
    snooze: Snooze | None = None
    """The last one, unless it went to somebody else since."""
    team: str = ""
    """The team that it was given to; empty: its shop's."""
    kinds: frozenset[Kind] = frozenset()
    """Of its entries: most questions are about something that never happened to most orders."""

    @property
    def told(self) -> Card | None:
        """Where the team finds it: its own card, else its row of a digest; None before either."""
        return self.card or self.row

    @property
    def pause(self) -> Pause | None:
        """The pause that lasts; whether the platform's clock stands for it is the profile's to say."""
        return self.pauses[-1] if self.pauses and self.pauses[-1].end is None else None

    @property
    def standing_reply(self) -> Reply | None:
        """The newest reply that is on its way, delivered or accepted."""
        if not self.replies:
            return None
        return next((reply for reply in reversed(self.replies) if reply.stands), None)

    @property
    def rejections(self) -> tuple[Reply, ...]:
        if not self.replies:  # of most orders, and this is asked of all, often
            return ()
        return tuple(reply for reply in self.replies if reply.state is ReplyState.REJECTED)

    @property
    def cycle(self) -> int:
        """How often the ladder has begun anew: once more for each rejected reply."""
        return len(self.rejections)

    @property
    def last_rejection(self) -> Reply | None:
        if not self.replies:
            return None
        return max(self.rejections, key=lambda reply: (reply.settled_at or reply.at, reply.reply_id), default=None)

    def reply(self, reply_id: str) -> Reply | None:
        return next((reply for reply in self.replies if reply.reply_id == reply_id), None)
