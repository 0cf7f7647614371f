"""Rungs of escalation as data: when each falls due, how loud it is, who is in it (escalation's shape only)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Literal, cast

from coopbot.domain.calendar import NOTHING, Calendar
from coopbot.domain.durations import parse_duration
from coopbot.domain.pauses import add, elapsed
from coopbot.domain.reading import Reader
from coopbot.domain.windows import Window

Ticking = Literal["class", "wall", "working"]
CLOCKS: tuple[Ticking, ...] = ("class", "wall", "working")
Place = Literal["thread", "channel", "direct", "webhook", "transfer"]
PLACES: tuple[Place, ...] = ("thread", "channel", "direct", "webhook", "transfer")
ROLES = ("claimant", "on_call", "backup", "lead", "manager", "channel", "round_robin")
CONDITIONS = ("unclaimed", "claimed", "unanswered", "in_shift", "nobody_on_call", "staffed_short")
"""Two more have a value: ``class:crc``, ``amount:50000`` (fen, at least)."""
OWN_STEPS = ("opening", "urge", "snooze", "rejected")
"""Steps that no ladder lists."""


@dataclass(frozen=True)
class Moment:
    """When a rung falls due: at a share of the budget, some time before or after the due time, or after a wait.

    ``unclaimed`` is a wait since nobody has the order: a claim ends it, and a release begins it anew.
    """

    kind: Literal["share", "before", "after", "wait", "unclaimed"]
    share: Fraction = Fraction(0)
    offset: timedelta = NOTHING


@dataclass(frozen=True)
class Repeat:
    """A rung said again every so often, at most so many times more."""

    every: timedelta
    most: int


@dataclass(frozen=True)
class Clocks:
    """What the rungs of an order are counted on."""

    calendar: Calendar
    """The class's own clock."""
    working: Calendar
    """The profile's hours, whatever the class counts."""
    pauses: Sequence[Window] = ()

    def of(self, which: Ticking) -> Calendar:
        match which:
            case "wall":
                return Calendar.always(self.calendar.zone)
            case "working":
                return self.working
        return self.calendar


@dataclass(frozen=True)
class Rung:
    """One step; ``position`` in its ladder is its loudness. ``mentions`` are roles, ``user:U…`` or ``usergroup:S…``."""

    key: str
    at: Moment
    channel: Place
    mentions: tuple[str, ...] = ()
    only_if: tuple[str, ...] = ()
    clock: Ticking = "class"
    """What offsets and waits are counted on: the class's own clock, the wall's, or the profile's working hours."""
    repeat: Repeat | None = None
    position: int = 0
    to: str = ""
    """Where a webhook or a transfer goes."""

    @property
    def is_breach(self) -> bool:
        return self.at.kind == "after" and not self.at.offset

    @property
    def calls(self) -> bool:
        """Whether it reaches people, who are not to be woken (decisions.md 10); a webhook is for machines."""
        return bool(self.mentions) and self.channel != "webhook"

    @property
    def is_said(self) -> bool:
        """Whether it is a message in the channel, or in the order's thread."""
        return self.channel in ("thread", "channel")

    def repeats(self, first: datetime, clocks: Clocks) -> Sequence[datetime]:
        """When it is said again after ``first``, at most as often as its cap allows."""
        if self.repeat is None:
            return ()
        clock = clocks.of(self.clock)
        return [add(clock, first, self.repeat.every * n, clocks.pauses) for n in range(1, self.repeat.most + 1)]

    def due_at(self, start: datetime, due: datetime, budget: timedelta, clocks: Clocks) -> datetime:
        """The instant of this rung for a clock that started at ``start``, grants ``budget`` and ends at ``due``.

        A wait is counted from ``start``, be it the clock's or, for ``unclaimed``, when the order became free.
        A share of a working budget is reached in working time. Nothing before the due time is put after it, nothing
        before the start: a rung of a budget that is too short for it falls due at once.
        """
        calendar, clock, pauses = clocks.calendar, clocks.of(self.clock), clocks.pauses
        if self.at.kind == "after":
            return due if not self.at.offset else add(clock, due, self.at.offset, pauses)
        if self.at.kind == "before":
            if self.clock == "wall":
                return max(start, due - self.at.offset)
            if self.clock == "working":
                budget = elapsed(clock, start, due, pauses)
            return min(due, add(clock, start, max(NOTHING, budget - self.at.offset), pauses))
        if self.at.kind in ("wait", "unclaimed"):
            return add(clock, start, self.at.offset, pauses)
        return min(due, add(calendar, start, _share(budget, self.at.share), pauses))


def _share(budget: timedelta, share: Fraction) -> timedelta:
    return budget * share.numerator // share.denominator


_OFFSETS: dict[str, Literal["before", "after", "wait", "unclaimed"]] = {
    "due-": "before",
    "due+": "after",
    "start+": "wait",
    "unclaimed+": "unclaimed",
}


def parse_moment(text: str) -> Moment:
    """``75%``, ``due``, ``due-1h``, ``due+30m``, ``start+15m``, ``unclaimed+15m``. Raises ValueError for all else."""
    text = text.replace(" ", "")
    percent = re.fullmatch(r"(\d{1,3})%", text)
    if percent and int(percent[1]) <= 100:
        return Moment("share", share=Fraction(int(percent[1]), 100))
    if text == "due":
        return Moment("after")
    offset = re.fullmatch(r"(due[+-]|start\+|unclaimed\+)(\w+)", text)
    if offset:
        kind = _OFFSETS[offset[1]]
        return Moment(kind, offset=parse_duration(offset[2]))
    raise ValueError(f"{text!r} is not a moment; write 75%, due, due-1h, due+30m, start+15m or unclaimed+15m")


def read_ladder(rows: list[Reader]) -> tuple[Rung, ...]:
    """The rungs of one ladder, in the order written, which is their loudness."""
    rungs = tuple(_read_rung(row, position) for position, row in enumerate(rows))
    keys = [rung.key for rung in rungs]
    for row, key in zip(rows, keys, strict=True):
        if keys.count(key) > 1:
            row.wrong("key", f"{key!r} stands twice in this ladder")
    return rungs


def _read_rung(row: Reader, position: int) -> Rung:
    moment = Moment("after")
    written = row.text("at")
    try:
        moment = parse_moment(written)
    except ValueError as error:
        row.wrong("at", str(error))
    mentions = row.texts("mentions")
    for name in mentions:
        if name not in ROLES and not re.fullmatch(r"user:[UW]\w+|usergroup:S\w+", name):
            row.wrong("mentions", f"{name!r} is not one of {', '.join(ROLES)}, user:U…, usergroup:S…")
    only_if = row.texts("only_if")
    for condition in only_if:
        name, _, value = condition.partition(":")
        good = condition in CONDITIONS or (name == "class" and value) or (name == "amount" and _is_amount(value))
        if not good:
            row.wrong("only_if", f"{condition!r} is not one of {', '.join(CONDITIONS)}, class:…, amount:…")
    repeat = None
    if row.has("repeat"):
        again = row.table("repeat")
        repeat = Repeat(again.duration("every", positive=True), again.integer("most", least=1))
        again.done()
    rung = Rung(
        key=row.text("key"),
        at=moment,
        channel=cast(Place, row.choice("channel", PLACES)),
        mentions=mentions,
        only_if=only_if,
        clock=cast(Ticking, row.choice("clock", CLOCKS, "class")),
        repeat=repeat,
        position=position,
        to=row.text("to", ""),
    )
    if ":" in rung.key or rung.key in OWN_STEPS:
        row.wrong("key", f"{rung.key!r} can't name a rung: no colon, and not {', '.join(OWN_STEPS)}")
    if rung.channel in ("webhook", "transfer") and not rung.to:
        row.wrong("to", "is missing; must be the name of a hook, or of a team")
    if rung.channel == "direct" and not mentions:
        row.wrong("mentions", "is missing; a direct message goes to somebody")
    row.done()
    return rung


def _is_amount(value: str) -> bool:
    return value.isascii() and value.isdigit()
