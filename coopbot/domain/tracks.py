"""Accounts of points: how many stand, which node comes next, how far it is to closure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from coopbot.domain.ledger import LedgerEntry, PenaltyKind
from coopbot.domain.penalty_rules import Node, PenaltyRules, Track
from coopbot.domain.periods import lives_since, next_reset

CLOSURES = frozenset({"clearance", "closure"})
"""Measures that end a shop."""


@dataclass(frozen=True)
class TrackStanding:
    track: Track
    points: int
    next_node: Node | None
    closure: Node | None
    resets_at: datetime | None

    @property
    def to_next(self) -> int | None:
        """Points until the next node; None behind the last."""
        return self.next_node.points - self.points if self.next_node else None

    @property
    def to_closure(self) -> int | None:
        """Points until the shop is closed; None where no node says so, 0 when it is reached."""
        return max(0, self.closure.points - self.points) if self.closure else None


def track_of(entry: LedgerEntry, rules: PenaltyRules) -> str:
    """The track that an entry counts on: its own; where it names none, the only one, or a late order's."""
    if entry.track in rules.tracks:
        return entry.track
    named = {name: code for code, track in rules.tracks.items() for name in (code, *track.labels.values())}
    if entry.track in named:
        return named[entry.track]
    if entry.track:
        return entry.track
    offences = {offence.track for offence in rules.offences.values() if offence.track}
    return next(iter(offences if len(offences) == 1 else rules.tracks if len(rules.tracks) == 1 else ()), "")


def points_on(track: Track, entries: Iterable[LedgerEntry], rules: PenaltyRules, at: datetime, zone: ZoneInfo) -> int:
    """Points of ``entries`` that still live at ``at``. Hand over what stands: this does not look for counters."""
    since = lives_since(track.reset, at, zone)
    return sum(
        entry.points or 0
        for entry in entries
        if entry.kind is PenaltyKind.POINTS and since <= entry.at <= at and track_of(entry, rules) == track.code
    )


def standings(
    entries: Iterable[LedgerEntry], rules: PenaltyRules, at: datetime, zone: ZoneInfo
) -> tuple[TrackStanding, ...]:
    """Every track of the profile with what stands on it."""
    every = list(entries)
    return tuple(_standing(track, every, rules, at, zone) for track in rules.tracks.values())


def crossed(track: Track, before: int, after: int) -> tuple[Node, ...]:
    """The nodes that going from ``before`` to ``after`` points reaches."""
    return tuple(node for node in track.nodes if before < node.points <= after)


def _standing(
    track: Track, entries: list[LedgerEntry], rules: PenaltyRules, at: datetime, zone: ZoneInfo
) -> TrackStanding:
    points = points_on(track, entries, rules, at, zone)
    return TrackStanding(
        track=track,
        points=points,
        next_node=next((node for node in track.nodes if node.points > points), None),
        closure=next((node for node in track.nodes if node.measure in CLOSURES), None),
        resets_at=next_reset(track.reset, at, zone),
    )
