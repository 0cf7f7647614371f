"""The sandbox as a server: everything on one address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web

from coopbot.sandbox.control.feed import Feed
from coopbot.sandbox.control.journal_routes import JournalRoutes
from coopbot.sandbox.control.person_routes import PersonRoutes
from coopbot.sandbox.control.world_routes import WorldRoutes
from coopbot.sandbox.delivery.sockets import Sockets
from coopbot.sandbox.file_routes import FileRoutes
from coopbot.sandbox.in_place import InPlace
from coopbot.sandbox.web_api import WebApi
from coopbot.sandbox.workspace import Workspace
from coopbot.sandbox.world import World

LARGEST_BODY = 32 * 1024 * 1024
LARGEST_LINE = 1024 * 1024
"""slack_sdk puts whole views into the query of blocks.validate."""


class Sandbox:
    """A local Slack workspace. ``mount`` puts further routes (a page, a console) on the same server."""

    def __init__(self, workspace: Workspace, mount: Sequence[Callable[[web.Application], Any]] = ()) -> None:
        self.workspace = workspace
        self._mount = mount
        self._runner: web.AppRunner | None = None
        self._feed: Feed | None = None
        self.world: World | None = None

    @property
    def address(self) -> str:
        """``http://host:port``. Raises RuntimeError before the start."""
        if self.world is None:
            raise RuntimeError("the sandbox has not been started")
        return self.world.address

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes any free one. Raises OSError when the port is taken."""
        world = self.world = World(self.workspace)
        sockets = Sockets(world)
        world.open_link = sockets.ticket
        self._feed = Feed(world)
        app = web.Application(client_max_size=LARGEST_BODY)
        parts = (WebApi(world), InPlace(world), sockets, WorldRoutes(world, sockets), JournalRoutes(world), self._feed)
        for part in (*parts, PersonRoutes(world), FileRoutes(world)):
            part.routes(app)
        for mount in self._mount:
            mount(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2, max_line_size=LARGEST_LINE)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        bound = self._runner.addresses[0]
        world.at(f"http://{host}:{bound[1]}")

    async def stop(self) -> None:
        """Close every connection and forget everything."""
        if self.world is None or self._runner is None:
            return
        await self.world.stop()
        if self._feed:
            await self._feed.close()
        for sockets in self.world.post_office.sockets.values():
            for socket in tuple(sockets):
                await socket.close()
        await self.world.post_office.http.close()
        await self._runner.cleanup()
