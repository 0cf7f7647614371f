"""Orders: told from their logs, found by their index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, func, literal_column, select

from coopbot.domain.alike import kin
from coopbot.domain.order_log import tell, tell_on
from coopbot.domain.work_order import Entry, Kind, OrderKey, WorkOrder
from coopbot.ports import Index, Page, Settled
from coopbot.store.bulk import Insert, Update
from coopbot.store.keys import by_connection
from coopbot.store.page import page
from coopbot.store.session import Session
from coopbot.store.statement import Statement, among
from coopbot.store.tables import ENTRY, ORDER

_HERE = ORDER.c.workspace == bindparam("workspace")
_ANY = select(
    ORDER.c.id, ORDER.c.connection, ORDER.c.number, ORDER.c.profile, ORDER.c.profile_version, ORDER.c.received_at
)
_HEAD = _ANY.where(_HERE)

_SOME = _HEAD.where(ORDER.c.connection == bindparam("connection"), among(ORDER.c.number, "numbers")).order_by(
    ORDER.c.number
)
_GET, _LOCK = Statement(_SOME), Statement(_SOME.with_for_update())
_BY_ID = Statement(_ANY.where(among(ORDER.c.id, "ids")))
_ENTRY = select(ENTRY.c.order_id, ENTRY.c.id, ENTRY.c.kind, ENTRY.c.at, ENTRY.c.key, ENTRY.c.by, ENTRY.c.data)
_LOG = Statement(_ENTRY.where(ENTRY.c.order_id == bindparam("order_id")).order_by(ENTRY.c.id))
_LOGS = Statement(_ENTRY.where(among(ENTRY.c.order_id, "ids")).order_by(ENTRY.c.id))

_WAITS = ORDER.c.next_look_at.is_not(None)
_DUE = Statement(
    _HEAD.where(_WAITS, ORDER.c.next_look_at <= bindparam("now"))
    .order_by(ORDER.c.next_look_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_NEXT = Statement(
    select(ORDER.c.next_look_at).where(_HERE, _WAITS).order_by(ORDER.c.next_look_at).limit(literal_column("1"))
)
# Spelled out, because a partial index is used only for the very condition that it was made with.
_OPEN = literal_column("state").in_([literal_column(f"'{state}'") for state in ("open", "claimed", "replied")])
# Without statistics SQLite takes the index of all orders of the workspace, finished ones too, if it is let.
_HERE_OPEN = and_(ORDER.c.workspace + literal_column("0") == bindparam("workspace"), _OPEN)
_UNTOLD = Statement(
    select(ORDER.c.connection, ORDER.c.number, ORDER.c.received_at)
    .where(_HERE, ORDER.c.told_at.is_(None), _OPEN)
    .order_by(ORDER.c.received_at)
    .limit(literal_column("1"))
)
_UNFINISHED = Statement(_ANY.where(_HERE_OPEN).order_by(ORDER.c.due_at))
_UNFINISHED_IN = Statement(_HEAD.where(_OPEN, ORDER.c.channel == bindparam("channel")).order_by(ORDER.c.due_at))

_UNDER = Statement(
    _HEAD.where(
        ORDER.c.channel == bindparam("channel"), ORDER.c.card_ts == bindparam("ts"), literal_column("card_ts <> ''")
    )
)

_COUNTS = Statement(
    select(func.count(), func.coalesce(func.sum(case((ORDER.c.due_at < bindparam("now"), 1), else_=0)), 0)).where(
        _HERE_OPEN
    )
)

# Spelled out like the partial index, which is used only for its very condition.
_RECEIVED = Statement(
    _HEAD.where(ORDER.c.received_at >= bindparam("since"), ORDER.c.received_at < bindparam("until")).order_by(
        ORDER.c.received_at, ORDER.c.id
    )
)

_DIFFERING = Statement(select(func.count()).where(_HERE, literal_column("due_differs"), _OPEN))

_OPEN_PROMISE = _HEAD.where(ORDER.c.promise_due_at.is_not(None)).order_by(ORDER.c.promise_due_at, ORDER.c.id)
_PROMISING_OF = Statement(_OPEN_PROMISE.where(ORDER.c.promise_owner == bindparam("owner")))
_PROMISING_IN = Statement(_OPEN_PROMISE.where(ORDER.c.channel == bindparam("channel")))
_PROMISED_TO = Statement(
    _HEAD.where(
        ORDER.c.promised_at.is_not(None),
        ORDER.c.promised_at >= bindparam("since"),
        among(ORDER.c.kin_consumer, "consumers"),
    ).order_by(ORDER.c.id)
)
_PROMISE_ENDS = literal_column("kind").in_(
    [literal_column("'promise_kept'"), literal_column("'promise_broken'")]  # like its partial index
)
_SETTLED = Statement(
    select(ORDER.c.connection, ORDER.c.number, ORDER.c.shop_id, ENTRY.c.kind, ENTRY.c.data)
    .join(ORDER, ORDER.c.id == ENTRY.c.order_id)
    .where(
        ENTRY.c.workspace == bindparam("workspace"),
        _PROMISE_ENDS,
        ENTRY.c.at >= bindparam("since"),
        ENTRY.c.at < bindparam("until"),
    )
    .order_by(ENTRY.c.id)
)

# The newest of them: who has had fifty of a kind needs no fifty-first to see it.
_KIN = {
    column.name: Statement(
        _HEAD.where(column == bindparam("kin"), literal_column(f"{column.name} <> ''"))
        .order_by(ORDER.c.id.desc())
        .limit(literal_column("50"))
    )
    for column in (ORDER.c.kin_consumer, ORDER.c.kin_subject, ORDER.c.kin_batch)
}
_INDEX = (
    *("state", "channel", "due_at", "next_look_at", "claimed_by", "told_at", "due_differs", "card_ts"),
    *("promise_due_at", "promise_owner", "promised_at"),
)
_FOUND_BY = ("shop_id", "class_code", *_KIN, *_INDEX)
_BIRTH = ("id", "workspace", "connection", "number", "profile", "profile_version", "received_at")
_ADD = Insert(ORDER, (*_BIRTH, *_FOUND_BY))
_RENEW = Update(ORDER, (*_FOUND_BY, "id"))
_APPEND = Insert(
    ENTRY,
    ("workspace", "order_id", "kind", "at", "key", "by", "data"),
    once="ON CONFLICT (order_id, key) DO NOTHING",
)

Head = tuple[Any, ...]


class Orders:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._held: dict[OrderKey, tuple[int, WorkOrder]] = {}
        """Orders that nobody else can change before this unit ends, as they stand: what is recorded adds to that."""
        self._read: dict[OrderKey, WorkOrder] = {}
        """Of a snapshot: what was read of it stays so."""
        self._born: dict[int, dict[str, Any]] = {}
        self._renewed: dict[int, dict[str, Any]] = {}
        self._lines: list[dict[str, Any]] = []

    def get(self, key: OrderKey, *, for_update: bool = False) -> WorkOrder | None:
        if not for_update and key in self._read:
            return self._read[key]
        heads = self._heads([key], for_update)
        if not heads:
            return None
        # The log is read after the lock is had, in a statement of its own: joined to the row it would come from the
        # snapshot before the wait, and the change that was waited for would be lost.
        rows = self._session.all(_LOG, order_id=heads[0][0])
        return self._told(heads[0], [_entry(row) for row in rows], for_update)

    def get_many(self, keys: Sequence[OrderKey], *, for_update: bool = False) -> Mapping[OrderKey, WorkOrder]:
        return {order.key: order for order in self._tell(self._heads(keys, for_update), for_update)}

    def add(self, born: Sequence[tuple[WorkOrder, Index]]) -> None:
        ids = self._session.order_ids(len(born)) if born else ()
        for order_id, (order, index) in zip(ids, born, strict=True):
            self._held[order.key] = order_id, order
            self._born[order_id] = self._row(order_id, order, index)
            self._lines += [self._line(order_id, entry) for entry in order.log]
        self._session.write_later("orders", self._write)

    def record(self, order: WorkOrder, entries: Sequence[Entry], index: Index) -> WorkOrder:
        if order.key not in self._held and self.get(order.key, for_update=True) is None:
            raise KeyError(f"{order.key} was not added")
        order_id, known = self._held[order.key]
        keys = {entry.key for entry in known.log}
        fresh = list({entry.key: entry for entry in entries if entry.key not in keys}.values())
        if fresh:
            known = order if order.log == (*known.log, *fresh) else tell_on(known, fresh)
        self._held[order.key] = order_id, known
        self._read.pop(order.key, None)
        self._lines += [self._line(order_id, entry) for entry in fresh]
        rows = self._born if order_id in self._born else self._renewed
        rows[order_id] = self._row(order_id, known, index)
        self._session.write_later("orders", self._write)
        return known

    def _write(self) -> None:
        born, self._born = self._born, {}
        renewed, self._renewed = self._renewed, {}
        lines, self._lines = self._lines, []
        # In key order: batches that insert the same orders in different orders would deadlock (performance.md §2).
        self._session.insert(_ADD, sorted(born.values(), key=lambda row: (row["connection"], row["number"])))
        self._session.update(_RENEW, list(renewed.values()))
        self._session.insert(_APPEND, lines)

    def due_to_look(self, now: datetime, limit: int) -> Sequence[WorkOrder]:
        look = self.next_look()  # most looks find nothing: those take no lock
        if look is None or look > now or not self._session.hold_alone("sweep"):
            return []
        return self._tell(self._session.all(_DUE, now=now, limit=limit), locked=True)

    def next_look(self) -> datetime | None:
        row = self._session.one(_NEXT)
        return row[0] if row else None

    def untold(self) -> tuple[OrderKey, datetime] | None:
        row = self._session.one(_UNTOLD)
        return (OrderKey(row[0], row[1]), row[2]) if row else None

    def unfinished(self, channel: str | None = None) -> Sequence[WorkOrder]:
        if channel is None:
            return self._tell(self._session.all(_UNFINISHED))
        return self._tell(self._session.all(_UNFINISHED_IN, channel=channel))

    def under(self, channel: str, ts: str) -> Sequence[WorkOrder]:
        return self._tell(self._session.all(_UNDER, channel=channel, ts=ts))

    def received(self, since: datetime, until: datetime) -> Sequence[WorkOrder]:
        return self._tell(self._session.all(_RECEIVED, since=since, until=until))

    def counts(self, now: datetime) -> tuple[int, int]:
        ((unfinished, late),) = self._session.all(_COUNTS, now=now)
        return int(unfinished), int(late)

    def differing(self) -> int:
        ((count,),) = self._session.all(_DIFFERING)
        return int(count)

    def like(self, order: WorkOrder) -> Sequence[WorkOrder]:
        found: dict[int, Head] = {}
        for name, value in zip(_KIN, kin(order.facts), strict=True):
            if value:
                found |= {head[0]: head for head in self._session.all(_KIN[name], kin=value)}
        return self._tell([head for head in found.values() if (head[1], head[2]) != order.key])

    def promising(self, *, owner: str = "", channel: str = "") -> Sequence[WorkOrder]:
        if owner:
            return self._tell(self._session.all(_PROMISING_OF, owner=owner))
        return self._tell(self._session.all(_PROMISING_IN, channel=channel))

    def settled(self, since: datetime, until: datetime) -> Sequence[Settled]:
        return [
            Settled(OrderKey(connection, number), shop_id, str(data["owner"]), kind == Kind.PROMISE_KEPT)
            for connection, number, shop_id, kind, data in self._session.all(_SETTLED, since=since, until=until)
        ]

    def promised_to(self, consumers: Sequence[str], since: datetime) -> Sequence[WorkOrder]:
        return self._tell(self._session.all(_PROMISED_TO, since=since, consumers=list(consumers)))

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
        ids, after = page(self._session, connection, now, shop_id, state, class_code, due_before, limit, cursor)
        told = {head[0]: head for head in self._session.all(_BY_ID, ids=ids)}
        return Page(self._tell([told[order_id] for order_id in ids]), after)

    def _heads(self, keys: Iterable[OrderKey], for_update: bool) -> list[Head]:
        if not for_update or self._session.reading:
            return self._found(_GET, keys)
        keys = set(keys)
        if len(keys) > 1:
            return self._lock_many(keys)
        heads = self._found(_LOCK, keys)
        if not heads and self._session.hold(map(str, keys)):
            # Nobody else finds it missing now; one who did before may have added it.
            heads = self._found(_LOCK, keys)
        return heads

    def _lock_many(self, keys: set[OrderKey]) -> list[Head]:
        """The names of those that are missing are held before any row is locked: who held rows and waited for a name
        would deadlock with who holds that name, found its order added meanwhile, and waits for the row."""
        if self._session.shared:
            there = {OrderKey(connection, number) for _, connection, number, *_ in self._found(_GET, keys)}
            self._session.hold(map(str, keys - there))
        return self._found(_LOCK, keys)

    def _found(self, wanted: Statement, keys: Iterable[OrderKey]) -> list[Head]:
        heads: list[Head] = []
        for connection, numbers in by_connection(keys):
            heads += self._session.all(wanted, connection=connection, numbers=numbers)
        return heads

    def _tell(self, heads: Sequence[Head], locked: bool = False) -> list[WorkOrder]:
        logs: dict[int, list[Entry]] = {head[0]: [] for head in heads}
        if logs:
            for row in self._session.all(_LOGS, ids=list(logs)):
                logs[row[0]].append(_entry(row))
        return [self._told(head, logs[head[0]], locked) for head in heads]

    def _told(self, head: Head, log: Sequence[Entry], locked: bool) -> WorkOrder:
        order_id, connection, number, profile, version, received_at = head
        order = tell(OrderKey(connection, number), (profile, version), received_at, log)
        if self._session.reading:
            self._read[order.key] = order
        if locked:
            self._held[order.key] = order_id, order
        return order

    def _line(self, order_id: int, entry: Entry) -> dict[str, Any]:
        return {
            "workspace": self._session.workspace,
            "order_id": order_id,
            "kind": entry.kind.value,
            "at": entry.at,
            "key": entry.key,
            "by": entry.by,
            "data": entry.data,
        }

    def _row(self, order_id: int, order: WorkOrder, index: Index) -> dict[str, Any]:
        return {
            "id": order_id,
            "workspace": self._session.workspace,
            "connection": order.key.connection,
            "number": order.key.number,
            "shop_id": order.facts.shop_id,
            "class_code": order.facts.class_code,
            **dict(zip(_KIN, kin(order.facts), strict=True)),
            "profile": order.profile[0],
            "profile_version": order.profile[1],
            "received_at": order.received_at,
            **{name: getattr(index, name) for name in _INDEX},
        }


def _entry(row: Sequence[Any]) -> Entry:
    _, seq, kind, at, key, by, data = row
    return Entry(Kind(kind), at, key, by, data, seq)
