"""One message on its way: render → look, if an earlier try may have worked → send → record.

The wire is never inside a transaction (rule 10). What was under way when a process died is looked for before it is
sent again (performance.md §6); who has lost the lease, or may lose it while the call is under way, does not send.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from coopbot.clock import Clock, monotonic, wall
from coopbot.delivery.pacing import GROUP, POST, UPDATE, Pacer
from coopbot.delivery.posting import Posting
from coopbot.delivery.render import TELLS_DUTY, render
from coopbot.delivery.rendered import Edit, Enrol, Fetch, Hand, Moot, Post, Rendered, Ring, Tell
from coopbot.delivery.retry import gap
from coopbot.delivery.setback import BROKEN, Setback, setback
from coopbot.delivery.wire import Wire
from coopbot.domain.intent import Lane, Owed, What
from coopbot.domain.team import Desk
from coopbot.errors import CoopbotError, StoreBusy
from coopbot.failpoints import failpoint
from coopbot.ports import Fetched, Languages, Outcome, Refused, Sent, Store, TryLater, Tx
from coopbot.services import duty_group, files, mentions, outcomes
from coopbot.services.digests import told_together
from coopbot.services.reading_ahead import read_ahead
from coopbot.services.rota import with_rota
from coopbot.services.setbacks import not_delivered
from coopbot.sharing import Sharing

log = logging.getLogger(__name__)

HOPELESS = 8
"""Tries after which a message that makes us fail is parked: rendering it, or recording it, raises."""
FETCHES = 8
"""Tries after which a file is given up, some two minutes of gaps: its author can still answer in the console."""
HARMLESS = frozenset({What.REPLY, What.HOOK, What.FETCH, What.GROUP})
"""The same call under the same id again does no harm. An edit is none of them: one that was thought lost and comes
through late would put an older state over a newer one (performance.md §6, 6)."""
_RECORD_AGAIN_S = 0.5
_BROKEN_S = 30.0
"""Seconds for which nothing is tried after Slack refused our token: every message would be refused likewise."""

RECORDED = 100
"""Cards of one unit of work: clicks pass between (performance.md §3)."""
_Card = tuple[Owed, Post, str]
"""A card that is in its channel, and the ts that Slack gave it."""


class Courier:
    def __init__(
        self, store: Store, desk: Desk, clock: Clock, wire: Wire, languages: Languages, pacer: Pacer, lease_s: float
    ) -> None:
        self.store, self.desk, self.clock, self.wire, self.languages = store, desk, clock, wire, languages
        self.pacer, self.lease_s = pacer, lease_s
        self._posting = Posting(wire, pacer)
        self._told = Sharing(self._tell, most=RECORDED)

    async def _tell(self, cards: Sequence[_Card]) -> Sequence[bool]:
        return await self.store.run(_told, self.clock.now(), self.desk, wall(), cards)

    async def rendered(self, claimed: Sequence[Owed]) -> Mapping[str, Rendered]:
        """What they say now, by their ids, read on one snapshot; one that can't be rendered so is left out."""
        if len(claimed) < 2:
            return {}
        try:
            return await self.store.read(_render_all, self.clock.now(), self.desk, self.languages, claimed)
        except CoopbotError as error:
            log.warning("can't render %d messages at once: %s", len(claimed), error)
            return {}

    async def deliver(self, owed: Owed, until: float, rendered: Rendered | None = None) -> None:
        """Deliver it under a lease that ends at ``until`` (monotonic); ``rendered`` is what it says, where that is
        known. Whatever goes wrong, it stays owed (one of the three places that catch everything, rule 18)."""
        begun = False
        try:
            if rendered is None:
                rendered = await self.store.read(render, self.clock.now(), self.desk, self.languages, owed)
            if isinstance(rendered, Moot):
                self._unspent(owed)
                await self.store.run(_drop, owed, wall(), rendered.why)
                return
            if wait := self._too_early(owed):
                self._unspent(owed)
                again = wall() + timedelta(seconds=wait)
                # a try in the future: the clock was set back between two runs; counted from now on
                clock_jumped = owed.tried_ago is not None and owed.tried_ago < 0
                await self.store.run(_later, owed, again, "an earlier try may have worked", clock_jumped)
                return
            if wait := self._counted_anew(owed, rendered):
                again = wall() + timedelta(seconds=wait)
                await self.store.run(_later, owed, again, "Slack's pace has no room for it", False)
                return
            failpoint("outbox.in_flight")
            begun = True
            outcome = await self._send(owed, rendered, until)
            failpoint("outbox.posted")
            await self._record_while_ours(owed, rendered, outcome, until)
            failpoint("outbox.marked")
        except asyncio.CancelledError:
            raise
        except StoreBusy as error:  # the world's trouble, not the message's
            await self._put_off(owed, f"{error}", begun=begun)
        except Exception as error:
            log.exception("message %s (%s) failed", owed.id, owed.intent.what)
            await self._failed(owed, f"{type(error).__name__}: {error}", begun=begun)

    async def give_back(self, owed: Owed, why: str) -> None:
        """It was claimed and nothing was begun."""
        self._unspent(owed)
        await self._put_off(owed, why, begun=False, after=0.0)

    def _unspent(self, owed: Owed) -> None:
        if owed.intent.lane is Lane.CHAT:
            self.pacer.give_back(counted_as(owed), owed.intent.target)

    def _counted_anew(self, owed: Owed, rendered: Rendered) -> float:
        """It was counted by what was owed; rendered, it may go to another channel (the order's card was moved, or told
        in the fallback channel) or be another call. That one's pace and pause count: seconds to wait, 0 when it may
        leave and is counted there."""
        match rendered:
            case Post(channel=channel):
                method = POST
            case Edit(channel=channel):
                method = UPDATE
            case Enrol(group=channel):
                method = GROUP
            case _:
                return 0.0
        if method == counted_as(owed) and (method != POST or channel == owed.intent.target):
            return 0.0
        self._unspent(owed)
        wait = self.pacer.wait(method, channel)
        if not wait:
            self.pacer.spend(method, channel)
        return wait

    def _too_early(self, owed: Owed) -> float:
        """Seconds until an earlier try can't have its effect any more; 0 when that has passed. One of which nothing was
        recorded may have begun late in its lease, but not so late that the lease was over first."""
        if not owed.attempts or owed.tried_ago is None or owed.intent.what in HARMLESS:
            return 0.0
        settles_s = max(self.lease_s, self.wire.settles_s) if owed.unrecorded else self.wire.settles_s
        return max(0.0, settles_s - max(0.0, owed.tried_ago))

    async def _send(self, owed: Owed, rendered: Rendered, until: float) -> Outcome | Fetched:
        chat, platform = self.wire.chat, self.wire.platform
        match rendered:
            case Post():
                return await self._posting.post(owed, rendered, until)
            case Edit(channel, ts, message):
                return self.wire.held_up(until) or await chat.update(channel, ts, message)
            case Hand(connection, reply_id, payload):
                return self.wire.held_up(until) or await platform.reply(connection, reply_id, payload)
            case Fetch(source, most):
                return self.wire.held_up(until) or await self.wire.uploads.fetch(source, most)
            case Tell(connection, payload):
                return self.wire.held_up(until) or await platform.tell_outage(connection, owed.id, payload)
            case Ring(hook, payload):
                return self.wire.held_up(until) or await platform.ring(hook, owed.id, payload)
            case Enrol(group, users):
                return self.wire.held_up(until) or await chat.set_group(group, users)
            case Moot(why):
                return Refused("moot", why)

    async def _record_while_ours(
        self, owed: Owed, rendered: Rendered, outcome: Outcome | Fetched, until: float
    ) -> None:
        """What happened is worth more than one try: to forget it costs a look, or a second message."""
        while True:
            try:
                await self._record(owed, rendered, outcome)
                return
            except StoreBusy:
                if monotonic() + _RECORD_AGAIN_S >= until:
                    raise
                await asyncio.sleep(_RECORD_AGAIN_S)

    async def _record(self, owed: Owed, rendered: Rendered, outcome: Outcome | Fetched) -> None:
        now = self.clock.now()
        if isinstance(outcome, Sent) and isinstance(rendered, Post):
            await self._posted(owed, rendered, outcome, now)
            return
        match outcome:
            case Fetched(content):
                await self.store.run(files.fetched, now, owed, wall(), content)
            case Refused(code, detail) if isinstance(rendered, Fetch):
                await self.store.run(files.lost, now, self.desk, owed, wall(), code, detail)
            case TryLater() if isinstance(rendered, Fetch) and owed.tries + 1 >= FETCHES:
                await self.store.run(files.lost, now, self.desk, owed, wall(), "not_to_be_had", outcome.why)
            case Sent() if isinstance(rendered, Hand):
                await self.store.run(outcomes.reply_taken, now, self.desk, owed, wall(), outcome)
            case Sent() if isinstance(rendered, Edit) and owed.intent.what is What.GLANCE:
                await self._glanced(owed, rendered, outcome, now)
            case Sent() if isinstance(rendered, Enrol):
                await self.store.run(duty_group.changed, now, owed, wall())
            case Sent():
                await self.store.run(_sent, owed, wall(), outcome.receipt)
            case TryLater():
                await self._again(owed, outcome, rendered)
            case Refused():
                what = setback(owed, outcome)
                if what is Setback.LATER:
                    log.warning("message %s (%s): %s %s", owed.id, owed.intent.what, outcome.code, outcome.detail)
                if outcome.code in BROKEN:
                    self.pacer.pause(POST, "", _BROKEN_S)
                    self.pacer.pause(UPDATE, "", _BROKEN_S)
                await self.store.run(not_delivered, now, self.desk, owed, wall(), outcome, what, self._next(owed))

    async def _posted(self, owed: Owed, post: Post, sent: Sent, now: datetime) -> None:
        """It stands in Slack: what follows from that, and whom it named, in one."""
        if owed.intent.what is What.GLANCE:
            await self._glanced(owed, post, sent, now)
        elif owed.intent.what is What.CARD:
            await self._told([(owed, post, sent.receipt)])
        else:
            await self.store.run(_posted, now, self.desk, owed, wall(), post, sent.receipt)

    async def _glanced(self, owed: Owed, rendered: Post | Edit, outcome: Sent, now: datetime) -> None:
        """Record where it stands; a new one is pinned, at best: somebody can pin it by hand."""
        ts = rendered.ts if isinstance(rendered, Edit) else outcome.receipt
        await self.store.run(outcomes.glanced, now, owed, wall(), ts, rendered.message.text)
        if isinstance(rendered, Post):
            pinned = await self.wire.chat.pin(rendered.channel, ts)
            if not isinstance(pinned, Sent):
                log.warning("the message of what is at risk in %s is not pinned: %s", rendered.channel, pinned)

    async def _again(self, owed: Owed, outcome: TryLater, rendered: Rendered) -> None:
        after = outcome.after if outcome.after is not None else gap(owed.tries, owed.id)
        if outcome.pause:
            channel = rendered.channel if outcome.pause == POST and isinstance(rendered, Post) else ""
            self.pacer.pause(outcome.pause, channel, after)
        log.info("message %s (%s) again in %.1f s: %s", owed.id, owed.intent.what, after, outcome.why)
        again = wall() + timedelta(seconds=after)
        await self.store.run(_later, owed, again, outcome.why, outcome.begun)

    def _next(self, owed: Owed) -> datetime:
        return wall() + timedelta(seconds=gap(owed.tries, owed.id))

    async def _failed(self, owed: Owed, why: str, *, begun: bool) -> None:
        """Our own fault. After so many tries it is kept aside, so that it is seen and others are not held up."""
        if owed.tries < HOPELESS:
            await self._put_off(owed, why, begun=begun)
            return
        refused = Refused("failed", why)
        try:
            now, what = self.clock.now(), Setback.PARK
            await self.store.run(not_delivered, now, self.desk, owed, wall(), refused, what, self._next(owed))
        except Exception:
            log.exception("message %s keeps its lease until it expires", owed.id)

    async def _put_off(self, owed: Owed, why: str, *, begun: bool, after: float | None = None) -> None:
        again = self._next(owed) if after is None else wall() + timedelta(seconds=after)
        try:
            await self.store.run(_later, owed, again, why, begun)
        except Exception as error:
            log.warning("message %s keeps its lease until it expires: %s", owed.id, error)


def _render_all(
    tx: Tx, now: datetime, desk: Desk, languages: Languages, claimed: Sequence[Owed]
) -> Mapping[str, Rendered]:
    found: dict[str, Rendered] = {}
    try:
        read_ahead(tx, now, desk, [owed.intent.order for owed in claimed if owed.intent.order is not None])
        on_duty = with_rota(tx, desk) if any(owed.intent.what in TELLS_DUTY for owed in claimed) else None
        for owed in claimed:
            found[owed.id] = render(tx, now, desk, languages, owed, on_duty)
    except Exception as error:  # each of the others is rendered alone, where its failure is dealt with
        log.info("%d of %d messages are rendered alone: %s", len(claimed) - len(found), len(claimed), error)
    return found  # on PostgreSQL the snapshot may be lost with the one that failed


def counted_as(owed: Owed) -> str:
    """The method that it counts as when it is claimed."""
    return UPDATE if owed.intent.what is What.REDRAW else POST


def _told(tx: Tx, now: datetime, desk: Desk, real: datetime, cards: Sequence[_Card]) -> list[bool]:
    told = [outcomes.Told(owed, post.channel, ts, post.calling) for owed, post, ts in cards]
    ours = outcomes.told(tx, now, desk, real, told)
    for (owed, post, _), is_ours in zip(cards, ours, strict=True):
        if is_ours:
            mentions.count(tx, now, desk, owed, post.channel, post.message.text)
    return ours


def _posted(tx: Tx, now: datetime, desk: Desk, owed: Owed, real: datetime, post: Post, receipt: str) -> None:
    match owed.intent.what:
        case What.APPROVAL:
            ours = outcomes.request_posted(tx, now, owed, real, post.channel, receipt)
        case What.DIGEST:
            ours = told_together(tx, now, desk, owed, real, post.channel, receipt)
        case _:
            ours = tx.outbox.sent(owed, real, receipt)
    if ours:
        mentions.count(tx, now, desk, owed, post.channel, post.message.text)


def _sent(tx: Tx, owed: Owed, now: datetime, receipt: str) -> bool:
    return tx.outbox.sent(owed, now, receipt)


def _drop(tx: Tx, owed: Owed, now: datetime, why: str) -> bool:
    return tx.outbox.drop(owed, now, why)


def _later(tx: Tx, owed: Owed, not_before: datetime, why: str, begun: bool) -> bool:
    return tx.outbox.later(owed, not_before, why, begun=begun)
