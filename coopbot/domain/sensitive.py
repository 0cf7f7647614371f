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

_MONEY = re.compile(r"[¥￥]\s*([\d,]+(?:\.\d+)?)|([\d,]+(?:\.\d+)?)\s*(?:元|块|RMB|CNY)", re.IGNORECASE)


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
    return [fen for found in _MONEY.finditer(text) for fen in _fen(found[1] or found[2])]


def _fen(yuan: str) -> list[int]:
    """The amount in fen; empty for what is none."""
    try:
        return [int(Decimal(yuan.replace(",", "").strip()) * 100)]
    except (InvalidOperation, ValueError, OverflowError):
        return []
