"""The tick's words about claims: who claimed is reminded, and who has to take it next is called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from coopbot.domain.claim_expiry import Expiry, expiry
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind, WorkOrder
from coopbot.ports import Tx
from coopbot.services.change import owe_note


def owe_words(tx: Tx, now: datetime, desk: Desk, before: WorkOrder, after: WorkOrder, fresh: Sequence[Entry]) -> None:
    """Say in the thread what became of the claim, to those whom ``fresh`` calls."""
    found = expiry(before, desk, now)
    for entry in fresh if found is not None else ():
        assert found is not None
        if entry.kind is Kind.REMINDED:
            code = "claim_expired" if entry.data["why"] == "expired claim" else "claim_expires"
            owe_note(tx, desk, after, code, mention=entry.data["called"], **_facts(found))


def _facts(found: Expiry) -> dict[str, object]:
    since = found.since if found.rejected else found.claim.at
    times = {"since": since.isoformat(), "ends": found.ends_at.isoformat()}
    return {"who": found.claim.by, "rejected": found.rejected, **times}
