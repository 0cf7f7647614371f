"""``GET /healthz`` and ``GET /readyz``: alive, and able to do the work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass

from aiohttp import web

from coopbot.handlers.problems import answer, problem

PATIENCE = 3.0
"""Seconds that the checks may take together; longer is not ready."""


@dataclass(frozen=True)
class Check:
    """One thing that must be so to be ready; ``detail`` says what is, and holds no secrets."""

    ok: bool
    detail: str = ""


Ready = Callable[[], Awaitable[Mapping[str, Check]]]
"""What is checked, by name: store, slack, oldest undelivered."""


def health_routes(ready: Ready, *, patience: float = PATIENCE) -> list[web.RouteDef]:
    async def healthz(_request: web.Request) -> web.Response:
        return answer({"status": "alive"})

    async def readyz(_request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(patience):
                checks = await ready()
        except TimeoutError:
            checks = {"checks": Check(False, f"no answer within {patience:g} s")}
        shown = {name: asdict(check) for name, check in checks.items()}
        failing = [name for name, check in checks.items() if not check.ok]
        if failing:
            return problem(503, f"Not ready: {', '.join(failing)}.", headers={"Retry-After": "5"}, checks=shown)
        return answer({"status": "ready", "checks": shown})

    return [web.get("/healthz", healthz), web.get("/readyz", readyz)]
