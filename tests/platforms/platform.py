"""A platform that takes replies on a real loopback socket, and answers as it is told to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from coopbot.platforms.replies import Replies
from tests.platforms.signed import SECRET, THIRD


@dataclass(frozen=True)
class Wire:
    reply_url: str = ""
    outage_url: str = ""
    secrets: tuple[str, ...] = (SECRET, THIRD)


@dataclass
class Got:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Answerer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Platform:
    replies: Replies
    base: str
    answer: Answerer
    got: list[Got] = field(default_factory=list)


def saying(status: int, body: Any = b"", **headers: str) -> Answerer:
    """An answer of that status; a body that is not bytes is sent as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): text for name, text in headers.items()}

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=raw, headers=named)

    return answer


@asynccontextmanager
async def platform(*, timeout_s: float = 5) -> AsyncIterator[Platform]:
    async def take(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        here.got.append(Got(request.path, {name.lower(): text for name, text in request.headers.items()}, body))
        return await here.answer(request)

    app = web.Application()
    app.router.add_post("/replies", take)
    app.router.add_post("/outage", take)
    runner = web.AppRunner(app, access_log=None, lingering_time=0.1, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        base = f"http://{host}:{port}"
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timeout_s)) as session:
            wires = {
                "jd": Wire(f"{base}/replies", f"{base}/outage"),
                "mute": Wire(),
                "nowhere": Wire("http://127.0.0.1:1/replies"),
                "bad": Wire("nonsense"),
            }
            here = Platform(Replies(session, wires), base, saying(200, {"result": "ok"}))
            yield here
    finally:
        await runner.cleanup()


@asynccontextmanager
async def raw_answer(answer: bytes) -> AsyncIterator[str]:
    """An address whose server reads a request and writes ``answer``, whatever HTTP says, and hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        host, port = server.sockets[0].getsockname()[:2]
        yield f"http://{host}:{port}/replies"
    finally:
        server.close()
        await server.wait_closed()
