"""A running workspace: its parts, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from coopbot.sandbox.changes import Changes
from coopbot.sandbox.clock import SandboxClock
from coopbot.sandbox.conversations import Conversations
from coopbot.sandbox.delivery.health import Health
from coopbot.sandbox.delivery.post_office import PostOffice
from coopbot.sandbox.directory import Directory
from coopbot.sandbox.faults import Faults
from coopbot.sandbox.files import Files
from coopbot.sandbox.journal import Journal
from coopbot.sandbox.modals import Modals
from coopbot.sandbox.pacing import Pacing
from coopbot.sandbox.records import JSON, InstalledApp
from coopbot.sandbox.response_urls import ResponseUrls
from coopbot.sandbox.workspace import Workspace


class World:
    """No behaviour of its own: rules live in modules of their own and take the world as first argument."""

    directory: Directory
    conversations: Conversations
    modals: Modals
    response_urls: ResponseUrls
    files: Files
    scheduled: dict[tuple[str, str], JSON]
    """Messages to come, by app and id."""
    open_link: Callable[[InstalledApp], str]
    """The address of a new socket connection, for apps.connections.open."""

    def __init__(self, seed: Workspace) -> None:
        self.seed = seed
        self.address = ""
        self.clock = SandboxClock(seed.starts_at)
        self.changes = Changes()
        self.journal = Journal(self.clock, self.changes)
        self.faults = Faults(self.changes)
        self.pacing = Pacing(self.clock)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._begin()
        self.post_office = PostOffice(
            self.clock, self.journal, self.faults, Health(self.clock, self.pacing), self.background
        )

    def _begin(self) -> None:
        self.directory = Directory(self.seed, self.clock, self.changes)
        self.conversations = Conversations(self.seed, self.clock, self.changes)
        self.modals = Modals(self.clock, self.changes)
        self.response_urls = ResponseUrls(self.clock)
        self.response_urls.address = self.address
        self.files = Files(self.clock)
        self.scheduled = {}

    def reset(self) -> None:
        """Back to the workspace it was started with; clock, journal and open sockets go on."""
        self.faults.disarm()
        self.pacing.set(self.pacing.scale)
        self._begin()
        self.changes.tell("reset")

    def at(self, address: str) -> None:
        """Say where the workspace can be reached."""
        self.address = self.response_urls.address = address

    def background(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Do it beside, held so that it is not lost."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def stop(self) -> None:
        self.clock.stop()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
