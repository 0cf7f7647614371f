"""What falls due next: for whoever watches a clock that can be moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Upcoming:
    at: datetime
    what: str
    """A code: ``rung``, ``opening``, ``urge``, ``late``, ``claim_remind``, ``claim_end``, ``look``,
    ``shift_end``, ``handover``; else of a deadline."""
    about: str
    """The order's number, the shop's or the team's name."""
    rung: str = ""
    """The ladder's name of the step."""
