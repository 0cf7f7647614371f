"""The database's own clock, where it has one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text

from coopbot.store.place import is_sqlite
from coopbot.store.schema import connected


def clock_of(url: str) -> datetime | None:
    """PostgreSQL's present instant; None for a file, which has none. Raises StoreBusy when it can't be reached."""
    if is_sqlite(url):
        return None
    with connected(url) as connection:
        now: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return now
