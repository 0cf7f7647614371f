"""The next instant at which time alone brings something: a step of the ladder, a day of money, a change of shift."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from coopbot.domain.calendar import Calendar
from coopbot.domain.claim_expiry import expiry
from coopbot.domain.escalation import decide
from coopbot.domain.staffing import BREAK
from coopbot.domain.team import Desk
from coopbot.domain.upcoming import Upcoming
from coopbot.domain.work_order import OrderKey
from coopbot.ports import Tx
from coopbot.services import handover, promise_book, shift_end
from coopbot.services.rota import with_rota

AHEAD = timedelta(days=8)
"""How far ahead the end of a shift is looked for: a week's table has come round by then."""


def upcoming(tx: Tx, now: datetime, desk: Desk) -> Upcoming | None:
    """The soonest; None when nothing is to come. Changes of shift count only where something is open."""
    desk = with_rota(tx, desk)
    found = (*_of_orders(tx, desk), *_of_money(tx, desk), *_of_shifts(tx, now, desk))
    return min(found, key=lambda each: (each.at, each.what, each.about), default=None)


def _of_orders(tx: Tx, desk: Desk) -> Iterator[Upcoming]:
    look = tx.orders.next_look()
    for order in tx.orders.due_to_look(look, 1) if look is not None else ():
        assert look is not None
        decision = decide(order, desk, look)
        if decision.breach is not None:
            yield Upcoming(look, "late", order.key.number)
        elif decision.fire is not None:
            name = decision.fire.name.partition(":")[0]
            listed = decision.fire.rung is not None
            yield Upcoming(look, "rung" if listed else name, order.key.number, name if listed else "")
        elif (claim := expiry(order, desk, look)) is not None and claim.due(look):
            yield Upcoming(look, f"claim_{claim.due(look)}", order.key.number)
        else:  # a promise, an approval, a step that is passed over
            yield Upcoming(look, "look", order.key.number)


def _of_money(tx: Tx, desk: Desk) -> Iterator[Upcoming]:
    at = tx.deadlines.next_at()
    for each in tx.deadlines.due(at, 1) if at is not None else ():
        assert at is not None
        name = desk.shop_name(OrderKey(each.shop.connection, ""), each.shop.shop_id)
        yield Upcoming(at, each.kind.value, name)


def _of_shifts(tx: Tx, now: datetime, desk: Desk) -> Iterator[Upcoming]:
    for team in desk.teams:
        waits = bool(handover.waiting(tx, now, desk, team))
        if waits and (at := _before_they_leave(team.hours, now)) is not None:
            yield Upcoming(at, "shift_end", team.name)
        turn = team.roster.next(now)
        if turn is None or turn[1].who == team.duty(now).who:  # the same people after a night are seen when it begins
            continue
        if waits or promise_book.of_team(tx, now, desk, team):
            yield Upcoming(turn[0], "handover", team.name)


def _before_they_leave(hours: Calendar, now: datetime) -> datetime | None:
    """When the team will be told what is tight after its shift; a break is no end of one."""
    for window in hours.windows(now, now + AHEAD):
        at = window.end - shift_end.BEFORE
        if at > now and window.end < now + AHEAD and hours.next_open(window.end) - window.end >= BREAK:
            return at
    return None
