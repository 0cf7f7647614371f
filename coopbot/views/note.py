"""Notes in an order's thread: what happened, who did it, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from coopbot.domain.lifecycle import State
from coopbot.domain.seen import Seen
from coopbot.ports import Message, Translate
from coopbot.views import approval_notes, headline
from coopbot.views.attached import why_lost
from coopbot.views.blocks import Block, quote, section
from coopbot.views.pen import Pen, msgid, sentences
from coopbot.views.promise import settling
from coopbot.views.promise_note import PROMISE_NOTES, SETTLES
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
    "product": msgid("product"),
    "parcel": msgid("parcel"),
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
    sentence, words = NOTES[code](facts, pen, seen)
    fallback, _ = NOTES[code](facts, pen.for_fallback, seen)
    called = pen.mentions(tuple(facts.get("mention") or ()))
    lead = f"{called} " if called else ""
    blocks: list[Block] = [section(lead + sentence)]
    if words.strip():
        blocks.append(quote(words))
    if code in SETTLES and seen is not None and seen.promise is not None:
        blocks.append(settling(seen, t))
    said = f"{lead}{fallback}"
    if called and seen is not None and code not in PROMISE_NOTES:  # a lock screen shows no card above it
        plain = pen.for_fallback
        said = f"{headline.badge(seen, plain, marked=False)} · {headline.subject(seen, plain)} · {said}"
    return Message(text=headline.lock_screen(said), blocks=blocks)


Written = tuple[str, str]
"""The sentence, and somebody's words below it."""


def _claimed(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    return pen.t("{who} has it now.", who=pen.who(facts["by"])), ""


def _released(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    return pen.t("{who} released it; nobody has it now.", who=pen.who(facts["by"])), ""


def _claim_expires(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    said = msgid("{who} has had it since {since}; without an answer by {ends} it goes back to the team.")
    if facts.get("rejected"):
        said = msgid(
            "{who}'s answer was rejected ({since}); without a new one by {ends} the order goes back to the team."
        )
    who = pen.who(facts["who"])
    return pen.t(said, who=who, since=pen.at(facts["since"]), ends=pen.at(facts["ends"])), ""


def _claim_expired(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    said = msgid("{who} has had it since {since} and has not answered; nobody has it now, claim it.")
    if facts.get("rejected"):
        said = msgid("{who}'s answer was rejected ({since}), no new one came; nobody has it now, claim it.")
    first = pen.t(said, who=pen.who(facts["who"]), since=pen.at(facts["since"]))
    return sentences(pen.t, first, pen.t("{what}.", what=headline.wanted(seen, pen)) if seen else ""), ""


def _handed_over(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    return pen.t("{who} handed it over to {to}.", who=pen.who(facts["by"]), to=pen.who(facts["to"])), ""


def _taken_over(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    before = facts.get("from")
    if before:
        return pen.t("{who} took it over from {before}.", who=pen.who(facts["by"]), before=pen.who(before)), ""
    return pen.t("{who} took it over.", who=pen.who(facts["by"])), ""


def _reply_queued(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    words = clip(clean(facts["text"]), TEXT_SHOWN).text
    return pen.t("{who} answered at {at}:", who=pen.who(facts["by"]), at=pen.at(facts["at"])), words


def _reply_cancelled(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    words = clip(clean(facts.get("text") or ""), TEXT_KEPT).text
    return pen.t("{who} stopped the reply before it left:", who=pen.who(facts["by"])), words


def _reply_delivered(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    return pen.t("The platform has had the reply since {at}.", at=pen.at(facts["at"])), ""


def _reply_accepted(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    return pen.t("The platform accepted the reply at {at}. Nothing left to do.", at=pen.at(facts["at"])), ""


def _rejected(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    """``reply_id`` or ``at`` say which reply, ``due`` or the order as seen when the next one is due."""
    t, reason = pen.t, str(facts.get("reason") or "").strip()
    reply = seen.order.reply(str(facts.get("reply_id"))) if seen else None
    due = facts.get("due") or (seen.due.at if seen else None)
    at = facts.get("at") or (reply.at if reply else None)
    when = pen.at(at) if at else ""
    bare, full = (
        msgid("The platform rejected the reply of {at} and gave no reason."),
        msgid("The platform rejected the reply of {at}: “{reason}”."),
    )
    if reply is not None and not facts.get("mention"):
        bare = msgid("The platform rejected {who}'s reply of {at} and gave no reason.")
        full = msgid("The platform rejected {who}'s reply of {at}: “{reason}”.")
    said = {"at": when, "who": pen.who(reply.by) if reply else ""}
    first = t(full, reason=pen.text(reason, TEXT_SHOWN), **said) if reason else t(bare, **said)
    if seen is not None and seen.state is State.OVERDUE:
        return sentences(t, first, t("Answer again now: it is overdue.")), ""
    return sentences(t, first, t("Answer again by {due}.", due=pen.at(due, day=True)) if due else ""), ""


def _failed(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    """Its author gets the text back, so that nothing is lost."""
    reply = seen.order.reply(str(facts.get("reply_id"))) if seen else None
    by = str(facts.get("by") or (reply.by if reply else ""))
    reason = pen.text(str(facts.get("reason") or ""), TEXT_SHOWN)
    first = pen.t("The platform did not take {who}'s reply ({reason}).", who=pen.who(by), reason=reason)
    rest = pen.t("The order is open again: answer here anew, or in the console. The text:")
    return sentences(pen.t, first, rest), clip(clean(facts["text"]), TEXT_KEPT).text


def _file_lost(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    """Its author gets the text back; the file is in Slack where they put it."""
    who, name = pen.who(str(facts["by"])), pen.text(str(facts["file"]), 100)
    reason = why_lost(str(facts["why"]), pen)
    first = pen.t(
        "{who}'s answer was not sent: {file} could not be fetched ({reason}).", who=who, file=name, reason=reason
    )
    rest = pen.t("The order is open again: attach it anew, or answer in the console. The text:")
    return sentences(pen.t, first, rest), clip(clean(facts["text"]), TEXT_KEPT).text


def _facts_changed(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    """``changed`` are names of facts; ``was`` and ``due`` the due times before and after."""
    names = [pen.t(FIELDS[name]) if name in FIELDS else pen.text(name, 40) for name in facts.get("changed") or ()]
    first = pen.t("The platform changed the order.")
    if names:
        first = pen.t("The platform changed the order: {changed}.", changed=pen.t(", ").join(names[:10]))
    was, due = facts.get("was"), facts.get("due")
    if due and due != was:
        now = pen.at(due, day=True)
        moved = (
            pen.t("Due {due} now, before {was}.", due=now, was=pen.at(was, day=True))
            if was
            else pen.t("Due {due} now.", due=now)
        )
        return sentences(pen.t, first, moved), ""
    return first, ""


def _answered_elsewhere(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    by, at = str(facts.get("by") or "").strip(), pen.at(facts["at"])
    first = pen.t("Answered in the console at {at}; nothing left to do.", at=at)
    if by:
        first = pen.t("{who} answered in the console at {at}; nothing left to do.", who=pen.text(by, 60), at=at)
    return _given_back(first, facts, pen)


def _closed(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    return _ended(facts, pen, msgid("The platform closed it."), msgid("The platform closed it: “{reason}”."))


def _voided(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    return _ended(facts, pen, msgid("The platform voided it."), msgid("The platform voided it: “{reason}”."))


def _timed_out(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    return _ended(
        facts,
        pen,
        msgid("Too late: the platform took it over. After a power cut or the like, report the outage now."),
        msgid(
            "Too late: the platform took it over (“{reason}”). After a power cut or the like, report the outage now."
        ),
    )


def _ended(facts: Facts, pen: Pen, bare: str, with_reason: str) -> Written:
    reason = str(facts.get("reason") or "").strip()
    first = pen.t(with_reason, reason=pen.text(reason, TEXT_SHOWN)) if reason else pen.t(bare)
    return _given_back(first, facts, pen)


def _given_back(first: str, facts: Facts, pen: Pen) -> Written:
    """``text`` is the team's own reply that the ending stopped, ``author`` whose it was (decisions.md 7)."""
    words = clip(clean(str(facts.get("text") or "")), TEXT_KEPT).text
    if not words:
        return first, ""
    author = pen.who(str(facts.get("author") or ""))
    return sentences(pen.t, first, pen.t("{who}'s reply was stopped before it left; its text:", who=author)), words


def _urged(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    n = int(facts.get("count") or 1)
    mark = headline.URGED_MARK
    if n == 1:
        return f"{mark} " + pen.t("The platform urges an answer."), ""
    return f"{mark} " + pen.t("The platform urges an answer, {n} times so far.", n=n), ""


def _outage_reported(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    return f"{headline.OUTAGE_MARK} " + pen.t("{who} reported an outage for it.", who=pen.who(facts["by"])), ""


def _paused(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    who, why = pen.who(facts["by"]), pen.text(str(facts["why"]), TEXT_SHOWN)
    mark = headline.HELD_MARK
    if seen is not None and seen.rules.pauses_clock:
        return f"{mark} " + pen.t("{who} paused it: {why}. The platform's clock stands.", who=who, why=why), ""
    said = pen.t("{who} put it on internal hold: {why}. The platform's clock runs.", who=who, why=why)
    return f"{mark} {said}", ""


def _resumed(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    due = pen.t("Due {due}.", due=pen.at(facts["due"], day=True))
    return sentences(pen.t, pen.t("{who} resumed it.", who=pen.who(facts["by"])), due), ""


def _reapplied(facts: Facts, pen: Pen, seen: Seen | None) -> Written:
    first = pen.t("It follows rules {version} from now on.", version=pen.text(str(facts["version"]), 40))
    due, was = pen.at(facts["due"], day=True), pen.at(facts["was"], day=True)
    return sentences(pen.t, first, pen.t("Due {due} now, before {was}.", due=due, was=was)), ""


NOTES: Mapping[str, Callable[[Facts, Pen, Seen | None], Written]] = {
    "claimed": _claimed,
    "released": _released,
    "claim_expires": _claim_expires,
    "claim_expired": _claim_expired,
    "handed_over": _handed_over,
    "taken_over": _taken_over,
    "reply_queued": _reply_queued,
    "reply_cancelled": _reply_cancelled,
    "delivered": _reply_delivered,
    "accepted": _reply_accepted,
    "rejected": _rejected,
    "failed": _failed,
    "file_lost": _file_lost,
    "facts": _facts_changed,
    "answered_elsewhere": _answered_elsewhere,
    "closed": _closed,
    "voided": _voided,
    "timed_out": _timed_out,
    "urged": _urged,
    "outage": _outage_reported,
    "paused": _paused,
    "resumed": _resumed,
    "reapplied": _reapplied,
    **approval_notes.NOTES,
    **PROMISE_NOTES,
}
