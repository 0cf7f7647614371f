"""A message that Slack or the platform refused: it goes elsewhere, waits, or is parked; the operator knows why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from coopbot.domain.intent import Owed, Priority, What
from coopbot.domain.team import Desk
from coopbot.ports import Refused, Tx
from coopbot.services import duty_group
from coopbot.services.alarm import alarm
from coopbot.services.closed_door import closed_door
from coopbot.services.digests import one_by_one
from coopbot.services.outcomes import reply_refused


def not_delivered(
    tx: Tx, now: datetime, desk: Desk, owed: Owed, real: datetime, refused: Refused, what: str, again: datetime
) -> bool:
    """Apply a setback (coopbot.delivery.setback); ``again`` is when to try next, where that is what it means."""
    intent = owed.intent
    why = f"{refused.code} {refused.detail}".strip()
    if what == "refused_reply":
        return reply_refused(tx, now, desk, owed, real, why)
    if intent.what is What.GROUP:
        return duty_group.refused(tx, now, desk, owed, real, refused.code)
    if intent.what is What.GLANCE:  # deleted by somebody, or never there: the next one is posted anew
        tx.notes.remove(f"glance:{intent.target}")
    if what == "drop":
        return tx.outbox.drop(owed, real, why)
    this_hour = f"alarm:not_delivered:{intent.target}:{refused.code}:{real:%Y-%m-%dT%H}"
    if intent.what is not What.OPERATOR and tx.once.first(this_hour, real):
        facts = {"channel": intent.target, "code": refused.code, "message": intent.what.value, "detail": refused.detail}
        alarm(tx, desk, "not_delivered", key=f"{intent.target}:{refused.code}", **facts)
    if what == "park":
        surely_not_there = refused.code != "failed" or not owed.attempts
        if intent.what is What.DIGEST and surely_not_there:
            return one_by_one(tx, owed, real, why)
        return tx.outbox.park(owed, real, why)
    if what == "elsewhere" and intent.target[:1] in "UW" and (instead := closed_door(tx, now, desk, owed, refused)):
        if not tx.outbox.drop(owed, real, f"{why}; goes to {instead.target}"):
            return False
        tx.outbox.add([instead])
        return True
    if what == "elsewhere" and intent.target != desk.fallback.channel:
        if not tx.outbox.drop(owed, real, f"{why}; goes to the fallback channel"):
            return False
        elsewhere = replace(intent, target=desk.fallback.channel, key=f"{intent.key}:elsewhere" if intent.key else "")
        if intent.what is What.OPERATOR:
            elsewhere = replace(elsewhere, priority=Priority.BREACH)
        tx.outbox.add([elsewhere])
        return True
    return tx.outbox.later(owed, again, why, begun=False)
