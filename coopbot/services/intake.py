"""Intake: platform events become orders and entries, once each, in whatever sequence they come (platform-api.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from coopbot.domain.event import Answer, InboxRow, PlatformEvent, Standing, Verdict
from coopbot.domain.intent import FIRST_CARD, Intent, Priority, What
from coopbot.domain.order_log import tell, tell_on
from coopbot.domain.seen import class_of
from coopbot.domain.team import Desk
from coopbot.domain.triage import why_refused
from coopbot.domain.work_order import Entry, Kind, OrderKey, WorkOrder
from coopbot.failpoints import failpoint
from coopbot.ports import Index, Tx
from coopbot.services import drill, recalls
from coopbot.services.aftermath import owe_aftermath
from coopbot.services.alarm import alarm
from coopbot.services.change import index_of, record_and_redraw, unrecorded
from coopbot.services.platform_money import MONEY, book

_PREFIX = "work_order."
KINDS = {kind.value: kind for kind in Kind}


def take(tx: Tx, now: datetime, desk: Desk, events: Sequence[PlatformEvent]) -> list[Answer]:
    """Take events of any connections. What is answered is true once this unit of work has committed."""
    batch = _Batch(tx, now, desk, events)
    answers = [batch.judge(event) for event in events]
    batch.write()
    return answers


class _Batch:
    """One list of events: looked up in a few queries, judged one by one, written in a few statements."""

    def __init__(self, tx: Tx, now: datetime, desk: Desk, events: Sequence[PlatformEvent]) -> None:
        self.tx, self.now, self.desk = tx, now, desk
        # Whatever two batches may share is held before anything is looked up, and in one sequence: neither is undone
        # by what the other one has added, and no two wait for each other at once (docs/adr/0002).
        tx.ledger.hold(sorted({event.connection for event in events if event.type in MONEY}))
        keys = sorted({event.order for event in events if event.order is not None})
        self.orders = dict(tx.orders.get_many(keys, for_update=True)) if keys else {}
        by_connection: dict[str, list[str]] = defaultdict(list)
        for event in events:
            by_connection[event.connection].append(event.id)
        self.digests = {
            (connection, event_id): row.event.digest
            for connection, ids in by_connection.items()
            for event_id, row in tx.inbox.known(connection, ids).items()
        }
        raised = sorted({event.order for event in events if event.order is not None and event.version})
        self.versions: dict[OrderKey, dict[int, str]] = defaultdict(dict)
        for (key, version), digest in (tx.inbox.raised(raised) if raised else {}).items():
            self.versions[key][version] = digest
        self.waiting: dict[OrderKey, list[PlatformEvent]] = defaultdict(list)
        new = [key for key in raised if key not in self.orders]
        for event in tx.inbox.waiting_for(new) if new else ():
            if event.order is not None:
                self.waiting[event.order].append(event)
        self.rows: list[InboxRow] = []
        self.released: list[PlatformEvent] = []
        self.entries: dict[OrderKey, list[Entry]] = defaultdict(list)
        self.born: dict[OrderKey, None] = {}

    def judge(self, event: PlatformEvent) -> Answer:
        known = self.digests.get((event.connection, event.id))
        if known is not None:
            if known == event.digest:
                return Answer(event.id, Verdict.DUPLICATE)
            return self._conflict(event, "this id came before with another body")
        verdict = self._route(event)
        if verdict.status not in (Verdict.CONFLICT, Verdict.INVALID):
            self.digests[event.connection, event.id] = event.digest
        return verdict

    def _route(self, event: PlatformEvent) -> Answer:
        if event.type in MONEY:
            book(self.tx, self.now, self.desk, event)
            return self._keep(event, Standing.APPLIED)
        kind = KINDS.get(event.type.removeprefix(_PREFIX)) if event.type.startswith(_PREFIX) else None
        if kind is None or event.order is None:
            return self._keep(event, Standing.IGNORED, "unknown type")
        if kind is Kind.RAISED:
            return self._raised(event, event.order)
        entry = _entry(kind, event, self.now)
        if event.order in self.orders or event.order in self.entries:
            self.entries[event.order].append(entry)
            return self._keep(event, Standing.APPLIED)
        self.waiting[event.order].append(event)
        return self._keep(event, Standing.WAITING)

    def _raised(self, event: PlatformEvent, key: OrderKey) -> Answer:
        versions = self.versions[key]
        same = versions.get(event.version)
        if same is not None:
            if same == event.digest:
                return Answer(event.id, Verdict.DUPLICATE)
            return self._conflict(event, f"version {event.version} of this order came before with another body")
        if self.desk.profile.order_class(event.data["class"]) is None:
            allowed = ", ".join(sorted(self.desk.profile.classes))
            return Answer(event.id, Verdict.INVALID, f"data.class: must be one of {allowed}")
        versions[event.version] = event.digest
        reason = why_refused(event.data, self.desk.profile)
        if reason is not None:
            self._owe_refusal(event, reason)
            return self._keep(event, Standing.REFUSED, reason)
        new = key not in self.orders and key not in self.born
        if event.version < max(versions) and not new:
            self._keep(event, Standing.IGNORED, "an older version")
            return Answer(event.id, Verdict.DUPLICATE, "an older version")
        if new:
            self.born[key] = None
            early = self.waiting.pop(key, [])
            self.released += early
            self.entries[key] += [_entry(KINDS[each.type.removeprefix(_PREFIX)], each, self.now) for each in early]
        self.entries[key].insert(0, _entry(Kind.RAISED, event, self.now))
        return self._keep(event, Standing.APPLIED)

    def _keep(self, event: PlatformEvent, standing: Standing, reason: str = "") -> Answer:
        self.rows.append(InboxRow(event, standing, self.now, reason))
        verdict = {Standing.IGNORED: Verdict.IGNORED, Standing.REFUSED: Verdict.REFUSED}.get(standing, Verdict.ACCEPTED)
        return Answer(event.id, verdict, reason)

    def _conflict(self, event: PlatformEvent, reason: str) -> Answer:
        alarm(self.tx, self.desk, "conflict", key=f"{event.connection}:{event.id}", event=event.id, reason=reason)
        return Answer(event.id, Verdict.CONFLICT, reason)

    def _owe_refusal(self, event: PlatformEvent, reason: str) -> None:
        shop = str(event.data["shop_id"])
        team = self.desk.team_of(event.connection, shop)
        args = {"reason": reason, "facts": dict(event.data), "connection": event.connection}
        once = f"refused:{event.connection}:{event.id}"
        self.tx.outbox.add([Intent(What.REFUSED, team.channel, Priority.NOTE, key=once, args=args)])

    def write(self) -> None:
        self.tx.inbox.keep(self.rows)
        if self.released:
            self.tx.inbox.applied(self.released)
        failpoint("intake.before_commit")
        profile = (self.desk.profile.name, self.desk.profile.version)
        new: list[tuple[WorkOrder, Index]] = []
        born = [tell(key, profile, self.now, tuple(_once(self.entries.pop(key)))) for key in self.born]
        again = recalls.entries(self.tx, self.now, self.desk, born)
        for order in born:
            if recalled := again.get(order.key):
                order = tell_on(order, [recalled])
            new.append((order, index_of(order, self.desk, self.now)))
        if new:
            self.tx.orders.add(new)
            for order, _ in new:
                self._alarm_if_nobody_has(order)
            self._preempt_drills([order for order, _ in new])
            self.tx.outbox.add([_card(order, self.desk, index) for order, index in new])
        for key, entries in sorted(self.entries.items()):
            self._append(self.orders[key], entries)

    def _preempt_drills(self, orders: Sequence[WorkOrder]) -> None:
        """A real CRC ends its team's drill before its card goes out."""
        urgent = [order for order in orders if class_of(order, self.desk.rules_for(order)).mentions_on_card]
        teams = {team.name: team for team in map(self.desk.team_for, urgent)}
        drill.preempt(self.tx, self.now, tuple(teams.values()))

    def _alarm_if_nobody_has(self, order: WorkOrder) -> None:
        shop = order.facts.shop_id
        if self.desk.team_for(order).is_fallback:
            alarm(self.tx, self.desk, "unknown_shop", key=f"{order.key.connection}:{shop}", shop=shop)

    def _append(self, before: WorkOrder, entries: Sequence[Entry]) -> None:
        fresh = unrecorded(before, _once(entries))
        if not fresh:
            return
        after = record_and_redraw(self.tx, self.now, self.desk, before, fresh)
        owe_aftermath(self.tx, self.now, self.desk, before, after, fresh)


def _entry(kind: Kind, event: PlatformEvent, now: datetime) -> Entry:
    key = f"raised:{event.version}" if kind is Kind.RAISED else f"event:{event.id}"
    return Entry(kind, event.at or now, key, "platform", event.data)


def _once(entries: Iterable[Entry]) -> list[Entry]:
    return list({entry.key: entry for entry in entries}.values())


def _card(order: WorkOrder, desk: Desk, index: Index) -> Intent:
    urgent = class_of(order, desk.rules_for(order)).mentions_on_card
    channel = desk.team_for(order).channel
    priority = Priority.CRC_CARD if urgent else Priority.CARD
    key, due = f"{FIRST_CARD}{order.key}", int(index.due_at.timestamp())
    return Intent(What.CARD, channel, priority, order.key, key, due=due)
