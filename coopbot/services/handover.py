"""At a change of shift the new on-call is told what is open, what is tight, and what was promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from coopbot.domain.calling import Call, hushed, just_called
from coopbot.domain.intent import Intent, Priority, What
from coopbot.domain.seen import Seen
from coopbot.domain.team import Desk, Team
from coopbot.ports import Tx
from coopbot.services.change import seen
from coopbot.services.promise_book import Owed, of_team
from coopbot.services.quiet import with_quiet
from coopbot.services.rota import with_rota


@dataclass(frozen=True)
class Handover:
    team: Team
    who: tuple[str, ...]
    before: tuple[str, ...]
    orders: tuple[Seen, ...]
    """Those that wait for an answer, soonest due first."""
    promises: tuple[Owed, ...]
    """Those that are to be kept, soonest due first."""
    spared: tuple[str, ...] = ()
    """Of ``who`` those who are named and not called: a message about these orders called them just before, or it is
    night and nothing is urgent, or their quiet hours run."""


def at_shift_change(tx: Tx, now: datetime, desk: Desk) -> int:
    """Owe a note to each team whose on-call changed since the last look; nothing while nothing is open."""
    owed = 0
    desk = with_quiet(tx, with_rota(tx, desk))
    for team in desk.teams:
        who = team.duty(now).who
        note = f"duty:{team.name}"
        known = tx.notes.get(note)
        if known is not None and tuple(known["who"]) == who:
            continue
        tx.notes.put(note, {"who": list(who)}, now)
        if known is None or not who:  # the first look changes nothing; a gap has its own alarm
            continue
        orders = waiting(tx, now, desk, team)
        just = {user for it in orders for user in just_called(it.order.log, now, desk.mention_gap)}
        # a reminder of this minute named them for the same orders, or nobody may be called for these now
        spared = [user for user in who if user in just or not _may_be_called(user, team, orders, desk, now)]
        args = {"team": team.name, "who": list(who), "before": list(known["who"]), "spared": spared}
        if orders or of_team(tx, now, desk, team):
            key = f"handover:{team.name}"
            tx.outbox.add([Intent(What.HANDOVER, team.channel, Priority.REMINDER, key=key, args=args)])
            owed += 1
    return owed


def _may_be_called(user: str, team: Team, orders: Sequence[Seen], desk: Desk, now: datetime) -> bool:
    """Whether one of the orders may call the user now (decisions.md 10); for promises alone, the team's hours tell."""
    if not orders:
        return team.hours.is_open(now) and (user not in desk.quiet or desk.quiet[user].ends(now) is None)
    return any(
        (it.clock_runs if it.klass.mentions_on_card else team.hours.is_open(now))
        and hushed(Call((user,), ""), it, desk.quiet).users
        for it in orders
    )


def contents(
    tx: Tx,
    now: datetime,
    desk: Desk,
    team: str,
    who: tuple[str, ...],
    before: tuple[str, ...],
    spared: tuple[str, ...] = (),
) -> Handover | None:
    """What there is to hand over now; None when it was dealt with meanwhile."""
    found = desk.team_named(team)
    if found is None:
        return None
    orders, promises = waiting(tx, now, desk, found), tuple(of_team(tx, now, desk, found))
    return Handover(found, who, before, orders, promises, spared) if orders or promises else None


def waiting(tx: Tx, now: datetime, desk: Desk, team: Team) -> tuple[Seen, ...]:
    """The team's orders that wait for its answer, soonest due first."""
    orders = [order for order in tx.orders.unfinished(team.channel) if order.standing_reply is None]
    return tuple(seen(tx, order, desk, now) for order in orders if desk.team_for(order).name == team.name)
