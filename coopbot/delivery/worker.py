"""The delivery worker: what may leave is claimed with a lease, as fast as Slack's pace lets it, until it is stopped.

A message is in one of three places: owed, under way with a lease, or recorded. What happens to one that is under way
is the courier's business.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from coopbot.clock import Clock, monotonic, wall
from coopbot.delivery.courier import Courier, counted_as
from coopbot.delivery.pacing import POST, UPDATE, Pacer, Reach
from coopbot.delivery.rendered import Rendered
from coopbot.delivery.wire import Wire
from coopbot.domain.digest import MOST_ORDERS
from coopbot.domain.intent import Lane, Owed, What
from coopbot.domain.team import Desk
from coopbot.failpoints import failpoint
from coopbot.ports import Languages, Store, Tx

log = logging.getLogger(__name__)

__all__ = ["IDLE_S", "LEASE_S", "Wire", "Worker", "Workers"]

LEASE_S = 25.0
IDLE_S = 2.0
"""A worker that nobody nudges looks this often, in seconds: another process may have owed or finished something."""

PATIENCE_S = 2.0
"""Orders get a card each as long as the pace lets the last that waits out within so many seconds; else they go in
digests. With Slack's pace: five at once for a quiet channel. It is what performance.md §5 grants above the least time
there is."""

PER_TARGET: Mapping[Lane, int] = {Lane.CHAT: 1, Lane.PLATFORM: 8}
"""Under way to one target: a channel sees posts in order, and a platform that hangs leaves room for the others."""

_MOST_COUNTED = 1000
"""Waiting posts that are counted to see whether they leave in time; the workspace's pace is mostly a few dozen."""

_BREATH_S = 0.02
"""Seconds of rest at the least after a look that found nothing, however often something is owed meanwhile."""
_SHARE = 5
"""And so many times as long as that look took: with a backlog that may not leave yet, clicks are to have the store."""
_AWAY_S, _LONG_AWAY_S = 0.5, 5.0
"""Seconds until the next look after the store could not be asked; growing to the second."""

_MOST_JOINED = 50
"""Bundles of up to 100 reminders each."""


class Worker:
    """Delivers one lane until stopped. Several, in several processes, may run on one store."""

    def __init__(
        self,
        lane: Lane,
        store: Store,
        desk: Desk,
        clock: Clock,
        wire: Wire,
        languages: Languages,
        *,
        pacer: Pacer | None = None,
        width: int = 32,
        lease_s: float = LEASE_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.lane, self.store, self.width, self.lease_s, self.patience_s = lane, store, width, lease_s, patience_s
        self.pacer = pacer or Pacer()
        self.courier = Courier(store, desk, clock, wire, languages, self.pacer, lease_s)
        self._nudged = asyncio.Event()
        self._stopping = asyncio.Event()
        self._ended = asyncio.Event()
        self._ended.set()
        self._away = 0.0
        self._under_way: set[asyncio.Task[None]] = set()
        self._taking = False

    def nudge(self) -> None:
        """Something was owed: look now."""
        self._nudged.set()

    async def run(self) -> None:
        """Deliver until :meth:`stop`."""
        self._ended.clear()
        try:
            while not self._stopping.is_set():
                self._nudged.clear()
                began, self._taking = monotonic(), True
                until, claimed = began + self.lease_s, await self._claim()
                rendered = await self.courier.rendered(claimed)
                for owed in claimed:
                    work = self._deliver(owed, until, rendered.get(owed.id))
                    task = asyncio.create_task(work, name=f"deliver {owed.id}")
                    self._under_way.add(task)
                    task.add_done_callback(self._done)
                self._taking = False
                if len(self._under_way) >= self.width:
                    await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
                elif not claimed:
                    await _either(self._stopping, max(_BREATH_S, (monotonic() - began) * _SHARE))
                    await self._rest()
        finally:
            self._ended.set()

    async def stop(self, within: float = 15.0) -> None:
        """Take nothing new and wait for what is under way, at most ``within`` seconds; the rest keeps its lease, and
        is looked for before it is sent again."""
        self._stopping.set()
        self._nudged.set()
        failpoint("drain.mid")
        try:
            async with asyncio.timeout(within):
                await self._ended.wait()
                while self._under_way:
                    await asyncio.wait(set(self._under_way))
        except TimeoutError:
            log.warning("%d messages of the %s lane are left under way", len(self._under_way), self.lane)

    @property
    def idle(self) -> bool:
        """Whether nothing is under way, nor being taken up."""
        return not (self._under_way or self._taking)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._nudged.set()

    async def _deliver(self, owed: Owed, until: float, rendered: Rendered | None) -> None:
        if self._stopping.is_set():  # claimed while the stop was asked for
            await self.courier.give_back(owed, "stopping")
        else:
            await self.courier.deliver(owed, until, rendered)

    async def _claim(self) -> Sequence[Owed]:
        """What may leave now. Nothing when there is no room, or when the store is away."""
        room = free = self.width - len(self._under_way)
        busy: Sequence[str] = ()
        without: list[What] = []
        chat = self.lane is Lane.CHAT
        if chat:
            busy = self.pacer.busy_channels()
            posts, updates = self.pacer.room(POST), self.pacer.room(UPDATE)
            if not posts:
                without += [what for what in What if what is not What.REDRAW]
            if not updates:
                without.append(What.REDRAW)
            room = min(room, posts, updates) if posts and updates else min(room, posts + updates)
        if room <= 0:
            return ()
        try:
            claimed = await self.store.run(
                _claim,
                self.lane,
                wall(),
                room,
                self.lease_s,
                tuple(busy),
                tuple(without),
                PER_TARGET[self.lane],
                room < free,
                self.pacer.reach(self.patience_s) if chat else None,
            )
        except Exception as error:
            self._away = min(_LONG_AWAY_S, self._away * 2 or _AWAY_S)
            log.warning("can't claim from the outbox: %s; again in %.1f s", error, self._away, exc_info=not self._away)
            return ()
        self._away = 0.0
        if claimed:
            failpoint("outbox.claimed")
        for owed in claimed:
            if chat:
                self.pacer.spend(counted_as(owed), owed.intent.target)
        return claimed

    async def _rest(self) -> None:
        """Until a nudge, the next time something may leave, or the idle time; after trouble at least a while."""
        if self._away:
            await _either(self._stopping, self._away)
            return
        wait = IDLE_S
        if self.lane is Lane.CHAT:
            wait = min(wait, self.pacer.next_room())
        now = wall()
        try:
            at = await self.store.read(_next_waiting, self.lane, now)
        except Exception as error:
            log.warning("can't read the outbox: %s", error)
            at = None
        if at is not None:
            wait = min(wait, (at - now).total_seconds())
        await _either(self._nudged, max(_BREATH_S, wait))


async def _either(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        pass


def _claim(
    tx: Tx,
    lane: Lane,
    now: datetime,
    limit: int,
    lease_s: float,
    busy: Sequence[str],
    without: Sequence[What],
    per_target: int,
    scarce: bool,
    reach: Reach | None,
) -> Sequence[Owed]:
    """What may leave now. A card that comes with more behind it than the pace lets out in time takes the soonest due
    of them along, in a digest (decisions.md 18): as many messages leave, and each tells up to 24 orders. Bundles of
    reminders that wait for one channel are one message, whoever made them up (decisions.md 10)."""
    claimed = [
        tx.outbox.join(owed, _MOST_JOINED, now, lease_s) if owed.intent.is_bundle and not owed.tries else owed
        for owed in tx.outbox.claim(
            lane, now, limit, lease_s, busy=busy, without=without, per_target=per_target, scarce=scarce
        )
    ]
    if reach is None or not any(owed.intent.may_join for owed in claimed):
        return claimed
    waiting = Counter(tx.outbox.waiting(lane, now, min(_MOST_COUNTED, int(reach.posts) + 1)))
    waiting.update(owed.intent.target for owed in claimed if owed.intent.what is not What.REDRAW)
    return [
        tx.outbox.gather(owed, MOST_ORDERS, now, lease_s)
        if owed.intent.may_join and not owed.tries and reach.exceeded(owed.intent.target, waiting)
        else owed
        for owed in claimed
    ]


def _next_waiting(tx: Tx, lane: Lane, now: datetime) -> datetime | None:
    return tx.outbox.next_waiting(lane, now)


Workers = Mapping[Lane, Worker]
