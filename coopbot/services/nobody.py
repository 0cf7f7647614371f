"""A step that wants people of a team that has none: the operator is told, since silence would be the end of it."""

from __future__ import annotations

from datetime import datetime

from coopbot.domain.calling import Call
from coopbot.domain.ladder import Rung
from coopbot.domain.team import Desk, Team
from coopbot.domain.work_order import WorkOrder
from coopbot.ports import Tx
from coopbot.services.alarm import alarm

_ANYBODY = frozenset({"on_call", "backup", "lead", "manager", "round_robin"})
"""Roles behind each of which stands somebody else: nobody at all is a team without people."""


def tell_if_nobody(
    tx: Tx, now: datetime, desk: Desk, team: Team, order: WorkOrder, rung: Rung | None, to: Call
) -> None:
    """Once an hour and team. ``rung`` None: the card, the opening, an urge, which call the on-call."""
    wanted = rung is None or bool(_ANYBODY.intersection(rung.mentions))
    if not wanted or to.users or to.spared or to.quiet:
        return
    if tx.once.first(f"nobody:{team.name}:{now:%Y-%m-%dT%H}", now):
        alarm(tx, desk, "nobody_to_call", key=team.name, team=team.name, order=str(order.key))
