"""What happened: numbers, waiting, calls, deliveries, notifications."""

from __future__ import annotations

from aiohttp import web

from coopbot.sandbox.control.asking import answer, guarded, number
from coopbot.sandbox.journal import since
from coopbot.sandbox.world import World

LONGEST_WAIT = 60.0


class JournalRoutes:
    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self, app: web.Application) -> None:
        app.router.add_get("/control/seq", guarded(self.seq))
        app.router.add_get("/control/wait", guarded(self.wait))
        app.router.add_get("/control/journal", guarded(self.journal))
        app.router.add_get("/control/deliveries", guarded(self.deliveries))
        app.router.add_get("/control/notifications", guarded(self.notifications))

    async def seq(self, _: web.Request) -> web.StreamResponse:
        return answer({"seq": self.world.changes.seq})

    async def wait(self, request: web.Request) -> web.StreamResponse:
        after = int(number(request, "since", self.world.changes.seq))
        timeout = min(LONGEST_WAIT, number(request, "timeout", 10))
        return answer({"seq": await self.world.changes.beyond(after, timeout)})

    async def journal(self, request: web.Request) -> web.StreamResponse:
        calls = since(self.world.journal.calls, int(number(request, "since", 0)))
        return answer({"seq": self.world.changes.seq, "calls": calls})

    async def deliveries(self, request: web.Request) -> web.StreamResponse:
        found = since(self.world.journal.deliveries, int(number(request, "since", 0)))
        return answer({"seq": self.world.changes.seq, "deliveries": found})

    async def notifications(self, request: web.Request) -> web.StreamResponse:
        found = since(self.world.journal.notifications, int(number(request, "since", 0)))
        user = request.query.get("user")
        mine = [n for n in found if user in (None, n["user"])]
        return answer({"seq": self.world.changes.seq, "notifications": mine})
