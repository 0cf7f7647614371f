"""Why an order is due when it is: the explanation as a whisper, for the card's button and ``/coop why``."""

from __future__ import annotations

from dataclasses import replace

from coopbot.domain.explain import explain
from coopbot.domain.seen import Seen
from coopbot.ports import Message, Translate
from coopbot.views.blocks import context, section
from coopbot.views.explain import Near, lines, staffing_line
from coopbot.views.text import escape


def why(seen: Seen, t: Translate) -> Message:
    """Step by step from the clock's start to the due time, and how much of it the team is there for."""
    explanation = explain(seen.rules, seen.due, [replace(p, by=seen.name(p.by)) for p in seen.order.pauses])
    first, *rest = lines(explanation, t)
    shift = staffing_line(seen.due, seen.staffed, t, Near(seen.now, seen.team.hours.zone, t))
    body = "\n".join(f"• {escape(line)}" for line in rest)
    number = escape(seen.order.key.number)
    return Message(
        text=f"{number}: {escape(first)}",
        blocks=[section(f"*{number}* · {escape(first)}"), section(body), context(escape(shift))],
    )
