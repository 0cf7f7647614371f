"""Whom a message named, counted when it has left: by person, and how often outside the team's hours (noise budget)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from coopbot.domain.intent import Owed, What
from coopbot.domain.team import Desk, Team
from coopbot.domain.work_order import OrderKey
from coopbot.ports import Tx

KEPT = timedelta(days=92)
COUNTED = frozenset({What.CARD, What.REMINDER, What.NOTE, What.APPROVAL, What.HANDOVER, What.TIGHT})
"""Not a drill, which no statistics hear of, nor what concerns money or the operator."""
_NAMED = re.compile(r"<(?:@|!subteam\^)([USW]\w+)|<(!(?:channel|here|everyone))>")


def count(tx: Tx, now: datetime, desk: Desk, owed: Owed, channel: str, text: str) -> None:
    """``text`` is what a lock screen shows, and so whom it rings; a reminder by direct message rings its reader."""
    if owed.intent.what not in COUNTED:
        return
    users = [user or everybody for user, everybody in _NAMED.findall(text)]
    if channel[:1] in "UW" and owed.intent.what is What.REMINDER:
        users.append(channel)
    if users:
        team = _team(tx, desk, owed, channel)
        tx.mentions.add(owed.id, team.name, list(dict.fromkeys(users)), now, night=not team.hours.is_open(now))


def forget(tx: Tx, now: datetime) -> int:
    return tx.mentions.forget(now - KEPT)


def _team(tx: Tx, desk: Desk, owed: Owed, channel: str) -> Team:
    """Whose channel it is; of a message that went elsewhere, whose order it is about."""
    team = desk.team_in(channel)
    if team is not None and not team.is_fallback:
        return team
    items = owed.intent.args.get("items") or ()
    key = owed.intent.order or (OrderKey.parse(items[0]["order"]) if items else None)
    order = tx.orders.get(key) if key is not None else None
    return desk.team_for(order) if order is not None else desk.fallback
