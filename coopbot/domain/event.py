"""A platform event as the edge hands it over: verified, validated, not yet believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from coopbot.domain.work_order import OrderKey


class Verdict(StrEnum):
    """What became of an event (platform-api.md, Intake)."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    IGNORED = "ignored"
    REFUSED = "refused"
    INVALID = "invalid"
    """Malformed: told to the sender with the field paths, not kept."""


class Standing(StrEnum):
    """Where a kept event stands in the inbox."""

    APPLIED = "applied"
    WAITING = "waiting"
    """Came before its ``raised``; applies then."""
    IGNORED = "ignored"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PlatformEvent:
    id: str
    type: str
    connection: str
    data: Mapping[str, Any]
    digest: str
    """SHA-256 of the canonical JSON of type and data: equal digests are the same body."""
    order: OrderKey | None = None
    """The order that it speaks of, if it is a ``work_order.*`` event."""
    at: datetime | None = None
    """When it happened on the platform (``at`` or ``raised_at``)."""
    version: int = 0
    """Of ``work_order.raised``; 0 for the others."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender is told of one event."""

    id: str
    status: Verdict
    reason: str = ""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A kept event and what became of it."""

    event: PlatformEvent
    standing: Standing
    received_at: datetime
    reason: str = ""
