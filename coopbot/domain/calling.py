"""Whom a step calls, and why: roles become people at fire time; nobody there means the next, never nobody."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from coopbot.domain.approval import pending
from coopbot.domain.escalation import calls_with_card
from coopbot.domain.ladder import Rung
from coopbot.domain.quiet import Quiet
from coopbot.domain.recall import on_shift
from coopbot.domain.rota import Duty
from coopbot.domain.seen import Seen
from coopbot.domain.team import Team
from coopbot.domain.work_order import Entry, Kind, WorkOrder

EVERYBODY = "!channel"
"""Not a person: the whole channel."""
PROMISED = "promised"
"""Why somebody is called who promised something when the matter was raised before."""
WITHOUT_RUNG = ("claimant", "on_call")
"""Whom the card, the window's opening and an urge call (decisions.md 15)."""


@dataclass(frozen=True)
class Call:
    """Whom a step mentions, and why."""

    users: tuple[str, ...]
    """Slack ids of people, ``S…`` of user groups, :data:`EVERYBODY`."""
    why: str
    """``claimant``, ``promised``, ``on_call``, ``backup``, ``lead``, ``manager``, ``named``, ``round_robin``,
    ``channel`` or ``nobody_on_call``: the first one's reason."""
    spared: tuple[str, ...] = ()
    """Those who were called for the same thing just before, so that this message names them no more."""
    quiet: tuple[str, ...] = ()
    """Those whose quiet hours run: they are told when these are over."""
    missing: tuple[str, ...] = ()
    """Whom the step wanted and who is no longer in the workspace."""


def call(seen: Seen, rung: Rung | None, gone: Collection[str] = (), turn: int = 0) -> Call:
    """Resolve a rung's roles to people at ``seen.now`` (fire time). Nobody on call: the backup, then the leads.

    ``gone`` are deactivated people: the next in line is called in their place, and so it is for a role that nobody
    has. ``turn`` picks of a round robin.
    """
    users: list[str] = []
    missing: list[str] = []
    why = ""
    roles = rung.mentions if rung is not None else WITHOUT_RUNG
    for role in roles:
        wanted, reason = _of_role(seen, role, gone, turn)
        if rung is None and reason == PROMISED:
            wanted = wanted[:1]  # the first call is theirs alone; where a step is due, who is on call hears it too
        missing += [user for user in wanted if user in gone and user not in missing]
        found = [user for user in wanted if user not in gone]
        if wanted and not found:
            found, reason = list(stand_in(seen, role, gone)), reason if role != "on_call" else "nobody_on_call"
        if found and not users:
            why = reason
        users += [user for user in found if user not in users]
    for role in roles if not users else ():
        if role in _ABOVE and (above := _without(_above(seen.team, role), gone)):
            return Call(above, role, missing=tuple(missing))
    return Call(tuple(users), why, missing=tuple(missing))


def called_by_card(seen: Seen, gone: Collection[str] = ()) -> tuple[str, ...]:
    """Whom posting the card calls; nobody while the clock does not run, or when it is answered (decisions.md 10)."""
    order = seen.order
    if order.standing_reply is not None or order.ending is not None:
        return ()
    if not order.team and not calls_with_card(order, seen.rules, seen.team, seen.due):
        # what was given to another team is news to it whenever that was done
        return _promised(seen, gone) if seen.clock_runs and seen.team.hours.is_open(seen.now) else ()
    return call(seen, None, gone).users


def duty_note(seen: Seen) -> str:
    """``nobody_on_call`` for an order that would be the on-call's, were there one; ``nobody_was_on_call`` where that
    was so when it was told, or at its last reminder. A key of the card's notes."""
    order = seen.order
    waits = order.claim is None and order.standing_reply is None and order.ending is None
    if not waits or not seen.is_crc:
        return ""
    if not seen.duty.who:
        return "nobody_on_call"
    called = [entry for entry in order.log if entry.kind in (Kind.TOLD, Kind.REMINDED)]
    return "nobody_was_on_call" if called and called[-1].data.get("reason") == "nobody_on_call" else ""


def with_approvers(called: Call, order: WorkOrder, rung: Rung | None, gone: Collection[str] = ()) -> Call:
    """While an answer waits for a second person, whoever was asked to approve it is called by the ladder's steps too:
    it is in their hands as much as in its author's."""
    request = pending(order)
    if request is None or (rung is not None and not rung.calls):
        return called
    more = [user for user in _without(request.called, gone) if user not in called.users]
    return replace(called, users=(*called.users, *more))


def _of_role(seen: Seen, role: str, gone: Collection[str], turn: int) -> tuple[tuple[str, ...], str]:
    team, claim, duty = seen.team, seen.order.claim, seen.duty
    match role:
        case "claimant":
            return ((claim.by,) if claim else ()), role
        case "on_call":
            if claim is not None and claim.by not in gone:
                return (), role
            if promised := _promised(seen, gone):
                return tuple(dict.fromkeys((*promised, *duty.who))), PROMISED
            return (duty.who, role) if duty.who else (fallback(duty, team), "nobody_on_call")
        case "backup":
            return duty.backup, role
        case "lead":
            return team.leads, role
        case "manager":
            return team.managers, role
        case "channel":
            return (EVERYBODY,), role
        case "round_robin":
            return in_turn(duty, team, gone, turn), role
        case _ if role.startswith("usergroup:"):
            return (role.removeprefix("usergroup:"),), "named"
    return (role.removeprefix("user:"),), "named"


def _promised(seen: Seen, gone: Collection[str]) -> tuple[str, ...]:
    """Who promised something when the matter was raised before, if they are there and nobody has it."""
    recall = seen.recall
    if recall is None or seen.order.claim is not None:
        return ()
    return (recall.by,) if on_shift(recall.by, seen.team, seen.duty, seen.now, gone) else ()


_ABOVE = ("backup", "lead", "manager")
"""Roles that a team may have nobody for."""


def _above(team: Team, role: str) -> tuple[str, ...]:
    return team.managers if role == "lead" else team.leads or team.managers


def stand_in(seen: Seen, role: str, gone: Collection[str]) -> tuple[str, ...]:
    """Nobody of a role is to be had: the next above who is."""
    return _without(seen.team.leads, gone) if role == "manager" else there(seen.duty, seen.team, gone)


def there(duty: Duty, team: Team, gone: Collection[str]) -> tuple[str, ...]:
    """Of the on-call, the backup, the leads and the managers the first of whom somebody is there."""
    groups = (duty.who, duty.backup, team.leads, team.managers)
    return next((left for group in groups if (left := _without(group, gone))), ())


def fallback(duty: Duty, team: Team) -> tuple[str, ...]:
    """Who is called while nobody is on call: the backup, else the leads, else the managers."""
    return duty.backup or team.leads or team.managers


def in_turn(duty: Duty, team: Team, gone: Collection[str], turn: int) -> tuple[str, ...]:
    """One of those on shift, each in turn; nobody on shift: as when nobody is on call."""
    pool = _without((*duty.who, *duty.backup), gone) or there(duty, team, gone)
    return (pool[turn % len(pool)],) if pool else ()


def _without(users: Iterable[str], gone: Collection[str]) -> tuple[str, ...]:
    return tuple(user for user in users if user not in gone)


def sparing(called: Call, order: WorkOrder, now: datetime, gap: timedelta) -> Call:
    """``called`` without those whom a message about this order named less than ``gap`` ago (noise budget)."""
    just = just_called(order.log, now, gap)
    keep = tuple(user for user in called.users if user not in just)
    spared = tuple(user for user in called.users if user in just)
    return replace(called, users=keep, spared=spared) if spared else called


def just_called(log: Iterable[Entry], now: datetime, gap: timedelta) -> frozenset[str]:
    """Whom a message about the order named less than ``gap`` ago."""
    said = [entry for entry in log if entry.kind in (Kind.REMINDED, Kind.TOLD) and timedelta() <= now - entry.at < gap]
    return frozenset(str(user) for entry in said for user in entry.data.get("called") or ())


def hushed(called: Call, it: Seen, quiet: Mapping[str, Quiet]) -> Call:
    """``called`` without those whose quiet hours run: they hear of the order when these are over and the team works.

    Not for urgent classes (CRC, decisions.md 10), and not for an order that falls due before (assumed): both pierce.
    """
    if it.klass.mentions_on_card:
        return called

    def waits(user: str) -> bool:
        back = quiet[user].ends(it.now) if user in quiet else None
        return back is not None and not it.now <= it.due.at <= it.team.hours.next_open(back)

    kept_back = tuple(user for user in called.users if waits(user))
    return replace(called, users=tuple(u for u in called.users if u not in kept_back), quiet=kept_back)
