"""All of ``/platform/v1`` as one application, to be mounted there: ``app.add_subapp(PREFIX, platform_app(…))``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from coopbot.handlers.metrics import Meters
from coopbot.handlers.problems import answer, as_problems
from coopbot.handlers.read_side import Orders, read_routes
from coopbot.handlers.webhooks import Take, events_route
from coopbot.ports import Inbound

PREFIX = "/platform/v1"


def platform_app(
    inbound: Inbound,
    take: Take,
    orders: Orders,
    *,
    tokens: Mapping[str, str],
    openapi: Mapping[str, Any],
    meters: Meters,
) -> web.Application:
    """``tokens`` are the read tokens by connection, ``openapi`` the description that the platform's edge generates."""

    async def describe(_request: web.Request) -> web.Response:
        return answer(openapi)

    app = web.Application(middlewares=[as_problems])
    app.add_routes(
        [events_route(inbound, take, meters), *read_routes(orders, tokens), web.get("/openapi.json", describe)]
    )
    return app
