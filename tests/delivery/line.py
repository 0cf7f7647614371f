"""A delivery line of real parts: the store, the worker, Slack's client, and a sandbox that can be told to misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp

from coopbot.clock import monotonic
from coopbot.delivery.pacing import Limits, Pacer
from coopbot.delivery.wire import Wire
from coopbot.delivery.worker import Worker
from coopbot.domain.intent import Intent, Lane
from coopbot.domain.team import ShopKey
from coopbot.ports import Platform
from coopbot.sandbox import App, Channel, Sandbox, User, Workspace
from coopbot.slack.chat import SlackChat, web_client
from coopbot.slack.files import SlackFiles
from coopbot.store import OpenStore
from coopbot.views.language import Catalogues
from tests.support.office import Office, raising
from tests.support.world import ANA, BEN, BOSS, LEAD, a_desk, a_team, shanghai

FLAG, OUTLET, FALLBACK, OPS = "C0FLAG", "C0OUTLET", "C0FALL", "U0OPS"
BOT = "U0BOT"
SCOPES = ["chat:write", "channels:history", "channels:read", "im:write", "im:history", "users:read"]
TIMEOUT_S, MARGIN_S = 0.4, 0.1
SOON_S = 60
FREE = Limits(1e6, 1e6, 1e6, 1e6, 1e6, 1e6)
Json = dict[str, Any]


class Now:
    """Domain time that stands still."""

    def now(self) -> datetime:
        return shanghai("2026-11-23 10:00")


class Nobody:
    """No platform is called in these tests."""

    async def reply(self, *_: Any) -> Any:
        raise AssertionError("no reply was owed")

    tell_outage = reply


@dataclass
class Line:
    store: OpenStore
    sandbox: Sandbox
    session: aiohttp.ClientSession
    office: Office
    scopes: Sequence[str] = ()
    workers: list[Worker] = field(default_factory=list)
    running: list[asyncio.Task[None]] = field(default_factory=list)
    _sessions: list[aiohttp.ClientSession] = field(default_factory=list)

    def worker(
        self,
        limits: Limits = FREE,
        lane: Lane = Lane.CHAT,
        platform: Platform | None = None,
        timeout_s: float = TIMEOUT_S,
        **given: Any,
    ) -> Worker:
        """A worker, not running yet."""
        session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timeout_s))
        self._sessions.append(session)
        chat = SlackChat(web_client("xoxb-sandbox-1", f"{self.sandbox.address}/api/", session))
        wire = Wire(
            chat, platform or Nobody(), SlackFiles(chat._client, session), timeout_s=timeout_s, margin_s=MARGIN_S
        )
        made = Worker(lane, self.store, self.office.desk, Now(), wire, Catalogues(), pacer=Pacer(limits), **given)
        self.store.on_owed(lambda lanes: made.nudge() if lane in lanes else None)
        return made

    def start(self, *args: Any, **given: Any) -> Worker:
        made = self.worker(*args, **given)
        self.workers.append(made)
        self.running.append(asyncio.create_task(made.run()))
        return made

    async def owe(self, *intents: Intent) -> None:
        await self.store.run(lambda tx: tx.outbox.add(intents))

    async def raises(self, number: str, shop: str = "10001", order_class: str = "crc") -> None:
        raised = raising(
            self.office.now, id=f"e-{number}", work_order_no=number, shop_id=shop, **{"class": order_class}
        )
        (answer,) = await self.office.take(raised)
        assert answer.status.value == "accepted", answer

    async def fault(self, fault: str, method: str | None = None, **more: Any) -> None:
        body = {"fault": fault, **({"method": method} if method else {}), **more}
        async with self.session.post(f"{self.sandbox.address}/control/faults", json=body) as answer:
            assert answer.status == 200, await answer.text()

    async def control(self, path: str, **body: Any) -> Json:
        async with self.session.post(f"{self.sandbox.address}/control/{path}", json=body) as answer:
            assert answer.status < 300, await answer.text()
            told: Json = await answer.json()
            return told

    async def calls(self, method: str = "chat.postMessage", *, effect: bool = True) -> list[Json]:
        async with self.session.get(f"{self.sandbox.address}/control/journal") as answer:
            calls = (await answer.json())["calls"]
        return [call for call in calls if call["method"] == method and (call["effect"] or not effect)]

    async def until(self, look: Callable[[], Awaitable[bool]], what: str) -> None:
        """Look after each change of the workspace, and now and then."""
        ends = monotonic() + SOON_S
        seq = 0
        while not await look():
            assert monotonic() < ends, f"never: {what}"
            query = {"since": str(seq), "timeout": "0.05"}
            async with self.session.get(f"{self.sandbox.address}/control/wait", params=query) as answer:
                seq = (await answer.json())["seq"]

    async def posted(self, count: int) -> list[Json]:
        async def look() -> bool:
            return len(await self.calls()) >= count

        await self.until(look, f"{count} posts")
        return await self.calls()

    async def settled(self) -> None:
        """Nothing is owed any more."""

        async def look() -> bool:
            return await self.store.read(lambda tx: all(tx.outbox.next_due(lane) is None for lane in Lane))

        await self.until(look, "everything delivered")

    async def outbox(self) -> list[tuple[str, str, str]]:
        """Kind, state and reason of each row, in the order in which they were owed."""
        listed: list[tuple[str, str, str]] = await self.store.read(_rows)
        return listed


def _rows(tx: Any) -> list[tuple[str, str, str]]:
    cursor = tx.session._cursor
    cursor.execute("SELECT what, state, why FROM outbox ORDER BY id")
    return [tuple(row) for row in cursor.fetchall()]


def marks(calls: Sequence[Json]) -> list[str]:
    return [call["args"]["metadata"]["event_payload"]["intent"] for call in calls]


@asynccontextmanager
async def a_line(store: OpenStore, *, scopes: Sequence[str] = SCOPES) -> AsyncIterator[Line]:
    users = tuple(User(user, user.lower(), user) for user in (ANA, BEN, LEAD, BOSS, OPS))
    members = (ANA, BEN, LEAD, BOSS, BOT)
    channels = tuple(Channel(c, c.lower(), members=members) for c in (FLAG, OUTLET, FALLBACK))
    manifest = {"oauth_config": {"scopes": {"bot": list(scopes)}}, "settings": {"socket_mode_enabled": True}}
    app = App(bot_user_id=BOT, manifest=manifest)
    sandbox = Sandbox(Workspace(users=users, channels=channels, apps=(app,)))
    await sandbox.start(host="127.0.0.1", port=0)
    outlet = a_team(name="outlet", channel=OUTLET, shops=frozenset({ShopKey("jd", "10002")}))
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        line = Line(store, sandbox, session, Office(store, a_desk(a_team(), outlet)))
        await line.control("limits", off=True)
        try:
            yield line
        finally:
            for worker in line.workers:
                await worker.stop(within=2)
            await asyncio.gather(*line.running, return_exceptions=True)
            for each in line._sessions:
                await each.close()
            await sandbox.stop()
