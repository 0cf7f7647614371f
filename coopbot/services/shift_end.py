"""Before a shift ends its team is told what will be tight when it comes back, while it can still be answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from coopbot.domain.calling import call, hushed, sparing
from coopbot.domain.intent import Intent, Priority, What
from coopbot.domain.seen import Seen
from coopbot.domain.staffing import Staffed, leaves_at, staffed, tight_after
from coopbot.domain.team import Desk, Team
from coopbot.domain.work_order import OrderKey, WorkOrder
from coopbot.ports import Tx
from coopbot.services.change import seen
from coopbot.services.quiet import with_quiet
from coopbot.services.rota import with_rota

BEFORE = timedelta(minutes=30)
"""How long before the end of a shift: time enough to answer a few."""


def before_shifts_end(tx: Tx, now: datetime, desk: Desk) -> int:
    """Owe each team whose shift ends soon one list, once a shift, if anything will be tight; how many were owed."""
    owed = 0
    for team in (*desk.teams, desk.fallback):
        end = leaves_at(team.hours, now)
        note = f"shift_end:{team.name}"
        if end is None or end - now > BEFORE or (tx.notes.get(note) or {}).get("end") == end.isoformat():
            continue
        tx.notes.put(note, {"end": end.isoformat()}, now)
        orders = list(_waiting(tx, now, desk, team))
        rows = tight_after(((it.order.key, it.due, it.rules.minimum_staffed) for it in orders), team.hours, end)
        if rows:
            args = {"team": team.name, "end": end.isoformat(), "orders": [str(key) for key, _, _ in rows]}
            key = f"tight:{team.name}:{end.isoformat()}"
            tx.outbox.add([Intent(What.TIGHT, team.channel, Priority.REMINDER, key=key, args=args)])
            owed += 1
    return owed


def still_tight(
    tx: Tx, now: datetime, desk: Desk, keys: Sequence[str], end: datetime
) -> tuple[list[tuple[Seen, Staffed]], tuple[str, ...]]:
    """Those of the listed orders that nobody has answered meanwhile, and whom the list calls."""
    desk = with_quiet(tx, with_rota(tx, desk))
    rows: list[tuple[Seen, Staffed]] = []
    users: list[str] = []
    for order in (tx.orders.get(OrderKey.parse(key)) for key in keys):
        if order is None or not _waits(order):
            continue
        it = seen(tx, order, desk, now)
        rows.append((it, staffed(it.due, it.team.hours, end)))
        called = hushed(sparing(call(it, None, desk.gone), order, now, desk.mention_gap), it, desk.quiet)
        users += [user for user in called.users if user not in users]
    return rows, tuple(users)


def _waiting(tx: Tx, now: datetime, desk: Desk, team: Team) -> Iterator[Seen]:
    """The team's orders that wait for its answer, wherever their cards had to go."""
    for channel in sorted({team.channel, desk.fallback.channel}):
        for order in tx.orders.unfinished(channel):
            if desk.team_for(order).name == team.name and _waits(order):
                it = seen(tx, order, desk, now)
                if not it.due.held:
                    yield it


def _waits(order: WorkOrder) -> bool:
    return order.ending is None and order.standing_reply is None
