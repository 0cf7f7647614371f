"""Appeals against issued penalties: recorded by a lead, with the ground that the order's own log gives."""

from __future__ import annotations

from datetime import datetime

from coopbot.domain import appeals
from coopbot.domain.ledger import LedgerEntry, PenaltyState, counter
from coopbot.domain.ledger import PenaltyKind as Kind
from coopbot.domain.periods import LONG_AGO, counted_since
from coopbot.domain.team import Desk, Role, Team
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services.change import seen
from coopbot.services.permission import must_lead, roles_of


def penalty(tx: Tx, desk: Desk, user: str, key: str) -> tuple[LedgerEntry, Team]:
    """The issued penalty of that key, for a lead of its shop's team; its book is held. Raises Refusal."""
    entry = tx.ledger.get(key)
    if entry is None or entry.state is not PenaltyState.ISSUED:
        raise Refusal("unknown_penalty", penalty=key.rpartition(":")[2])
    tx.ledger.hold([entry.shop.connection])
    team = desk.team_of(entry.shop.connection, entry.shop.shop_id)
    if Role.OPERATOR not in roles_of(tx, desk, team, user):
        must_lead(tx, desk, team, user)
    return entry, team


def appealed(tx: Tx, now: datetime, desk: Desk, user: str, key: str) -> LedgerEntry:
    """An appeal was filed with the platform: its clock ends. Once a penalty. Raises Refusal."""
    entry, _ = penalty(tx, desk, user, key)
    if tx.ledger.get(f"reverse:{key}") is not None:
        raise Refusal("penalty_gone")
    order = tx.orders.get(entry.order) if entry.order is not None else None
    ground = appeals.ground_of(seen(tx, order, desk, now) if order is not None else None)
    marker = appeals.appeal(entry, now, ground)
    tx.ledger.add([marker])
    _end_clock(tx, now, key, "appealed")
    return marker


def lost(tx: Tx, now: datetime, desk: Desk, user: str, key: str, reason: str = "") -> LedgerEntry:
    """The platform turned the appeal down; the penalty stands. Raises Refusal where none was filed."""
    entry, _ = penalty(tx, desk, user, key)
    if tx.ledger.get(f"appeal:{key}") is None:
        raise Refusal("no_appeal")
    marker = appeals.lost(entry, now, reason)
    tx.ledger.add([marker])
    return marker


def exam_by_number(tx: Tx, now: datetime, desk: Desk, user: str, number: str) -> LedgerEntry:
    """Likewise by the platform's number of the penalty, on any connection. Raises Refusal."""
    for connection in sorted(desk.connections):
        if tx.ledger.get(f"penalty:{connection}:{number}") is not None:
            return exam_passed(tx, now, desk, user, f"penalty:{connection}:{number}")
    raise Refusal("unknown_penalty", penalty=number)


def exam_passed(tx: Tx, now: datetime, desk: Desk, user: str, key: str) -> LedgerEntry:
    """An exam in place of points (以考代罚): points only, once per track and year (domain.md §3). Raises Refusal."""
    entry, _ = penalty(tx, desk, user, key)
    rules = desk.profile
    if not rules.penalties.exam_cancels_points or entry.kind is not Kind.POINTS:
        raise Refusal("no_exam")
    since = counted_since("year", entry.at, rules.zone)
    for other in tx.ledger.since([entry.shop], LONG_AGO):
        if other.basis == "exam" and other.track == entry.track and other.reverses != key:
            about = tx.ledger.get(other.reverses)
            if about is not None and counted_since("year", about.at, rules.zone) == since:
                raise Refusal("exam_used")
    taken_back = counter(entry, now, "exam", PenaltyState.WAIVED)
    tx.ledger.add([taken_back])
    _end_clock(tx, now, key, "exam")
    return taken_back


def _end_clock(tx: Tx, now: datetime, key: str, why: str) -> None:
    clock = tx.deadlines.get(f"appeal:{key}")
    if clock is not None and clock.done_at is None:
        tx.deadlines.put(clock.done(now, why))
