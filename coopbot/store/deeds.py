"""Audit trails of what is no order: appended, never changed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from coopbot.domain.deed import Deed
from coopbot.store.bulk import Insert
from coopbot.store.session import Session
from coopbot.store.statement import Statement
from coopbot.store.tables import DEED

_COLUMNS = ("subject", "act", "at", "by", "place", "before", "after")
_OF = Statement(
    select(*(DEED.c[name] for name in _COLUMNS))
    .where(DEED.c.workspace == bindparam("workspace"), DEED.c.subject == bindparam("its_subject"))
    .order_by(DEED.c.id)
)
_ADD = Insert(DEED, ("workspace", *_COLUMNS))


class Deeds:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, deeds: Sequence[Deed]) -> None:
        workspace = self._session.workspace
        self._session.insert(
            _ADD,
            [
                {
                    "workspace": workspace,
                    "subject": deed.subject,
                    "act": deed.act,
                    "at": deed.at,
                    "by": deed.by,
                    "place": deed.where,
                    "before": deed.before,
                    "after": deed.after,
                }
                for deed in deeds
            ],
        )

    def of(self, subject: str) -> Sequence[Deed]:
        return [Deed(*row) for row in self._session.all(_OF, its_subject=subject)]
