"""What befalls an installation, drawn by a seed: its process, its database, Slack, the platform."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psycopg

from tests.support import faketime
from tests.support.installation import Bot, Installation, unused_port

LEASE_S = "4"
PLACES = (
    "intake.verified",
    "intake.before_commit",
    "intake.committed",
    "click.loaded",
    "click.before_commit",
    "click.committed",
    "tick.claimed",
    "tick.committed",
    "breach.before_penalty",
    "outbox.claimed",
    "outbox.in_flight",
    "outbox.posted",
    "outbox.marked",
    "reconcile.mid",
    "drain.mid",
)
AT_SLACK = ("drop_after_effect", "drop_before_effect", "error_500", "internal_error", "html", "rate_limit", "slow")
METHODS = ("chat.postMessage", "chat.update", "conversations.history")
NAMES = {"_freeze": "freezes", "_slack": "faults of Slack", "_platform": "faults of the platform"}
AT_PLATFORM = ("drop_after_effect", "error_500", "timeout")


@dataclass
class Trouble:
    """Kills bots so many times, and starts each again; faults in between. PostgreSQL has two of them at a time."""

    here: Installation
    chance: Random
    kills: int
    crash: Callable[[], None] | None = None
    """Ends PostgreSQL at once and starts it again; None: there is only a file."""
    done: Counter[str] = field(default_factory=Counter)
    bots: list[Bot] = field(default_factory=list)

    @property
    def faults(self) -> int:
        """What befell it besides being killed."""
        return self.done.total() - self.done["kills"]

    async def run(self) -> None:
        """Returns when they have been killed so often and one runs again, with nothing armed any more."""
        try:
            for place in range(2 if self.crash else 1):
                self.bots.append(await self._serve(place))
            while self.done["kills"] < self.kills:
                await self._disturb(self.chance.choice(self.bots))
                for place, bot in enumerate(self.bots):
                    if not bot.alive:
                        self._ended(bot)
                        self.bots[place] = await self._serve(place)
        finally:
            for bot in self.bots:
                await bot.kill()
        await self.here.audience.session.delete(f"{self.here.sandbox.address}/control/faults")
        await self.here.audience.session.delete(f"{self.here.sandbox.address}/console/faults")
        await self.here.serve(COOPBOT_LEASE=LEASE_S)

    async def _serve(self, place: int) -> Bot:
        """Sometimes it dies at a named place, has a disk that is soon full, or a machine whose clock is an hour wrong.
        The second one has its own address."""
        while True:
            given = {"COOPBOT_BIND": f"127.0.0.1:{unused_port()}"} if place else {}
            if self.chance.random() < 0.6:
                armed = f"{self.chance.choice(PLACES)}:kill@{self.chance.randint(1, 4)}"
                given |= {"COOPBOT_FAIL": armed, "COOPBOT_ALLOW_FAULTS": "1"}
            if self.crash is None and self.chance.random() < 0.15:
                self.done["small disks"] += 1
                given["COOPBOT_DATABASE_URL"] = self._small_disk()
            if self.crash and faketime.is_here() and self.chance.random() < 0.1:
                self.done["wrong clocks"] += 1
                given |= faketime.wrong_by(self.chance.choice(("+1h", "-1h")))
            bot = await self.here.serve(COOPBOT_LEASE=LEASE_S, **given)
            if bot.alive:
                return bot
            self._ended(bot)

    def _ended(self, bot: Bot) -> None:
        """Killed, or stopped in order, or of itself, because its database was away when it started."""
        killed = bot.process.returncode == -signal.SIGKILL
        self.done["kills" if killed else "stops" if bot.process.returncode == 0 else "failed starts"] += 1

    def _small_disk(self) -> str:
        file = Path(self.here.database.removeprefix("sqlite:///"))
        pages = file.stat().st_size // 4096 if file.exists() else 200
        return f"{self.here.database}?max_page_count={pages + self.chance.randint(0, 30)}"

    async def _disturb(self, bot: Bot) -> None:
        await self._some_changes(self.chance.randint(1, 12))
        what = self.chance.choices(
            (self._kill, self._freeze, self._slack, self._platform, self._sessions, self._restart, self._stop),
            (5, 1, 4, 2, 1, 1, 1),
        )[0]
        if bot.alive:
            if name := NAMES.get(what.__name__):
                self.done[name] += 1
            await what(bot)

    async def _some_changes(self, count: int) -> None:
        """Until the workspace has changed so often, or nothing happens."""
        for _ in range(count):
            since = await self.here.audience.seq()
            now = await self.here.audience.get("/control/wait", since=since, timeout="0.2")
            if now["seq"] == since:
                return

    async def _kill(self, bot: Bot) -> None:
        await bot.kill()

    async def _stop(self, bot: Bot) -> None:
        """In order, as a deployment does; it may be killed while it finishes."""
        bot.send_signal(signal.SIGTERM)
        await bot.ends(within=60)

    async def _freeze(self, bot: Bot) -> None:
        bot.send_signal(signal.SIGSTOP)
        since = await self.here.audience.seq()
        await self.here.audience.get("/control/wait", since=since, timeout=str(self.chance.uniform(0.2, 5)))
        bot.send_signal(signal.SIGCONT)

    async def _slack(self, _: Bot) -> None:
        fault = self.chance.choice(AT_SLACK)
        body = {"fault": fault, "method": self.chance.choice(METHODS), "times": self.chance.randint(1, 3)}
        await self.here.audience.post("/control/faults", body)

    async def _platform(self, _: Bot) -> None:
        body = {"fault": self.chance.choice(AT_PLATFORM), "times": 1}
        await self.here.audience.post("/console/faults", body)

    async def _sessions(self, _: Bot) -> None:
        """PostgreSQL ends every session, as an administrator may; a SQLite file has nobody to do that."""
        if self.crash:
            self.done["sessions cut"] += 1
            await asyncio.to_thread(_end_sessions, self.here.database)

    async def _restart(self, _: Bot) -> None:
        if self.crash:
            self.done["databases restarted"] += 1
            await asyncio.to_thread(self.crash)


def _end_sessions(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
