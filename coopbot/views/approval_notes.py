"""Lines in an order's thread about answers that waited for a second person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from coopbot.domain.seen import Seen
from coopbot.views.pen import Pen
from coopbot.views.text import clean, clip

TEXT_KEPT = 3000
REASON_SHOWN = 300

Facts = Mapping[str, Any]


def _declined(facts: Facts, pen: Pen, seen: Seen | None) -> tuple[str, str]:
    """Its author reads why, and has the text."""
    said = pen.t(
        "{by} declined the answer: “{reason}”. Write it anew under Other answer…; the text is still there:",
        by=pen.who(facts["by"]), reason=pen.text(str(facts["reason"]), REASON_SHOWN),
    )  # fmt: skip
    return said, _kept(facts)


def _withdrawn(facts: Facts, pen: Pen, seen: Seen | None) -> tuple[str, str]:
    return pen.t("{who}'s answer no longer waits for approval; its text:", who=pen.who(facts["who"])), _kept(facts)


def _overridden(facts: Facts, pen: Pen, seen: Seen | None) -> tuple[str, str]:
    said = pen.t(
        "{who} sent an answer at {at} without approval, since nobody could give it: “{reason}”.",
        who=pen.who(facts["by"]), at=pen.at(facts["at"], day=True),
        reason=pen.text(str(facts["reason"]), REASON_SHOWN),
    )  # fmt: skip
    return said, _kept(facts)


def _kept(facts: Facts) -> str:
    return clip(clean(str(facts.get("text") or "")), TEXT_KEPT).text


NOTES: Mapping[str, Callable[[Facts, Pen, Seen | None], tuple[str, str]]] = {
    "approval_declined": _declined,
    "approval_withdrawn": _withdrawn,
    "approval_overridden": _overridden,
}
