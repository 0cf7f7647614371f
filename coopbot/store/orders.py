"""Orders: told from their logs, found by their index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, literal_column, select, update

from coopbot.domain.lifecycle import tell
from coopbot.domain.work_order import Entry, Kind, OrderKey, WorkOrder
from coopbot.ports import Index, Page
from coopbot.store.keys import by_connection
from coopbot.store.page import page
from coopbot.store.session import Session
from coopbot.store.statement import Insert, Statement, among
from coopbot.store.tables import ENTRY, ORDER

_HERE = ORDER.c.workspace == bindparam("workspace")
_HEAD = select(
    ORDER.c.id, ORDER.c.connection, ORDER.c.number, ORDER.c.profile, ORDER.c.profile_version, ORDER.c.received_at
).where(_HERE)

_SOME = _HEAD.where(ORDER.c.connection == bindparam("connection"), among(ORDER.c.number, "numbers")).order_by(
    ORDER.c.number
)
_GET, _LOCK = Statement(_SOME), Statement(_SOME.with_for_update())
_BY_ID = Statement(_HEAD.where(among(ORDER.c.id, "ids")))
_ENTRY = select(ENTRY.c.order_id, ENTRY.c.id, ENTRY.c.kind, ENTRY.c.at, ENTRY.c.key, ENTRY.c.by, ENTRY.c.data)
_LOG = Statement(_ENTRY.where(ENTRY.c.order_id == bindparam("order_id")).order_by(ENTRY.c.id))
_LOGS = Statement(_ENTRY.where(among(ENTRY.c.order_id, "ids")).order_by(ENTRY.c.id))
_ID = Statement(
    select(ORDER.c.id).where(
        _HERE, ORDER.c.connection == bindparam("connection"), ORDER.c.number == bindparam("number")
    )
)

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
_UNFINISHED = Statement(_HEAD.where(_OPEN).order_by(ORDER.c.due_at))
_UNFINISHED_IN = Statement(_HEAD.where(_OPEN, ORDER.c.channel == bindparam("channel")).order_by(ORDER.c.due_at))

_COUNTS = Statement(
    select(func.count(), func.coalesce(func.sum(case((ORDER.c.due_at < bindparam("now"), 1), else_=0)), 0)).where(
        _HERE, _OPEN
    )
)

_DIFFERING = Statement(select(func.count()).where(_HERE, literal_column("due_differs"), _OPEN))

_INDEX = ("state", "channel", "due_at", "next_look_at", "claimed_by", "told_at", "due_differs")
_REINDEX = Statement(
    update(ORDER)
    .where(ORDER.c.id == bindparam("order_id"))
    .values({ORDER.c[name]: bindparam(f"new_{name}", type_=ORDER.c[name].type) for name in _INDEX})
)
_REFACT = Statement(
    update(ORDER)
    .where(ORDER.c.id == bindparam("order_id"))
    .values(shop_id=bindparam("new_shop"), class_code=bindparam("new_class"))
)
_ADD = Insert(
    ORDER,
    (
        *("id", "workspace", "connection", "number", "shop_id", "class_code"),
        *("profile", "profile_version", "received_at", *_INDEX),
    ),
)
_ENTRY_COLUMNS = ("workspace", "order_id", "kind", "at", "key", "by", "data")
_ADD_LOGS = Insert(ENTRY, _ENTRY_COLUMNS)
_APPEND = Insert(ENTRY, _ENTRY_COLUMNS, once="ON CONFLICT (order_id, key) DO NOTHING", returning=("id", "key"))

Head = tuple[Any, ...]


class Orders:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._ids: dict[OrderKey, int] = {}

    def get(self, key: OrderKey, *, for_update: bool = False) -> WorkOrder | None:
        heads = self._heads([key], for_update)
        if not heads:
            return None
        # The log is read after the lock is had, in a statement of its own: joined to the row it would come from the
        # snapshot before the wait, and the change that was waited for would be lost.
        rows = self._session.all(_LOG, order_id=heads[0][0])
        return self._told(heads[0], [_entry(row) for row in rows])

    def get_many(self, keys: Sequence[OrderKey], *, for_update: bool = False) -> Mapping[OrderKey, WorkOrder]:
        return {order.key: order for order in self._tell(self._heads(keys, for_update))}

    def add(self, born: Sequence[tuple[WorkOrder, Index]]) -> None:
        if not born:
            return
        # In key order: batches that insert the same orders in different orders would deadlock (performance.md §2).
        born = sorted(born, key=lambda each: each[0].key)
        ids = self._session.order_ids(len(born))
        heads = [_row(order_id, order, index) for order_id, (order, index) in zip(ids, born, strict=True)]
        self._session.insert(_ADD, [{**head, "workspace": self._session.workspace} for head in heads])
        logs = (
            self._line(order_id, entry) for order_id, (order, _) in zip(ids, born, strict=True) for entry in order.log
        )
        self._session.insert(_ADD_LOGS, list(logs))

    def record(self, order: WorkOrder, entries: Sequence[Entry], index: Index) -> WorkOrder:
        session = self._session
        order_id = self._id_of(order.key)
        # The row first: on PostgreSQL that is the lock, should the caller have none.
        session.change(_REINDEX, order_id=order_id, **{f"new_{name}": getattr(index, name) for name in _INDEX})
        lines = [self._line(order_id, entry) for entry in entries]
        written = {key: seq for seq, key in session.insert(_APPEND, lines)}
        log = [*order.log, *(_numbered(entry, written.pop(entry.key)) for entry in entries if entry.key in written)]
        known = {entry.key for entry in log}
        if any(entry.key not in known for entry in entries):  # told from less than is there: the database knows best
            log = [_entry(row) for row in session.all(_LOG, order_id=order_id)]
        told = tell(order.key, order.profile, order.received_at, log)
        if any(entry.kind is Kind.RAISED for entry in entries):
            session.change(_REFACT, order_id=order_id, new_shop=told.facts.shop_id, new_class=told.facts.class_code)
        return told

    def due_to_look(self, now: datetime, limit: int) -> Sequence[WorkOrder]:
        return self._tell(self._session.all(_DUE, now=now, limit=limit))

    def next_look(self) -> datetime | None:
        row = self._session.one(_NEXT)
        return row[0] if row else None

    def unfinished(self, channel: str | None = None) -> Sequence[WorkOrder]:
        if channel is None:
            return self._tell(self._session.all(_UNFINISHED))
        return self._tell(self._session.all(_UNFINISHED_IN, channel=channel))

    def counts(self, now: datetime) -> tuple[int, int]:
        ((unfinished, late),) = self._session.all(_COUNTS, now=now)
        return int(unfinished), int(late)

    def differing(self) -> int:
        ((count,),) = self._session.all(_DIFFERING)
        return int(count)

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
        wanted = _LOCK if for_update and not self._session.reading else _GET
        heads: list[Head] = []
        for connection, numbers in by_connection(keys):
            heads += self._session.all(wanted, connection=connection, numbers=numbers)
        return heads

    def _tell(self, heads: Sequence[Head]) -> list[WorkOrder]:
        logs: dict[int, list[Entry]] = {head[0]: [] for head in heads}
        if logs:
            for row in self._session.all(_LOGS, ids=list(logs)):
                logs[row[0]].append(_entry(row))
        return [self._told(head, logs[head[0]]) for head in heads]

    def _told(self, head: Head, log: Sequence[Entry]) -> WorkOrder:
        order_id, connection, number, profile, version, received_at = head
        key = OrderKey(connection, number)
        self._ids[key] = order_id
        return tell(key, (profile, version), received_at, log)

    def _id_of(self, key: OrderKey) -> int:
        """Raises KeyError for an order that was never added."""
        if key not in self._ids:
            row = self._session.one(_ID, connection=key.connection, number=key.number)
            if row is None:
                raise KeyError(f"{key} was not added")
            self._ids[key] = row[0]
        return self._ids[key]

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


def _row(order_id: int, order: WorkOrder, index: Index) -> dict[str, Any]:
    return {
        "id": order_id,
        "connection": order.key.connection,
        "number": order.key.number,
        "shop_id": order.facts.shop_id,
        "class_code": order.facts.class_code,
        "profile": order.profile[0],
        "profile_version": order.profile[1],
        "received_at": order.received_at,
        **{name: getattr(index, name) for name in _INDEX},
    }


def _entry(row: Sequence[Any]) -> Entry:
    _, seq, kind, at, key, by, data = row
    return Entry(Kind(kind), at, key, by, data, seq)


def _numbered(entry: Entry, seq: int) -> Entry:
    return Entry(entry.kind, entry.at, entry.key, entry.by, entry.data, seq)
