"""How the control API is asked and how it answers."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from coopbot.sandbox.records import JSON
from coopbot.sandbox.refusal import Impossible

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def body_of(request: web.Request) -> JSON:
    """The JSON object of a request, empty when there is none. Raises Impossible (400) for anything else."""
    raw = await request.read()
    try:
        read = json.loads(raw or b"{}")
    except ValueError:
        raise Impossible("bad_request", "the body is not JSON", 400) from None
    if not isinstance(read, dict):
        raise Impossible("bad_request", "the body is not a JSON object", 400)
    return read


def number(request: web.Request, name: str, default: float) -> float:
    """Raises Impossible (400) for what is no number."""
    try:
        return float(request.query.get(name, default))
    except ValueError:
        raise Impossible("bad_request", f"{name} is not a number", 400) from None


def answer(content: Any) -> web.Response:
    return web.json_response(content, dumps=_dumps)


def _dumps(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False)


def guarded(handler: Handler) -> Handler:
    """Impossible becomes its status and ``{"error", "detail"}``; a missing name in the body is a 400."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except Impossible as no:
            return web.json_response({"error": no.error, "detail": no.detail}, status=no.status)
        except KeyError as missing:
            return web.json_response({"error": "bad_request", "detail": f"missing {missing}"}, status=400)
        except (TypeError, ValueError) as wrong:
            return web.json_response({"error": "bad_request", "detail": str(wrong)}, status=400)

    return handle
