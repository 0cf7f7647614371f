"""A drill's messages: marked as one in the first word, so that nobody takes it for an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Protocol

from coopbot.ports import Message, Translate
from coopbot.views import ids
from coopbot.views.blocks import Block, actions, button, section
from coopbot.views.headline import CRC_MARK, lock_screen
from coopbot.views.pen import Pen, msgid


class Drill(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def called(self) -> Sequence[str]: ...
    @property
    def claimed_by(self) -> str: ...
    @property
    def took(self) -> timedelta: ...


ENDED = {
    "claimed": msgid("DRILL over: {who} claimed it after {span}."),
    "preempted": msgid("DRILL over after {span}: a real CRC has come."),
    "lapsed": msgid("DRILL over: nobody claimed it within {span}."),
}


def drill(drill: Drill, news: str, t: Translate, now: datetime, zone: tzinfo, names: Mapping[str, str]) -> Message:
    """The call itself (``asked``), or how it ended."""
    pen = Pen(t, now, zone, names)
    if news != "asked":
        span, who = pen.span(drill.took), pen.who(drill.claimed_by)
        said = t(ENDED[news], **({"who": who} if news == "claimed" else {}), span=span)
        return Message(text=lock_screen(said), blocks=[section(said)])
    who = pen.mentions(drill.called)
    said = t(
        "DRILL, no order: {who}, claim it now as if it were a CRC. {by} started it.", who=who, by=pen.who(drill.by)
    )
    claim = button(t("Claim (drill)"), ids.DRILL_CLAIM, ids.named("drill", drill.id))
    blocks: list[Block] = [section(f"{CRC_MARK} *{said}*"), actions([claim], f"{ids.DRILL_CLAIM}-{drill.id}")]
    return Message(text=lock_screen(said), blocks=blocks)


def started(drill: Drill, t: Translate, names: Mapping[str, str]) -> Message:
    """For the lead who started it."""
    pen = Pen(t, names=names, private=True)
    said = t("The drill has begun; {who} is called. The channel is told how long it took.", who=pen.whos(drill.called))
    return Message(text=said, blocks=[section(said)])
