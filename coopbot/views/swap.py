"""Messages about a swap: the request with its two buttons, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import Protocol

from coopbot.ports import Message, Translate
from coopbot.views import ids
from coopbot.views.blocks import Block, actions, button, quote, section
from coopbot.views.headline import lock_screen
from coopbot.views.pen import Pen, msgid


class Swap(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def to(self) -> str: ...
    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...
    @property
    def why(self) -> str: ...


NEWS: Mapping[str, str] = {
    "asked": msgid("{by} asks you to be on call from {start} to {end}."),
    "reminded": msgid("{by} still waits for your answer: will you be on call from {start} to {end}?"),
    "accepted": msgid("{to} takes your shift from {start} to {end}."),
    "declined": msgid("{to} can't take your shift from {start} to {end}. It stays yours; ask somebody else."),
    "unreached": msgid("{to} can't be reached by direct message. Ask them yourself about {start} to {end}."),
    "begins": msgid("You are on call from {start} to {end}, in place of {by}."),
    "lapsed": msgid("{to} did not answer; your shift from {start} to {end} stays yours."),
}
TAKEN = {
    "accepted": msgid("You are on call from {start} to {end}, in place of {by}."),
    "declined": msgid("You declined; {by} is told."),
}


def swap(swap: Swap, news: str, t: Translate, now: datetime, zone: tzinfo, names: Mapping[str, str]) -> Message:
    """What is new, for the one whom it concerns; a request has its two buttons."""
    pen = Pen(t, now, zone, names, private=True)
    blocks: list[Block] = [section(_said(NEWS[news], swap, pen))]
    if swap.why and news in ("asked", "reminded"):
        blocks.append(quote(swap.why))
    if news in ("asked", "reminded"):
        value = ids.named("swap", swap.id)
        yes = button(t("Accept"), ids.SWAP_ACCEPT, value)
        blocks.append(actions([yes, button(t("Decline"), ids.SWAP_DECLINE, value)], f"{ids.SWAP_ACCEPT}-{swap.id}"))
    return Message(text=lock_screen(_said(NEWS[news], swap, pen.for_fallback)), blocks=blocks)


def settled(swap: Swap, state: str, t: Translate, now: datetime, zone: tzinfo, names: Mapping[str, str]) -> Message:
    """In place of the request, for the one who answered it."""
    pen = Pen(t, now, zone, names, private=True)
    said = _said(TAKEN[state], swap, pen)
    return Message(text=lock_screen(_said(TAKEN[state], swap, pen.for_fallback)), blocks=[section(said)])


def _said(sentence: str, swap: Swap, pen: Pen) -> str:
    facts: Mapping[str, Callable[[], str]] = {
        "by": lambda: pen.who(swap.by),
        "to": lambda: pen.who(swap.to),
        "start": lambda: pen.at(swap.start, day=True),
        "end": lambda: pen.end(swap.end, swap.start),
    }
    return pen.t(sentence, **{name: said() for name, said in facts.items()})
