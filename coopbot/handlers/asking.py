"""What somebody typed behind ``/coop``, or said to the bot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Asked:
    user: str
    channel: str
    words: tuple[str, ...]
    trigger_id: str = ""

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Asked:
        return cls(
            user=str(body.get("user_id") or ""),
            channel=str(body.get("channel_id") or ""),
            words=tuple(str(body.get("text") or "").split()),
            trigger_id=str(body.get("trigger_id") or ""),
        )
