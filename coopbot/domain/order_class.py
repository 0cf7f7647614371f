"""Classes of work orders and the targets that each must meet (domain.md §1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Literal, cast

from coopbot.domain.reading import Labels, Reader

ClockKind = Literal["working", "wall"]
CLOCKS: tuple[ClockKind, ...] = ("working", "wall")
TargetKind = Literal["claim", "answer", "after_rejection", "final"]
TARGETS: tuple[TargetKind, ...] = ("claim", "answer", "after_rejection", "final")


@dataclass(frozen=True)
class Target:
    """Something owed within ``budget`` of ``clock``: a claim, the first effective answer, the next one, the end."""

    kind: TargetKind
    clock: ClockKind
    budget: timedelta


@dataclass(frozen=True)
class OrderClass:
    """A class: ``priority`` 0 comes first. ``budget`` and ``clock`` are those of the answer, the one that costs."""

    code: str
    labels: Labels
    priority: int
    clock: ClockKind
    budget: timedelta
    targets: Mapping[TargetKind, Target]
    mentions_on_card: bool = False
    """Whether the on-call is mentioned with the card itself, before any rung."""
    aliases: tuple[str, ...] = ()
    asks_again: bool = False
    """Whether an answer written by hand is shown once more before it is sent."""


def read_class(code: str, table: Reader) -> OrderClass:
    clock = cast(ClockKind, table.choice("clock", CLOCKS))
    budget = table.duration("budget", positive=True)
    targets = {"answer": Target("answer", clock, budget)}
    for kind, row in table.tables("targets"):
        if kind not in TARGETS or kind == "answer":
            row.wrong("", "is no target; known are claim, after_rejection, final (the answer is the class's budget)")
            continue
        own = cast(ClockKind, row.choice("clock", CLOCKS, clock))
        targets[kind] = Target(cast(TargetKind, kind), own, row.duration("budget", positive=True))
        row.done()
    read = OrderClass(
        code=code,
        labels=table.labels("labels"),
        priority=table.integer("priority"),
        clock=clock,
        budget=budget,
        targets=MappingProxyType(cast(dict[TargetKind, Target], targets)),
        mentions_on_card=table.flag("mentions_on_card", False),
        aliases=table.texts("aliases"),
        asks_again=table.flag("asks_again", False),
    )
    table.done()
    return read
