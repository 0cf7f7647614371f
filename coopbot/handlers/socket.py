"""Socket Mode: Bolt's own handler, with a ping that soon notices a dead line (slack.md C13) and tasks that stay."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Generator
from functools import partial
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

log = logging.getLogger(__name__)

_PING_S = 5
_SOON, _SELDOM = 1.0, 30.0
_PATIENCE = 3
"""Looks at a dead line, one after the other, before the SDK's own reconnecting is no longer waited for."""
_LETS_GO_S = 5.0
_DRAINS_S = 3.0
"""Seconds that what is being answered has when the bot stops: Slack waits no longer for an acknowledgement."""


class Socket:
    def __init__(self, app: AsyncApp, app_token: str, client: AsyncWebClient) -> None:
        self._app, self._token, self._web = app, app_token, client
        self._busy: set[asyncio.Task[Any]] = set()
        self._closing = False
        self._handler = self._new()
        self._dead = 0
        self._opening = False

    def _new(self) -> AsyncSocketModeHandler:
        made = AsyncSocketModeHandler(self._app, self._token, web_client=self._web, ping_interval=_PING_S)
        made.client.socket_mode_request_listeners[:] = [partial(self._take, made)]
        return made

    async def _take(
        self, handler: AsyncSocketModeHandler, client: SocketModeClient, request: SocketModeRequest
    ) -> None:
        """One thing that somebody did. When the bot stops, nothing new is begun: an event that is not acked comes
        again, and who clicked is told by Slack."""
        if self._closing:
            return
        task = asyncio.current_task()
        assert task is not None
        self._busy.add(task)
        try:
            await handler.handle(client, request)
        finally:
            self._busy.discard(task)

    async def open(self) -> None:
        """Connect; where Slack does not answer, try again until it does. Refreshes are the SDK's."""
        keep_tasks(asyncio.get_running_loop())
        wait, self._opening = _SOON, True
        while self._opening:
            try:
                await self._handler.connect_async()  # type: ignore[no-untyped-call]
                self._opening = False
            except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
                log.warning("no socket to Slack: %s; again in %.0f s", error, wait)
                await asyncio.sleep(wait)
                wait = min(_SELDOM, wait * 2)

    async def connected(self) -> bool:
        return await self._handler.client.is_connected()

    async def watch(self) -> None:
        """Look at the line. The SDK mends a broken one by itself, and now and then fails to (slack.md C15): then it is
        thrown away for a new one."""
        if self._opening:
            return
        self._dead = 0 if await self.connected() else self._dead + 1
        if self._dead < _PATIENCE:
            return
        log.error("the socket to Slack has been dead for %d looks: a new one is made", self._dead)
        self._dead, old, self._handler = 0, self._handler, self._new()
        try:
            await asyncio.wait_for(old.close_async(), _LETS_GO_S)  # type: ignore[no-untyped-call]
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("the old socket did not close: %s", error)
        await self.open()

    async def close(self) -> None:
        """Take nothing new, let what is being answered be answered (slack.md C9), and hang up."""
        self._closing, self._opening = True, False
        if self._busy:
            await asyncio.wait(set(self._busy), timeout=_DRAINS_S)
        await self._handler.close_async()  # type: ignore[no-untyped-call]


def keep_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """Hold a strong reference to every task: the SDK keeps none to its listeners, and a collected one never acks
    (slack.md C8)."""
    kept: set[asyncio.Task[Any]] = set()

    def factory(
        loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any] | Generator[Any, None, Any], **more: Any
    ) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **more)
        kept.add(task)
        task.add_done_callback(kept.discard)
        return task

    loop.set_task_factory(factory)
