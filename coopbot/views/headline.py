"""What an order wants of whom by when: the words that cards, reminders and lists share."""

from __future__ import annotations

from collections.abc import Sequence

from coopbot.domain.approval import pending
from coopbot.domain.lifecycle import State
from coopbot.domain.seen import Seen
from coopbot.domain.snooze import ends
from coopbot.domain.work_order import Card, Kind
from coopbot.views.pen import Pen, label, msgid
from coopbot.views.text import inline

WHAT_SHOWN = 60
"""Characters of what was promised."""
CRC_MARK = "🚨"
URGED_MARK = "🔔"
REJECTED_MARK = "↩️"
OUTAGE_MARK = "🔌"
HELD_MARK = "⏸️"
APPROVAL_MARK = "✋"
SNOOZED_MARK = "💤"
MARKS = {
    State.OPEN: "🔵",
    State.CLAIMED: "🙋",
    State.REPLIED: "📤",
    State.ACCEPTED: "✅",
    State.OVERDUE: "⏰",
    State.TRANSFERRED: "➡️",
    State.CLOSED: "☑️",
    State.VOIDED: "🚫",
}
"""One mark for a state, the same everywhere, always beside a word."""

DUTY_NOTES = {
    "nobody_on_call": msgid("nobody is on call"),
    "nobody_was_on_call": msgid("nobody was on call when it was told"),
    "rota_unreadable": msgid("the rota can't be read"),
    "fallback": msgid("no team has this shop"),
}

EXPECTED = {
    "warning": msgid("Expected: a warning (assumed: first this month)."),
    "unknown": msgid("Expected: points or a fine, amount unknown."),
    "points": msgid("Expected: points."),
    "fine": msgid("Expected: a fine."),
    "measure": msgid("Expected: a limit on the shop."),
}
"""What a late order is expected to cost, by the predicted entry's kind (decisions.md 23)."""


def badge(seen: Seen, pen: Pen, *, marked: bool = True) -> str:
    """``🚨 CRC``; other classes only have their name."""
    name = pen.text(label(seen.klass.labels, pen.t, seen.klass.code), 40)
    return f"{CRC_MARK} {name}" if marked and seen.is_crc else name


def number(seen: Seen, pen: Pen) -> str:
    """The platform's number: what tells two orders of one shop apart."""
    return pen.text(seen.order.key.number, 40)


def scene(seen: Seen, pen: Pen) -> str:
    return pen.text(label(seen.rules.scene(seen.order.facts.scene).labels, pen.t, seen.order.facts.scene), 60)


def subject(seen: Seen, pen: Pen) -> str:
    """``Flagship · urge shipping``."""
    return f"{pen.text(seen.shop, 60)} · {scene(seen, pen)}"


def time_left(seen: Seen, pen: Pen) -> str:
    """``2 h working time left``, ``overdue by 5 min``; working time is called so."""
    if seen.state is State.OVERDUE:
        return pen.t("overdue by {span}", span=pen.span(seen.now - seen.due.at))
    span = pen.span(seen.usage.left_s)
    if seen.klass.clock == "working":
        return pen.t("{span} working time left", span=span)
    return pen.t("{span} left", span=span)


def wanted(seen: Seen, pen: Pen) -> str:
    """What is to be done by when; begins with a capital, since it begins a line."""
    if seen.state is State.OVERDUE:
        return pen.t("Overdue by {span}: answer now", span=pen.span(seen.now - seen.due.at))
    due, left = pen.at(seen.due.at, day=True), time_left(seen, pen)
    if seen.order.last_rejection is not None:
        return pen.t("Answer again by {due} ({left})", due=due, left=left)
    return pen.t("Answer by {due} ({left})", due=due, left=left)


def wanted_in_passing(seen: Seen, pen: Pen) -> str:
    """The same inside a line."""
    if seen.state is State.OVERDUE:
        return pen.t("overdue by {span}, answer now", span=pen.span(seen.now - seen.due.at))
    due, left = pen.at(seen.due.at, day=True), time_left(seen, pen)
    if seen.order.last_rejection is not None:
        return pen.t("answer again by {due} ({left})", due=due, left=left)
    return pen.t("answer by {due} ({left})", due=due, left=left)


def holder(seen: Seen, pen: Pen, mention: Sequence[str] = (), duty_note: str = "") -> str:
    """Of whom it is wanted: the claimant, else the on-call, else it says that there is nobody."""
    claim = seen.order.claim
    if mention:
        called = pen.mentions(mention)
        if claim is not None and claim.by in mention:
            return pen.t("{who} has it", who=called)
        if seen.recall is not None and seen.recall.by in mention and claim is None:
            what = pen.text(label(seen.recall.what, pen.t) or seen.recall.text, WHAT_SHOWN)
            return pen.t("{who} promised “{what}” by {due}", who=called, what=what, due=pen.at(seen.recall.due_at))
        if duty_note:
            return f"{pen.t(DUTY_NOTES[duty_note])} · {called}"
        return pen.t("on-call {who}", who=called)
    if claim is not None:
        return pen.t("{who} has it", who=pen.who(claim.by))
    if duty_note == "nobody_was_on_call" and seen.duty.who:
        return f"{pen.t(DUTY_NOTES[duty_note])} · {pen.t('on-call {who}', who=pen.whos(seen.duty.who))}"
    if duty_note:
        return pen.t(DUTY_NOTES[duty_note])
    if seen.is_crc:
        if not seen.duty.who:
            return pen.t(DUTY_NOTES["nobody_on_call"])
        return pen.t("on-call {who}", who=pen.whos(seen.duty.who))
    return pen.t("nobody has it")


def flags(seen: Seen, pen: Pen) -> Sequence[str]:
    """What else must be known at a glance: urged, clock standing, outage reported."""
    t, order, out = pen.t, seen.order, []
    if order.urged:
        out.append(urged(seen, pen))
    waiting = seen.state in (State.OPEN, State.CLAIMED)
    held = hold(seen, pen)
    if held:
        out.append(f"{HELD_MARK} {held}")
    if waits := approval(seen, pen):
        out.append(f"{APPROVAL_MARK} {waits}")
    if quiet := snoozed(seen, pen):
        out.append(f"{SNOOZED_MARK} {quiet}")
    if claim := claim_by(seen, pen):
        out.append(claim)
    if waiting and not seen.clock_runs and not seen.due.held:
        out.append(t("the clock stands until {at}", at=pen.at(seen.due.calendar.next_open(seen.now))))
    reports = [entry for entry in order.log if entry.kind is Kind.OUTAGE_REPORTED]
    if reports:
        out.append(f"{OUTAGE_MARK} " + t("outage reported {at}", at=pen.at(reports[-1].at)))
    return out


def approval(seen: Seen, pen: Pen) -> str:
    """``waiting for Chen Jing's approval since 10:05``, for cards and lists; empty when nothing waits."""
    asked = pending(seen.order)
    if asked is None:
        return ""
    if not asked.called:
        return pen.t("waiting for an approval since {at}", at=pen.at(asked.at))
    return pen.t("waiting for {who}'s approval since {at}", who=pen.whos(asked.called[-3:]), at=pen.at(asked.at))


def hold(seen: Seen, pen: Pen) -> str:
    """Who holds the order and why; and that the platform's clock runs on, unless the profile says that it pauses."""
    pause = seen.order.pause
    if pause is None:
        return ""
    facts = {"who": pen.who(pause.by), "why": pen.text(pause.why, 100), "at": pen.at(pause.start)}
    if seen.rules.pauses_clock:
        return pen.t("paused by {who} since {at} ({why})", **facts)
    return pen.t("internal hold by {who} since {at} ({why}); the platform's clock runs", **facts)


def snoozed(seen: Seen, pen: Pen) -> str:
    """Who put its reminders off and until when, while that lasts."""
    snooze, until = seen.order.snooze, ends(seen.order, seen.due)
    if snooze is None or until is None or until <= seen.now:
        return ""
    return pen.t("{who} snoozed its reminders until {at}", who=pen.who(snooze.by), at=pen.at(until))


def claim_by(seen: Seen, pen: Pen) -> str:
    """Until when somebody should have it, while that is what is due next."""
    target = seen.next_due
    if target is None or target.kind != "claim" or seen.state is not State.OPEN:
        return ""
    if target.standing == "overdue":
        return pen.t("should have been claimed by {at}", at=pen.at(target.due_at))
    return pen.t("claim it by {at}", at=pen.at(target.due_at))


def differs(seen: Seen, pen: Pen) -> str:
    """That the platform's own deadline is not what our rules give; theirs counts (decisions.md 5)."""
    if not seen.due.difference:
        return ""
    return pen.t("the platform's own deadline; by our rules {at}", at=pen.at(seen.due.ours, day=True))


def urged(seen: Seen, pen: Pen) -> str:
    n = seen.order.urged
    return f"{URGED_MARK} " + (pen.t("urged") if n == 1 else pen.t("urged {n} times", n=n))


def whole_line(seen: Seen, pen: Pen, mention: Sequence[str] = (), duty_note: str = "") -> str:
    """The fallback text of a lock screen: enough to decide whether to get up."""
    parts = [badge(seen, pen, marked=False), subject(seen, pen), wanted_in_passing(seen, pen)]
    return " · ".join([*parts, holder(seen, pen, mention, duty_note)])


def card_link(card: Card | None) -> str:
    """The address of a card, or of the digest that tells its order, which Slack turns into the reader's own workspace;
    empty when it is not posted."""
    if card is None or not card.ts:
        return ""
    return f"https://slack.com/archives/{card.channel}/p{card.ts.replace('.', '')}"


def lock_screen(text: str) -> str:
    """A fallback text on one line."""
    return inline(text)
