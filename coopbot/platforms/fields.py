"""The kinds of values that the contract's events are made of, each with what is allowed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints
from pydantic.json_schema import WithJsonSchema

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEARS = range(2000, 2100)


def read_instant(text: str) -> datetime:
    """An RFC 3339 instant in UTC. Raises ValueError for any other text, one without an offset among them."""
    if not _INSTANT.fullmatch(text):
        raise ValueError("must be an RFC 3339 instant with its offset, such as 2026-11-23T09:30:00+08:00")
    value = datetime.fromisoformat(text)
    if value.year not in _YEARS:
        raise ValueError(f"must lie between the years {_YEARS.start} and {_YEARS.stop - 1}")
    return value.astimezone(UTC)


def _instant(text: str) -> str:
    read_instant(text)
    return text


def _instant_or_day(text: str) -> str:
    if _DAY.fullmatch(text):
        date.fromisoformat(text)
    else:
        read_instant(text)
    return text


def _whole(points: int | float) -> int | float:
    if int(points) != points:
        raise ValueError("must be whole points")
    return points


def _schema(**schema: Any) -> WithJsonSchema:
    return WithJsonSchema(schema)


Instant = Annotated[str, AfterValidator(_instant), _schema(type="string", format="date-time")]
InstantOrDay = Annotated[
    str,
    AfterValidator(_instant_or_day),
    _schema(
        type="string",
        anyOf=[{"format": "date-time"}, {"format": "date"}],
        description="An instant, or a date: that day's end in the profile's zone.",
    ),
]
Month = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]

_MONEY = r"[0-9]{1,12}(\.[0-9]{1,2})?$"
Money = Annotated[
    str,
    StringConstraints(pattern=f"^{_MONEY}"),
    Field(description="In the shop's currency (CNY), no finer than a fen."),
]
Balance = Annotated[str, StringConstraints(pattern=f"^-?{_MONEY}"), Field(description="Likewise, may be negative.")]

# Identities travel in addresses, buttons and index columns: short, and nothing that hides in them.
Code = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=100, pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$"
    ),
]
EventId = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")]
Line = Annotated[str, StringConstraints(max_length=500)]
Reason = Annotated[str, StringConstraints(max_length=2_000)]
Words = Annotated[str, StringConstraints(max_length=20_000)]
Link = Annotated[
    str,
    StringConstraints(max_length=3_000, pattern=r"^https?://[^\s<>|]+$"),
    Field(description="http or https; Slack takes no other, and none longer."),
]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Days = Annotated[int, Field(ge=1, le=36_500, description="How long the measure lasts.")]
Points = Annotated[
    int | float,
    Field(ge=0, le=1_000_000, description="Whole points: ledgers of points are counted, not measured."),
    AfterValidator(_whole),
]
