"""The tick of money's deadlines: each reminder once, the latest where several were missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from coopbot.domain.deadline import OWED_AFTER, Deadline, DeadlineKind
from coopbot.domain.team import Desk
from coopbot.ports import Tx
from coopbot.services.outage_decision import fell_silent
from coopbot.services.telling import tell_owners

BATCH = 100


def remind(tx: Tx, now: datetime, desk: Desk, limit: int = BATCH) -> int:
    """Say what is due at ``now``; returns how many deadlines were looked at.

    Nobody is written to at night about what can wait for the team's next working hour.
    """
    due = tx.deadlines.due(now, limit)
    for each in due:
        opens = desk.team_of(each.shop.connection, each.shop.shop_id).hours.next_open(now)
        if opens > now and (each.due_at > opens or now >= each.due_at):
            tx.deadlines.put(replace(each, next_at=opens))
            continue
        moved = each.after(now)
        if moved.next_at is None and each.kind not in OWED_AFTER and now >= each.due_at:
            moved = moved.done(now, "passed")
        tx.deadlines.put(moved)
        _say(tx, now, desk, each)
    return len(due)


def _say(tx: Tx, now: datetime, desk: Desk, each: Deadline) -> None:
    facts = {**each.data, "due": each.due_at.isoformat(), "since": each.began_at.isoformat()}
    match each.kind:
        case DeadlineKind.TOP_UP:
            tell_owners(tx, desk, each.shop, "top_up_due", passed=now >= each.due_at, **facts)
        case DeadlineKind.APPEAL if now < each.due_at:
            tell_owners(tx, desk, each.shop, "appeal_due", **facts)
        case DeadlineKind.OUTAGE_WINDOW if now < each.due_at:
            tell_owners(tx, desk, each.shop, "outage_window_due", **facts)
        case DeadlineKind.OUTAGE_END:
            tell_owners(tx, desk, each.shop, "outage_end_due", also=[str(each.data["by"])], **facts)
        case DeadlineKind.OUTAGE_DECISION:
            fell_silent(tx, now, desk, str(each.data["outage"]))
            tell_owners(tx, desk, each.shop, "outage_decision_due", **facts)
        case _:
            pass
