"""Messages about an answer that waits for a second person."""

from __future__ import annotations

from datetime import datetime

from coopbot.domain import approval, approval_steps
from coopbot.domain.approval import Standing
from coopbot.domain.intent import Owed
from coopbot.domain.team import Desk
from coopbot.domain.work_order import WorkOrder
from coopbot.ports import Message, Translate, Tx
from coopbot.services.change import seen
from coopbot.views import approval as approval_view


def request(tx: Tx, now: datetime, desk: Desk, t: Translate, order: WorkOrder, owed: Owed) -> Message | str:
    """The request with its buttons, or why there is none."""
    found = approval.find(order, str(owed.intent.args["approval"]))
    if found is None or found.standing is not Standing.PENDING or order.ending is not None:
        return "settled meanwhile"
    asking = approval_view.Asking(
        news=str(owed.intent.args["news"]),
        called=tuple(owed.intent.args["called"]),
        ends_at=approval_steps.ends_at(order, found, desk, now),
        alone=approval_steps.may_send_alone(order, found, desk, now),
    )
    return approval_view.request(seen(tx, order, desk, now), found, asking, t)


def settled(tx: Tx, now: datetime, desk: Desk, t: Translate, order: WorkOrder, identity: str) -> Message:
    """What became of it, in the place of the request."""
    found = approval.find(order, identity)
    assert found is not None
    return approval_view.settled(seen(tx, order, desk, now), found, t)
