"""A stage for plays: the real bot, a strict workspace and a console, one steered clock over all three.

Time passes as it does in production: through every due moment and every quarter of an hour, each with its ticks. What
the workspace came to read is told line by line, and whatever a play did not expect fails it.
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import aiohttp

from coopbot.app import House, build
from coopbot.clock import SteeredClock, wall
from coopbot.config import load
from coopbot.delivery.pacing import Limits
from coopbot.demo import cast
from coopbot.demo.audience import Audience, Json, Marketplace, Person
from coopbot.sandbox import Sandbox, console_routes
from coopbot.sandbox.client import SandboxClient
from coopbot.sandbox.console import Console
from tests.support.world import SHANGHAI

SECRET = "whsec_" + base64.b64encode(b"a secret that only tests know..").decode()
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
QUARTER = timedelta(minutes=15)
UNPACED = Limits(
    channel_rate=500, channel_burst=500, posts_rate=500, posts_burst=500, updates_rate=500, updates_burst=500
)
PATIENCE_S = 60


def a_monday() -> datetime:
    """The first Monday of next month, 00:00 in Shanghai: its week lies in one month, and ahead of real time."""
    first = (wall().astimezone(SHANGHAI).replace(day=1) + timedelta(days=32)).replace(day=1)
    monday = first + timedelta(days=-first.weekday() % 7)
    return monday.replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Line:
    """One message as the workspace got it: where, whom it mentions, and what it says."""

    where: str
    """A channel's id, or a person's for what only they read; ``/`` behind it: in a thread, ``/+``: there and in the
    channel's own stream."""
    mentions: frozenset[str]
    text: str
    """What a lock screen shows."""
    whole: str
    """All of it."""

    def __str__(self) -> str:
        return f"{self.where} {sorted(self.mentions)} {self.text}"


@dataclass(frozen=True)
class Expected:
    where: str
    words: tuple[str, ...]
    calls: frozenset[str]

    def fits(self, line: Line) -> bool:
        same = (line.where, line.mentions) == (self.where, self.calls)
        return same and all(word in line.whole for word in self.words)


def posted(where: str, *words: str, calls: tuple[str, ...] = ()) -> Expected:
    """A message there that says all of ``words`` and mentions just these people."""
    return Expected(where, words, frozenset(calls))


def beneath(where: str, *words: str, calls: tuple[str, ...] = ()) -> Expected:
    """Likewise, in a thread of that channel."""
    return posted(f"{where}/", *words, calls=calls)


def echoed(where: str, *words: str, calls: tuple[str, ...] = ()) -> Expected:
    """Likewise, in a thread and in the channel's own stream."""
    return posted(f"{where}/+", *words, calls=calls)


@dataclass
class Play:
    database: str
    toml: Path
    clock: SteeredClock
    monday: datetime
    sandbox: Sandbox
    console: Console
    slack: SandboxClient
    audience: Audience
    house: House | None = None
    replicas: list[House] = field(default_factory=list)
    """Others that share its database and tick in the same instants."""
    heard: int = 0
    direct: dict[str, str] = field(default_factory=dict)

    @property
    def platform(self) -> Marketplace:
        return Marketplace(self.audience)

    def person(self, user: str, channel: str = cast.FLAGSHIP) -> Person:
        return self.audience.person(user, channel)

    def instant(self, text: str) -> datetime:
        """``Mon 18:50`` of the play's week; ``Mon+ 09:00`` is the Monday after."""
        day, _, time = text.partition(" ")
        hours, _, minutes = time.partition(":")
        days = DAYS.index(day.rstrip("+")) + 7 * day.endswith("+")
        return (self.monday + timedelta(days=days, hours=int(hours), minutes=int(minutes))).astimezone(UTC)

    async def starts(self) -> None:
        self.house = await self._a_house()
        self.console.post_to(f"{self.house.address}/platform/v1/events")
        await self._ticks()

    async def joins(self) -> None:
        """Another replica starts beside the first."""
        self.replicas.append(await self._a_house())

    async def _a_house(self) -> House:
        environment = {
            "SLACK_BOT_TOKEN": cast.BOT_TOKEN,
            "SLACK_APP_TOKEN": cast.APP_TOKEN,
            "SLACK_API_URL": f"{self.sandbox.address}/api/",
            "COOPBOT_CONFIG": str(self.toml),
            "COOPBOT_DATABASE_URL": self.database,
            "COOPBOT_BIND": "127.0.0.1:0",
            "JD_WEBHOOK_SECRET": SECRET,
            "JD_READ_TOKEN": "read",
        }
        house = await build(load(environment), self.clock, UNPACED)
        await house.start()
        async with asyncio.timeout(PATIENCE_S):
            while not (await house.ready())["slack"]:  # noqa: ASYNC110 — as any outsider would ask
                await asyncio.sleep(0.02)
        return house

    async def hears_of_everybody(self) -> None:
        """Slack has told of all people and channels."""
        if self.house is not None:
            await self.house.directory.refresh()

    async def stops(self) -> None:
        """As by SIGTERM: what is owed stays owed, and nobody looks at what falls due."""
        if self.house is not None:
            await self.house.stop()
            self.house = None
        while self.replicas:
            await self.replicas.pop().stop()

    async def to(self, text: str) -> None:
        """Time passes until then."""
        end = self.instant(text)
        while (now := self.clock.now()) < end:
            quarter = now + QUARTER - (now - self.monday) % QUARTER
            look = await self._next_look()
            due = max(look, now) if look is not None else end
            await self._at(min(end, quarter, due))

    async def settles(self) -> None:
        await self._each(House.settled)

    async def saw(self, *expected: Expected) -> None:
        """The workspace came to read just these since the last look, in this sequence in each place; nothing else."""
        await self.settles()
        lines = await self._lines()
        new, self.heard = lines[self.heard :], len(lines)
        for where in dict.fromkeys([*(line.where for line in new), *(each.where for each in expected)]):
            here, wanted = [e for e in new if e.where == where], [e for e in expected if e.where == where]
            fits = len(here) == len(wanted) and all(w.fits(h) for w, h in zip(wanted, here, strict=True))
            assert fits, f"{where}\nexpected:\n{_listed(wanted)}\nseen:\n{_listed(here)}\nall:\n{_listed(new)}"

    async def card(self, number: str, by: Person) -> Json:
        """The order's card as ``by`` sees it now."""
        await self.settles()
        seen = await self.audience.get(f"/control/users/{by.user}/sees", channel=by.channel)
        own = [message for message in seen["messages"] if message["thread_ts"] in (None, message["ts"])]
        return next(message for message in own if number in message["text"])

    async def in_person(self, user: str, *words: str) -> Person:
        """The user in their direct channel with the bot, where the last message says all of ``words``."""
        await self.settles()
        told = (await self.audience.get("/control/notifications", user=user))["notifications"]
        direct = [each for each in told if each["channel"].startswith("D")]
        assert direct, f"nobody wrote to {user}"
        assert all(word in direct[-1]["text"] for word in words), direct[-1]
        return self.person(user, direct[-1]["channel"])

    async def _at(self, moment: datetime) -> None:
        if moment > self.clock.now():
            self.clock.to(moment)
            behind = moment.timestamp() - float((await self.slack.clock())["now"])
            if behind > 0:
                await self.slack.clock(advance=behind)
        await self._ticks()

    async def _ticks(self) -> None:
        """Every recurring look, as within the minute in production."""
        if self.house is None:
            return
        async with asyncio.timeout(PATIENCE_S):  # the house's own scheduler may be at it in the same moment
            while any(await self._each(House.tick)) or await self._still_due():
                pass
        await self._each(House.rota)
        await self._each(House.shift_end)
        await self.settles()

    async def _each(self, tick: Callable[[House], Awaitable[object]]) -> list[object]:
        """Of every replica, at once."""
        houses = [self.house, *self.replicas] if self.house is not None else []
        return await asyncio.gather(*(tick(house) for house in houses))

    async def _still_due(self) -> bool:
        look = await self._next_look()
        return look is not None and look <= self.clock.now()

    async def _next_look(self) -> datetime | None:
        """When the next order is due for a look."""
        return await self.house.store.read(lambda tx: tx.orders.next_look()) if self.house is not None else None

    async def _lines(self) -> list[Line]:
        calls = (await self.audience.get("/control/journal"))["calls"]
        said = [call["args"] for call in calls if call["method"] == "chat.postMessage" and call["effect"]]
        return [_line(args, await self._whose(str(args["channel"]))) for args in said]

    async def _whose(self, channel: str) -> str:
        """Who reads a direct channel; any other is itself."""
        if channel.startswith("D") and channel not in self.direct:
            told = (await self.audience.get("/control/notifications"))["notifications"]
            self.direct |= {each["channel"]: each["user"] for each in told if each["channel"].startswith("D")}
        return self.direct.get(channel, channel)


def _line(args: Json, place: str) -> Line:
    text = str(args["text"])
    thread = ("/+" if args.get("reply_broadcast") else "/") if args.get("thread_ts") else ""
    whole = f"{text} {args.get('blocks')}"
    return Line(place + thread, frozenset(re.findall(r"<@(\w+)>", text)), text, whole)


def _listed(each: Iterable[object]) -> str:
    return "\n".join(f"  {one}" for one in each)


@asynccontextmanager
async def play(folder: Path, database: str, config: str, opens: str = "Mon 08:00") -> AsyncIterator[Play]:
    """The curtain rises on the first Monday of next month; ``config`` is the bot's toml, with ``{address}``."""
    monday = a_monday()
    clock = SteeredClock(monday)
    console = Console("", SECRET, shops=cast.SHOPS, clock=clock.now, confirms=True)
    sandbox = Sandbox(cast.workspace(clock.now().timestamp()), mount=[partial(console_routes.mount, console)])
    await sandbox.start(host="127.0.0.1", port=0)
    toml = folder / "coopbot.toml"
    toml.write_text(config.format(address=sandbox.address), encoding="utf-8")
    patience = aiohttp.ClientTimeout(total=30)
    async with SandboxClient(sandbox.address) as slack, aiohttp.ClientSession(timeout=patience) as session:
        made = Play(database, toml, clock, monday, sandbox, console, slack, Audience(sandbox.address, session))
        await made.audience.post("/control/limits", {"off": True})
        try:
            await made.to(opens)
            await made.starts()
            yield made
        finally:
            await made.stops()
            await console.close()
            await sandbox.stop()
