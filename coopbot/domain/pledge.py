"""What a ready answer promises, as profiles and templates say it, and what of it an answer pins when it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, cast

from coopbot.domain.durations import parse_duration
from coopbot.domain.facts import instant
from coopbot.domain.order_class import CLOCKS, ClockKind
from coopbot.domain.reading import Labels, Reader

FIELD = "promised_at"
"""The field whose time is a promise wherever it is asked for (platform-api.md, presets)."""
REMIND_BEFORE = (timedelta(hours=2), timedelta(minutes=15))
RECALL_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Pledge:
    """What a preset promises; without ``within`` the time is the one that its author fills in."""

    what: Labels
    """Empty: what the preset is called."""
    within: timedelta | None = None
    """Counted from the moment at which the platform took the answer."""
    clock: ClockKind | None = None
    """On which ``within`` is counted; None: as the profile says."""


@dataclass(frozen=True)
class PromiseRules:
    """How a profile treats promises; all of it our own choice (assumed)."""

    clock: ClockKind = "wall"
    remind_before: tuple[timedelta, ...] = REMIND_BEFORE
    """How long before it is due the owner is reminded, the earliest first."""
    recall_for: timedelta = RECALL_FOR
    """How long after a promise the same matter raised again is its owner's."""


class Promising(Protocol):
    """The part of a preset that promises."""

    @property
    def labels(self) -> Labels: ...
    @property
    def promises(self) -> Pledge | None: ...


def read_pledge(row: Reader, requires: tuple[str, ...]) -> Pledge | None:
    """The ``promises`` table of a preset; None where it has none."""
    if not row.has("promises"):
        return None
    table = row.table("promises")
    within = table.duration("within", positive=True) if table.has("within") else None
    clock = cast(ClockKind, table.choice("clock", CLOCKS)) if table.has("clock") else None
    if within is None and FIELD not in requires:
        table.wrong("within", f"is missing: by when, such as 24h; or name {FIELD} in requires")
    if within is not None and FIELD in requires:
        table.wrong("within", f"is not needed: {FIELD} says by when")
    pledge = Pledge(table.labels("what", needed=False), within, clock)
    table.done()
    return pledge


def read_promise_rules(table: Reader) -> PromiseRules:
    """The profile's ``promises`` table, with what is not said left at its default."""
    clock = cast(ClockKind, table.choice("clock", CLOCKS, "wall"))
    before: list[timedelta] = []
    for text in table.texts("remind_before"):
        try:
            before.append(parse_duration(text))
        except ValueError as error:
            table.wrong("remind_before", str(error))
    asked = tuple(sorted(before, reverse=True)) if table.has("remind_before") else REMIND_BEFORE
    rules = PromiseRules(clock, asked, table.duration("recall_for", RECALL_FOR))
    table.done()
    return rules


def pinned(preset: Promising | None, fields: Mapping[str, str], rules: PromiseRules) -> dict[str, Any] | None:
    """What an answer with ``preset`` (None: written by hand) and ``fields`` promises, as plain JSON; None: nothing.

    A field that holds no instant promises nothing.
    """
    pledge = preset.promises if preset is not None else None
    what = dict((pledge.what if pledge else None) or (preset.labels if preset is not None else {}))
    try:
        return {"what": what, "until": instant(fields[FIELD]).isoformat()}
    except (KeyError, ValueError):
        pass
    if pledge is None or pledge.within is None:
        return None
    return {"what": what, "within_s": int(pledge.within.total_seconds()), "clock": pledge.clock or rules.clock}
