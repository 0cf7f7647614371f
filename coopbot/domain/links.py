"""Links by which a file is passed on: each names its end and is signed, so that nobody can make one or prolong it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

PATH = "/files/"


class Standing(Enum):
    GOOD = auto()
    FORGED = auto()
    """Not signed by us, or not for this file and this end."""
    EXPIRED = auto()


@dataclass(frozen=True)
class Links:
    """Where files are reached from outside, and the keys: the first signs, each verifies while one is replaced."""

    public_url: str
    keys: tuple[bytes, ...] = field(repr=False)

    def to(self, file: str, until: datetime) -> str:
        """The link to a file that works until then (real time). The same arguments give the same link."""
        end = int(until.timestamp())
        return f"{self.public_url}{PATH}{file}?expires={end}&signature={_signature(self.keys[0], file, end)}"

    def check(self, file: str, expires: str, signature: str, now: datetime) -> Standing:
        """Whether a link with these parts is ours and still works at ``now`` (real time), in a time that does not tell
        how nearly."""
        end = int(expires) if expires.isascii() and expires.isdigit() and len(expires) <= 12 else -1
        given = signature.encode(errors="surrogateescape")
        ours = [hmac.compare_digest(_signature(key, file, end).encode(), given) for key in self.keys]
        if end < 0 or not any(ours):
            return Standing.FORGED
        return Standing.GOOD if now.timestamp() < end else Standing.EXPIRED


def keys_from(secrets: Sequence[str]) -> tuple[bytes, ...]:
    """Keys for links out of secrets that sign other things too: neither tells the other."""
    return tuple(hashlib.sha256(f"coopbot file links/{secret}".encode()).digest() for secret in secrets)


def _signature(key: bytes, file: str, end: int) -> str:
    return hmac.new(key, f"{file}.{end}".encode(errors="surrogateescape"), hashlib.sha256).hexdigest()
