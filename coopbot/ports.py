"""Every port on one page: what the core asks of the outside, one line of promise each (rule 14)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from coopbot.domain.deadline import Deadline
from coopbot.domain.deed import Deed
from coopbot.domain.event import InboxRow, PlatformEvent
from coopbot.domain.files import File
from coopbot.domain.intent import Intent, Lane, Owed, Receipt, What
from coopbot.domain.kept import Kept
from coopbot.domain.ledger import LedgerEntry
from coopbot.domain.people import Person
from coopbot.domain.team import ShopKey
from coopbot.domain.work_order import Entry, OrderKey, WorkOrder

P = ParamSpec("P")
T = TypeVar("T")


# --- the store -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Index:
    """What is stored beside an order's log so that queries can find it; derived, never a source of truth."""

    state: str
    """A lifecycle state, as of the last change; ``overdue`` follows from ``due_at`` and is never stored."""
    channel: str
    due_at: datetime
    next_look_at: datetime | None
    """When the sweep must look next; None when nothing is due any more."""
    claimed_by: str = ""
    told_at: datetime | None = None
    due_differs: bool = False
    """Whether the platform's own deadline is another than what our rules give."""
    card_ts: str = ""
    """Of the message in ``channel`` that is its card."""
    promise_due_at: datetime | None = None
    """Of the promise that is to be kept, as of the last change; None when there is none."""
    promise_owner: str = ""
    promised_at: datetime | None = None
    """When its newest promise was given; None when it never had one."""


@dataclass(frozen=True, slots=True)
class Named:
    """How often messages named somebody, and how often of that outside the team's hours."""

    user: str
    times: int
    at_night: int


@dataclass(frozen=True, slots=True)
class Settled:
    """A promise that was kept or broken."""

    order: OrderKey
    shop_id: str
    owner: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the read side; ``cursor`` goes into the next request, None at the end."""

    orders: Sequence[WorkOrder]
    cursor: str | None


class Orders(Protocol):
    def get(self, key: OrderKey, *, for_update: bool = False) -> WorkOrder | None:
        """The order, told from its log; with ``for_update`` nobody else changes it before this unit of work ends."""
        ...

    def get_many(self, keys: Sequence[OrderKey], *, for_update: bool = False) -> Mapping[OrderKey, WorkOrder]:
        """Those that exist, locked in key order when asked (unsorted locks deadlock). Of those that don't, nobody else
        finds out before this unit of work ends: what waits for an order and the order itself can't miss each other."""
        ...

    def add(self, born: Sequence[tuple[WorkOrder, Index]]) -> None:
        """Write new orders with their logs. Raises Conflict when one exists."""
        ...

    def record(self, order: WorkOrder, entries: Sequence[Entry], index: Index) -> WorkOrder:
        """Append to the log, renew the index, return the order as now told. A known key is not repeated. ``order`` may
        have the entries already: then it need not be told again."""
        ...

    def due_to_look(self, now: datetime, limit: int) -> Sequence[WorkOrder]:
        """Orders whose ``next_look_at`` ≤ now, soonest first, locked; those another worker holds are passed over.

        None while another unit of work looks: halves of what is due in a channel would be two messages.
        """
        ...

    def next_look(self) -> datetime | None:
        """The soonest ``next_look_at`` of all."""
        ...

    def untold(self) -> tuple[OrderKey, datetime] | None:
        """The unfinished order that has waited longest to be told, by a card or a row, and since when."""
        ...

    def unfinished(self, channel: str | None = None) -> Sequence[WorkOrder]:
        """``open``, ``claimed`` or ``replied`` orders (overdue ones too) of a channel, or of all; soonest due first."""
        ...

    def under(self, channel: str, ts: str) -> Sequence[WorkOrder]:
        """Orders whose card is that message, finished ones too."""
        ...

    def received(self, since: datetime, until: datetime) -> Sequence[WorkOrder]:
        """Orders that came in that time, finished ones too, in the sequence in which they came."""
        ...

    def counts(self, now: datetime) -> tuple[int, int]:
        """How many orders wait for the team's answer, and how many of those are past their due time."""
        ...

    def differing(self) -> int:
        """How many unfinished orders have a deadline of the platform's own that differs from our reckoning."""
        ...

    def like(self, order: WorkOrder) -> Sequence[WorkOrder]:
        """Others of the same consumer or subject (coopbot.domain.alike), finished ones too; the newest 50 of each."""
        ...

    def promising(self, *, owner: str = "", channel: str = "") -> Sequence[WorkOrder]:
        """Those with a promise that is to be kept, of ``owner`` or in ``channel``; soonest due first."""
        ...

    def settled(self, since: datetime, until: datetime) -> Sequence[Settled]:
        """Promises that ended in that time, kept or broken; in the sequence in which that was recorded."""
        ...

    def promised_to(self, consumers: Sequence[str], since: datetime) -> Sequence[WorkOrder]:
        """Those of these consumers (coopbot.domain.alike, digests) with a promise since then, however it ended."""
        ...

    def page(
        self,
        connection: str,
        now: datetime,
        *,
        shop_id: str | None,
        state: str | None,
        class_code: str | None,
        due_before: datetime | None,
        limit: int,
        cursor: str | None,
    ) -> Page:
        """Orders of a connection by due time, then number. Raises ValueError for a cursor that it did not hand out."""
        ...


class Inbox(Protocol):
    def known(self, connection: str, ids: Sequence[str]) -> Mapping[str, InboxRow]:
        """Kept events by id."""
        ...

    def raised(self, keys: Sequence[OrderKey]) -> Mapping[tuple[OrderKey, int], str]:
        """Digest of each kept ``raised`` of these orders, by order and version."""
        ...

    def keep(self, rows: Sequence[InboxRow]) -> None:
        """Keep events; unique by connection and id."""
        ...

    def waiting_for(self, keys: Sequence[OrderKey]) -> Sequence[PlatformEvent]:
        """Events that wait for these orders to be raised."""
        ...

    def applied(self, events: Sequence[PlatformEvent]) -> None:
        """They wait no more."""
        ...

    def waiting_since(self, before: datetime) -> Sequence[InboxRow]:
        """Events received before ``before`` that still wait."""
        ...


class Outbox(Protocol):
    def add(self, intents: Sequence[Intent]) -> None:
        """Owe these; one whose key is pending already is owed once."""
        ...

    def claim(
        self,
        lane: Lane,
        now: datetime,
        limit: int,
        lease_s: float,
        *,
        busy: Sequence[str] = (),
        without: Sequence[What] = (),
        per_target: int = 0,
        scarce: bool = False,
    ) -> Sequence[Owed]:
        """Lease what may leave now (real time): heads of streams by priority, then age; none twice.

        Nothing but edits to ``busy`` targets, nothing of the kinds ``without``. At most ``per_target`` posts under way
        to one target (0: any): a channel sees messages in the order in which they were owed, and one connection that
        does not answer keeps no other waiting. ``scarce``: there are fewer to give than targets wait; then, of one
        priority, those for whom most waits get theirs first, since the longest queue is what the last one waits for.
        """
        ...

    def waiting(self, lane: Lane, now: datetime, most: int) -> Mapping[str, int]:
        """How many messages that nobody holds are due (real time), by target, edits apart; counted up to ``most``."""
        ...

    def gather(self, first: Owed, most: int, now: datetime, lease_s: float) -> Owed:
        """Turn a card that was claimed just now, in this unit of work, into a digest: of it and of the ordinary cards
        of its channel that nobody has tried, soonest due first, ``most`` orders in all. It is owed since the oldest of
        them; they are dropped. Without others ``first`` stays what it is."""
        ...

    def join(self, first: Owed, most: int, now: datetime, lease_s: float) -> Owed:
        """Likewise for a bundle of reminders: those of its channel that nobody has tried come with it, ``most``
        messages in one."""
        ...

    def sent(self, owed: Owed, now: datetime, receipt: str = "") -> bool:
        """It had its effect. False when the lease was lost: then nothing is recorded."""
        ...

    def arrived(self, them: Sequence[tuple[Owed, str]], now: datetime) -> Set[str]:
        """The same of several with their receipts: the ids of those whose lease was not lost."""
        ...

    def later(self, owed: Owed, not_before: datetime, why: str, *, begun: bool) -> bool:
        """Try again from ``not_before`` (real time); ``begun`` False: it surely had no effect. False: lease lost."""
        ...

    def drop(self, owed: Owed, now: datetime, why: str) -> bool:
        """It is moot, or refused for good: kept with the reason. False: lease lost."""
        ...

    def park(self, owed: Owed, now: datetime, why: str) -> bool:
        """It can't be sent until somebody mends something: kept, listed, replayable. False: lease lost."""
        ...

    def withdraw(self, what: str, key: str, why: str, now: datetime) -> bool:
        """Cancel a pending intent by its key. False when it is under way, sent, or was never owed."""
        ...

    def receipts(self, key: OrderKey) -> Sequence[Receipt]:
        """Everything that was owed for an order, also together with others, and what became of it, as it was owed."""
        ...

    def resume(self, now: datetime) -> int:
        """The only process of a store starts: take back the leases that the last one left. Returns how many."""
        ...

    def oldest(self) -> datetime | None:
        """Real time at which the oldest undelivered intent that is due was owed."""
        ...

    def abandoned(self) -> float | None:
        """Seconds for which the message that has been without its holder longest has been so: its lease has run out,
        and nobody took it over. None when there is none."""
        ...

    def next_due(self, lane: Lane) -> datetime | None:
        """Real time at which the next pending intent may leave."""
        ...

    def next_waiting(self, lane: Lane, now: datetime) -> datetime | None:
        """Real time after ``now`` at which a waiting intent falls due or a lease expires."""
        ...


class Backlog(Protocol):
    """The outbox as an operator sees it."""

    def list(self, states: Sequence[str], limit: int) -> Sequence[Kept]:
        """Messages in one of these states, the oldest first."""
        ...

    def find(self, prefix: str) -> Kept | None:
        """The one whose id begins so; None for none and for several."""
        ...

    def counts(self) -> Mapping[str, int]:
        """How many there are in each state."""
        ...

    def retry(self, kept: Kept, why: str) -> bool:
        """Owe it again, now. False when it is under way, changed meanwhile, or was owed anew."""
        ...

    def drop(self, kept: Kept, now: datetime, why: str) -> bool:
        """Give it up. False when it is under way or changed meanwhile."""
        ...


class People(Protocol):
    def known(self, users: Sequence[str]) -> Mapping[str, Person]: ...
    def learn(self, people: Sequence[Person]) -> None:
        """Add or renew; an empty field keeps what was known."""
        ...

    def members(self, group: str) -> frozenset[str] | None:
        """Cached members of a channel or user group; None when nothing is known of it."""
        ...

    def set_members(self, group: str, users: Sequence[str]) -> None: ...
    def joined(self, group: str, user: str) -> None: ...
    def left(self, group: str, user: str) -> None: ...


class Ledger(Protocol):
    def hold(self, connections: Iterable[str]) -> None:
        """Wait until no other unit of work holds any of these books, and hold them until this one ends: who books
        after what is booked already (a revocation that comes with its penalty, an exam once a year)."""
        ...

    def add(self, entries: Sequence[LedgerEntry]) -> None:
        """Append; an entry whose key is there is not repeated."""
        ...

    def of_shops(self, shops: Sequence[ShopKey], month: str) -> Sequence[LedgerEntry]:
        """Entries of a calendar month ``2026-11`` of the profile's zone, in the order of their time."""
        ...

    def since(self, shops: Sequence[ShopKey], since: datetime) -> Sequence[LedgerEntry]:
        """Entries from ``since`` on, in the order of their time."""
        ...

    def of_order(self, key: OrderKey) -> Sequence[LedgerEntry]: ...
    def of_ref(self, connection: str, ref: str) -> Sequence[LedgerEntry]:
        """Everything about the penalty of that number on the platform."""
        ...

    def get(self, key: str) -> LedgerEntry | None: ...


class Deeds(Protocol):
    """What people did that is no order's, for ever."""

    def add(self, deeds: Sequence[Deed]) -> None: ...
    def of(self, subject: str) -> Sequence[Deed]:
        """In the sequence of recording."""
        ...


class Deadlines(Protocol):
    """Days by which somebody must act on money."""

    def put(self, deadline: Deadline) -> None:
        """Keep it, or replace the one with its key, be it done or not."""
        ...

    def get(self, key: str) -> Deadline | None: ...
    def due(self, now: datetime, limit: int) -> Sequence[Deadline]:
        """Those with something to say at ``now``, soonest first."""
        ...

    def open(self, shops: Sequence[ShopKey]) -> Sequence[Deadline]:
        """Those of the shops that are not done, soonest due first."""
        ...

    def next_at(self) -> datetime | None:
        """When the next one has something to say."""
        ...


class Files(Protocol):
    """Files that people handed in: what is known of each, and their bytes, the same bytes once."""

    def expect(self, files: Sequence[File]) -> None:
        """Known from now on, the bytes still to come; one whose id is known is not repeated."""
        ...

    def known(self, ids: Sequence[str]) -> Mapping[str, File]: ...
    def of(self, owner: str) -> Sequence[File]:
        """Those that were handed in with ``owner``, in their order."""
        ...

    def store(self, id: str, sha256: str, content: bytes, now: datetime) -> None:
        """Its bytes are here; a second time changes nothing."""
        ...

    def lose(self, id: str, why: str) -> None:
        """Its bytes will not come."""
        ...

    def content(self, id: str) -> bytes | None:
        """Its bytes; None when it is unknown or they are not here."""
        ...


class Once(Protocol):
    def first(self, key: str, now: datetime) -> bool:
        """Whether this event or click is new; False: seen before (a redelivery). A tick forgets old keys."""
        ...

    def forget(self, before: datetime) -> int: ...


class Mentions(Protocol):
    """Whom the messages that left have named."""

    def add(self, message: str, team: str, users: Sequence[str], now: datetime, *, night: bool) -> None:
        """The message with this id named them; once, however often it is recorded."""
        ...

    def of_team(self, team: str, since: datetime) -> Sequence[Named]:
        """Everybody whom the team's messages named since then, most first."""
        ...

    def forget(self, before: datetime) -> int: ...


class Notes(Protocol):
    """Small named values: pinned profile texts, drafts, the last auditor run."""

    def get(self, key: str, *, for_update: bool = False) -> Mapping[str, Any] | None:
        """The value; with ``for_update`` nobody else gets it so before this unit of work ends, be it there or not."""
        ...

    def some(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]: ...
    def put(self, key: str, value: Mapping[str, Any], now: datetime) -> None: ...
    def remove(self, key: str) -> None: ...
    def all(self, prefix: str) -> Mapping[str, Mapping[str, Any]]: ...


class Tx(Protocol):
    """One unit of work: all of it is committed, or nothing. What it reads, nobody changes under it once locked."""

    @property
    def orders(self) -> Orders: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def backlog(self) -> Backlog: ...
    @property
    def people(self) -> People: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def deadlines(self) -> Deadlines: ...
    @property
    def deeds(self) -> Deeds: ...
    @property
    def files(self) -> Files: ...
    @property
    def once(self) -> Once: ...
    @property
    def mentions(self) -> Mentions: ...
    @property
    def notes(self) -> Notes: ...


class Store(Protocol):
    """Runs plain functions ``work(tx, …)`` (decisions.md 27)."""

    async def run(self, work: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work`` in a transaction and return after its commit.

        Raises what ``work`` raises (nothing changed then), StoreBusy when it can't commit.
        """
        ...

    async def read(self, work: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work`` on a snapshot; what it writes is discarded."""
        ...


# --- Slack and the platforms ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    """What Slack shall show: the fallback text is what a phone's lock screen has."""

    text: str
    blocks: Sequence[Mapping[str, Any]] = ()
    thread: str = ""
    also_channel: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """It had its effect; ``receipt`` is the message's ts, or the platform's result."""

    receipt: str = ""
    detail: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class TryLater:
    """Not now; ``begun`` False when it surely had no effect (a 429), True when it may have had one (a lost answer)."""

    after: float | None
    why: str
    begun: bool = True
    pause: str = ""
    """Non-empty when Slack named a method's limit: nothing of that method and channel goes before ``after``."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Never: Slack's or the platform's own code says why."""

    code: str
    detail: str = ""


Outcome = Sent | TryLater | Refused


class Chat(Protocol):
    async def post(self, channel: str, message: Message, marker: str) -> Outcome:
        """Post once; ``marker`` travels in the message's metadata."""
        ...

    async def update(self, channel: str, ts: str, message: Message) -> Outcome: ...
    async def pin(self, channel: str, ts: str) -> Outcome:
        """Keep a message in sight; one that is pinned already is Sent."""
        ...

    async def find(self, channel: str, thread: str, marker: str, since: datetime) -> Outcome:
        """Look for a post by its marker: Sent with its ts, Refused("not_found") when it is not there, TryLater."""
        ...

    async def set_group(self, group: str, users: Sequence[str]) -> Outcome:
        """Make these the only members of a user group."""
        ...

    async def open_direct(self, user: str) -> Outcome:
        """The direct channel with a user: Sent with its id."""
        ...


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file's bytes, as Slack gave them."""

    content: bytes


class Uploads(Protocol):
    async def fetch(self, source: str, most: int) -> Fetched | TryLater | Refused:
        """The bytes of a file that was handed in, at most ``most`` of them; asking again does no harm."""
        ...


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place of an event; ``path`` is dotted, ``data.presets.0.code``; empty is the whole."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """An event that is not one: told to its sender, not kept."""

    id: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one signed request brought, in its order."""

    connection: str
    items: tuple[PlatformEvent | Malformed, ...]
    alone: bool
    """One event rather than an array."""


class Inbound(Protocol):
    """A platform's way in: who speaks, and what is said."""

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> str | None:
        """The connection that signed this at about ``now`` (real time); None when none did, whatever the bytes are."""
        ...

    def parse(self, connection: str, headers: Mapping[str, str], body: bytes) -> Delivery:
        """Read a verified body. Raises TooLarge for more events than one request may bring."""
        ...

    def describe(self) -> Mapping[str, Any]:
        """The OpenAPI document of the whole contract."""
        ...


class Platform(Protocol):
    async def reply(self, connection: str, reply_id: str, payload: Mapping[str, Any]) -> Outcome:
        """Hand a reply to the platform, idempotent by ``reply_id``: Sent with its ``result``, TryLater, or Refused."""
        ...

    async def tell_outage(self, connection: str, marker: str, payload: Mapping[str, Any]) -> Outcome:
        """Tell the operations manager's webhook of an outage."""
        ...

    async def ring(self, hook: str, marker: str, payload: Mapping[str, Any]) -> Outcome:
        """Call a signed webhook of coopbot.toml's ``[hooks]``; the same ``marker`` on every try."""
        ...


class Translate(Protocol):
    """A message catalogue of one language."""

    language: str

    def __call__(self, msgid: str, /, **facts: object) -> str:
        """The sentence for ``msgid`` (English, with ``{placeholders}``) in this language, filled with ``facts``."""
        ...


class Languages(Protocol):
    def __getitem__(self, language: str) -> Translate:
        """The catalogue of ``zh-CN`` or ``en``; the nearest for another tag."""
        ...
