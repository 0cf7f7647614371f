"""Appeals: what runs, what was won and lost, and on which grounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from coopbot.domain.ledger import LedgerEntry, PenaltyState
from coopbot.domain.seen import Seen
from coopbot.domain.work_order import Kind

LOST = "lost"
GROUNDS = ("outage", "in_time", "arrived_late", "other")


@dataclass
class Record:
    """How many appeals; by ground too."""

    won: int = 0
    lost: int = 0
    pending: int = 0
    by_ground: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def rate(self) -> int | None:
        """Won of those that ended, in whole percent; None before one has."""
        ended = self.won + self.lost
        return self.won * 100 // ended if ended else None


def appeal(penalty: LedgerEntry, at: datetime, ground: str) -> LedgerEntry:
    """The marker that an appeal against ``penalty`` runs since ``at``; it takes nothing back."""
    return replace(
        penalty, key=f"appeal:{penalty.key}", state=PenaltyState.APPEALED, at=at, reverses=penalty.key,
        basis=ground, assumed=False,
    )  # fmt: skip


def lost(penalty: LedgerEntry, at: datetime, reason: str) -> LedgerEntry:
    """The marker that the appeal against ``penalty`` was turned down."""
    return replace(
        penalty, key=f"appeal_lost:{penalty.key}", state=PenaltyState.APPEALED, at=at, reverses=penalty.key,
        basis=LOST, text=reason, assumed=False,
    )  # fmt: skip


def record(entries: Sequence[LedgerEntry]) -> Record:
    """Won: appealed against and revoked. Lost: recorded so. Pending: the others.

    One whose points an exam has taken away meanwhile is neither won nor pending any more.
    """
    taken_back = {e.reverses for e in entries if e.counters and e.state is PenaltyState.REVOKED}
    moot = {e.reverses for e in entries if e.counters and e.state is PenaltyState.WAIVED}
    lost_ones = {e.reverses for e in entries if e.state is PenaltyState.APPEALED and e.basis == LOST}
    found = Record()
    for each in entries:
        if each.state is not PenaltyState.APPEALED or each.basis == LOST or each.reverses in moot:
            continue
        end = "won" if each.reverses in taken_back else "lost" if each.reverses in lost_ones else "pending"
        setattr(found, end, getattr(found, end) + 1)
        found.by_ground.setdefault(each.basis, Counter())[end] += 1
    return found


def ground_of(seen: Seen | None) -> str:
    """The best reason that the order's own log gives for an appeal."""
    if seen is None:
        return "other"
    order = seen.order
    if any(entry.kind is Kind.OUTAGE_REPORTED for entry in order.log):
        return "outage"
    if any(reply.at <= seen.due.at for reply in order.replies if reply.stands):
        return "in_time"
    return "arrived_late" if order.received_at > seen.due.at else "other"
