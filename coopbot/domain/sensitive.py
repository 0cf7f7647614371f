"""Which answers are asked about once more: those that cost most when they were a slip."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from coopbot.domain.seen import Seen

_MONEY = re.compile(r"[¥￥]\s*([\d,]+(?:\.\d+)?)|([\d,]+(?:\.\d+)?)\s*(?:元|块|RMB|CNY)", re.IGNORECASE)


@dataclass(frozen=True)
class Sensitive:
    """Why an answer is asked about: the most money that it speaks of, in fen, or None for its class alone."""

    amount: int | None = None


def sensitive(seen: Seen, text: str, fields: Mapping[str, str]) -> Sensitive | None:
    """Whether, and why, this answer is shown once more before it goes out; None: it goes."""
    most = most_money(text, fields)
    if 0 < seen.rules.ask_over < most:
        return Sensitive(most)
    return Sensitive() if seen.klass.asks_again else None


def most_money(text: str, fields: Mapping[str, str]) -> int:
    """The most money that an answer speaks of, in fen; 0: of none."""
    return max((*_amounts(text), *_fen(fields.get("amount", ""))), default=0)


def _amounts(text: str) -> list[int]:
    return [fen for found in _MONEY.finditer(text) for fen in _fen(found[1] or found[2])]


def _fen(yuan: str) -> list[int]:
    """The amount in fen; empty for what is none."""
    try:
        return [int(Decimal(yuan.replace(",", "").strip()) * 100)]
    except (InvalidOperation, ValueError, OverflowError):
        return []
