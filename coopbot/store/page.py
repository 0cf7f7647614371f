"""The read side's pages: by due time, then number, from where the last page ended (keyset, never an offset)."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import and_, bindparam, or_, select

from coopbot.domain.lifecycle import State
from coopbot.store.session import Session
from coopbot.store.statement import Statement
from coopbot.store.tables import ORDER

_PAGE = (
    select(ORDER.c.id, ORDER.c.due_at, ORDER.c.number)
    .where(ORDER.c.workspace == bindparam("workspace"), ORDER.c.connection == bindparam("connection"))
    .order_by(ORDER.c.due_at, ORDER.c.number)
    .limit(bindparam("limit"))
)
_IN_STATE = ORDER.c.state == bindparam("state")
_LATE = ORDER.c.due_at < bindparam("now")
_AFTER_DUE = bindparam("after_due", type_=ORDER.c.due_at.type)
_AFTER_NUMBER = bindparam("after_number", type_=ORDER.c.number.type)
_FILTERS = {
    "shop_id": ORDER.c.shop_id == bindparam("shop_id"),
    "class_code": ORDER.c.class_code == bindparam("class_code"),
    "due_before": ORDER.c.due_at < bindparam("due_before"),
    "stored": _IN_STATE,
    # What is never stored is derived here as the domain derives it: open or claimed becomes overdue past its due time.
    "in_time": and_(_IN_STATE, ~_LATE),
    "overdue": and_(or_(ORDER.c.state == State.OPEN.value, ORDER.c.state == State.CLAIMED.value), _LATE),
    "after": and_(ORDER.c.due_at >= _AFTER_DUE, or_(ORDER.c.due_at > _AFTER_DUE, ORDER.c.number > _AFTER_NUMBER)),
}


def page(
    session: Session,
    connection: str,
    now: datetime,
    shop_id: str | None,
    state: str | None,
    class_code: str | None,
    due_before: datetime | None,
    limit: int,
    cursor: str | None,
) -> tuple[list[int], str | None]:
    """Ids of a page and the cursor of the next. Raises ValueError for a cursor that :func:`page` did not hand out."""
    given: dict[str, Any] = {"shop_id": shop_id, "class_code": class_code, "due_before": due_before}
    filters = [name for name, value in given.items() if value is not None]
    if state is not None:
        given |= {"state": state, "now": now}
        by_clock = {State.OVERDUE.value: "overdue", State.OPEN.value: "in_time", State.CLAIMED.value: "in_time"}
        filters.append(by_clock.get(state, "stored"))
    if cursor is not None:
        given["after_due"], given["after_number"] = _opened(cursor)
        filters.append("after")
    rows = session.all(_filtered(tuple(filters)), connection=connection, limit=limit + 1, **given)
    more = len(rows) > limit
    rows = rows[:limit]
    return [row[0] for row in rows], _sealed(rows[-1][1], rows[-1][2]) if more and rows else None


@cache
def _filtered(filters: tuple[str, ...]) -> Statement:
    return Statement(_PAGE.where(*(_FILTERS[name] for name in filters)))


def _sealed(due_at: datetime, number: str) -> str:
    return urlsafe_b64encode(orjson.dumps([due_at.isoformat(), number])).decode().rstrip("=")


def _opened(cursor: str) -> tuple[datetime, str]:
    try:
        due_at, number = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        after = datetime.fromisoformat(due_at)
        if after.tzinfo is None or not isinstance(number, str) or _sealed(after, number) != cursor:
            raise ValueError
    except (ValueError, TypeError, binascii.Error):
        raise ValueError(f"not a cursor of ours: {cursor[:80]!r}") from None
    return after, number
