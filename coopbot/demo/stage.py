"""Sets the stage: sandbox and console on one server, the real bot on another, one steered clock over both."""

from __future__ import annotations

import asyncio
import base64
import secrets
import socket
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web

from coopbot.app import House, build
from coopbot.clock import SteeredClock, wall
from coopbot.config import load
from coopbot.delivery.pacing import Limits
from coopbot.demo import cast
from coopbot.demo.steering import Steering
from coopbot.sandbox import Sandbox, console_routes
from coopbot.sandbox.client import SandboxClient
from coopbot.sandbox.console import Console

SHANGHAI = ZoneInfo("Asia/Shanghai")
Mount = Callable[[web.Application], None]


@dataclass
class Stage:
    sandbox: Sandbox
    console: Console
    house: House
    steering: Steering
    slack: SandboxClient


def opening_time() -> datetime:
    """Tomorrow 09:30 in Shanghai: always ahead of real time, so that recorded instants never lie in the past."""
    tomorrow = wall().astimezone(SHANGHAI) + timedelta(days=1)
    return tomorrow.replace(hour=9, minute=30, second=0, microsecond=0).astimezone(UTC)


@asynccontextmanager
async def stage(
    port: int,
    *,
    rate: float,
    mounts: Callable[[Steering], list[Mount]],
    undo: str = "10s",
    rewrite: Callable[[str], str] = str,
) -> AsyncIterator[Stage]:
    """Everything started and ready; everything stopped in the end. ``port`` 0 is any free one; ``rewrite`` changes the
    bot's toml before it is read."""
    clock = SteeredClock(opening_time(), rate=rate)
    steering = Steering(clock)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    console = Console("", secret, shops=cast.SHOPS, clock=clock.now, confirms=True)
    sandbox = Sandbox(
        cast.workspace(clock.now().timestamp()), mount=[partial(console_routes.mount, console), *mounts(steering)]
    )
    with tempfile.TemporaryDirectory(prefix="coopbot-demo-") as folder:
        await sandbox.start(host="127.0.0.1", port=port)
        try:
            settings = load(_environment(Path(folder), sandbox.address, secret, undo, rewrite))
            house = await build(settings, clock, _quick())
            await house.start()
            console.post_to(f"{house.address}/platform/v1/events")
            async with SandboxClient(sandbox.address) as slack:
                steering.take(house, slack)
                await _ready(house)
                try:
                    yield Stage(sandbox, console, house, steering, slack)
                finally:
                    await steering.let_go()
                    await house.stop()
                    await console.close()
        finally:
            await sandbox.stop()


def _environment(folder: Path, address: str, secret: str, undo: str, rewrite: Callable[[str], str]) -> dict[str, str]:
    toml, port = folder / "coopbot.toml", _unused_port()
    toml.write_text(rewrite(cast.config(address, undo, f"http://127.0.0.1:{port}")), encoding="utf-8")
    return {
        "SLACK_BOT_TOKEN": cast.BOT_TOKEN,
        "SLACK_APP_TOKEN": cast.APP_TOKEN,
        "SLACK_API_URL": f"{address}/api/",
        "COOPBOT_CONFIG": str(toml),
        "COOPBOT_DATABASE_URL": f"sqlite:///{folder}/demo.db",
        "COOPBOT_BIND": f"127.0.0.1:{port}",
        "COOPBOT_PATIENCE": "0",
        "JD_WEBHOOK_SECRET": secret,
        "JD_READ_TOKEN": secrets.token_hex(16),
    }


def _unused_port() -> int:
    """The bot has to know where it is reached before it listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _quick() -> Limits:
    """The demo's workspace takes messages as fast as they come, so that a jump in time does not drag; but more than
    five orders at once for a channel are a list, as they are at Slack's own pace."""
    return Limits(
        channel_rate=50, channel_burst=5, posts_rate=200, posts_burst=200, updates_rate=200, updates_burst=200
    )


async def _ready(house: House) -> None:
    async with asyncio.timeout(20):
        while not (await house.ready())["slack"]:  # noqa: ASYNC110 — asked as any outsider would, by its readiness
            await asyncio.sleep(0.02)
