"""How an app's events fare: 30,000 an hour at most, and an end to them where nearly all fail (slack.md A3, A4)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from coopbot.sandbox.clock import SandboxClock
from coopbot.sandbox.pacing import Pacing

WINDOW = 3600.0
"""Seconds."""
EVENTS_PER_WINDOW = 30_000
SPARED = 1000
"""Apps with at most this many deliveries in the window are not disabled."""
FAILING = 0.95
"""Above this share of failures the events end."""


@dataclass(slots=True)
class _Record:
    sent: deque[float] = field(default_factory=deque)
    outcomes: deque[tuple[float, bool]] = field(default_factory=deque)
    failed: int = 0
    told: int = -1
    disabled: bool = False


class Health:
    def __init__(self, clock: SandboxClock, pacing: Pacing) -> None:
        self._clock = clock
        self._pacing = pacing
        self._records: dict[str, _Record] = {}

    def enabled(self, app_id: str) -> bool:
        return not self._of(app_id).disabled

    def enable(self, app_id: str) -> None:
        """What an app's owner does by hand."""
        self._records.pop(app_id, None)

    def admit(self, app_id: str) -> bool:
        """Count one event; False when the hour's are used up. Scaled and turned off with the other limits."""
        record, now = self._of(app_id), self._clock.now()
        while record.sent and record.sent[0] <= now - WINDOW:
            record.sent.popleft()
        if self._pacing.scale and len(record.sent) >= EVENTS_PER_WINDOW / self._pacing.scale:
            return False
        record.sent.append(now)
        return True

    def to_tell(self, app_id: str) -> int | None:
        """The minute that is rate limited, once for each."""
        record, minute = self._of(app_id), int(self._clock.now() // 60) * 60
        if record.told == minute:
            return None
        record.told = minute
        return minute

    def note(self, app_id: str, acked: bool) -> None:
        """One delivery's end; too many failures disable the app's events."""
        record, now = self._of(app_id), self._clock.now()
        record.outcomes.append((now, acked))
        record.failed += not acked
        while record.outcomes[0][0] <= now - WINDOW:
            record.failed -= not record.outcomes.popleft()[1]
        total = len(record.outcomes)
        if total > SPARED and record.failed > FAILING * total:
            record.disabled = True

    def _of(self, app_id: str) -> _Record:
        return self._records.setdefault(app_id, _Record())
