"""What became of one delivery."""

from __future__ import annotations

from dataclasses import dataclass

from coopbot.sandbox.records import JSON


@dataclass(frozen=True, slots=True)
class Outcome:
    acked: bool
    failure: str | None = None
    """What Slack would call it; for what a person did, the notice that the person gets."""
    response: JSON | None = None
    no_retry: bool = False
    latency_ms: float = 0.0
