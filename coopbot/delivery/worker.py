"""The delivery worker: claim with a lease → commit → render → look, if an earlier try may have worked → send → record.

The wire is never inside a transaction (rule 10), and a message is in one of three places: owed, under way with a
lease, or recorded. What was under way when a process died is looked for before it is sent again (performance.md §6).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from coopbot.clock import Clock, wall
from coopbot.delivery.pacing import POST, UPDATE, Pacer
from coopbot.delivery.render import Edit, Hand, Moot, Post, Rendered, Ring, Tell, render
from coopbot.delivery.retry import gap
from coopbot.delivery.setback import Setback, setback
from coopbot.domain.intent import Lane, Owed, What
from coopbot.domain.team import Desk
from coopbot.failpoints import failpoint
from coopbot.ports import Chat, Languages, Outcome, Platform, Refused, Sent, Store, TryLater, Tx
from coopbot.services import outcomes
from coopbot.services.setbacks import not_delivered

log = logging.getLogger(__name__)

LEASE_S = 60.0
IDLE_S = 5.0
"""A worker that nobody nudges looks this often, in seconds: another process may have owed something."""


@dataclass(frozen=True)
class Wire:
    """The two outsides, and how long their client waits for an answer (real seconds)."""

    chat: Chat
    platform: Platform
    timeout_s: float = 10.0
    margin_s: float = 1.0
    """Slack's history need not be instant: after an unknown outcome nothing is looked for before timeout + margin."""


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
    ) -> None:
        self.lane, self.store, self.desk, self.clock, self.wire, self.languages = (
            lane, store, desk, clock, wire, languages,
        )  # fmt: skip
        self.pacer = pacer or Pacer()
        self.width = width
        self._nudged = asyncio.Event()
        self._stopping = False
        self._under_way: set[asyncio.Task[None]] = set()
        self.parked = 0

    def nudge(self) -> None:
        """Something was owed: look now."""
        self._nudged.set()

    async def run(self) -> None:
        """Deliver until :meth:`stop`."""
        while not self._stopping:
            self._nudged.clear()
            claimed = await self._claim()
            for owed in claimed:
                task = asyncio.create_task(self._deliver(owed), name=f"deliver {owed.id}")
                self._under_way.add(task)
                task.add_done_callback(self._done)
            if not claimed:
                await self._rest()
            elif len(self._under_way) >= self.width:
                await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)

    async def stop(self, within: float = 15.0) -> None:
        """Take nothing new and wait for what is under way, at most ``within`` seconds; the rest keeps its lease."""
        self._stopping = True
        self._nudged.set()
        failpoint("drain.mid")
        if self._under_way:
            await asyncio.wait(set(self._under_way), timeout=within)

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._under_way

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._nudged.set()

    async def _claim(self) -> Sequence[Owed]:
        room = self.width - len(self._under_way)
        if room <= 0:
            return ()
        busy: Sequence[str] = ()
        without: list[What] = []
        chat = self.lane is Lane.CHAT
        if chat:
            busy = self.pacer.busy_channels()
            posts, updates = self.pacer.room(POST), self.pacer.room(UPDATE)
            if posts == 0:
                without += [what for what in What if what not in (What.REDRAW, What.REPLY)]
            if updates == 0:
                without.append(What.REDRAW)
            room = min(room, max(posts, 1), max(updates, 1)) if posts and updates else min(room, posts + updates)
            if room <= 0:
                return ()
        try:
            claimed = await self.store.run(_claim, self.lane, wall(), room, LEASE_S, tuple(busy), tuple(without), chat)
        except Exception:  # the store is away: wait, and look again
            log.exception("can't claim from the outbox")
            return ()
        if claimed:
            failpoint("outbox.claimed")
        for owed in claimed:
            if chat:
                self.pacer.spend(UPDATE if owed.intent.what is What.REDRAW else POST, owed.intent.target)
        return claimed

    async def _rest(self) -> None:
        """Until a nudge, the next time something may leave, or the idle time."""
        wait = IDLE_S
        if self.lane is Lane.CHAT:
            wait = min(wait, self.pacer.next_room())
        try:
            at = await self.store.read(_next_due, self.lane)
        except Exception:
            log.exception("can't read the outbox")
            at = None
        if at is not None:
            wait = min(wait, max(0.02, (at - wall()).total_seconds()))
        try:
            await asyncio.wait_for(self._nudged.wait(), wait)
        except TimeoutError:
            pass

    async def _deliver(self, owed: Owed) -> None:
        """One message. Whatever goes wrong, it stays owed (one of the three places that catch everything, rule 18)."""
        try:
            rendered = await self.store.read(render, self.clock.now(), self.desk, self.languages, owed)
            if isinstance(rendered, Moot):
                await self.store.run(_drop, owed, wall(), rendered.why)
                return
            if owed.attempts and (early := await self._too_early(owed)):
                await self.store.run(_later, owed, early, "an earlier try may have worked", False)
                return
            failpoint("outbox.in_flight")
            outcome = await self._send(owed, rendered)
            failpoint("outbox.posted")
            await self._record(owed, rendered, outcome)
            failpoint("outbox.marked")
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.exception("message %s (%s) failed", owed.id, owed.intent.what)
            await self._put_off(owed, f"{type(error).__name__}: {error}")

    async def _too_early(self, owed: Owed) -> datetime | None:
        """The instant before which an earlier try could still have its effect; None when that has passed."""
        began = owed.tried_at
        if began is None or owed.intent.what in (What.REDRAW, What.REPLY, What.HOOK):
            return None  # the same edit or reply again does no harm
        early = began + timedelta(seconds=self.wire.timeout_s + self.wire.margin_s)
        return early if wall() < early else None

    async def _send(self, owed: Owed, rendered: Rendered) -> Outcome:
        match rendered:
            case Post(target, message):
                channel = target
                if target.startswith(("U", "W")):
                    opened = await self.wire.chat.open_direct(target)
                    if not isinstance(opened, Sent):
                        return opened
                    channel = opened.receipt
                if owed.attempts:
                    found = await self.wire.chat.find(channel, message.thread, owed.id, owed.owed_at)
                    failpoint("reconcile.mid")
                    if isinstance(found, Sent | TryLater):
                        return found
                return await self.wire.chat.post(channel, message, owed.id)
            case Edit(channel, ts, message):
                return await self.wire.chat.update(channel, ts, message)
            case Hand(connection, reply_id, payload):
                return await self.wire.platform.reply(connection, reply_id, payload)
            case Tell(connection, payload):
                return await self.wire.platform.tell_outage(connection, owed.id, payload)
            case Ring(hook, payload):
                return await self.wire.platform.ring(hook, owed.id, payload)
            case Moot(why):
                return Refused("moot", why)

    async def _record(self, owed: Owed, rendered: Rendered, outcome: Outcome) -> None:
        now = self.clock.now()
        match outcome:
            case Sent() if isinstance(rendered, Post) and owed.intent.what is What.CARD:
                await self.store.run(outcomes.told, now, self.desk, owed, wall(), rendered.channel, outcome.receipt)
            case Sent() if isinstance(rendered, Hand):
                await self.store.run(outcomes.reply_taken, now, self.desk, owed, wall(), outcome)
            case Sent():
                await self.store.run(_sent, owed, wall(), outcome.receipt)
            case TryLater():
                await self._again(owed, outcome)
            case Refused():
                what = setback(owed, outcome)
                if what is Setback.LATER:
                    log.warning("message %s (%s): %s %s", owed.id, owed.intent.what, outcome.code, outcome.detail)
                if what is Setback.PARK:
                    self.parked += 1
                await self.store.run(not_delivered, now, self.desk, owed, wall(), outcome, what, self._next(owed))
        if self.lane is Lane.PLATFORM:
            self.nudge()

    async def _again(self, owed: Owed, outcome: TryLater) -> None:
        after = outcome.after if outcome.after is not None else gap(owed.tries, owed.id)
        if outcome.pause:
            channel = owed.intent.target if outcome.pause == POST else ""
            self.pacer.pause(outcome.pause, channel, after)
        log.info("message %s (%s) again in %.1f s: %s", owed.id, owed.intent.what, after, outcome.why)
        await self.store.run(_later, owed, wall() + timedelta(seconds=after), outcome.why, outcome.begun)

    def _next(self, owed: Owed) -> datetime:
        return wall() + timedelta(seconds=gap(owed.tries, owed.id))

    async def _put_off(self, owed: Owed, why: str) -> None:
        try:
            await self.store.run(_later, owed, self._next(owed), why, True)
        except Exception:
            log.exception("message %s keeps its lease until it expires", owed.id)


def _claim(
    tx: Tx,
    lane: Lane,
    now: datetime,
    limit: int,
    lease_s: float,
    busy: Sequence[str],
    without: Sequence[What],
    one: bool,
) -> Sequence[Owed]:
    return tx.outbox.claim(lane, now, limit, lease_s, busy=busy, without=without, one_per_target=one)


def _next_due(tx: Tx, lane: Lane) -> datetime | None:
    return tx.outbox.next_due(lane)


def _sent(tx: Tx, owed: Owed, now: datetime, receipt: str) -> bool:
    return tx.outbox.sent(owed, now, receipt)


def _drop(tx: Tx, owed: Owed, now: datetime, why: str) -> bool:
    return tx.outbox.drop(owed, now, why)


def _later(tx: Tx, owed: Owed, not_before: datetime, why: str, begun: bool) -> bool:
    return tx.outbox.later(owed, not_before, why, begun=begun)


Workers = Mapping[Lane, Worker]
