"""A claim without an answer does not last: its holder is reminded, then the order goes back to the team.

Counted in the hours in which its holder may be called (CRC: while its clock runs, others: the team's), from the claim,
or from what brought the order back to its holder since: a rejection, a stopped, refused or declined reply. A pause,
the platform's or the team's own, does not count. While an answer waits for a second person the claim does not run out:
its holder has done their part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from coopbot.domain.approval import Standing, pending, requests
from coopbot.domain.calling import Call, hushed, just_called, stand_in
from coopbot.domain.pauses import add, as_windows
from coopbot.domain.seen import class_of, deadline, see
from coopbot.domain.sla import Due
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Claim, Entry, Kind, ReplyState, WorkOrder

REMINDS_AT = 2 / 3
"""Of the time that the profile gives a claim: then its holder is asked for the answer."""
_GIVES = (Kind.CLAIMED, Kind.TAKEN_OVER, Kind.HANDED_OVER)
_UNSENT = (Standing.DECLINED, Standing.WITHDRAWN)
_BACK = (ReplyState.REJECTED, ReplyState.FAILED, ReplyState.CANCELLED)


@dataclass(frozen=True)
class Expiry:
    """What becomes of the present claim if nothing is answered."""

    claim: Claim
    reminds_at: datetime
    ends_at: datetime
    since: datetime
    """From when it is counted."""
    rejected: bool
    """Whether that is the rejection of an answer."""
    key: str
    """The claim's own within the order: what the log's "once" is about."""
    reminded: bool

    def due(self, now: datetime) -> str:
        """``end``, ``remind`` or nothing."""
        if now >= self.ends_at:
            return "end"
        return "remind" if now >= self.reminds_at and not self.reminded else ""

    @property
    def next_look(self) -> datetime:
        return self.ends_at if self.reminded else min(self.reminds_at, self.ends_at)


def expiry(order: WorkOrder, desk: Desk, now: datetime, its_due: Due | None = None) -> Expiry | None:
    """How the present claim runs out; None while it can't: nobody has it, it is answered, ended or on hold.

    Both instants wait for the hours in which people may be called (decisions.md 10): a night counts against nobody.
    """
    rules, team = desk.rules_for(order), desk.team_for(order)
    lasts, claim = rules.claim_expires, order.claim
    if lasts is None or claim is None or order.ending is not None or order.pause is not None:
        return None
    if order.standing_reply is not None or pending(order) is not None:
        return None
    klass = class_of(order, rules)
    called = (its_due or deadline(order, rules, now)).calendar if klass.mentions_on_card else team.hours
    rejected = [rejection.settled_at for rejection in order.rejections if rejection.settled_at]
    back = [reply.settled_at for reply in order.replies if reply.state in _BACK and reply.settled_at]
    back += [each.settled_at for each in requests(order) if each.standing in _UNSENT and each.settled_at]
    since = max([claim.at, *back])
    holes = as_windows(order.pauses, now)
    given = [entry.key for entry in order.log if entry.kind in _GIVES]
    key = f"claim:{len(given)}:{len(back)}"
    return Expiry(
        claim=claim,
        reminds_at=called.next_open(add(called, since, lasts * REMINDS_AT, holes)),
        ends_at=called.next_open(add(called, since, lasts, holes)),
        since=since,
        rejected=since in rejected and since > claim.at,
        key=key,
        reminded=key in order.fired,
    )


def entries(order: WorkOrder, desk: Desk, now: datetime, its_due: Due | None = None) -> Sequence[Entry]:
    """What the log gains at ``now``: a reminder of the claim; its end, and whom that calls; or nothing."""
    found = expiry(order, desk, now, its_due)
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
    """``fresh`` without calling whom a message about the order, ``said`` included, called a moment ago, nor those whose
    quiet hours run."""
    just = just_called((*order.log, *said), now, desk.mention_gap)
    it = see(order, desk, now)

    def called(entry: Entry) -> tuple[str, ...]:
        users = (user for user in entry.data.get("called", ()) if user not in just)
        return hushed(Call(tuple(users), ""), it, desk.quiet).users

    return [_calling(entry, called(entry)) for entry in fresh]


def _reminded(order: WorkOrder, desk: Desk, now: datetime, key: str, found: Expiry, called: Sequence[str]) -> Entry:
    why = "expired claim" if found.due(now) == "end" else "unanswered claim"
    night = not desk.team_for(order).hours.is_open(now)
    data = {"rung": key, "due": found.ends_at.isoformat(), "why": why, "called": list(called), "night": night}
    return Entry(Kind.REMINDED, now, f"rung:{key}", "coopbot", data)


def _calling(entry: Entry, users: Sequence[str]) -> Entry:
    return replace(entry, data={**entry.data, "called": list(users)}) if "called" in entry.data else entry
