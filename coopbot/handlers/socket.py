"""Socket Mode: Bolt's own handler, with a ping that soon notices a dead line (slack.md C13) and tasks that stay."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Generator
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

log = logging.getLogger(__name__)

_PING_S = 5
_SOON, _SELDOM = 1.0, 30.0


class Socket:
    def __init__(self, app: AsyncApp, app_token: str, client: AsyncWebClient) -> None:
        self._handler = AsyncSocketModeHandler(app, app_token, web_client=client, ping_interval=_PING_S)

    async def open(self) -> None:
        """Connect; where Slack does not answer, try again until it does. Refreshes are the SDK's."""
        keep_tasks(asyncio.get_running_loop())
        wait = _SOON
        while True:
            try:
                await self._handler.connect_async()  # type: ignore[no-untyped-call]
            except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
                log.warning("no socket to Slack: %s; again in %.0f s", error, wait)
                await asyncio.sleep(wait)
                wait = min(_SELDOM, wait * 2)
                continue
            return

    async def connected(self) -> bool:
        return await self._handler.client.is_connected()

    async def close(self) -> None:
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
