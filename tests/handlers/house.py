"""The platform's side of the edge on a real loopback socket, with an intake that remembers what it was given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

import aiohttp
from aiohttp import web

from coopbot.clock import wall
from coopbot.domain.event import Answer, PlatformEvent, Verdict
from coopbot.domain.seen import Seen
from coopbot.errors import Trouble
from coopbot.handlers import health, metrics, webhooks
from coopbot.platforms.standard import Standard
from tests.platforms.signed import OTHER, SECRET, THIRD, body_of, headers

TOKENS = {"jd": "jd-read-token", "weixin": "weixin-read-token"}


def accept(event: PlatformEvent) -> Answer:
    return Answer(event.id, Verdict.ACCEPTED)


@dataclass
class Edge:
    """What is behind the routes; each part can be told to be otherwise."""

    answer: Callable[[PlatformEvent], Answer] = accept
    trouble: Trouble | None = None
    commits: asyncio.Event | None = None
    asked_to_take: asyncio.Event = field(default_factory=asyncio.Event)
    taken: list[PlatformEvent] = field(default_factory=list)
    orders: dict[tuple[str, str], Seen] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    next_cursor: str | None = None
    checks: dict[str, Any] = field(default_factory=lambda: {"store": True, "slack": True})
    checks_hang: asyncio.Event | None = None
    gauges: dict[str, float] = field(default_factory=dict)

    async def take(self, events: Sequence[PlatformEvent]) -> Sequence[Answer]:
        self._fail()
        self.asked_to_take.set()
        if self.commits is not None:
            await self.commits.wait()
        self.taken += events
        return [self.answer(event) for event in events]

    async def one(self, connection: str, number: str, /) -> Seen | None:
        self._fail()
        return self.orders.get((connection, number))

    async def many(self, connection: str, /, **filters: Any) -> tuple[Sequence[Seen], str | None]:
        self._fail()
        if filters["cursor"] == "forged":
            raise ValueError(filters["cursor"])
        self.asked.append((connection, filters))
        return [seen for (owner, _), seen in self.orders.items() if owner == connection], self.next_cursor

    async def ready(self) -> dict[str, Any]:
        self._fail()
        if self.checks_hang is not None:
            await self.checks_hang.wait()
        return self.checks

    async def measured(self) -> dict[str, float]:
        self._fail()
        return self.gauges

    def _fail(self) -> None:
        if self.trouble is not None:
            raise self.trouble


@dataclass
class Caller:
    edge: Edge
    session: aiohttp.ClientSession
    base: str

    async def post(
        self, value: Any, *secrets: str, at: datetime | None = None, **changed: str
    ) -> aiohttp.ClientResponse:
        """Signed now, unless told otherwise; ``changed`` headers with ``_`` for ``-``."""
        body = value if isinstance(value, bytes) else body_of(value)
        now = at or wall()
        sent = {**headers(body, now, *secrets), **{name.replace("_", "-"): text for name, text in changed.items()}}
        return await self.send("POST", "/platform/v1/events", data=BytesIO(body), headers=sent)

    async def get(self, path: str, token: str | None = None, **query: str) -> aiohttp.ClientResponse:
        sent = {} if token is None else {"Authorization": f"Bearer {token}"}
        return await self.send("GET", path, headers=sent, params=query)

    async def send(self, method: str, path: str, **how: Any) -> aiohttp.ClientResponse:
        async with self.session.request(method, self.base + path, **how) as response:
            await response.read()
            return response


@asynccontextmanager
async def served(edge: Edge) -> AsyncIterator[Caller]:
    app = web.Application()
    meters = metrics.Meters()
    inbound = Standard({"jd": [SECRET, THIRD], "weixin": [OTHER]})
    webhooks.mount(app, inbound, take=edge.take, read_tokens=TOKENS, one=edge.one, many=edge.many, meters=meters)
    health.mount(app, edge.ready, patience=0.2)
    metrics.mount(app, meters, edge.measured)
    runner = web.AppRunner(app, access_log=None, lingering_time=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        async with aiohttp.ClientSession() as session:
            yield Caller(edge, session, f"http://{host}:{port}")
    finally:
        await runner.cleanup()
