"""Events and clicks that were seen: a redelivery changes nothing (decisions.md 30)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete

from coopbot.store.bulk import Insert
from coopbot.store.session import Session
from coopbot.store.statement import Statement
from coopbot.store.tables import ONCE

_SEE = Insert(ONCE, ("workspace", "key", "at"), once="ON CONFLICT (workspace, key) DO NOTHING", returning=("id",))
_FORGET = Statement(delete(ONCE).where(ONCE.c.workspace == bindparam("workspace"), ONCE.c.at < bindparam("before")))


class Once:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._met: set[str] = set()
        """In this unit of work: a tick asks the same of a hundred orders."""

    def first(self, key: str, now: datetime) -> bool:
        if key in self._met:
            return False
        self._met.add(key)
        row = {"workspace": self._session.workspace, "key": key, "at": now}
        return bool(self._session.insert(_SEE, [row]))

    def forget(self, before: datetime) -> int:
        return self._session.change(_FORGET, before=before)
