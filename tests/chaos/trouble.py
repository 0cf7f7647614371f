"""What befalls an installation, drawn by a seed: its process, its database, Slack, the platform."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from dataclasses import dataclass, field
from random import Random

import psycopg

from tests.support.installation import Bot, Installation

LEASE_S = "4"
PLACES = (
    "intake.verified",
    "intake.before_commit",
    "intake.committed",
    "click.before_commit",
    "click.committed",
    "tick.claimed",
    "tick.committed",
    "outbox.claimed",
    "outbox.in_flight",
    "outbox.posted",
    "outbox.marked",
    "reconcile.mid",
)
AT_SLACK = ("drop_after_effect", "drop_before_effect", "error_500", "internal_error", "html", "rate_limit", "slow")
METHODS = ("chat.postMessage", "chat.update", "conversations.history")
AT_PLATFORM = ("drop_after_effect", "error_500", "timeout")


@dataclass
class Trouble:
    """Kills the bot so many times, and starts it again each time; faults in between."""

    here: Installation
    chance: Random
    kills: int
    done: Counter[str] = field(default_factory=Counter)

    async def run(self) -> None:
        """Returns when the bot has died so often and runs again, with nothing armed any more."""
        bot = await self._serve()
        while self.done["kills"] < self.kills:
            await self._disturb(bot)
            if not bot.alive:
                self.done["kills"] += 1
                bot = await self._serve()
        await self.here.audience.session.delete(f"{self.here.sandbox.address}/control/faults")
        await self.here.audience.session.delete(f"{self.here.sandbox.address}/console/faults")
        await bot.kill()
        await self.here.serve(COOPBOT_LEASE=LEASE_S)

    async def _serve(self) -> Bot:
        """Sometimes it dies at a named place, sometimes at none."""
        while True:
            armed = {}
            if self.chance.random() < 0.6:
                place = f"{self.chance.choice(PLACES)}:kill@{self.chance.randint(1, 4)}"
                armed = {"COOPBOT_FAIL": place, "COOPBOT_ALLOW_FAULTS": "1"}
            bot = await self.here.serve(COOPBOT_LEASE=LEASE_S, **armed)
            if bot.alive:
                return bot
            self.done["kills"] += 1

    async def _disturb(self, bot: Bot) -> None:
        await self._some_changes(self.chance.randint(1, 12))
        what = self.chance.choices(
            (self._kill, self._freeze, self._slack, self._platform, self._database), (5, 1, 4, 2, 1)
        )[0]
        if bot.alive:
            self.done[what.__name__.strip("_")] += 1
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

    async def _freeze(self, bot: Bot) -> None:
        bot.process.send_signal(signal.SIGSTOP)
        since = await self.here.audience.seq()
        await self.here.audience.get("/control/wait", since=since, timeout=str(self.chance.uniform(0.2, 5)))
        bot.process.send_signal(signal.SIGCONT)

    async def _slack(self, _: Bot) -> None:
        fault = self.chance.choice(AT_SLACK)
        body = {"fault": fault, "method": self.chance.choice(METHODS), "times": self.chance.randint(1, 3)}
        await self.here.audience.post("/control/faults", body)

    async def _platform(self, _: Bot) -> None:
        body = {"fault": self.chance.choice(AT_PLATFORM), "times": 1}
        await self.here.audience.post("/console/faults", body)

    async def _database(self, _: Bot) -> None:
        """PostgreSQL ends every session, as its restart does; a SQLite file has nobody to restart."""
        if self.here.database.startswith("postgresql"):
            await asyncio.to_thread(_end_sessions, self.here.database)


def _end_sessions(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
