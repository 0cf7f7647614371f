"""What Slack's events said of who is in a channel or user group, so that one that comes late changes nothing newer.

Slack promises no sequence: an event may be redelivered minutes later (slack.md A4), and two at once are two tasks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

KEPT_S = 3600
"""Seconds for which it is known when somebody came or went; Slack gives an event up after six minutes."""


@dataclass(frozen=True)
class Heard:
    """Moments are Slack's ``event_ts``: seconds since 1970 with six digits after the point, which compare as text."""

    whole: str = ""
    """When the newest event that named everybody was."""
    people: Mapping[str, str] = field(default_factory=dict)
    """When the newest event about each person was, of those after ``whole``."""

    def of_one(self, user: str, at: str) -> Heard | None:
        """With an event about one person; None where something newer is known of them."""
        if at < max(self.whole, self.people.get(user, "")):
            return None
        return Heard(self.whole, _since(at, {**self.people, user: at}))

    def of_all(self, at: str) -> Heard | None:
        """With an event that names everybody; None where a newer one was heard."""
        if at < self.whole:
            return None
        return Heard(at, {user: when for user, when in self.people.items() if when > at})

    def settled(self, users: Collection[str], members: Collection[str]) -> frozenset[str]:
        """Who is in it, where the newest event that named everybody named ``users`` and ``members`` are known: who
        came or went after that event is where they are."""
        moved = frozenset(self.people)
        return (frozenset(users) - moved) | (frozenset(members) & moved)


def _since(at: str, people: Mapping[str, str]) -> dict[str, str]:
    oldest = str(int(at.partition(".")[0]) - KEPT_S)
    return {user: when for user, when in people.items() if when >= oldest}
