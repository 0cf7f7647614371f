"""Notes in an order's thread: what happened, who did it, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from coopbot.domain.seen import Seen
from coopbot.ports import Message, Translate
from coopbot.views import headline
from coopbot.views.blocks import Block, quote, section
from coopbot.views.pen import Pen, msgid
from coopbot.views.text import clean, clip

TEXT_SHOWN = 300
TEXT_KEPT = 3000
"""What is given back to its author is given back whole, as far as one text object goes."""

FIELDS = {
    "content": msgid("the consumer's words"),
    "title": msgid("title"),
    "scene": msgid("scene"),
    "class_code": msgid("class"),
    "due_at": msgid("due time"),
    "raised_at": msgid("time of raising"),
    "order_no": msgid("order number"),
    "consumer": msgid("consumer"),
    "amount": msgid("amount"),
    "attachments": msgid("attachments"),
    "presets": msgid("preset answers"),
    "console_url": msgid("console link"),
    "shop_id": msgid("shop"),
    "merchant_type": msgid("merchant type"),
    "business_line": msgid("business line"),
}
"""Names of facts that an update may change."""

Facts = Mapping[str, Any]


def note(code: str, facts: Facts, seen: Seen | None, t: Translate) -> Message:
    """The note that ``code`` names; ``facts`` fill it, and ``facts["mention"]`` (Slack ids) are called by it.

    Instants may be datetimes or RFC 3339 text. Raises KeyError for an unknown code or a missing fact.
    """
    pen = Pen.of(seen, t) if seen else Pen(t)
    sentence, words = NOTES[code](facts, pen)
    fallback, _ = NOTES[code](facts, pen.for_fallback)
    called = pen.mentions(tuple(facts.get("mention") or ()))
    lead = f"{called} " if called else ""
    blocks: list[Block] = [section(lead + sentence)]
    if words.strip():
        blocks.append(quote(words))
    said = f"{lead}{fallback}"
    return Message(text=headline.lock_screen(said), blocks=blocks)


Written = tuple[str, str]
"""The sentence, and somebody's words below it."""


def _claimed(facts: Facts, pen: Pen) -> Written:
    return pen.t("{who} has it now.", who=pen.who(facts["by"])), ""


def _released(facts: Facts, pen: Pen) -> Written:
    return pen.t("{who} released it; nobody has it now.", who=pen.who(facts["by"])), ""


def _handed_over(facts: Facts, pen: Pen) -> Written:
    return pen.t("{who} handed it over to {to}.", who=pen.who(facts["by"]), to=pen.who(facts["to"])), ""


def _taken_over(facts: Facts, pen: Pen) -> Written:
    before = facts.get("from")
    if before:
        return pen.t("{who} took it over from {before}.", who=pen.who(facts["by"]), before=pen.who(before)), ""
    return pen.t("{who} took it over.", who=pen.who(facts["by"])), ""


def _reply_queued(facts: Facts, pen: Pen) -> Written:
    words = clip(clean(facts["text"]), TEXT_SHOWN).text
    return pen.t("{who} answered at {at}:", who=pen.who(facts["by"]), at=pen.at(facts["at"])), words


def _reply_cancelled(facts: Facts, pen: Pen) -> Written:
    words = clip(clean(facts.get("text") or ""), TEXT_KEPT).text
    return pen.t("{who} stopped the reply before it left:", who=pen.who(facts["by"])), words


def _reply_delivered(facts: Facts, pen: Pen) -> Written:
    return pen.t("The platform has the reply since {at}.", at=pen.at(facts["at"])), ""


def _reply_accepted(facts: Facts, pen: Pen) -> Written:
    return pen.t("The platform accepted the reply at {at}. Nothing left to do.", at=pen.at(facts["at"])), ""


def _reply_rejected(facts: Facts, pen: Pen) -> Written:
    """``at`` is when the reply was given, ``due`` when the next one is."""
    reason = str(facts.get("reason") or "").strip()
    said = {"at": pen.at(facts["at"]), "due": pen.at(facts["due"], day=True)}
    if reason:
        reason = pen.text(reason, TEXT_SHOWN)
        return pen.t("The platform rejected the {at} reply: “{reason}”. Answer again by {due}.", reason=reason, **said), ""
    return pen.t("The platform rejected the {at} reply and gave no reason. Answer again by {due}.", **said), ""


def _reply_failed(facts: Facts, pen: Pen) -> Written:
    words = clip(clean(facts["text"]), TEXT_KEPT).text
    reason = pen.text(str(facts.get("reason") or ""), TEXT_SHOWN)
    return pen.t(
        "The platform did not take {who}'s reply ({reason}). It is open again; answer in the console, or here anew. "
        "The text, so that nothing is lost:",
        who=pen.who(facts["by"]),
        reason=reason,
    ), words


def _facts_updated(facts: Facts, pen: Pen) -> Written:
    """``changed`` are names of facts; ``due`` the new due time when that moved."""
    names = [pen.t(FIELDS[name]) if name in FIELDS else pen.text(name, 40) for name in facts.get("changed") or ()]
    changed = pen.t(", ").join(names[:10])
    if facts.get("due"):
        due = pen.at(facts["due"], day=True)
        return pen.t("The platform changed the order: {changed}. Due {due} now.", changed=changed, due=due), ""
    return pen.t("The platform changed the order: {changed}.", changed=changed), ""


def _due_differs(facts: Facts, pen: Pen) -> Written:
    theirs, ours = pen.at(facts["platform"], day=True), pen.at(facts["ours"], day=True)
    return pen.t("The platform wants it by {theirs}; by our rules it would be {ours}. Theirs counts.", theirs=theirs, ours=ours), ""


def _answered_elsewhere(facts: Facts, pen: Pen) -> Written:
    """``text`` is the team's own reply that was stopped by it, ``author`` whose it was."""
    by, words = str(facts.get("by") or "").strip(), clip(clean(str(facts.get("text") or "")), TEXT_KEPT).text
    at = pen.at(facts["at"])
    first = pen.t("Answered in the console at {at}.", at=at)
    if by:
        first = pen.t("{who} answered in the console at {at}.", who=pen.text(by, 60), at=at)
    if not words:
        return first, ""
    author = pen.who(str(facts.get("author") or ""))
    rest = pen.t("{who}'s reply was stopped before it left; here is its text:", who=author)
    return (first + rest if pen.t.language == "zh-CN" else f"{first} {rest}"), words


def _closed(facts: Facts, pen: Pen) -> Written:
    return _ended(facts, pen, msgid("The platform closed it."), msgid("The platform closed it: “{reason}”."))


def _voided(facts: Facts, pen: Pen) -> Written:
    return _ended(facts, pen, msgid("The platform voided it."), msgid("The platform voided it: “{reason}”."))


def _timed_out(facts: Facts, pen: Pen) -> Written:
    return _ended(
        facts,
        pen,
        msgid("Too late: the platform took it over. After a power cut or the like, report the outage now."),
        msgid("Too late: the platform took it over (“{reason}”). After a power cut or the like, report the outage now."),
    )


def _ended(facts: Facts, pen: Pen, bare: str, with_reason: str) -> Written:
    reason = str(facts.get("reason") or "").strip()
    return (pen.t(with_reason, reason=pen.text(reason, TEXT_SHOWN)) if reason else pen.t(bare)), ""


def _urged(facts: Facts, pen: Pen) -> Written:
    n = int(facts.get("count") or 1)
    mark = headline.URGED_MARK
    if n == 1:
        return f"{mark} " + pen.t("The platform urges an answer."), ""
    return f"{mark} " + pen.t("The platform urges an answer, for the {n}. time.", n=n), ""


def _outage_reported(facts: Facts, pen: Pen) -> Written:
    return f"{headline.OUTAGE_MARK} " + pen.t("{who} reported an outage for it.", who=pen.who(facts["by"])), ""


NOTES: Mapping[str, Callable[[Facts, Pen], Written]] = {
    "claimed": _claimed,
    "released": _released,
    "handed_over": _handed_over,
    "taken_over": _taken_over,
    "reply_queued": _reply_queued,
    "reply_cancelled": _reply_cancelled,
    "reply_delivered": _reply_delivered,
    "reply_accepted": _reply_accepted,
    "reply_rejected": _reply_rejected,
    "reply_failed": _reply_failed,
    "facts_updated": _facts_updated,
    "due_differs": _due_differs,
    "answered_elsewhere": _answered_elsewhere,
    "closed": _closed,
    "voided": _voided,
    "timed_out": _timed_out,
    "urged": _urged,
    "outage_reported": _outage_reported,
}
"""By code: a kind of the order's log, or ``facts_updated`` and ``due_differs``."""
