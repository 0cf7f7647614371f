"""What a lead who held an order, or let it go on, is told: whether the platform's clock stands, and until when."""

from __future__ import annotations

from coopbot.domain.seen import Seen
from coopbot.ports import Message, Translate
from coopbot.views import headline
from coopbot.views.blocks import section
from coopbot.views.pen import Pen


def held(seen: Seen, t: Translate) -> Message:
    """One line for the asker; the team reads the same in the order's thread."""
    pen = Pen.of(seen, t)
    return Message(headline.lock_screen(_line(seen, pen.for_fallback)), [section(_line(seen, pen))])


def _line(seen: Seen, pen: Pen) -> str:
    t = pen.t
    number = pen.text(seen.order.key.number, 100)
    due = t("due {due}", due=pen.at(seen.due.at, day=True))
    if seen.order.pause is None:
        return " · ".join([t("{no} is resumed", no=number), due])
    if seen.rules.pauses_clock:
        return t("{no} is paused, and the platform's clock with it", no=number)
    return " · ".join([number, headline.hold(seen, pen), due])
