"""A direct message that Slack refuses: what was said to one person goes where they, or the next, will see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from coopbot.domain.calling import there
from coopbot.domain.intent import Intent, Owed, What
from coopbot.domain.team import Desk, Team
from coopbot.domain.work_order import OrderKey
from coopbot.ports import Refused, Tx
from coopbot.services import swaps
from coopbot.services.membership import LEFT, lost_person
from coopbot.services.rota import with_rota


def closed_door(tx: Tx, now: datetime, desk: Desk, owed: Owed, refused: Refused) -> Intent | None:
    """What to send instead of a direct message; None where nothing better than the fallback channel is known.

    A reminder is said in the team's channel and names the person there, or the next in line if they have left. Who
    asked for a swap hears that the colleague can't be reached.
    """
    intent = owed.intent
    if refused.code in LEFT:
        lost_person(tx, desk, intent.target)
    if intent.what is What.SWAP and intent.args["news"] in ("asked", "reminded"):
        swap = swaps.find(tx, str(intent.args["swap"]))
        return None if swap is None else swaps.unreached(tx, now, swap)
    if intent.what is not What.REMINDER:
        return None
    desk = with_rota(tx, desk)
    items = []
    channel = ""
    for item in intent.args["items"]:
        order = tx.orders.get(OrderKey.parse(item["order"]))
        if order is not None:
            team = desk.team_for(order)
            channel = channel or (order.told.channel if order.told else team.channel)
            items.append({**item, "called": _instead(intent.target, desk, team, now)})
    if not items:
        return None
    only = OrderKey.parse(items[0]["order"]) if len(items) == 1 else None
    return replace(intent, target=channel, order=only, args={"items": items})


def _instead(user: str, desk: Desk, team: Team, now: datetime) -> list[str]:
    if user not in desk.gone:
        return [user]
    return list(there(team.duty(now), team, desk.gone)[:1])
