"""Notes about a promise, in the thread of its order: to its owner, on to the leads, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from coopbot.domain.promise import Evidence
from coopbot.domain.seen import Seen
from coopbot.views import headline
from coopbot.views.pen import Pen, msgid
from coopbot.views.promise import MARK, shown, what_of
from coopbot.views.text import clean, clip

WORDS_SHOWN = 1000

Facts = Mapping[str, Any]
Written = tuple[str, str]
"""The sentence, and somebody's words below it."""

DUE = msgid("{shop}: “{what}” was promised by {due} for order {no}. Once it is done, press Kept and say what shows it.")
URGED = msgid("{shop}: the consumer urges; “{what}” was promised by {due} for order {no}.")
BROKEN = msgid("{shop}, promise broken: “{what}” was due {due} for order {no}, and nothing shows that {who} kept it.")
GIVEN_UP = msgid("{shop}, promise broken: {by} says that “{what}” by {due} can't be kept for order {no}.")
KEPT = msgid("{by} kept the promise “{what}” for order {no}: {evidence}")
HANDED_OVER = msgid("{by} handed the promise “{what}” by {due} for order {no} over to {to}.")
DROPPED = {
    "voided": msgid("The platform voided order {no}: {who} need not keep the promise “{what}” any more."),
    "rejected": msgid("The platform rejected the answer to order {no}: its promise “{what}” falls away with it."),
}


def _said(sentence: str) -> Callable[[Facts, Pen, Seen | None], Written]:
    def written(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
        return f"{MARK} " + _fill(sentence, facts, pen, seen), ""

    return written


def _urged(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    return f"{headline.URGED_MARK} " + _fill(URGED, facts, pen, seen), ""


def _broken(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    if not facts.get("by"):
        return f"{MARK} " + _fill(BROKEN, facts, pen, seen), ""
    return f"{MARK} " + _fill(GIVEN_UP, facts, pen, seen), clip(clean(str(facts.get("why") or "")), WORDS_SHOWN).text


def _kept(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    evidence = Evidence(*(str(facts.get(name) or "") for name in ("text", "link", "tracking_no")))
    return f"{MARK} " + _fill(KEPT, facts, pen, seen, evidence=" · ".join(shown(evidence, pen))), ""


def _dropped(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    return f"{MARK} " + _fill(DROPPED[str(facts["why"])], facts, pen, seen), ""


def _fill(sentence: str, facts: Facts, pen: Pen, seen: Seen | None, **more: str) -> str:
    return pen.t(
        sentence,
        what=what_of(facts["what"], str(facts["promise"]), pen),
        due=pen.at(facts["due"], day=True),
        shop=pen.text(seen.shop, 60) if seen is not None else "",
        no=pen.text(seen.order.key.number, 40) if seen is not None else "",
        who=pen.who(str(facts["owner"])),
        by=pen.who(str(facts.get("by") or "")),
        to=pen.who(str(facts.get("to") or "")),
        **more,
    )


PROMISE_NOTES: Mapping[str, Callable[[Facts, Pen, Seen | None], Written]] = {
    "promise_due": _said(DUE),
    "promise_urged": _urged,
    "promise_broken": _broken,
    "promise_kept": _kept,
    "promise_handed_over": _said(HANDED_OVER),
    "promise_dropped": _dropped,
}
SETTLES = frozenset({"promise_due", "promise_urged", "promise_handed_over"})
"""Those that carry the promise's buttons, while it is to be kept."""
