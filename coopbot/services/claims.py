"""The tick's part in claims: who claimed is reminded, and what stays unanswered goes back to the team, each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from coopbot.domain.calling import just_called, stand_in
from coopbot.domain.claim_expiry import Expiry, expiry
from coopbot.domain.seen import see
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind, WorkOrder
from coopbot.ports import Tx
from coopbot.services.change import owe_note


def entries(order: WorkOrder, desk: Desk, now: datetime) -> Sequence[Entry]:
    """What the log gains at ``now``: a reminder of the claim; its end, and whom that calls; or nothing."""
    found = expiry(order, desk, now)
    if found is None:
        return ()
    match found.due(now):
        case "end":
            data = {"from": found.claim.by, "why": "expired", "since": found.claim.at.isoformat()}
            released = Entry(Kind.RELEASED, now, f"expired:{found.key}", "coopbot", data)
            others = stand_in(see(order, desk, now), "on_call", {found.claim.by, *desk.gone})
            return released, _reminded(order, desk, now, f"{found.key}:end", found, others)
        case "remind":
            holder = () if found.claim.by in desk.gone else (found.claim.by,)
            return (_reminded(order, desk, now, found.key, found, holder),)
        case _:
            return ()


def sparing(order: WorkOrder, desk: Desk, now: datetime, said: Sequence[Entry], fresh: Sequence[Entry]) -> list[Entry]:
    """``fresh`` without calling whom a message about the order, ``said`` included, called a moment ago."""
    just = just_called((*order.log, *said), now, desk.mention_gap)
    return [_calling(entry, [user for user in entry.data.get("called", ()) if user not in just]) for entry in fresh]


def owe_words(tx: Tx, now: datetime, desk: Desk, before: WorkOrder, after: WorkOrder, fresh: Sequence[Entry]) -> None:
    """Say in the thread what :func:`entries` did: to its holder before, to who has to take it after."""
    found = expiry(before, desk, now)
    for entry in fresh if found is not None else ():
        assert found is not None
        if entry.kind is Kind.REMINDED:
            code = "claim_expired" if entry.data["why"] == "expired claim" else "claim_expires"
            owe_note(tx, desk, after, code, mention=entry.data["called"], **_facts(found))


def _reminded(order: WorkOrder, desk: Desk, now: datetime, key: str, found: Expiry, called: Sequence[str]) -> Entry:
    why = "expired claim" if found.due(now) == "end" else "unanswered claim"
    night = not desk.team_for(order).hours.is_open(now)
    data = {"rung": key, "due": found.ends_at.isoformat(), "why": why, "called": list(called), "night": night}
    return Entry(Kind.REMINDED, now, f"rung:{key}", "coopbot", data)


def _calling(entry: Entry, users: Sequence[str]) -> Entry:
    return replace(entry, data={**entry.data, "called": list(users)}) if "called" in entry.data else entry


def _facts(found: Expiry) -> dict[str, str]:
    return {"who": found.claim.by, "since": found.claim.at.isoformat(), "ends": found.ends_at.isoformat()}
