"""What somebody typed into a preset's fields, read and checked: all that is wrong at once, each at its input."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from coopbot.domain.facts import yuan
from coopbot.domain.field import Field
from coopbot.errors import Refusal

_MONEY = re.compile(r"[¥￥]?\s*([0-9][0-9,]*(?:\.[0-9]*)?)\s*(?:元|CNY|RMB)?", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
MOST_FEN = 10**13
"""A hundred billion: what is more is no amount but a slip."""


def read(fields: Sequence[Field], typed: Mapping[str, str], now: datetime, zone: ZoneInfo) -> Mapping[str, str]:
    """The values by name in one form each: amounts with two decimals, instants as RFC 3339 in UTC, dates as ISO 8601.

    Raises Refusal for the first one that can't be taken, with the others in ``also``.
    """
    values: dict[str, str] = {}
    faults: list[Refusal] = []
    for field in fields:
        try:
            values[field.name] = value_of(field, typed.get(field.name, ""), now, zone)
        except Refusal as why:
            faults.append(why)
    if faults:
        raise faults[0].with_others(faults[1:])
    return values


def value_of(field: Field, typed: str, now: datetime, zone: ZoneInfo) -> str:
    """One value; days begin at midnight in ``zone``, the profile's. Raises Refusal, naming its input."""
    text = typed.strip()
    if not text:
        raise _refused("missing_field", field)
    match field.kind:
        case "amount":
            return _amount(field, text)
        case "number":
            return _number(field, text)
        case "datetime":
            return _instant(field, text, now)
        case "date":
            return _date(field, text, now, zone)
        case "choice":
            if text not in [choice.value for choice in field.choices]:
                raise _refused("field_choice", field)
            return text
        case "pattern":
            text = unicodedata.normalize("NFKC", text)
            _length(field, text)
            if not re.fullmatch(field.pattern, text):
                raise _refused("field_pattern", field, message=field.message, example=field.example)
            return text
        case _:
            _length(field, text)
            return text


def fen_of(field: Field, value: str) -> int | None:
    """An amount that :func:`read` has taken, in fen; None for a field of another kind and for what is no amount."""
    if field.kind != "amount":
        return None
    try:
        fen = Decimal(value) * 100
        return int(fen) if fen.is_finite() else None
    except InvalidOperation:
        return None


def _length(field: Field, text: str) -> None:
    if len(text) < field.min_length:
        raise _refused("field_short", field, least=field.min_length)
    if len(text) > field.max_length:
        raise _refused("field_long", field, over=len(text) - field.max_length, limit=field.max_length)


def _amount(field: Field, text: str) -> str:
    found = _MONEY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        raise _refused("field_amount", field)
    value = Decimal(found[1].replace(",", ""))
    fen = value * 100
    if fen != fen.to_integral_value():
        raise _refused("field_decimals", field)
    if fen > MOST_FEN:
        raise _refused("field_above", field, most=yuan(MOST_FEN))
    _within(field, value)
    return yuan(int(fen))


def _number(field: Field, text: str) -> str:
    text = unicodedata.normalize("NFKC", text).replace(",", "").strip()
    if not _NUMBER.fullmatch(text) or len(text) > field.max_length:
        raise _refused("field_number", field)
    _within(field, Decimal(text))
    return text.removeprefix("+")


def _within(field: Field, value: Decimal) -> None:
    if field.least is not None and value < field.least:
        raise _refused("field_below", field, least=str(field.least))
    if field.most is not None and value > field.most:
        raise _refused("field_above", field, most=str(field.most))


def _instant(field: Field, text: str, now: datetime) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = now.replace(tzinfo=None)
    if moment.tzinfo is None:
        raise _refused("field_date", field)
    if field.ahead and moment <= now:
        raise _refused("field_past", field)
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _date(field: Field, text: str, now: datetime, zone: ZoneInfo) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _refused("field_date", field) from None
    if field.ahead and day <= now.astimezone(zone).date():
        raise _refused("field_past_day", field)
    return day.isoformat()


def moment_of(field: Field, value: str, zone: ZoneInfo) -> datetime | None:
    """The instant that a taken date or instant names, a day's beginning in ``zone``; None for other kinds."""
    try:
        if field.kind == "datetime":
            return datetime.fromisoformat(value)
        if field.kind == "date":
            return datetime.combine(date.fromisoformat(value), time(), zone)
    except ValueError:
        return None
    return None


def _refused(code: str, field: Field, **facts: object) -> Refusal:
    return Refusal(code, field=field.name, label=field.labels, block=f"field:{field.name}", **facts)
