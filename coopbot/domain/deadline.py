"""A day by which somebody must act on money: a top-up, an appeal, an outage report; with its reminders (rule 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from coopbot.domain.team import ShopKey


class DeadlineKind(StrEnum):
    TOP_UP = "top_up"
    """The deposit is short and must be filled up."""
    APPEAL = "appeal"
    """A penalty was issued and may be appealed against."""
    OUTAGE_WINDOW = "outage_window"
    """Orders are late, and an outage may still be reported for them."""
    OUTAGE_END = "outage_end"
    """An outage was reported; nobody has said yet that it is over."""
    OUTAGE_DECISION = "outage_decision"
    """An outage was reported; what the platform decided is not recorded yet."""


BEFORE: Mapping[DeadlineKind, tuple[timedelta, ...]] = {
    DeadlineKind.TOP_UP: (timedelta(days=3), timedelta(days=1), timedelta(0)),
    DeadlineKind.APPEAL: (timedelta(days=3), timedelta(days=1), timedelta(hours=3)),
    DeadlineKind.OUTAGE_WINDOW: (timedelta(days=1), timedelta(hours=2)),
    DeadlineKind.OUTAGE_END: (timedelta(0),),
    DeadlineKind.OUTAGE_DECISION: (timedelta(0),),
}
"""How long before the day a reminder goes out; our own choice. Those that lie before the beginning never do."""
OWED_AFTER = frozenset({DeadlineKind.TOP_UP, DeadlineKind.OUTAGE_END})
"""Kinds that stay open when their day has passed: the deposit is still short, the outage's end still unknown."""


@dataclass(frozen=True, slots=True)
class Deadline:
    key: str
    kind: DeadlineKind
    shop: ShopKey
    began_at: datetime
    due_at: datetime
    next_at: datetime | None
    """When the next reminder is due; None when there is none left."""
    done_at: datetime | None = None
    why: str = ""
    """What ended it: a code."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """Plain JSON."""

    def after(self, now: datetime) -> Deadline:
        """The same once everything that was due at ``now`` has been said: only the latest reminder is sent."""
        return replace(self, next_at=next_reminder(self.kind, now, self.due_at))

    def done(self, now: datetime, why: str) -> Deadline:
        """The same, ended: nothing more will be said."""
        return replace(self, next_at=None, done_at=now, why=why)


def deadline(
    key: str, kind: DeadlineKind, shop: ShopKey, began_at: datetime, due_at: datetime, /, **data: Any
) -> Deadline:
    """A new one, its first reminder after ``began_at``; ``data`` is plain JSON."""
    return Deadline(key, kind, shop, began_at, due_at, next_reminder(kind, began_at, due_at), data=data)


def next_reminder(kind: DeadlineKind, after: datetime, due_at: datetime) -> datetime | None:
    """The first reminder later than ``after``."""
    return min((at for gap in BEFORE[kind] if (at := due_at - gap) > after), default=None)
