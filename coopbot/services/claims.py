"""The tick's part in claims: who claimed is reminded, and what stays unanswered goes back to the team, each once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from coopbot.domain.calling import fallback
from coopbot.domain.claim_expiry import Expiry, expiry
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind, WorkOrder
from coopbot.ports import Tx
from coopbot.services.change import owe_note


def entries(order: WorkOrder, desk: Desk, now: datetime) -> Sequence[Entry]:
    """What the log gains at ``now``: a reminder of the claim, its end, or nothing."""
    found = expiry(order, desk, now)
    if found is None:
        return ()
    match found.due(now):
        case "end":
            data = {"from": found.claim.by, "why": "expired", "since": found.claim.at.isoformat()}
            return (Entry(Kind.RELEASED, now, f"expired:{found.key}", "coopbot", data),)
        case "remind":
            night = not desk.team_for(order).hours.is_open(now)
            told = {"rung": found.key, "due": found.ends_at.isoformat(), "why": "unanswered claim"}
            named = {"called": [found.claim.by], "night": night}
            return (Entry(Kind.REMINDED, now, f"rung:{found.key}", "coopbot", {**told, **named}),)
        case _:
            return ()


def owe_words(tx: Tx, now: datetime, desk: Desk, before: WorkOrder, after: WorkOrder, fresh: Sequence[Entry]) -> None:
    """Say in the thread what :func:`entries` did: to its holder before, to who is on call after."""
    found = expiry(before, desk, now)
    for entry in fresh if found is not None else ():
        assert found is not None
        if entry.kind is Kind.RELEASED:
            team = desk.team_for(after)
            duty = team.duty(now)
            passed = {found.claim.by, *desk.gone}
            here = ([user for user in users if user not in passed] for users in (duty.who, fallback(duty, team)))
            called = next(filter(None, here), [])
            owe_note(tx, desk, after, "claim_expired", mention=called, **_facts(found))
        else:
            owe_note(tx, desk, after, "claim_expires", mention=[found.claim.by], **_facts(found))


def _facts(found: Expiry) -> dict[str, str]:
    return {"who": found.claim.by, "since": found.claim.at.isoformat(), "ends": found.ends_at.isoformat()}
