"""A whole installation for tests: the real ``coopbot serve`` in its own process, a sandbox and a console beside it.

Everything is judged from outside: what the workspace's people see, and what the platform's journal holds.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp

from coopbot.clock import monotonic
from coopbot.demo import cast
from coopbot.demo.audience import Audience, Json, Marketplace, Person
from coopbot.sandbox import Sandbox, console_routes
from coopbot.sandbox.console import Console
from tests.support import nursery

SECRET = "whsec_" + base64.b64encode(b"a secret that only tests know..").decode()
SIGNING = "sandbox-signing-secret-1"
STARTS_WITHIN_S = 90
PERSISTS_FOR_S = 180
LAST_LINES = 100


@dataclass
class Installation:
    folder: Path
    database: str
    sandbox: Sandbox
    console: Console
    session: aiohttp.ClientSession
    port: int
    socket_mode: bool = True
    bot: Bot | None = None
    deaths: int = 0
    undo: str = "10s"
    public: bool = False
    """Whether it knows where it is reached from outside: then files can be passed on."""
    rewrite: Callable[[str], str] = str
    """What a test changes of the toml before the bot reads it."""

    @property
    def audience(self) -> Audience:
        return Audience(self.sandbox.address, self.session)

    @property
    def platform(self) -> Marketplace:
        return Marketplace(self.audience)

    def person(self, user: str, channel: str = cast.FLAGSHIP) -> Person:
        return self.audience.person(user, channel)

    async def serve(
        self, *, sabotage: str = "", wait_ready: bool = True, from_scratch: bool = False, **environment: str
    ) -> Bot:
        """Start the bot and wait until it is ready; it may die on the way where a failpoint says so. Mostly it is
        forked from a process that has imported everything; ``from_scratch`` where the start itself is looked at."""
        code, whole = f"{sabotage}\nfrom coopbot.__main__ import main\nmain()", {**self.environment(), **environment}
        process: asyncio.subprocess.Process | nursery.Born
        if from_scratch or "LD_PRELOAD" in environment:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", code, "serve"),
                env={**os.environ, **whole},
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                cwd=nursery.ROOT,
            )
        else:
            process = await nursery.bear(code, ["serve"], {**os.environ, **whole})
        bot = Bot(process, self)
        self.bot = bot
        await bot.comes_up(wait_ready)
        return bot

    async def coopbot(self, *words: str) -> tuple[int, str]:
        """What the command says at the terminal, and with which code it ends."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "coopbot", *words),
            env={**os.environ, **self.environment()},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=Path(__file__).parents[2],
        )
        told, _ = await process.communicate()
        return process.returncode or 0, told.decode()

    def environment(self) -> dict[str, str]:
        toml = self.folder / "coopbot.toml"
        public = f"http://127.0.0.1:{self.port}" if self.public else ""
        text = cast.config(self.sandbox.address, self.undo, public)
        toml.write_text(self.rewrite(text), encoding="utf-8")
        slack = {"SLACK_APP_TOKEN": cast.APP_TOKEN} if self.socket_mode else {"SLACK_SIGNING_SECRET": SIGNING}
        return {
            "SLACK_BOT_TOKEN": cast.BOT_TOKEN,
            **slack,
            "SLACK_API_URL": f"{self.sandbox.address}/api/",
            "COOPBOT_CONFIG": str(toml),
            "COOPBOT_DATABASE_URL": self.database,
            "COOPBOT_BIND": f"127.0.0.1:{self.port}",
            "COOPBOT_LOG": "json",
            "COOPBOT_TIMEOUT": "1",
            "COOPBOT_LEASE": "4",
            "JD_WEBHOOK_SECRET": SECRET,
            "JD_READ_TOKEN": "read",
        }

    async def persists(self, works: Callable[[], Awaitable[Any]], what: str, within: float = PERSISTS_FOR_S) -> Any:
        """Do ``works`` until it does not raise, as a person or a platform does that tries again."""
        ends = monotonic() + within
        while True:
            since = await self.audience.seq()
            try:
                return await works()
            except (AssertionError, aiohttp.ClientError, TimeoutError) as error:
                if monotonic() > ends:
                    raise AssertionError(f"{what} never worked: {error}") from error
            await self.audience.get("/control/wait", since=since, timeout="0.2")

    async def cards(self, *words: str, channel: str = cast.FLAGSHIP) -> list[Json]:
        """Messages in the channel's own stream that say all of ``words``, as its lead sees them."""
        seen = await self.audience.get(f"/control/users/{cast.CHEN}/sees", channel=channel)
        own = [message for message in seen["messages"] if message["thread_ts"] in (None, message["ts"])]
        return [message for message in own if all(word in message["text"] for word in words)]

    async def has_button(self, who: Person, card: Json, action: str) -> Json:
        """The card as ``who`` sees it, once it has that button."""

        async def look() -> tuple[Json | None, str]:
            now = await who.message(card["ts"])
            return (now if action in [each["action_id"] for each in now["actions"]] else None), str(now["text"])

        found: Json = await self.audience.until(f"the card has {action}", look)
        return found

    async def posts(self) -> list[Json]:
        """Every post that took effect in the workspace."""
        calls = (await self.audience.get("/control/journal"))["calls"]
        return [call for call in calls if call["method"] == "chat.postMessage" and call["effect"]]

    async def replies(self) -> list[Json]:
        """Every reply that the platform took."""
        entries = (await self.audience.get("/console/journal"))["entries"]
        return [entry for entry in entries if entry["type"] == "work_order.reply" and entry["effect"]]


@dataclass
class Bot:
    process: asyncio.subprocess.Process | nursery.Born
    at: Installation
    address: str = ""
    output: list[str] = field(default_factory=list)
    _reading: asyncio.Task[None] | None = None

    async def item(self, number: str) -> Any:
        """The order as the read side has it."""
        headers = {"authorization": "Bearer read"}
        async with self.at.session.get(f"{self.address}/platform/v1/work-orders/{number}", headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def comes_up(self, wait_ready: bool) -> None:
        """Until it says where it serves and is ready, or has ended."""
        assert self.process.stdout is not None
        async with asyncio.timeout(STARTS_WITHIN_S):
            while not self.address and (line := await self.process.stdout.readline()):
                self.output.append(line.decode())
                if " serves " in line.decode():
                    self.address = line.decode().split()[-1]
        self._reading = asyncio.create_task(self._read())
        if self.address and wait_ready:
            await self._ready()

    async def _ready(self) -> None:
        async with asyncio.timeout(STARTS_WITHIN_S):
            while self.process.returncode is None:
                with contextlib.suppress(aiohttp.ClientError):
                    async with self.at.session.get(f"{self.address}/readyz") as answer:
                        if answer.status == 200:
                            return
                await self.at.audience.get("/control/wait", since=await self.at.audience.seq(), timeout="0.1")

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            self.output.append(line.decode())

    async def ends(self, within: float = 30) -> int:
        """Wait until it has ended of itself; returns its exit code."""
        async with asyncio.timeout(within):
            return await self.process.wait()

    @property
    def alive(self) -> bool:
        return self.process.returncode is None

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal; nothing where it has ended.

        Not by way of asyncio: that asks first whether the process has ended, which takes its exit code from under the
        loop's own watcher (python/cpython#127049), and it is then reported as 255.
        """
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, number)

    async def kill(self) -> None:
        """SIGKILL, and wait."""
        self.send_signal(signal.SIGKILL)
        await self.process.wait()
        await self._let_go()

    async def stop(self) -> int:
        """SIGTERM, and wait: what is under way is finished."""
        self.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            code = await self.process.wait()
        await self._let_go()
        return code

    async def _let_go(self) -> None:
        if self._reading is not None:
            await self._reading


@asynccontextmanager
async def installation(folder: Path, database: str, *, socket_mode: bool = True) -> AsyncIterator[Installation]:
    """Sandbox and console up, no bot yet; everything gone in the end. The workspace sets no pace."""
    port = unused_port()
    url = None if socket_mode else f"http://127.0.0.1:{port}/slack/events"
    events = f"http://127.0.0.1:{port}/platform/v1/events"
    console = Console(events, SECRET, shops=cast.SHOPS, confirms=True)
    sandbox = Sandbox(cast.workspace(None, url), mount=[partial(console_routes.mount, console)])
    await sandbox.start(host="127.0.0.1", port=0)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        made = Installation(folder, database, sandbox, console, session, port, socket_mode)
        await made.audience.post("/control/limits", {"off": True})
        try:
            yield made
        finally:
            if made.bot is not None:
                await made.bot.kill()
                print("".join(made.bot.output[-LAST_LINES:]))  # pytest shows it where the test failed
            await console.close()
            await sandbox.stop()


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
