"""A month of penalties in one line. What nobody published is said to be unknown, never guessed (decisions.md 23)."""

from __future__ import annotations

from collections.abc import Sequence

from coopbot.domain.ledger import PENALTIES, LedgerEntry, PenaltyKind, PenaltyState
from coopbot.views.pen import Pen, msgid
from coopbot.views.text import money

STATES = {
    PenaltyState.PREDICTED: msgid("expected"),
    PenaltyState.ISSUED: msgid("issued"),
    PenaltyState.APPEALED: msgid("appealed"),
    PenaltyState.REVOKED: msgid("revoked"),
    PenaltyState.WAIVED: msgid("waived"),
}


_IN_ORDER = tuple(kind for kind in PenaltyKind if kind in PENALTIES)


def month_line(entries: Sequence[LedgerEntry], month: str, pen: Pen) -> str:
    """``Penalties 2026-11: 2 warnings (expected), fines ¥100.00 (issued)``; ``entries`` are those that stand."""
    t = pen.t
    said = []
    for state in PenaltyState:
        for kind in _IN_ORDER:
            some = [entry for entry in entries if entry.kind is kind and entry.state is state]
            for currency in sorted({entry.currency for entry in some}):  # never summed across currencies
                ones = [entry for entry in some if entry.currency == currency]
                said.append(t("{what} ({state})", what=_what(kind, ones, pen), state=t(STATES[state])))
    if not said:
        return t("Penalties {month}: none", month=pen.text(month, 10))
    line = t("Penalties {month}: {all}", month=pen.text(month, 10), all=t(", ").join(said))
    assumed = any(entry.assumed and entry.state is PenaltyState.PREDICTED for entry in entries)
    return f"{line} · {t('expected ones are assumed')}" if assumed else line


def _what(kind: PenaltyKind, some: Sequence[LedgerEntry], pen: Pen) -> str:
    t, n = pen.t, len(some)
    match kind:
        case PenaltyKind.WARNING:
            return t("1 warning") if n == 1 else t("{n} warnings", n=n)
        case PenaltyKind.POINTS if all(entry.points is not None for entry in some):
            points = sum(entry.points or 0 for entry in some)
            return t("1 point") if points == 1 else t("{n} points", n=points)
        case PenaltyKind.FINE if all(entry.amount is not None for entry in some):
            return t("fines {sum}", sum=money(sum(entry.amount or 0 for entry in some), some[0].currency))
        case PenaltyKind.MEASURE:
            return t("1 limit on the shop") if n == 1 else t("{n} limits on the shop", n=n)
        case _:
            return t("points or a fine, amount unknown ×{n}", n=n)
