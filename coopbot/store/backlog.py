"""The outbox as an operator sees it: listed, looked at, tried again, dropped (``coopbot outbox``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, literal_column, select, update

from coopbot.domain.intent import Intent, Priority, What
from coopbot.domain.kept import Kept
from coopbot.domain.work_order import OrderKey
from coopbot.store.session import Session
from coopbot.store.statement import Statement, among
from coopbot.store.tables import DROPPED, LEASED, OUTBOX, PENDING

_HERE = OUTBOX.c.workspace == bindparam("workspace")
_COLUMNS = (
    *("uid", "what", "target", "priority", "connection", "number", "key", "args", "due", "not_before"),
    *("state", "owed_at", "tries", "done_at", "why", "receipt"),
)
_SELECT = select(*(OUTBOX.c[name] for name in _COLUMNS))
_LIST = Statement(_SELECT.where(_HERE, among(OUTBOX.c.state, "states")).order_by(OUTBOX.c.id).limit(bindparam("limit")))
_FIND = Statement(
    _SELECT.where(_HERE, func.substr(OUTBOX.c.uid, 1, bindparam("length")) == bindparam("prefix"))
    .order_by(OUTBOX.c.id)
    .limit(literal_column("2"))
)
_COUNT = Statement(select(OUTBOX.c.state, func.count()).where(_HERE).group_by(OUTBOX.c.state))
_SAME = Statement(select(OUTBOX.c.uid).where(_HERE, OUTBOX.c.state == PENDING, OUTBOX.c.key == bindparam("its_key")))
_THAT = (_HERE, OUTBOX.c.uid == bindparam("its_uid"), OUTBOX.c.state == bindparam("was"))
_RETRY = Statement(
    update(OUTBOX)
    .where(*_THAT)
    .values(state=PENDING, done_at=None, leased_until=None, not_before=None, tries=0, why=bindparam("new_why"))
)
_DROP = Statement(
    update(OUTBOX)
    .where(*_THAT)
    .values(
        state=DROPPED,
        done_at=bindparam("now", type_=OUTBOX.c.done_at.type),
        leased_until=None,
        why=bindparam("new_why"),
    )
)


class Backlog:
    def __init__(self, session: Session) -> None:
        self._session = session

    def list(self, states: Sequence[str], limit: int) -> Sequence[Kept]:
        return [_kept(row) for row in self._session.all(_LIST, states=[*states], limit=limit)]

    def find(self, prefix: str) -> Kept | None:
        rows = self._session.all(_FIND, prefix=prefix, length=len(prefix)) if prefix else []
        return _kept(rows[0]) if len(rows) == 1 else None

    def counts(self) -> dict[str, int]:
        return {str(state): int(count) for state, count in self._session.all(_COUNT)}

    def retry(self, kept: Kept, why: str) -> bool:
        key = kept.intent.key
        if kept.state == LEASED or (key and kept.state != PENDING and self._session.one(_SAME, its_key=key)):
            return False
        changed = self._session.change(_RETRY, its_uid=kept.id, was=kept.state, new_why=why)
        if changed == 1:
            self._session.owes.add(kept.intent.lane)
        return changed == 1

    def drop(self, kept: Kept, now: datetime, why: str) -> bool:
        if kept.state == LEASED:
            return False
        return self._session.change(_DROP, its_uid=kept.id, was=kept.state, now=now, new_why=why) == 1


def _kept(row: Sequence[Any]) -> Kept:
    uid, what, target, priority, connection, number, key, args, due, not_before, *rest = row
    state, owed_at, tries, done_at, why, receipt = rest
    order = OrderKey(connection, number) if connection is not None else None
    intent = Intent(What(what), target, Priority(priority), order, key, args, not_before, due)
    return Kept(uid, intent, state, owed_at, tries, done_at, why, receipt)
