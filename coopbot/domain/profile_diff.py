"""What another version of a profile would change: its values, and the due times of orders that are open."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from coopbot.domain.pauses import Pause
from coopbot.domain.profile import Profile
from coopbot.domain.sla import due


@dataclass(frozen=True)
class OpenOrder:
    """What of an open order its due time depends on."""

    key: str
    class_code: str
    raised_at: datetime
    platform_due: datetime | None = None
    rejected_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    profile: tuple[str, str] = ("", "")
    """Name and version of the rules that it is under."""


@dataclass(frozen=True)
class Moved:
    """An open order whose due time another version would move; ``after`` None: that version lacks its class."""

    key: str
    class_code: str
    before: datetime
    after: datetime | None

    @property
    def by(self) -> timedelta | None:
        """How much later it would be due; negative: earlier."""
        return None if self.after is None else self.after - self.before


@dataclass(frozen=True)
class Changed:
    """One value of the profile; None where it is not there."""

    path: str
    before: Any
    after: Any


def diff_open(orders: Iterable[OpenOrder], old: Profile, new: Profile) -> list[Moved]:
    """The open orders that ``new`` would move, soonest due under ``old`` first. The others are not listed."""
    rows = []
    for order in orders:
        before, after = _due(old, order), _due(new, order)
        if before is not None and before != after:
            rows.append(Moved(order.key, order.class_code, before, after))
    return sorted(rows, key=lambda row: (row.before, row.key))


def diff_values(old: Profile, new: Profile) -> list[Changed]:
    """Every value that differs, by its dotted path."""
    before, after = _flat(json.loads(old.content)), _flat(json.loads(new.content))
    return [
        Changed(path, before.get(path), after.get(path))
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    ]


def _due(profile: Profile, order: OpenOrder) -> datetime | None:
    if profile.order_class(order.class_code) is None:
        return None
    return due(
        profile,
        order.class_code,
        order.raised_at,
        platform_due=order.platform_due,
        rejected_at=order.rejected_at,
        pauses=order.pauses,
    ).at


def _flat(data: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in data.items():
        path = f"{above}.{key}" if above else key
        if isinstance(value, Mapping):
            out.update(_flat(value, path))
        else:
            out[path] = value
    return out
