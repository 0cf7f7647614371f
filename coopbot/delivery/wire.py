"""The outsides that messages go to, and how long a call there may still have its effect."""

from __future__ import annotations

from dataclasses import dataclass

from coopbot.clock import monotonic
from coopbot.ports import Chat, Platform, TryLater, Uploads


@dataclass(frozen=True)
class Wire:
    """The outsides, and how long their client waits for an answer (real seconds)."""

    chat: Chat
    platform: Platform
    uploads: Uploads
    timeout_s: float = 10.0
    margin_s: float = 1.0
    """Slack's history need not be instant: after an unknown outcome nothing is looked for before timeout + margin."""

    @property
    def settles_s(self) -> float:
        """Seconds after which a call that was begun has had its effect, or never will."""
        return self.timeout_s + self.margin_s

    def held_up(self, until: float) -> TryLater | None:
        """Not sent, where the call could outlast the lease: another worker would look, find nothing yet, and send."""
        if monotonic() + self.settles_s <= until:
            return None
        return TryLater(0.0, "held up until the lease was nearly over", begun=False)
