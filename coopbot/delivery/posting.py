"""A post, and whether an earlier try of it is there already: Slack knows no idempotency key (docs/adr/0003)."""

from __future__ import annotations

import logging
from dataclasses import replace

from coopbot.delivery.pacing import HISTORY, OPEN, REPLIES_OF, Pacer
from coopbot.delivery.rendered import Post
from coopbot.delivery.wire import Wire
from coopbot.domain.intent import Owed
from coopbot.failpoints import failpoint
from coopbot.ports import Outcome, Refused, Sent, TryLater

log = logging.getLogger(__name__)


class Posting:
    def __init__(self, wire: Wire, pacer: Pacer) -> None:
        self._wire, self._pacer = wire, pacer
        self._directs: dict[str, str] = {}
        """The channel that the bot shares with each user it has written to."""

    async def post(self, owed: Owed, post: Post, until: float) -> Outcome:
        """In the channel, once; a user is written to in the channel that the bot shares with them."""
        chat, channel, message = self._wire.chat, post.channel, post.message
        if channel.startswith(("U", "W")):
            opened = await self._direct(channel)
            if not isinstance(opened, Sent):
                return _untouched(opened)
            channel = opened.receipt
        if owed.attempts:
            found = await self._find(channel, message.thread, owed)
            failpoint("reconcile.mid")
            if isinstance(found, Sent | TryLater):
                return _untouched(found)
            if found.code != "not_found":
                log.warning("message %s can't be looked for (%s): it may arrive twice", owed.id, found.code)
        return self._wire.held_up(until) or await chat.post(channel, message, owed.id)

    async def _direct(self, user: str) -> Outcome:
        """The channel in which the bot speaks with ``user``; it stays what it is."""
        if user not in self._directs:
            opened = self._no_room(OPEN) or await self._wire.chat.open_direct(user)
            if not isinstance(opened, Sent):
                return opened
            self._directs[user] = opened.receipt
        return Sent(self._directs[user])

    async def _find(self, channel: str, thread: str, owed: Owed) -> Outcome:
        """In its thread and in the channel: before the card was told it may have gone there."""
        for place, method in ((thread, REPLIES_OF), ("", HISTORY)):
            if place or method == HISTORY:
                found = self._no_room(method) or await self._wire.chat.find(channel, place, owed.id, owed.owed_at)
                if not (isinstance(found, Refused) and found.code in ("not_found", "thread_not_found")):
                    return found
        return Refused("not_found")

    def _no_room(self, method: str) -> TryLater | None:
        """Slack's pace and Retry-After count for each method, the ones that only look too; None: this call counts."""
        if wait := self._pacer.wait(method):
            return TryLater(wait, f"{method} has no room", begun=False)
        self._pacer.spend(method)
        return None


def _untouched(outcome: Outcome) -> Outcome:
    """Asking for a channel or for its history posts nothing, whatever became of the answer."""
    return replace(outcome, begun=False) if isinstance(outcome, TryLater) else outcome
