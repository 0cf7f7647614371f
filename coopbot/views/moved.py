"""What is left of a card whose order was given to another team: where it went, and no buttons."""

from __future__ import annotations

from coopbot.ports import Message, Translate
from coopbot.views.blocks import Block, section
from coopbot.views.headline import lock_screen
from coopbot.views.pen import Pen


def moved(number: str, to: str, t: Translate) -> Message:
    """One line for the team that had it."""
    pen = Pen(t)
    line = t("Work order {no} was given to {team}; nothing left to do here.", no=pen.text(number), team=pen.text(to))
    blocks: list[Block] = [section(line)]
    return Message(text=lock_screen(line), blocks=blocks)
