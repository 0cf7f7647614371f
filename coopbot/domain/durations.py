"""Durations as profiles write them: ``4h``, ``1h30m``, ``2d``, ``45s``."""

from __future__ import annotations

import re
from datetime import timedelta

_PARTS = re.compile(
    r"(?:(?P<days>\d{1,6})d)?\s*(?:(?P<hours>\d{1,6})h)?\s*(?:(?P<minutes>\d{1,6})m)?\s*(?:(?P<seconds>\d{1,9})s)?"
)
LONGEST = timedelta(days=3660)
"""Longer than any rule of a marketplace; what is beyond it is a slip."""


def parse_duration(text: str) -> timedelta:
    """The duration that ``text`` names; a day is 24 hours. Raises ValueError when it names none."""
    found = _PARTS.fullmatch(text.strip())
    if not found or not text.strip():
        raise ValueError(f"{text!r} is not a duration; write for example 4h, 1h30m, 2d or 45s")
    length = timedelta(**{unit: int(value) for unit, value in found.groupdict().items() if value})
    if length > LONGEST:
        raise ValueError(f"{text!r} is longer than {LONGEST.days} days")
    return length


def format_duration(length: timedelta) -> str:
    """``length`` in the same notation, ``0s`` for none, with ``-`` before a negative one; parts of a second are cut."""
    seconds = abs(length) // timedelta(seconds=1)
    parts = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s")]
    text = "".join(f"{value}{unit}" for value, unit in parts if value) or "0s"
    return "-" + text if length < timedelta(0) and seconds else text
