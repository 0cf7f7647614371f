"""A message of the outbox as an operator sees it: owed, parked, or long gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from coopbot.domain.intent import Intent


@dataclass(frozen=True, slots=True)
class Kept:
    """One row. All instants are real time."""

    id: str
    intent: Intent
    state: str
    """``pending``, ``leased``, ``sent``, ``dropped`` or ``parked``."""
    owed_at: datetime
    tries: int
    done_at: datetime | None
    why: str
    receipt: str
