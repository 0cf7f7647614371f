"""``make demo``: everything up, one address to open, until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal

from aiohttp import web

from coopbot.demo import cast
from coopbot.demo.stage import Mount, Stage, stage
from coopbot.demo.steering import Steering
from coopbot.sandbox.page import mount as mount_page


async def show(port: int, lang: str) -> None:
    """Serve the demo and print where; a few orders are there already."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with stage(port, rate=1.0, mounts=lambda steering: [steering.mount, page_for(lang)]) as set_up:
        await _some_orders(set_up)
        print(f"\n  coopbot demo: open {set_up.sandbox.address}\n\n  Ctrl-C ends it; nothing is kept.", flush=True)
        await stop.wait()


def page_for(lang: str) -> Mount:
    """The page with console and clock, in ``zh`` or ``en``."""

    def mount(app: web.Application) -> None:
        mount_page(
            app,
            {
                "title": "coopbot demo",
                "clock_url": "/demo/clock",
                "console": True,
                "lang": "en" if lang.startswith("en") else "zh",
                "roles": cast.ROLES,
                "user": cast.WANG,
            },
        )

    return mount


async def _some_orders(set_up: Stage) -> None:
    for asked in (
        {"shop_id": "10001", "class": "general", "scene": "invoice"},
        {"shop_id": "10001", "class": "crc", "scene": "logistics"},
        {"shop_id": "10002", "class": "general", "scene": "urge_shipping"},
    ):
        await set_up.console.raise_order(asked)
    await set_up.house.settled()


__all__ = ["Steering", "show"]
