"""The tick's part in approvals: what :mod:`coopbot.domain.approval_steps` found due is said, each once."""

from __future__ import annotations

from collections.abc import Sequence

from coopbot.domain.approval import find
from coopbot.domain.approval_steps import TOLD
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, WorkOrder
from coopbot.ports import Tx
from coopbot.services.approving import owe_request
from coopbot.services.change import owe_note


def owe_words(tx: Tx, desk: Desk, order: WorkOrder, fresh: Sequence[Entry]) -> None:
    """The request once more for those who are called now; or, to its approvers, that an answer went without them."""
    for entry in fresh:
        identity, step, called = str(entry.data["approval"]), str(entry.data["step"]), entry.data["called"]
        request = find(order, identity)
        if step != TOLD:
            owe_request(tx, desk, order, identity, step, called)
        elif request is not None and request.settled_at is not None:
            owe_note(
                tx, desk, order, "approval_overridden", mention=called, by=request.by,
                at=request.settled_at.isoformat(), reason=request.reason, text=request.text,
            )  # fmt: skip
