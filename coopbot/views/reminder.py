"""Reminders: one order or a bundle, what is left, who is called and why, in one line each (voice.md, Manner)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from coopbot.domain.lifecycle import Act, State
from coopbot.domain.seen import Seen
from coopbot.ports import Message, Translate
from coopbot.views import headline, ids
from coopbot.views.blocks import Block, actions, button, context, section
from coopbot.views.pen import Pen, msgid, sentences

MOST_ROWS = 24
"""One section with one button each stays inside Slack's 50 blocks, header and rest included (decisions.md 18)."""
MOST_CALLED = 20

REASONS = {
    "claimant": msgid("{who}: you have it."),
    "on_call": msgid("{who} (on call): nobody has it."),
    "backup": msgid("{who} (backup)."),
    "lead": msgid("{who} (lead)."),
    "manager": msgid("{who} (manager)."),
    "nobody_on_call": msgid("{who}: nobody is on call."),
    "opening": msgid("{who}: the working hours have begun."),
    "urge": msgid("{who}: the platform urges an answer."),
}
"""Why somebody is called: the rung's role, or the occasion."""
SILENCE = {
    "backup": msgid("{who} (backup): {others} has not responded for {span}."),
    "lead": msgid("{who} (lead): {others} has not responded for {span}."),
    "manager": msgid("{who} (manager): {others} has not responded for {span}."),
}
"""The same where somebody was called before."""
OTHERWISE = msgid("{who}: named for this step.")
ROLES = {
    "claimant": msgid("has it"),
    "on_call": msgid("on call"),
    "backup": msgid("backup"),
    "lead": msgid("lead"),
    "manager": msgid("manager"),
    "nobody_on_call": msgid("nobody is on call"),
    "opening": msgid("the working hours have begun"),
    "urge": msgid("urged"),
}
"""The same in a word, for bundles."""
NAMED = msgid("named for this step")


@dataclass(frozen=True)
class ReminderItem:
    """One order whose rung fell due."""

    seen: Seen
    rung_key: str
    """The rung's key in the profile, or ``opening`` or ``urge``."""
    who: tuple[str, ...] = ()
    """Slack ids of those whom this message calls; empty: nobody is called."""
    why: str = ""
    """A key of :data:`REASONS`; a role that is not there is somebody whom the ladder names."""
    missed: tuple[str, ...] = ()
    """Earlier steps that this one stands for, after a gap."""
    expected: str | None = None
    """A key of ``headline.EXPECTED``, for a late one."""

    @property
    def reason(self) -> str:
        return self.rung_key if self.rung_key in ("opening", "urge") else self.why


def reminder(items: Sequence[ReminderItem], t: Translate, now: datetime) -> Message:
    """One message for all that fell due in a channel. Raises ValueError when there is nothing to say."""
    if not items:
        raise ValueError("a reminder of nothing")
    if len(items) == 1:
        return _single(items[0], t, now)
    return _bundle(sorted(items, key=_urgency), t, now)


def _single(item: ReminderItem, t: Translate, now: datetime) -> Message:
    seen, pen = item.seen, Pen.of(item.seen, t, now)
    plain = pen.for_fallback
    about = f"{headline.badge(seen, pen)} · {headline.subject(seen, pen)}"
    text = f"{headline.badge(seen, plain, marked=False)} · {headline.subject(seen, plain)} · {_lead(item, plain)}"
    called = _called(item, pen)
    lines = [f"*{_lead(item, pen)}*", called, _late(item, pen), about]
    row = [button(t("Claim"), ids.CLAIM, str(seen.order.key))] if _claimable(seen) else []
    if seen.state is State.OVERDUE:
        row.append(button(t("Report an outage…"), ids.OUTAGE, str(seen.order.key)))
    link = headline.card_link(seen.order.card)
    if link:
        row.append(button(t("Open the card"), ids.OPEN_CARD, url=link))
    blocks: list[Block] = [section("\n".join(line for line in lines if line))]
    if item.missed:
        n = len(item.missed)
        stands = t("stands for 1 earlier reminder too") if n == 1 else t("stands for {n} earlier reminders too", n=n)
        blocks.append(context(stands))
    if row:
        blocks.append(actions(row, ids.block_id(ids.ROW_BLOCK, seen.order.key)))
    return Message(text=headline.lock_screen(sentences(t, text, called)), blocks=blocks)


def _bundle(items: Sequence[ReminderItem], t: Translate, now: datetime) -> Message:
    pen = Pen.of(items[0].seen, t, now)
    first = t("{n} orders need an answer", n=len(items))
    late = sum(item.seen.state is State.OVERDUE for item in items)
    if late:
        first = t("{n} orders need an answer, {late} of them late", n=len(items), late=late)
    soonest = min(items, key=lambda item: item.seen.due.at).seen
    called = _called_together(items, pen)
    fallback = t("{orders}; first: {first}", orders=first, first=headline.whole_line(soonest, pen.for_fallback))
    blocks: list[Block] = [section("\n".join(line for line in (f"*{first}*", called) if line))]
    blocks += [_row(item, Pen.of(item.seen, t, now)) for item in items[:MOST_ROWS]]
    if len(items) > MOST_ROWS:
        blocks.append(
            context(t("and {n} more: {command} lists them", n=len(items) - MOST_ROWS, command="/coop status"))
        )
    return Message(text=headline.lock_screen(sentences(t, fallback, called)), blocks=blocks)


def _row(item: ReminderItem, pen: Pen) -> Block:
    seen = item.seen
    mark = headline.CRC_MARK if seen.is_crc else headline.MARKS[seen.state]
    name = headline.badge(seen, pen, marked=False)
    text = f"{mark} *{name}* · {pen.text(seen.shop, 30)} · {headline.wanted_in_passing(seen, pen)}"
    accessory = None
    if _claimable(seen):
        accessory = button(pen.t("Claim"), ids.CLAIM, str(seen.order.key))
    elif link := headline.card_link(seen.order.card):
        accessory = button(pen.t("Open the card"), ids.OPEN_CARD, url=link)
    return section(f"{text} · {headline.holder(seen, pen)}", accessory, ids.block_id(ids.ROW_BLOCK, seen.order.key))


def _lead(item: ReminderItem, pen: Pen) -> str:
    """``1 h left, nobody has it.``; when late, by how much, and that it can still be answered."""
    t, seen = pen.t, item.seen
    if seen.state is State.OVERDUE:
        span = pen.span(seen.now - seen.due.at)
        return t("Overdue by {span}; you can still answer, the platform may already have taken it over.", span=span)
    facts = {"left": headline.time_left(seen, pen), "due": pen.at(seen.due.at, day=True)}
    if seen.order.claim is None:
        return t("{left} (by {due}), nobody has it.", **facts)
    return t("{left} (by {due}), {who} has it.", who=pen.who(seen.order.claim.by), **facts)


def _late(item: ReminderItem, pen: Pen) -> str:
    if item.seen.state is not State.OVERDUE:
        return ""
    expected = pen.t(headline.EXPECTED[item.expected]) if item.expected else ""
    return sentences(pen.t, expected, pen.t("After a power cut or the like, report the outage now."))


def _called(item: ReminderItem, pen: Pen) -> str:
    """Who is called and why; empty when nobody is."""
    if not item.who:
        return ""
    seen, who = item.seen, pen.mentions(item.who[:MOST_CALLED])
    before = (seen.order.claim.by,) if seen.order.claim else seen.duty.who
    others = [user for user in before if user not in item.who][:3]
    if item.reason in SILENCE and others:
        since = seen.order.claim.at if seen.order.claim else seen.order.card.at if seen.order.card else None
        waited = seen.now - (since or seen.order.received_at)
        return pen.t(SILENCE[item.reason], who=who, others=pen.whos(others), span=pen.span(waited))
    return pen.t(REASONS.get(item.reason, OTHERWISE), who=who)


def _called_together(items: Sequence[ReminderItem], pen: Pen) -> str:
    """Everybody whom a bundle calls, once, with why and for how many of the orders."""
    counts: dict[str, int] = {}
    reasons: dict[str, str] = {}
    for item in items:
        for user in item.who:
            counts[user] = counts.get(user, 0) + 1
            reasons.setdefault(user, item.reason)
    return " · ".join(
        pen.t("{who} ({why}): {n}", who=pen.mentions([user]), why=pen.t(ROLES.get(reasons[user], NAMED)), n=count)
        for user, count in list(counts.items())[:MOST_CALLED]
    )


def _claimable(seen: Seen) -> bool:
    return Act.CLAIM in seen.acts and seen.order.claim is None


def _urgency(item: ReminderItem) -> tuple[int, datetime, str]:
    """CRC first, then what is due first."""
    return (item.seen.klass.priority, item.seen.due.at, str(item.seen.order.key))
