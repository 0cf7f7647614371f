"""Shortcuts in a message's menu: the only way out of a thread, and it leads through a preview (never by itself)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from coopbot.errors import Refusal
from coopbot.handlers.interaction import Shortcut
from coopbot.handlers.opening import opened_first
from coopbot.handlers.reception import Followup, Reception
from coopbot.services import thread
from coopbot.views import ids
from coopbot.views.reply_modal import reply_modal

Handler = Callable[[Reception, Shortcut], Awaitable[Followup | None]]


async def send_as_answer(reception: Reception, shortcut: Shortcut) -> Followup:
    """The modal for a free answer, with the message's words in it: sending is another click."""
    said = thread.Said(shortcut.channel, shortcut.thread, shortcut.text, shortcut.by_person)
    try:
        view = await _modal(reception, shortcut.user, said)
    except Refusal as why:
        if why.code != "not_under_a_card" or not said.may_be_under_a_card:
            raise
        asked = _asking_slack(reception, shortcut.user, said)
        return opened_first(reception, shortcut.user, shortcut.trigger_id, asked)
    return reception.open_view(shortcut.trigger_id, view)


async def _modal(reception: Reception, user: str, said: thread.Said, intent: str = "") -> dict[str, Any]:
    now = reception.clock.now()
    it, language, words = await reception.read(thread.to_answer, now, reception.desk, user, said, intent)
    return reply_modal(it, reception.languages[language], draft=words, files=reception.desk.passes_on)


async def _asking_slack(reception: Reception, user: str, said: thread.Said) -> dict[str, Any]:
    """A card may stand in the channel before it is recorded that it does: its mark says which order's it is."""
    found: Any = await reception.client.conversations_replies(
        channel=said.channel, ts=said.thread, limit=1, include_all_metadata=True
    )
    above: Mapping[str, Any] = next(iter(found["messages"]), {})
    ours = above.get("ts") == said.thread and above.get("user") == reception.bot_user
    payload = (above.get("metadata") or {}).get("event_payload") or {}
    return await _modal(reception, user, said, str(payload.get("intent") or "") if ours else "")


SHORTCUTS: Mapping[str, Handler] = MappingProxyType({ids.SEND_AS_ANSWER: send_as_answer})
