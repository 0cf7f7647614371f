"""Shortcuts in a message's menu: the only way out of a thread, and it leads through a preview (never by itself)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from coopbot.handlers.interaction import Shortcut
from coopbot.handlers.reception import Followup, Reception
from coopbot.services import thread
from coopbot.views import ids
from coopbot.views.reply_modal import reply_modal

Handler = Callable[[Reception, Shortcut], Awaitable[Followup | None]]


async def send_as_answer(reception: Reception, shortcut: Shortcut) -> Followup:
    """The modal for a free answer, with the message's words in it: sending is another click."""
    said = thread.Said(shortcut.channel, shortcut.thread, shortcut.text, shortcut.by_person)
    it, language, words = await reception.read(
        thread.to_answer, reception.clock.now(), reception.desk, shortcut.user, said
    )
    view = reply_modal(it, reception.languages[language], draft=words, files=reception.desk.passes_on)
    return reception.open_view(shortcut.trigger_id, view)


SHORTCUTS: Mapping[str, Handler] = MappingProxyType({ids.SEND_AS_ANSWER: send_as_answer})
