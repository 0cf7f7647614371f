"""The rota's tick: what a change of the hour brings without anybody doing anything."""

from __future__ import annotations

from datetime import datetime

from coopbot.domain.team import Desk
from coopbot.ports import Tx
from coopbot.services import drill, duty_group, handover, quiet, rota, swaps


def tick(tx: Tx, now: datetime, desk: Desk) -> int:
    """Shifts and their user groups, gaps ahead, swaps and drills that wait, quiet hours; how many messages are owed."""
    rota.forget(tx, now, desk)
    owed = handover.at_shift_change(tx, now, desk) + rota.warn_of_gaps(tx, now, desk)
    owed += duty_group.sync(tx, now, desk) + quiet.let_go(tx, now, desk)
    return owed + swaps.remind(tx, now, desk) + drill.lapse(tx, now, desk)
