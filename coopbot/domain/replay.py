"""Recorded orders through other rules: what would have been late, and who would have been called (offline, exact).

What the platform and the team did is taken as recorded; what we did (steps, breaches, transfers, the end of claims)
happens anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from coopbot.domain.calling import Call, call, called_by_card, hushed, sparing, with_approvers
from coopbot.domain.claim_expiry import entries as of_claim
from coopbot.domain.claim_expiry import expiry
from coopbot.domain.claim_expiry import sparing as sparing_of_claim
from coopbot.domain.escalation import Decision, decide, next_look, rejection_waits
from coopbot.domain.ledger import LedgerEntry, PenaltyKind
from coopbot.domain.order_log import tell, tell_on
from coopbot.domain.penalty import predict
from coopbot.domain.profile import Profile
from coopbot.domain.seen import deadline, see
from coopbot.domain.team import Desk, ShopKey, Team
from coopbot.domain.work_order import Entry, Kind, ReplyState, WorkOrder

OURS = frozenset({Kind.TOLD, Kind.REMINDED, Kind.SUPERSEDED, Kind.BREACHED, Kind.MOVED, Kind.REAPPLIED})


@dataclass
class Result:
    """What a run through a set of rules comes to."""

    orders: int = 0
    skipped: int = 0
    """Orders whose class the rules do not have."""
    unkept: int = 0
    """Orders whose own version of the rules nobody has any more: the desk's stand in."""
    breaches: int = 0
    penalties: Counter[PenaltyKind] = field(default_factory=Counter)
    points: int = 0
    fines: Counter[str] = field(default_factory=Counter)
    """Predicted fines of a known amount: minor units by currency."""
    mentions: Counter[str] = field(default_factory=Counter)
    """By person; a message that calls somebody for several orders mentions them once."""
    at_night: Counter[str] = field(default_factory=Counter)
    """Of those, outside the team's hours."""


def under(desk: Desk, profile: Profile) -> Desk:
    """The desk with ``profile`` for every order, whatever it was born under."""
    known = MappingProxyType({(profile.name, profile.version): profile})
    return replace(desk, profile=profile, profiles=known)


def replay(
    orders: Iterable[WorkOrder], desk: Desk, until: datetime, done: Callable[[], object] = lambda: None
) -> Result:
    """Run ``orders``, in the sequence in which they came, under the desk's rules until ``until``.

    ``done`` is called after each order. The same orders and rules always give the same result.
    """
    run = _Run(desk, until)
    for order in orders:
        if desk.rules_for(order).order_class(order.facts.class_code) is None:
            run.result.skipped += 1
        else:
            run.order(order)
        done()
    run.reckon()
    return run.result


class _Run:
    def __init__(self, desk: Desk, until: datetime) -> None:
        self.desk, self.until = desk, until
        self.result = Result()
        self.turns: Counter[str] = Counter()
        self.said: set[tuple[str, str, datetime]] = set()
        self.late: list[tuple[datetime, WorkOrder, str]] = []

    def order(self, recorded: WorkOrder) -> None:
        self.result.orders += 1
        self.result.unkept += recorded.profile not in self.desk.profiles
        first, *rest = [entry for entry in recorded.log if not _is_ours(entry)]
        key, received = recorded.key, recorded.received_at
        rules = self.desk.rules_for(recorded)
        order = tell(key, (rules.name, rules.version), received, [first])
        it = see(order, self.desk, received)
        if called := called_by_card(it, self.desk.gone):
            self._count(called, it.team, received)
            told = {"channel": it.team.channel, "ts": "1.1", "called": list(called)}
            order = tell_on(order, [Entry(Kind.TOLD, received, "told:1", "coopbot", told)])
        now = received
        for entry in sorted(rest, key=lambda each: max(each.at, received)):
            at = max(entry.at, received)
            order, now = self._look_until(order, now, min(at, self.until)), max(now, at)
            if at <= self.until:
                order = tell_on(order, [entry])
                order = self._rejected(order, entry, now)
        self._look_until(order, now, self.until)

    def reckon(self) -> None:
        """What the breaches cost, in the sequence of their time (decisions.md 23)."""
        known: dict[ShopKey, list[LedgerEntry]] = {}
        for at, order, cause in sorted(self.late, key=lambda row: (row[0], str(row[1].key))):
            earlier = known.setdefault(ShopKey(order.key.connection, order.facts.shop_id), [])
            for entry in predict(order, self.desk.rules_for(order), at, earlier, cause=cause):
                earlier.append(entry)
                self.result.penalties[entry.kind] += 1
                self.result.points += entry.points or 0 if entry.kind is PenaltyKind.POINTS else 0
                if entry.kind is PenaltyKind.FINE and entry.amount is not None:
                    self.result.fines[entry.currency] += entry.amount

    def _rejected(self, order: WorkOrder, entry: Entry, now: datetime) -> WorkOrder:
        """The note of a rejection calls the answer's author, unless a step does."""
        reply = order.reply(str(entry.data["reply_id"])) if entry.kind is Kind.REPLY_REJECTED else None
        if reply is None or reply.state is not ReplyState.REJECTED or order.ending is not None:
            return order
        if rejection_waits(order, self.desk, now) or decide(order, self.desk, now).fire is not None:
            return order
        it = see(order, self.desk, now)
        called = hushed(Call((reply.by,), ""), it, self.desk.quiet).users
        self._count(called, it.team, now)
        step = f"{order.cycle}:rejected"
        said = Entry(Kind.REMINDED, now, f"rung:{step}", "coopbot", {"rung": step, "called": list(called)})
        return tell_on(order, [said]) if called else order

    def _look_until(self, order: WorkOrder, now: datetime, end: datetime) -> WorkOrder:
        while (look := self._next_look(order, now)) is not None and max(look, now) <= end:
            now = max(look, now)
            entries = self._entries(order, decide(order, self.desk, now), now)
            entries += self._of_claim(order, now, entries)
            if not entries:
                break
            order = tell_on(order, entries)
        return order

    def _entries(self, order: WorkOrder, decision: Decision, now: datetime) -> list[Entry]:
        entries = [
            Entry(Kind.SUPERSEDED, now, f"rung:{step.key}", "coopbot", {"rung": step.key, "why": step.why})
            for step in decision.superseded
        ]
        if decision.breach is not None:
            due_at = deadline(order, self.desk.rules_for(order), now).at
            self.result.breaches += 1
            self.late.append((due_at, order, decision.breach))
            data = {"due_at": due_at.isoformat(), "cause": decision.breach}
            entries.append(Entry(Kind.BREACHED, now, "breach", "coopbot", data))
        if decision.fire is not None:
            entries += self._fire(order, decision, now)
        return entries

    def _fire(self, order: WorkOrder, decision: Decision, now: datetime) -> Sequence[Entry]:
        step = decision.fire
        assert step is not None
        it, rung = see(order, self.desk, now), step.rung
        turn = self.turns[it.team.name]
        if rung is not None and "round_robin" in rung.mentions:
            self.turns[it.team.name] += 1
        called = call(it, rung, self.desk.gone, turn)
        called = with_approvers(called, order, rung, self.desk.gone)
        if rung is not None and not rung.is_breach:
            called = sparing(called, order, now, self.desk.mention_gap)
        called = hushed(called, it, self.desk.quiet)
        if rung is None or rung.channel != "webhook":
            self._count(called.users, it.team, now, together=True)
        data = {"rung": step.key, "called": list(called.users)}
        fired = [Entry(Kind.REMINDED, now, f"rung:{step.key}", "coopbot", data)]
        if rung is not None and rung.channel == "transfer" and self.desk.team_named(rung.to) is not None:
            fired.append(Entry(Kind.MOVED, now, f"moved:{step.key}", "coopbot", {"to": rung.to}))
        return fired

    def _next_look(self, order: WorkOrder, now: datetime) -> datetime | None:
        claim = expiry(order, self.desk, now)
        looks = [next_look(order, self.desk, now), claim.next_look if claim is not None else None]
        return min((look for look in looks if look is not None), default=None)

    def _of_claim(self, order: WorkOrder, now: datetime, said: Sequence[Entry]) -> Sequence[Entry]:
        """The end of a claim, or its reminder: a note of its own in the order's thread."""
        found = sparing_of_claim(order, self.desk, now, said, of_claim(order, self.desk, now))
        for entry in found:
            self._count(entry.data.get("called", ()), self.desk.team_for(order), now)
        return found

    def _count(self, users: Sequence[str], team: Team, now: datetime, *, together: bool = False) -> None:
        """``together``: what falls due for one team at one time is one message (decisions.md 10)."""
        if together:
            rows = [(user, team.name, now.replace(microsecond=0)) for user in users]
            users = [row[0] for row in rows if row not in self.said]
            self.said.update(rows)
        self.result.mentions.update(users)
        self.result.at_night.update(users if not team.hours.is_open(now) else ())


def _is_ours(entry: Entry) -> bool:
    return entry.kind in OURS or (entry.kind is Kind.RELEASED and entry.data.get("why") == "expired")
