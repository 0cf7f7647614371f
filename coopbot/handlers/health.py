"""``GET /healthz`` and ``GET /readyz``: alive, and able to do the work. And a beat for who notices that none comes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
from aiohttp import web

from coopbot.errors import Trouble
from coopbot.handlers.problems import answer, problem

log = logging.getLogger(__name__)

PATIENCE = 3.0
"""Seconds that the checks may take together; longer is not ready."""

Ready = Callable[[], Awaitable[Mapping[str, Any]]]
"""What is checked, by name. A value that is False is not ready; others than True are details, without secrets."""


def mount(app: web.Application, ready: Ready, *, patience: float = PATIENCE) -> None:
    async def healthz(_request: web.Request) -> web.Response:
        return answer({"status": "alive"})

    async def readyz(_request: web.Request) -> web.Response:
        checks: Mapping[str, Any]
        try:
            async with asyncio.timeout(patience):
                checks = await ready()
        except TimeoutError:
            checks = {"answered": False, "patience_s": patience}
        except Trouble as error:
            checks = {"store": False, "store_detail": str(error)}
        failing = [name for name, value in checks.items() if value is False]
        if failing:
            why = f"Not ready: {', '.join(failing)}."
            return problem(503, why, headers={"Retry-After": "5"}, checks=dict(checks))
        return answer({"status": "ready", "checks": dict(checks)})

    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz)])


async def beat(session: aiohttp.ClientSession, url: str) -> None:
    """Say at ``url`` that all is well; what is lost there is no trouble of ours."""
    try:
        async with session.get(url) as answer:
            if answer.status >= 400:
                log.warning("the heartbeat was refused: HTTP %s", answer.status)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("the heartbeat did not arrive: %s", type(error).__name__)
