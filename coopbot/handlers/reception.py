"""What every handler works with, and the set that keeps follow-ups alive until they are done."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from coopbot.clock import Clock
from coopbot.domain.team import Desk
from coopbot.errors import Refusal, StoreBusy
from coopbot.failpoints import failpoint
from coopbot.ports import Languages, Store, Tx, Uploads
from coopbot.services import membership

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

OWN_LIMIT_S = 2.5
"""Slack waits 3 s for an ack (slack.md A4); past our own limit the user is told that nothing was saved."""

Followup = Coroutine[Any, Any, object]


def error_id() -> str:
    """A short id that the user reads and the operator finds in the log."""
    return uuid.uuid4().hex[:8]


@dataclass
class Reception:
    store: Store
    desk: Desk
    clock: Clock
    languages: Languages
    client: AsyncWebClient
    session: aiohttp.ClientSession
    bot_user: str = ""
    team_id: str = ""
    modal_within_s: float = 1.0
    """How long a modal may take to be made before a loading view is opened in its place: Slack's own way to us and the
    opening itself take the rest of the trigger's 3 s (slack.md C26)."""
    uploads: Uploads | None = None
    """What people handed in; None: it can't be had."""
    _held: set[asyncio.Task[object]] = field(default_factory=set)

    async def write(self, work: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a service and return after its commit, within Slack's patience. Raises StoreBusy past it."""
        try:
            async with asyncio.timeout(OWN_LIMIT_S):
                result = await self.store.run(_whole, work, *args, **kwargs)
        except TimeoutError:
            raise StoreBusy("no commit within the limit") from None
        failpoint("click.committed")
        return result

    async def read(self, work: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read on a snapshot, within Slack's patience. Raises StoreBusy past it."""
        try:
            async with asyncio.timeout(OWN_LIMIT_S):
                return await self.store.read(work, *args, **kwargs)
        except TimeoutError:
            raise StoreBusy("no read within the limit") from None

    async def meet(self, user: str) -> None:
        """Learn who somebody is: their name, their language, whether they are a guest. Asks Slack: never before an
        ack."""
        try:
            answer: Any = await self.client.users_info(user=user, include_locale=True)
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("user %s could not be looked up: %s", user, error)
            return
        await self.write(membership.learn, [membership.person_of(answer["user"])])

    def must_be_of_ours(self, team: str) -> None:
        """Raises Refusal for somebody of another workspace, with whom a channel is shared."""
        if team and self.team_id and team != self.team_id:
            raise Refusal("other_workspace")

    def hold(self, followup: Followup) -> None:
        """Do this after the ack. A loss costs the user one more click (house.md, the now lane)."""
        task = asyncio.ensure_future(_quietly(followup))
        self._held.add(task)
        task.add_done_callback(self._held.discard)

    async def drain(self, within: float = 5.0) -> None:
        """Wait for the follow-ups that are under way, at most ``within`` seconds."""
        if self._held:
            await asyncio.wait(set(self._held), timeout=within)

    async def whisper(
        self, response_url: str, text: str, blocks: list[dict[str, Any]] | None = None, *, instead: bool = False
    ) -> None:
        """Tell only the one who clicked. By response_url, since they need not be in the channel (slack.md E).

        ``instead`` puts it in the place of the message that was clicked, where only they see that.
        """
        body: dict[str, Any] = {"replace_original": instead, "text": text}
        if not instead:
            body["response_type"] = "ephemeral"
        if blocks:
            body["blocks"] = blocks
        async with self.session.post(response_url, json=body) as answer:
            if answer.status >= 400:
                log.warning("a whisper was refused: HTTP %s", answer.status)

    async def hand_files(self, user: str, files: Sequence[tuple[str, str | bytes]], words: str) -> None:
        """Send ``user`` files, name and content, in a direct message."""
        opened: Any = await self.client.conversations_open(users=[user])
        uploads = [{"filename": name, "title": name, "content": content} for name, content in files]
        await self.client.files_upload_v2(channel=opened["channel"]["id"], initial_comment=words, file_uploads=uploads)

    async def open_view(self, trigger_id: str, view: dict[str, Any]) -> None:
        await self.client.views_open(trigger_id=trigger_id, view=view)

    async def push_view(self, trigger_id: str, view: dict[str, Any]) -> None:
        await self.client.views_push(trigger_id=trigger_id, view=view)

    async def update_view(self, view_id: str, view: dict[str, Any]) -> None:
        await self.client.views_update(view_id=view_id, view=view)


def _whole(tx: Tx, work: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """What somebody did, to its last write."""
    done = work(tx, *args, **kwargs)
    failpoint("click.before_commit")
    return done


async def _quietly(followup: Followup) -> object:
    try:
        return await followup
    except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
        log.warning("a follow-up was lost: %s", error)
        return None
