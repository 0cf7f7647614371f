"""Why an order is due when it is: the explanation as a whisper, for the card's button and ``/coop why``."""

from __future__ import annotations

from coopbot.domain.explain import explain
from coopbot.domain.seen import Seen
from coopbot.domain.staffing import staffed
from coopbot.ports import Message, Translate
from coopbot.views.blocks import context, section
from coopbot.views.explain import lines, staffing_line
from coopbot.views.text import escape


def why(seen: Seen, t: Translate) -> Message:
    """Step by step from the clock's start to the due time, and how much of it the team is there for."""
    first, *rest = lines(explain(seen.rules, seen.due), t)
    shift = staffing_line(seen.due, staffed(seen.due, seen.team.hours, seen.now), t, seen.now, seen.team.hours.zone)
    body = "\n".join(f"• {escape(line)}" for line in rest)
    number = escape(seen.order.key.number)
    return Message(
        text=f"{number}: {escape(first)}",
        blocks=[section(f"*{number}* · {escape(first)}"), section(body), context(escape(shift))],
    )
