"""Retry-After in both of its forms (RFC 9110, 10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MOST = 3600.0
"""Seconds. Who asks for more gets a try an hour: a deadline may lie in between."""


def seconds_of(header: str, now: datetime) -> float | None:
    """How long to wait as of ``now`` (real time), 0 for a past date; None for no header and for nonsense."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(MOST, float(text[:9]))
    try:
        until = parsedate_to_datetime(text)
        if until.tzinfo is None:  # "-0000": a date of no known zone; HTTP knows GMT alone
            until = until.replace(tzinfo=UTC)
        return min(MOST, max(0.0, (until - now).total_seconds()))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
