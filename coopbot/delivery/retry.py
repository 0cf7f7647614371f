"""When to try again: growing gaps, never giving up, and never all at the same instant."""

from __future__ import annotations

import zlib

FIRST = 1.0
LONGEST = 300.0
"""Seconds. A message is never forgotten; it is tried every five minutes at the least."""


def gap(attempts: int, identity: str) -> float:
    """Seconds until the next try after ``attempts`` ones; spread by up to a quarter, the same for the same message."""
    grown: float = min(LONGEST, FIRST * 2.0 ** min(attempts, 20))
    spread = zlib.crc32(f"{identity}/{attempts}".encode()) / 0xFFFFFFFF
    return grown * (1 + spread / 4)
