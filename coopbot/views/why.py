"""Why an order is due when it is: the explanation as a whisper, for the card's button and ``/coop why``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from coopbot.domain.explain import explain
from coopbot.domain.seen import Seen
from coopbot.ports import Message, Translate
from coopbot.views.blocks import Block, context, section
from coopbot.views.explain import Near, lines, staffing_line
from coopbot.views.text import escape


def why(seen: Seen, t: Translate) -> Message:
    """Step by step from the clock's start to the due time, and how much of it the team is there for."""
    explanation = explain(seen.rules, seen.due, [replace(p, by=seen.name(p.by)) for p in seen.order.pauses])
    first, *rest = lines(explanation, t)
    shift = staffing_line(seen.due, seen.staffed, t, Near(seen.now, seen.team.hours.zone, t))
    number = escape(seen.order.key.number)
    return Message(
        text=f"{number}: {escape(first)}",
        blocks=[section(f"*{number}* · {escape(first)}"), *_sections(rest), context(escape(shift))],
    )


def _sections(lines: Sequence[str]) -> Iterator[Block]:
    """A line each, in as few sections as Slack's limit of 3,000 characters allows."""
    text = ""
    for line in (f"• {escape(line)}" for line in lines):
        if text and len(text) + len(line) >= 3000:
            yield section(text)
            text = ""
        text += f"\n{line}" if text else line
    yield section(text)
