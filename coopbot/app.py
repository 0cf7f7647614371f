"""The only wiring: settings and a clock become a running house, and are taken apart again in order (rule 14)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web

from coopbot.clock import Clock, wall
from coopbot.config import Settings
from coopbot.delivery.pacing import Limits, Pacer
from coopbot.delivery.worker import Wire, Worker
from coopbot.domain.files import File
from coopbot.domain.intent import Lane
from coopbot.domain.team import Desk
from coopbot.domain.upcoming import Upcoming
from coopbot.failpoints import arm, failpoint
from coopbot.handlers import edge, files, health, metrics, slack_http, webhooks
from coopbot.handlers.reception import Reception
from coopbot.handlers.socket import Socket
from coopbot.platforms.replies import Replies
from coopbot.platforms.standard import Standard
from coopbot.ports import Tx
from coopbot.schedule import Ticks, table
from coopbot.services import (
    audit,
    deadlines,
    drafts,
    intake,
    mentions,
    once,
    profiles,
    reading,
    rota_tick,
    shift_end,
    sweep,
    upcoming,
)
from coopbot.services.telling import glances
from coopbot.sharing import Sharing
from coopbot.slack.chat import SlackChat, web_client
from coopbot.slack.directory import Directory
from coopbot.slack.files import SlackFiles
from coopbot.store import OpenStore, acquire_serve_lock, open_store
from coopbot.store.place import is_sqlite
from coopbot.views.language import Catalogues

log = logging.getLogger(__name__)

INTAKE_WIDTH = 3
"""Units of work that take orders in at once on PostgreSQL; on SQLite one writes."""
INTAKE_MOST = 100
"""Events of one such unit, unless a single request brings more: clicks pass between (performance.md §3)."""


@dataclass
class House:
    """Everything that runs. Built by :func:`build`, started and stopped as one."""

    settings: Settings
    clock: Clock
    desk: Desk
    store: OpenStore
    reception: Reception
    workers: Mapping[Lane, Worker]
    directory: Directory
    socket: Socket | None
    web: web.Application
    address: str = ""
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _ticks: Ticks | None = None
    _well_at: float = 0.0

    async def start(self) -> None:
        """Take orders at once; talk to Slack as soon as it answers; tick from the first second."""
        self.address = await _listen(self.web, self.settings.bind, self._stack)
        self._spawn(self.workers[Lane.PLATFORM].run(), "platform lane")
        self._ticks = Ticks(
            table(
                sweep=self.tick,
                share=self._share,
                socket=self._watch_socket,
                shift_end=self.shift_end,
                rota=self.rota,
                audit=self.audit,
                refresh=self._refresh,
                forget=self._forget,
            )
        )
        self._ticks.start()
        self._spawn(self._greet_slack(self._ticks), "slack")
        await self.store.run(profiles.warn_of_horizon, self.clock.now(), self.desk)
        log.info("listening on %s", self.address)

    async def stop(self) -> None:
        """Take nothing new, finish what is under way, then close; what is owed stays owed."""
        if self._ticks is not None:
            self._ticks.stop()
        if self.socket is not None:
            await self.socket.close()
        await self.reception.drain()
        await asyncio.gather(*(worker.stop() for worker in self.workers.values()))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._stack.aclose()

    async def tick(self) -> int:
        """Sweep until nothing is due; returns how many orders were looked at."""
        looked = 0
        while await self.store.run(deadlines.remind, self.clock.now(), self.desk) == deadlines.BATCH:
            pass
        while True:
            swept = await self.store.run(sweep.sweep, self.clock.now(), self.desk, sweep.BATCH, wall())
            failpoint("tick.committed")
            looked += swept.orders
            if not swept.more:
                return looked

    async def audit(self) -> None:
        found = await self.store.run(audit.audit, self.clock.now(), wall(), self.desk)
        await self.store.run(glances, self.desk)
        if not audit.STUCK.intersection(found):
            self._well_at = wall().timestamp()
            if self.settings.heartbeat_url:
                await health.beat(self.reception.session, self.settings.heartbeat_url)

    async def shift_end(self) -> None:
        await self.store.run(shift_end.before_shifts_end, self.clock.now(), self.desk)

    async def rota(self) -> None:
        await self.store.run(rota_tick.tick, self.clock.now(), self.desk)

    def wake(self, lanes: Collection[Lane] = tuple(Lane)) -> None:
        """Something may leave there."""
        for lane in lanes:
            self.workers[lane].nudge()

    async def every_tick(self) -> None:
        """What recurs by domain time, once: for a clock that jumps over the moments at which it would have been."""
        await self.tick()
        await self.shift_end()
        await self.rota()

    async def upcoming(self) -> Upcoming | None:
        """What falls due next, and when."""
        return await self.store.run(upcoming.upcoming, self.clock.now(), self.desk)

    async def settled(self) -> None:
        """Return when nothing is owed that could leave now, and nothing is under way. For the demo and the tests."""
        while True:
            self.wake()
            if not await self.store.read(_owes_now, wall()) and all(worker.idle for worker in self.workers.values()):
                return
            await asyncio.sleep(0.01)

    async def gauges(self) -> Mapping[str, float]:
        """Present values for ``/metrics``."""
        counted = await self.store.read(reading.gauges, self.clock.now(), wall())
        slack = self.directory.greeted and (self.socket is None or await self.socket.connected())
        return {
            **counted,
            "coopbot_slack_connected": float(slack),
            "coopbot_all_well_timestamp_seconds": self._well_at,
        }

    async def ready(self) -> Mapping[str, Any]:
        """What ``/readyz`` says: each part, and the age of the oldest undelivered message in seconds."""
        oldest = await self.store.read(_oldest)
        slack = self.directory.greeted and (self.socket is None or await self.socket.connected())
        return {
            "store": True,
            "slack": slack,
            "slack_detail": self.directory.trouble,
            "channels": list(self.directory.unreachable),
            "oldest_undelivered_s": max(0.0, (wall() - oldest).total_seconds()) if oldest else 0.0,
        }

    def _spawn(self, work: Any, name: str) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work, name=name)
        task.add_done_callback(_told_if_it_broke)
        self._tasks.append(task)

    async def _greet_slack(self, ticks: Ticks) -> None:
        """auth.test until it works (slack.md C5), then people and channels, the chat lane and the socket. The database
        may be away in this very moment: that does not keep the bot from Slack."""
        await self.directory.greet()
        self.reception.bot_user, self.reception.team_id = self.directory.bot_user, self.directory.team_id
        await ticks.now("share")  # before anything leaves: another replica may be at it already
        self._spawn(self.workers[Lane.CHAT].run(), "chat lane")
        await ticks.now("refresh")
        if self.socket is not None:
            await self.socket.open()
        await ticks.now("rota")

    async def _share(self) -> None:
        """Of Slack's pace, as many parts as there are replicas."""
        replicas = await self.store.replicas()
        for worker in self.workers.values():
            worker.pacer.share(replicas)

    async def _watch_socket(self) -> None:
        if self.socket is not None and self.directory.greeted:
            await self.socket.watch()

    async def _refresh(self) -> None:
        if self.directory.greeted:
            await self.directory.refresh()

    async def _forget(self) -> None:
        await self.store.run(once.forget, wall() - timedelta(days=2))
        await self.store.run(drafts.sweep_old, self.clock.now())
        await self.store.run(mentions.forget, self.clock.now())


async def build(settings: Settings, clock: Clock, limits: Limits | None = None) -> House:
    """Open everything and wire it. Raises Misconfigured, OldDatabase, or why the store can't be opened."""
    arm(settings.fail)
    stack = AsyncExitStack()
    try:
        lock = acquire_serve_lock(settings.database_url)
        stack.callback(lock.release)
        store = await stack.enter_async_context(open_store(settings.database_url))
        desk = await store.run(profiles.pin, settings.desk, clock.now())
        if lock.held:
            await store.run(_resume, wall())
        timeout = aiohttp.ClientTimeout(total=settings.timeout_s)
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        client = web_client(settings.bot_token, settings.slack_api_url, session)
        languages = Catalogues()
        chat = SlackChat(client)
        replies = Replies(session, settings.wires, settings.hooks)
        uploads = SlackFiles(client, session)
        wire = Wire(chat, replies, uploads, timeout_s=settings.timeout_s)
        workers = {
            lane: Worker(
                lane,
                store,
                desk,
                clock,
                wire,
                languages,
                pacer=Pacer(limits or Limits().times(settings.pace)),
                lease_s=settings.lease_s,
                patience_s=settings.patience_s,
            )
            for lane in Lane
        }
        reception = Reception(
            store,
            desk,
            clock,
            languages,
            client,
            session,
            uploads=uploads,
        )
        house = House(
            settings,
            clock,
            desk,
            store,
            reception,
            workers,
            Directory(client, store, desk),
            None,
            web.Application(client_max_size=2**20),
            _stack=stack,
        )
        store.on_owed(house.wake)
        bolt = edge.bolt(reception, client)
        if settings.app_token:
            house.socket = Socket(bolt, settings.app_token, client)
        else:
            slack_http.mount(house.web, bolt, settings.signing_secret)
        _mount_platform(house)
        return house
    except BaseException:
        await stack.aclose()
        raise


def _told_if_it_broke(task: asyncio.Task[None]) -> None:
    """Nobody awaits what runs as long as the house does: its end must be heard of."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.critical("%s ended", task.get_name(), exc_info=error)


def _mount_platform(house: House) -> None:
    """The platform's side of the edge, and health, on the same address."""

    async def take(events: Sequence[Any]) -> Sequence[Any]:
        answers = await house.store.run(intake.take, house.clock.now(), house.desk, events)
        failpoint("intake.committed")
        return answers

    width = 1 if is_sqlite(house.settings.database_url) else INTAKE_WIDTH
    sharing = Sharing(take, most=INTAKE_MOST, width=width)

    async def one(connection: str, number: str) -> Any:
        return await house.store.read(reading.one, house.clock.now(), house.desk, connection, number)

    async def many(connection: str, **filters: Any) -> Any:
        return await house.store.read(reading.page, house.clock.now(), house.desk, connection, **filters)

    platform = Standard(house.settings.secrets, house.desk.profile.classes)
    meters = metrics.Meters()
    tokens = house.settings.read_tokens
    webhooks.mount(house.web, platform, take=sharing, read_tokens=tokens, one=one, many=many, meters=meters)
    health.mount(house.web, house.ready)
    metrics.mount(house.web, meters, house.gauges)
    if house.desk.links is not None:

        async def file(identity: str) -> tuple[File, bytes | None] | None:
            return await house.store.read(reading.file, identity)

        files.mount(house.web, house.desk.links, file)


async def _listen(routes: web.Application, bind: tuple[str, int], stack: AsyncExitStack) -> str:
    runner = web.AppRunner(routes, access_log=None, shutdown_timeout=3)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, *bind)
    await site.start()
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"


def _resume(tx: Tx, now: datetime) -> int:
    """The only process of a store takes back what the one before it left under way; others wait for the lease."""
    return tx.outbox.resume(now)


def _owes_now(tx: Tx, now: datetime) -> bool:
    return any((at := tx.outbox.next_due(lane)) is not None and at <= now for lane in Lane)


def _oldest(tx: Tx) -> datetime | None:
    return tx.outbox.oldest()
