"""The outbox: what is owed, who holds it, what became of it.

A row is pending, leased, or has ended (sent, dropped, parked); ended rows stay for whoever asks. The head of a stream
may leave, nothing behind it, so that messages of one order arrive in the order in which they were owed, one at a time;
but edits go their own way, and what fails again and again is passed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from coopbot.clock import wall
from coopbot.domain.intent import Intent, Lane, Owed, Priority, Receipt, What, named_in
from coopbot.domain.work_order import OrderKey
from coopbot.store import outbox_sql as sql
from coopbot.store.session import Session
from coopbot.store.tables import LEASED, PENDING, SENT

_FEW, _CANDIDATES = 64, 1000
"""Heads looked at for one claim where a target gets a few at a time: mostly the first ones do, but a channel's whole
backlog may stand in front."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Outbox:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._owed: dict[str | int, Intent] = {}

    def add(self, intents: Sequence[Intent]) -> None:
        for intent in intents:
            self._owed.setdefault(intent.key or len(self._owed), intent)
        if intents:
            self._session.owes.update(intent.lane for intent in intents)
            self._session.write_later("outbox", self._write)

    def _write(self) -> None:
        add = sql.ADD_SHARED if self._session.shared else sql.ADD_HERE
        now = wall()
        owed, self._owed = self._owed, {}
        self._session.insert(add, [self._line(intent, now) for intent in owed.values()])

    def claim(
        self,
        lane: Lane,
        now: datetime,
        limit: int,
        lease_s: float,
        *,
        busy: Sequence[str] = (),
        without: Sequence[What] = (),
        per_target: int = 0,
        scarce: bool = False,
    ) -> Sequence[Owed]:
        session = self._session
        session.hold([f"claim {lane.value}"])
        leases = session.lease_clock()
        under_way = session.all(sql.UNDER_WAY, lane=lane.value, leases=leases)
        posting = Counter(target for _, target, what in under_way if what != What.REDRAW.value)
        full = [target for target, count in posting.items() if per_target and count >= per_target]
        sizes = (max(limit, _FEW), max(limit, _CANDIDATES)) if per_target else (limit,)
        for size in sizes:
            found = session.all(
                sql.HEADS,
                lane=lane.value,
                now=now,
                leases=leases,
                busy=[*busy, *full],
                without=[what.value for what in without],
                posting=[stream for stream, _, what in under_way if what != What.REDRAW.value],
                drawing=[stream for stream, _, what in under_way if what in (What.REDRAW.value, What.CARD.value)],
                limit=size,
            )
            heads = _few_of_each(found, Counter(posting), per_target) if per_target else found
            if len(found) < size or (len(heads) >= limit and not scarce):
                break
        heads = (_longest_queue_first(heads, found) if scarce else heads)[:limit]
        if not heads:
            return []
        return self._lease([head[0] for head in heads], lease_s, leases)

    def waiting(self, lane: Lane, now: datetime, most: int) -> Mapping[str, int]:
        return Counter(
            target for (target,) in self._session.all(sql.WAITING_POSTS, lane=lane.value, now=now, limit=most)
        )

    def gather(self, first: Owed, most: int, now: datetime, lease_s: float) -> Owed:
        session, intent = self._session, first.intent
        if intent.order is None:
            return first
        others = session.all(
            sql.LIKE_IT,
            lane=intent.lane.value,
            its_priority=int(intent.priority),
            its_target=intent.target,
            limit=most - 1,
        )
        if not others:
            return first
        orders = [intent.order, *(OrderKey(connection, number) for _, connection, number, _ in others)]
        args = {"orders": [str(order) for order in orders]}
        return self._joined(first, others, replace(intent, what=What.DIGEST, order=None, args=args), now, lease_s)

    def join(self, first: Owed, most: int, now: datetime, lease_s: float) -> Owed:
        intent = first.intent
        others = self._session.all(
            sql.REMINDERS_LIKE_IT, lane=intent.lane.value, its_target=intent.target, limit=most - 1
        )
        if not others:
            return first
        items = [item for args in (intent.args, *(row[1] for row in others)) for item in args["items"]]
        priority = Priority(min(intent.priority, *(row[2] for row in others)))
        together = replace(intent, priority=priority, args={**intent.args, "items": items})
        return self._joined(first, others, together, now, lease_s)

    def _joined(
        self, first: Owed, others: Sequence[Sequence[Any]], intent: Intent, now: datetime, lease_s: float
    ) -> Owed:
        """One message in place of ``first`` and of ``others``, whose rows begin with the id and end with since when."""
        session, uid = self._session, uuid4().hex
        if intent.what is What.DIGEST:
            intent = replace(intent, key=f"digest:{uid}")
        owed_at = min(first.owed_at, *(row[-1] for row in others))
        session.change(sql.JOINED, uids=[first.id], ids=[row[0] for row in others], now=now, new_why=f"told by {uid}")
        session.insert(sql.ADD_HERE, [{**self._line(intent, owed_at), "uid": uid}])
        ((row_id,),) = session.all(sql.BY_UID, the_uid=uid)
        return self._lease([row_id], lease_s)[0]

    def sent(self, owed: Owed, now: datetime, receipt: str = "") -> bool:
        return self._end(sql.SENT_IT, owed, now, receipt=receipt)

    def arrived(self, them: Sequence[tuple[Owed, str]], now: datetime) -> Set[str]:
        held = dict(self._session.all(sql.HOLDS, uids=[owed.id for owed, _ in them]))
        them = [(owed, receipt) for owed, receipt in them if held.get(owed.id) == owed.lease]
        ended = {"state": SENT, "done_at": now, "leased_until": None}
        if them:
            self._session.update(sql.ARRIVED, [{**ended, "receipt": receipt, "uid": owed.id} for owed, receipt in them])
        return {owed.id for owed, _ in them}

    def drop(self, owed: Owed, now: datetime, why: str) -> bool:
        return self._end(sql.DROPPED_IT, owed, now, why=why)

    def park(self, owed: Owed, now: datetime, why: str) -> bool:
        return self._end(sql.PARKED_IT, owed, now, why=why)

    def later(self, owed: Owed, not_before: datetime, why: str, *, begun: bool) -> bool:
        session = self._session
        held = session.one(sql.HELD, the_uid=owed.id, held=owed.lease)
        if held is None:
            return False
        if held[0]:
            # The same was owed anew while this one was under way. This one keeps its id, by which an earlier try is
            # found, and is rendered from the present state: it says what the newer one would have said.
            session.change(sql.COALESCE, its_key=held[0], now=wall(), new_why=f"said by {owed.id}")
        changed = session.change(
            sql.LATER,
            the_uid=owed.id,
            held=owed.lease,
            until=not_before,
            new_why=why,
            unbegun=0 if begun else 1,
            # not when it was claimed: it may have begun long after, and has its effect so much later
            tried=session.lease_clock() if begun else owed.tried_at,
        )
        return changed == 1

    def withdraw(self, what: str, key: str, why: str, now: datetime) -> bool:
        if not key or self._session.change(sql.WITHDRAW, its_what=what, its_key=key, new_why=why, now=now) != 1:
            return False
        self._session.owes.add(What(what).lane)  # what stood behind it may leave
        return True

    def receipts(self, key: OrderKey) -> Sequence[Receipt]:
        own = [Receipt(*row) for row in self._session.all(sql.RECEIPTS, connection=key.connection, number=key.number)]
        if not own:
            return own
        since, name = min(each.owed_at for each in own), str(key)
        bundles = self._session.all(sql.BUNDLES, since=since)
        shared = [Receipt(*row) for *row, args in bundles if name in named_in(args)]
        return sorted([*own, *shared], key=lambda each: each.owed_at)

    def resume(self, now: datetime) -> int:
        return self._session.change(sql.RESUME, leases=_LONG_AGO)

    def oldest(self) -> datetime | None:
        row = self._session.one(sql.OLDEST, now=wall())
        return row[0] if row else None

    def abandoned(self) -> float | None:
        leases = self._session.lease_clock()
        row = self._session.one(sql.ABANDONED, leases=leases)
        return (leases - row[0]).total_seconds() if row and row[0] is not None else None

    def next_due(self, lane: Lane) -> datetime | None:
        row = self._session.one(sql.ONE_THAT_MAY, lane=lane.value, now=wall())
        row = row or self._session.one(sql.NEXT, lane=lane.value, now=wall())
        return row[0] if row else None

    def next_waiting(self, lane: Lane, now: datetime) -> datetime | None:
        rows = [self._session.one(each, lane=lane.value, now=now) for each in (sql.WAITING, sql.EXPIRING)]
        return min((row[0] for row in rows if row and row[0] is not None), default=None)

    def _lease(self, ids: Sequence[int], lease_s: float, leases: datetime | None = None) -> Sequence[Owed]:
        session = self._session
        leases = leases or session.lease_clock()
        rows = session.all(sql.TAKE, ids=ids)
        until = leases + timedelta(seconds=lease_s)
        session.change(sql.LEASE, ids=[row[0] for row in rows], until=until, leases=leases)
        return [_owed(row, leases) for row in rows]

    def _end(self, how: Any, owed: Owed, now: datetime, *, receipt: str = "", why: str = "") -> bool:
        changed = self._session.change(how, the_uid=owed.id, held=owed.lease, now=now, new_receipt=receipt, new_why=why)
        return changed == 1

    def _line(self, intent: Intent, now: datetime) -> dict[str, Any]:
        return {
            "workspace": self._session.workspace,
            "uid": uuid4().hex,
            "what": intent.what.value,
            "lane": intent.lane.value,
            "target": intent.target,
            "priority": int(intent.priority),
            "stream": intent.stream,
            "connection": intent.order.connection if intent.order else None,
            "number": intent.order.number if intent.order else None,
            "key": intent.key,
            "args": intent.args,
            "due": intent.due,
            "not_before": intent.not_before,
            "owed_at": now,
            "state": PENDING,
            "attempts": 0,
            "tries": 0,
            "lease": 0,
            "receipt": "",
            "why": "",
        }


def _few_of_each(heads: Sequence[Any], taken: Counter[str], most: int) -> list[Any]:
    """The first of ``heads`` that leave each target with at most ``most``; edits are not counted."""
    few = []
    for head in heads:
        if head[2] != What.REDRAW.value:
            if taken[head[1]] >= most:
                continue
            taken[head[1]] += 1
        few.append(head)
    return few


def _longest_queue_first(heads: Sequence[Any], found: Sequence[Any]) -> list[Any]:
    """Of each priority; edits keep their sequence, by due time."""
    queues = Counter((target, priority) for _, target, what, priority in found if what != What.REDRAW.value)

    def place(head: Any) -> tuple[int, int]:
        _, target, what, priority = head
        return priority, 0 if what == What.REDRAW.value else -queues[target, priority]

    return sorted(heads, key=place)


def _owed(row: Sequence[Any], leases: datetime) -> Owed:
    """The row as it was found, holding the lease that was just written; ``leases`` is the present lease clock."""
    _, uid, what, target, priority, connection, number, key, args, due, not_before, *held = row
    owed_at, attempts, tries, tried_at, lease, state = held
    order = OrderKey(connection, number) if connection is not None else None
    intent = Intent(What(what), target, Priority(priority), order, key, args, not_before, due)
    ago = (leases - tried_at).total_seconds() if tried_at is not None else None
    return Owed(uid, intent, attempts, lease + 1, owed_at, tried_at, tries, ago, state == LEASED)
