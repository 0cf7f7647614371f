"""Every error answer as a problem document (RFC 9457)."""

from __future__ import annotations

import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import web

from coopbot.errors import Trouble

_log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def answer(value: Any, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(value), status=status, content_type="application/json")


def problem(status: int, detail: str, *, headers: Mapping[str, str] | None = None, **extensions: Any) -> web.Response:
    """A problem of no type of its own: the status says which it is, ``extensions`` are further members."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **extensions}
    return web.Response(
        body=orjson.dumps(body), status=status, content_type="application/problem+json", headers=headers
    )


def busy(error: Trouble) -> web.Response:
    """503: come again in some seconds, nothing is half-done."""
    _log.warning("a request was put off: %s", error)
    after = str(math.ceil(error.after)) if error.after else "1"
    return problem(503, "Not now; nothing of this request was kept.", headers={"Retry-After": after})


@web.middleware
async def as_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what the router and the body reader refuse into problems, and a busy store into 503."""
    try:
        return await handler(request)
    except Trouble as error:
        return busy(error)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        kept = {name: error.headers[name] for name in ("Allow",) if name in error.headers}
        return problem(error.status, error.reason, headers=kept)
    except web.RequestPayloadError:
        return problem(400, "The body can't be decoded.")
