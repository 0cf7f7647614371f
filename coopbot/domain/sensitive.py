"""Which answers are asked about once more: those that cost most when they were a slip."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from coopbot.domain import typed
from coopbot.domain.field import Field
from coopbot.domain.seen import Seen

_CODES = r"RMB|CNY|USD|SGD|TWD|HKD|EUR|GBP"
_NUMBER = r"(\d[\d,，]*(?:\.\d+)?)\s*([百千万]?)"
_MONEY = re.compile(rf"(?:[¥￥$€£]|\b(?:{_CODES}))\s*{_NUMBER}|{_NUMBER}\s*(?:元|圆|块|{_CODES}\b)", re.IGNORECASE)
_IN_WORDS = re.compile(r"([零〇一二两三四五六七八九十百千万]+)\s*(?:元|圆|块)")
_DIGITS = {word: digit for digit, words in enumerate("零一二三四五六七八九") for word in words} | {"〇": 0, "两": 2}
_TIMES = {"": 1, "十": 10, "百": 100, "千": 1000, "万": 10_000}


@dataclass(frozen=True)
class Sensitive:
    """Why an answer is asked about; nothing of it: for its class alone."""

    amount: int | None = None
    """The most money that it speaks of, in fen, where that is over the profile's ``ask_over``."""
    ordered: int | None = None
    """Fen of the order, where a field names more than that."""
    far: datetime | None = None
    """A day or an instant that lies further ahead than its field usually goes."""


def sensitive(seen: Seen, text: str, fields: Mapping[str, str]) -> Sensitive | None:
    """Whether, and why, this answer is shown once more before it goes out; None: it goes."""
    known = [(seen.rules.field(name), value) for name, value in fields.items()]
    named = [fen for field, value in known if (fen := typed.fen_of(field, value)) is not None]
    most = max((most_money(text, fields), *named))
    ordered = seen.order.facts.amount
    why = Sensitive(
        amount=most if 0 < seen.rules.ask_over < most else None,
        ordered=ordered if ordered is not None and max(named, default=0) > ordered else None,
        far=max((moment for field, value in known if (moment := _far(seen, field, value))), default=None),
    )
    return why if why != Sensitive() or seen.klass.asks_again else None


def _far(seen: Seen, field: Field, value: str) -> datetime | None:
    moment = typed.moment_of(field, value, seen.rules.zone)
    return moment if moment and field.furthest is not None and moment - seen.now > field.furthest else None


def most_money(text: str, fields: Mapping[str, str]) -> int:
    """The most money that an answer speaks of, in fen; 0: of none."""
    return max((*_amounts(text), *_fen(fields.get("amount", ""))), default=0)


def _amounts(text: str) -> list[int]:
    figures = ((found[1] or found[3], found[2] or found[4]) for found in _MONEY.finditer(text))
    said = [fen * _TIMES[times or ""] for number, times in figures for fen in _fen(number)]
    return said + [_counted(found[1]) * 100 for found in _IN_WORDS.finditer(text)]


def _counted(words: str) -> int:
    """``两千五百`` as a number; a unit without a digit before it counts once."""
    whole = section = digit = 0
    for word in words:
        if word in _DIGITS:
            digit = _DIGITS[word]
        elif word == "万":
            whole, section, digit = whole + (section + digit or 1) * 10_000, 0, 0
        else:
            section, digit = section + (digit or 1) * _TIMES[word], 0
    return whole + section + digit


def _fen(yuan: str) -> list[int]:
    """The amount in fen; empty for what is none."""
    try:
        return [int(Decimal(yuan.replace(",", "").replace("，", "").strip()) * 100)]
    except (InvalidOperation, ValueError, OverflowError):
        return []
