"""An answer that the platform rejected: its author hears of it once, and in hours in which they may be called."""

from __future__ import annotations

from datetime import datetime

from coopbot.domain.calling import Call, hushed
from coopbot.domain.escalation import decide, rejection_waits
from coopbot.domain.seen import see
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind, ReplyState, WorkOrder
from coopbot.ports import Tx
from coopbot.services import quiet
from coopbot.services.change import owe_note, record
from coopbot.services.rota import with_rota


def tell(tx: Tx, now: datetime, desk: Desk, order: WorkOrder, reply_id: str) -> WorkOrder:
    """Say so in the thread. The note calls the author, unless a step of the ladder does it in this minute, or in the
    morning, or their quiet hours run. That it does is written down: the next step names them no sooner than any."""
    reply = order.reply(reply_id)
    if reply is None or reply.state is not ReplyState.REJECTED or order.ending is not None:
        return order
    desk = quiet.with_quiet(tx, with_rota(tx, desk))
    called, step = Call((reply.by,), "claimant"), f"{order.cycle}:rejected"
    if rejection_waits(order, desk, now) or decide(order, desk, now).fire is not None:
        called = Call((), "")
    else:
        called = hushed(called, see(order, desk, now), desk.quiet)
        quiet.hold(tx, now, desk, called, {"order": str(order.key), "step": step, "missed": [], "why": called.why})
    owe_note(tx, desk, order, "rejected", mention=called.users, reply_id=reply_id, reason=reply.reason)
    if not called.users:
        return order
    night = not desk.team_for(order).hours.is_open(now)
    data = {"rung": step, "due": now.isoformat(), "why": "rejected", "called": list(called.users), "night": night}
    return record(tx, now, desk, order, [Entry(Kind.REMINDED, now, f"rung:{step}", "coopbot", data)])
