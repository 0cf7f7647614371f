"""The page's feed: a snapshot, then every change that this person's page must show."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict

from aiohttp import web

from coopbot.sandbox.changes import Change
from coopbot.sandbox.control.asking import guarded
from coopbot.sandbox.control.world_routes import apps_json, clock_json
from coopbot.sandbox.reading import seen
from coopbot.sandbox.records import JSON, Message
from coopbot.sandbox.world import World

_AS_IS = frozenset({"faults", "limits", "clock"})


class Feed:
    def __init__(self, world: World) -> None:
        self.world = world
        self._open: set[web.WebSocketResponse] = set()

    def routes(self, app: web.Application) -> None:
        app.router.add_get("/control/feed", guarded(self.feed))

    async def close(self) -> None:
        for ws in tuple(self._open):
            await ws.close()

    async def feed(self, request: web.Request) -> web.StreamResponse:
        user = self.world.directory.person(request.query.get("user", "")).id
        ws = web.WebSocketResponse(heartbeat=30)
        await ws.prepare(request)
        self._open.add(ws)
        frames: asyncio.Queue[JSON] = asyncio.Queue()
        stop = self.world.changes.listen(lambda change: self._hear(change, user, frames))
        frames.put_nowait(self.snapshot(user))
        writer = asyncio.ensure_future(_write(ws, frames))
        try:
            async for _ in ws:
                pass
        finally:
            stop()
            writer.cancel()
            self._open.discard(ws)
        return ws

    def _hear(self, change: Change, user: str, frames: asyncio.Queue[JSON]) -> None:
        if change.kind == "reset":
            frames.put_nowait({"type": "reset", "seq": change.seq})
            frames.put_nowait(self.snapshot(user))
            return
        frame = self.frame(change, user)
        if frame is not None:
            frames.put_nowait({"type": change.kind, "seq": change.seq} | frame)

    def frame(self, change: Change, user: str) -> JSON | None:
        """What of a change this person's page shows; None: nothing."""
        world, fields = self.world, change.fields
        if change.kind == "message":
            return self._message(fields["message"], fields["change"], user)
        if change.kind == "conversation":
            where = world.conversations.all[fields["channel"]]
            if user not in where.members and where.kind != "channel":
                return {"type": "conversation_gone", "id": where.id}
            return {"conversation": seen.conversation(world, where, user)}
        if change.kind in ("user", "usergroup"):
            which = fields[change.kind]["id"]
            plain = world.directory.plain(which) if change.kind == "user" else asdict(world.directory.groups[which])
            return {change.kind: plain}
        if change.kind == "views" and fields["user"] == user:
            return {"views": [seen.view(world, v) for v in world.modals.stack(user)]}
        if change.kind == "home" and fields["user"] == user:
            return {"app_id": fields["app_id"], "view": seen.view(world, world.modals.homes[(fields["app_id"], user)])}
        if change.kind == "notification" and fields["notification"]["user"] == user:
            return dict(fields["notification"])
        if change.kind == "failure" and fields["user"] == user:
            return {"what": fields["what"], "text": fields["text"], "channel": fields["channel"] or None}
        if change.kind == "apps":
            return {"apps": apps_json(world)}
        return fields if change.kind in _AS_IS else None

    def _message(self, message: Message, what: str, user: str) -> JSON | None:
        where = self.world.conversations.all[message.channel]
        if message.only_for not in ("", user) or (user not in where.members and where.kind != "channel"):
            return None
        return {"channel": message.channel, "message": seen.message(self.world, message, user), "change": what}

    def snapshot(self, user: str) -> JSON:
        world = self.world
        channels = seen.conversations(world, user)
        messages = {
            c["id"]: [
                seen.message(world, m, user)
                for m in [
                    *world.conversations.all[c["id"]].messages.values(),
                    *world.conversations.all[c["id"]].ephemerals.values(),
                ]
                if m.only_for in ("", user) and (not m.deleted or m.replies)
            ]
            for c in channels
        }
        return {
            "type": "snapshot",
            "seq": world.changes.seq,
            **clock_json(world),
            "me": world.directory.plain(user),
            "team": world.directory.team,
            "users": [world.directory.plain(u) for u in world.directory.users],
            "channels": channels,
            "usergroups": [asdict(g) for g in world.directory.groups.values()],
            "apps": apps_json(world),
            "messages": messages,
            "views": [seen.view(world, v) for v in world.modals.stack(user)],
            "homes": {a: seen.view(world, v) for (a, u), v in world.modals.homes.items() if u == user},
            "faults": world.faults.listed(),
            "limits": world.pacing.shown(),
        }


async def _write(ws: web.WebSocketResponse, frames: asyncio.Queue[JSON]) -> None:
    while not ws.closed:
        frame = await frames.get()
        try:
            await ws.send_str(json.dumps(frame, ensure_ascii=False))
        except ConnectionError:
            return
