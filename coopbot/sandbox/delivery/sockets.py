"""Socket Mode: tickets, hello, up to ten connections, refresh (slack.md A5)."""

from __future__ import annotations

import itertools
import json
from typing import Any

from aiohttp import WSMsgType, web

from coopbot.sandbox.records import JSON, InstalledApp
from coopbot.sandbox.world import World

MOST = 10
CONNECTION_TIME = 18060
"""Seconds that a connection is said to last."""


class Socket:
    def __init__(self, number: int, ws: web.WebSocketResponse, request: web.Request) -> None:
        self.number = number
        self.ws = ws
        self._request = request

    async def send(self, envelope: JSON) -> None:
        if self.ws.closed:
            raise ConnectionError("the socket is closed")
        await self.ws.send_str(json.dumps(envelope, ensure_ascii=False))

    async def close(self) -> None:
        await self.ws.close()

    def cut(self) -> None:
        """Gone without a close frame."""
        if self._request.transport:
            self._request.transport.abort()


class Sockets:
    def __init__(self, world: World) -> None:
        self.world = world
        self._tickets: dict[str, str] = {}
        self._numbers = itertools.count(1)

    def routes(self, app: web.Application) -> None:
        app.router.add_get("/link/", self.link)

    def ticket(self, app: InstalledApp) -> str:
        """The address of one connection, good once."""
        ticket = f"{app.id}-{next(self._numbers)}"
        self._tickets[ticket] = app.id
        return f"{self.world.address.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={app.id}"

    async def link(self, request: web.Request) -> web.StreamResponse:
        app_id = self._tickets.pop(request.query.get("ticket", ""), None)
        if app_id is None or self.world.faults.holds_sockets():
            return web.Response(status=403, text="not allowed")
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        socket = Socket(next(self._numbers), ws, request)
        office = self.world.post_office
        mine = office.sockets.setdefault(app_id, [])
        if len(mine) >= MOST:
            await socket.send(
                {"type": "disconnect", "reason": "too_many_websockets", "debug_info": {"host": "sandbox"}}
            )
            await ws.close()
            return ws
        mine.append(socket)
        self._told(app_id)
        try:
            await socket.send(self._hello(app_id, len(mine)))
            await self._listen(ws)
        except ConnectionError:
            pass
        finally:
            if socket in mine:
                mine.remove(socket)
            self._told(app_id)
        return ws

    async def _listen(self, ws: web.WebSocketResponse) -> None:
        async for frame in ws:
            if frame.type != WSMsgType.TEXT:
                continue
            try:
                said: Any = json.loads(frame.data)
            except ValueError:
                continue
            if isinstance(said, dict) and said.get("envelope_id"):
                payload = said.get("payload")
                self.world.post_office.acknowledge(str(said["envelope_id"]), _payload(payload))

    def _hello(self, app_id: str, connections: int) -> JSON:
        return {
            "type": "hello",
            "num_connections": connections,
            "debug_info": {
                "host": "sandbox",
                "build_number": 1,
                "approximate_connection_time": CONNECTION_TIME,
            },
            "connection_info": {"app_id": app_id},
        }

    def _told(self, app_id: str) -> None:
        self.world.changes.tell("apps", app_id=app_id)

    def all(self) -> list[Socket]:
        return [s for sockets in self.world.post_office.sockets.values() for s in sockets if isinstance(s, Socket)]

    def cut(self) -> None:
        """Every connection at once, without a close frame."""
        for socket in self.all():
            socket.cut()

    async def refresh(self, reason: str | None) -> None:
        """Tell every connection to go: a warning, then ``refresh_requested`` and the end; or only ``reason``."""
        for socket in self.all():
            if reason in (None, "warning"):
                await socket.send({"type": "disconnect", "reason": "warning", "debug_info": {"host": "sandbox"}})
            if reason != "warning":
                last = reason or "refresh_requested"
                await socket.send({"type": "disconnect", "reason": last, "debug_info": {"host": "sandbox"}})
                for sockets in self.world.post_office.sockets.values():
                    if socket in sockets:  # nothing more is sent to it
                        sockets.remove(socket)
                self.world.background(socket.close())


def _payload(payload: Any) -> JSON | None:
    if isinstance(payload, dict):
        return payload or None
    return {"text": payload} if isinstance(payload, str) and payload else None
