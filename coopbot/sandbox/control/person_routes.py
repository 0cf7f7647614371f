"""Acting as a person, and what that person sees."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from coopbot.sandbox.acting import modal_work, pressing, talking
from coopbot.sandbox.acting.outcome import result
from coopbot.sandbox.control.asking import answer, body_of, guarded, number
from coopbot.sandbox.reading import seen
from coopbot.sandbox.records import JSON, Conversation
from coopbot.sandbox.refusal import Impossible
from coopbot.sandbox.world import World

LARGEST_FILE = 10 * 1024 * 1024
"""Bytes that a file input takes (docs.slack.dev, file input element)."""

ACTS: dict[str, Callable[[World, str, JSON], JSON | Awaitable[JSON]]] = {
    "says": talking.says,
    "edits": talking.edits,
    "deletes": talking.deletes,
    "dm": talking.dm,
    "joins": talking.joins,
    "leaves": talking.leaves,
    "invites": talking.invites,
    "kicks": talking.kicks,
    "reacts": talking.reacts,
    "unreacts": talking.unreacts,
    "reads": talking.reads,
    "commands": pressing.commands,
    "shortcuts": pressing.shortcuts,
    "clicks": pressing.clicks,
    "suggests": pressing.suggests,
    "types": modal_work.types,
    "submits": modal_work.submits,
    "closes": modal_work.closes,
    "opens_home": modal_work.opens_home,
}


class PersonRoutes:
    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self, app: web.Application) -> None:
        r = app.router
        r.add_post("/control/users/{user}/uploads", guarded(self.upload))
        r.add_post("/control/users/{user}/{act}", guarded(self.act))
        for name in ("sees", "new", "conversations", "views", "home"):
            r.add_get(f"/control/users/{{user}}/{name}", guarded(getattr(self, name)))
        r.add_get("/control/users/{user}/files/{file}", guarded(self.file))

    async def act(self, request: web.Request) -> web.StreamResponse:
        user = self._user(request)
        act = ACTS.get(request.match_info["act"])
        if act is None:
            raise Impossible.unknown("act", request.match_info["act"])
        done: Any = act(self.world, user, await body_of(request))
        if inspect.iscoroutine(done):
            if request.query.get("wait") == "false":
                self.world.background(_unwatched(done))
                return answer(result(self.world))
            done = await done
        return answer(done)

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """The raw body becomes a file of this person's, to be put into a file input."""
        name = request.query.get("name", "").strip()
        if not name or "/" in name:
            raise Impossible("bad_request", "name is missing, or no file's name", 400)
        content = await request.read()
        if len(content) > LARGEST_FILE:
            raise Impossible("file_too_large", f"{name} is larger than 10 MB")
        file = self.world.files.upload(name, content, self._user(request))
        return answer({"seq": self.world.changes.seq, "file": self.world.files.json(file.id, self.world.address)})

    async def sees(self, request: web.Request) -> web.StreamResponse:
        user, where = self._user(request), self._channel(request)
        if user not in where.members and where.kind != "channel":
            raise Impossible("not_in_channel", where.id)
        ts = request.query.get("thread_ts")
        messages = seen.thread(self.world, where, user, ts) if ts else seen.channel(self.world, where, user)
        found = {"channel": seen.conversation(self.world, where, user), "messages": messages}
        return answer({"seq": self.world.changes.seq} | found)

    async def new(self, request: web.Request) -> web.StreamResponse:
        user, after = self._user(request), int(number(request, "since", 0))
        places = [self._channel(request)] if "channel" in request.query else list(self.world.conversations.of(user))
        found = [m for c in places for m in seen.changed_since(self.world, c, user, after)]
        return answer({"seq": self.world.changes.seq, "messages": found})

    async def conversations(self, request: web.Request) -> web.StreamResponse:
        return answer(seen.conversations(self.world, self._user(request)))

    async def views(self, request: web.Request) -> web.StreamResponse:
        stack = self.world.modals.stack(self._user(request))
        return answer({"seq": self.world.changes.seq, "views": [seen.view(self.world, v) for v in stack]})

    async def home(self, request: web.Request) -> web.StreamResponse:
        app = self.world.directory.app(request.query.get("app_id"))
        found = self.world.modals.homes.get((app.id, self._user(request)))
        return answer(seen.view(self.world, found) if found else None)

    async def file(self, request: web.Request) -> web.StreamResponse:
        self._user(request)
        file_id = request.match_info["file"]
        if file_id not in self.world.files.all:
            raise Impossible.unknown("file", file_id)
        return answer(self.world.files.json(file_id, self.world.address))

    def _user(self, request: web.Request) -> str:
        return self.world.directory.person(request.match_info["user"]).id

    def _channel(self, request: web.Request) -> Conversation:
        found = self.world.conversations.named(request.query.get("channel", ""))
        if found is None:
            raise Impossible.unknown("channel", request.query.get("channel", ""))
        return found


async def _unwatched(act: Awaitable[JSON]) -> None:
    """An act that nobody waits for: that it could not be done is nobody's concern either."""
    with contextlib.suppress(Impossible):
        await act
