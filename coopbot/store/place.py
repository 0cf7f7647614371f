"""Database addresses: ``sqlite:///path`` or ``postgresql://…`` (configuration.md)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from coopbot.errors import Misconfigured, Mistake


class SqlitePlace(NamedTuple):
    path: Path
    max_pages: int = 0
    """The file may not grow beyond so many pages of 4 KiB (``?max_page_count=``); 0: as far as the disk goes."""


def engine_url(url: str) -> URL:
    """The address with its driver. Raises Misconfigured for anything but a SQLite file or PostgreSQL."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _wrong("it is not a database address") from None
    name = parsed.drivername.partition("+")[0]
    if name in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if name != "sqlite":
        raise _wrong(f"{name!r} is not served")
    if not parsed.database or parsed.database == ":memory:":
        raise _wrong("a database in memory would forget everything")
    return parsed


def is_sqlite(url: str) -> bool:
    return engine_url(url).get_backend_name() == "sqlite"


def sqlite_place(url: str) -> SqlitePlace:
    parsed = engine_url(url)
    pages = str(parsed.query.get("max_page_count", "0"))
    if not pages.isdecimal():
        raise _wrong("max_page_count is a number of pages")
    return SqlitePlace(Path(str(parsed.database)), int(pages))


def libpq_address(url: str) -> str:
    """The address as psycopg takes it."""
    return engine_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _wrong(why: str) -> Misconfigured:
    allowed = "sqlite:///path/to/file.db or postgresql://user@host/database"
    return Misconfigured("environment", [Mistake("COOPBOT_DATABASE_URL", f"{why}; allowed: {allowed}")])
