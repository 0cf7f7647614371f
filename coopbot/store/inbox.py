"""The inbox: every platform event once, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, literal_column, select, update

from coopbot.domain.event import InboxRow, PlatformEvent, Standing
from coopbot.domain.work_order import OrderKey
from coopbot.store.bulk import Insert
from coopbot.store.keys import by_connection
from coopbot.store.session import Session
from coopbot.store.statement import Statement, among
from coopbot.store.tables import INBOX

_HERE = INBOX.c.workspace == bindparam("workspace")
_CONNECTION = INBOX.c.connection == bindparam("connection")
# Spelled out, because a partial index is used only for the very condition that it was made with.
_WAITING = INBOX.c.standing == literal_column("'waiting'")
_RAISED = INBOX.c.version > literal_column("0")

_COLUMNS = (
    *("connection", "event_id", "type", "number", "at", "version", "digest", "data"),
    *("standing", "received_at", "reason"),
)
_ROW = select(*(INBOX.c[name] for name in _COLUMNS))
_KNOWN = Statement(_ROW.where(_HERE, _CONNECTION, among(INBOX.c.event_id, "ids")))
_DIGESTS = Statement(
    select(INBOX.c.number, INBOX.c.version, INBOX.c.digest).where(
        _HERE, _CONNECTION, among(INBOX.c.number, "numbers"), _RAISED
    )
)
_WAITING_FOR = Statement(
    _ROW.where(_HERE, _CONNECTION, among(INBOX.c.number, "numbers"), _WAITING).order_by(INBOX.c.id)
)
_WAITING_SINCE = Statement(_ROW.where(_HERE, _WAITING, INBOX.c.received_at < bindparam("before")).order_by(INBOX.c.id))
_APPLIED = Statement(
    update(INBOX).where(_HERE, _CONNECTION, among(INBOX.c.event_id, "ids")).values(standing=Standing.APPLIED.value)
)
_KEEP = Insert(INBOX, ("workspace", *_COLUMNS))


class Inbox:
    def __init__(self, session: Session) -> None:
        self._session = session

    def known(self, connection: str, ids: Sequence[str]) -> Mapping[str, InboxRow]:
        rows = self._session.all(_KNOWN, connection=connection, ids=list(ids))
        return {row[1]: _kept(row) for row in rows}

    def raised(self, keys: Sequence[OrderKey]) -> Mapping[tuple[OrderKey, int], str]:
        return {
            (OrderKey(connection, number), version): digest
            for connection, numbers in by_connection(keys)
            for number, version, digest in self._session.all(_DIGESTS, connection=connection, numbers=numbers)
        }

    def keep(self, rows: Sequence[InboxRow]) -> None:
        # In key order: overlapping batches would deadlock otherwise (performance.md §2).
        ordered = sorted(rows, key=lambda row: (row.event.connection, row.event.id))
        self._session.insert(_KEEP, [self._line(row) for row in ordered])

    def waiting_for(self, keys: Sequence[OrderKey]) -> Sequence[PlatformEvent]:
        return [
            _kept(row).event
            for connection, numbers in by_connection(keys)
            for row in self._session.all(_WAITING_FOR, connection=connection, numbers=numbers)
        ]

    def applied(self, events: Sequence[PlatformEvent]) -> None:
        for connection, ids in by_connection((event.connection, event.id) for event in events):
            self._session.change(_APPLIED, connection=connection, ids=ids)

    def waiting_since(self, before: datetime) -> Sequence[InboxRow]:
        return [_kept(row) for row in self._session.all(_WAITING_SINCE, before=before)]

    def _line(self, row: InboxRow) -> dict[str, Any]:
        event = row.event
        return {
            "workspace": self._session.workspace,
            "connection": event.connection,
            "event_id": event.id,
            "type": event.type,
            "number": event.order.number if event.order else None,
            "at": event.at,
            "version": event.version,
            "digest": event.digest,
            "data": event.data,
            "standing": row.standing.value,
            "received_at": row.received_at,
            "reason": row.reason,
        }


def _kept(row: Sequence[Any]) -> InboxRow:
    connection, event_id, type_, number, at, version, digest, data, standing, received_at, reason = row
    order = OrderKey(connection, number) if number is not None else None
    event = PlatformEvent(event_id, type_, connection, data, digest, order, at, version)
    return InboxRow(event, Standing(standing), received_at, reason)
