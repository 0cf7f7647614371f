"""Serves the page: static files of this package, nothing from anywhere else."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

_FILES = Path(__file__).parent / "page"
_DEFAULTS: Mapping[str, Any] = {
    "clock_url": None,
    "console": False,
    "lang": "en",
    "roles": {},
    "title": "Sandbox",
    "user": None,
}


def mount(app: web.Application, config: Mapping[str, Any]) -> None:
    """Serve ``/``, ``/page/*`` and ``/page/config.json``.

    ``config``: ``clock_url`` (a clock to steer, or None: no clock bar), ``console`` (whether ``/console/`` is there),
    ``lang`` (``zh`` or ``en``), ``roles`` (user id to a role or several), ``title``, ``user`` (who is acting at first).
    Raises ValueError for other keys.
    """
    if unknown := set(config) - set(_DEFAULTS):
        raise ValueError(f"unknown page settings: {', '.join(sorted(unknown))}")
    settings = {**_DEFAULTS, **config}
    body = json.dumps(settings, ensure_ascii=False)

    async def settings_file(_: web.Request) -> web.Response:
        return web.json_response(text=body)

    app.router.add_get("/", _index(_policy(settings["clock_url"])))
    app.router.add_get("/page/config.json", settings_file)
    app.router.add_static("/page/", _FILES)


def _index(policy: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(_: web.Request) -> web.StreamResponse:
        return web.FileResponse(
            _FILES / "index.html", headers={"Content-Security-Policy": policy, "Cache-Control": "no-cache"}
        )

    return handle


def _policy(clock_url: str | None) -> str:
    """No request may leave the machine: the page's own origin, the clock's, and pictures of local servers."""
    clock = urlsplit(clock_url or "")
    elsewhere = f" {clock.scheme}://{clock.netloc}" if clock.netloc else ""
    local = "http://127.0.0.1:* http://localhost:*"
    return (
        f"default-src 'self'; connect-src 'self'{elsewhere}; img-src 'self' data: blob: {local}; "
        "style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
