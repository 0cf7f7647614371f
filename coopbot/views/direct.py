"""The bot spoken to, directly or by a mention: where things stand, and what can be asked (decisions.md 21)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from coopbot.ports import Message, Translate
from coopbot.views.blocks import Block, divider, section
from coopbot.views.help import help_
from coopbot.views.pen import sentences
from coopbot.views.status import StatusFacts, status


def direct(facts: Sequence[StatusFacts], t: Translate, now: datetime) -> Message:
    """Status and help for whoever spoke; ``facts`` are those of their teams, none for a stranger."""
    known = help_(t)
    if not facts:
        first = t("You are in no team here. Ask a lead to let you in.")
        return Message(text=sentences(t, first, known.text), blocks=[section(first), *known.blocks])
    told = status(facts, t, now)
    blocks: list[Block] = [*(dict(block) for block in told.blocks)]
    return Message(text=told.text, blocks=[*blocks, divider(), *known.blocks])
