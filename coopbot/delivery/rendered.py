"""What an owed intent has become: what is to be sent, or why nothing is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coopbot.ports import Message
from coopbot.services.outcomes import CALLS_NOBODY, Calling


@dataclass(frozen=True, slots=True)
class Post:
    channel: str
    """A channel, or a user who is written to directly."""
    message: Message
    calling: Calling = CALLS_NOBODY
    """Whom a card calls, for the record of its order."""


@dataclass(frozen=True, slots=True)
class Edit:
    channel: str
    ts: str
    message: Message


@dataclass(frozen=True, slots=True)
class Hand:
    """A reply for the platform (platform-api.md, Replies)."""

    connection: str
    reply_id: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fetch:
    """A file to be had from Slack."""

    source: str
    most: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Tell:
    """An outage report for the operations manager's webhook."""

    connection: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ring:
    """A step of the ladder for a machine."""

    hook: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Moot:
    why: str


@dataclass(frozen=True, slots=True)
class Enrol:
    """A user group shall have just these members."""

    group: str
    users: tuple[str, ...]


Rendered = Post | Edit | Hand | Fetch | Tell | Ring | Enrol | Moot
