"""Reminders: one order or a bundle, what is left, who is called and why, in one line each (voice.md, Manner)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from coopbot.domain.approval import pending
from coopbot.domain.calling import EVERYBODY
from coopbot.domain.escalation import free_since
from coopbot.domain.ledger import LedgerEntry
from coopbot.domain.lifecycle import Act, State
from coopbot.domain.seen import Seen
from coopbot.domain.work_order import Kind, Reply, WorkOrder
from coopbot.ports import Message, Translate
from coopbot.views import headline, ids
from coopbot.views.blocks import Block, actions, button, context, section
from coopbot.views.pen import Pen, msgid, sentences
from coopbot.views.penalty import expected_line
from coopbot.views.promise import recall_line

MOST_ROWS = 24
"""One section with one button each stays inside Slack's 50 blocks, header and rest included (decisions.md 18)."""
MOST_CALLED = 20

ROLES = {
    "claimant": msgid("has it"),
    "promised": msgid("promised something here before"),
    "on_call": msgid("on call"),
    "backup": msgid("backup"),
    "lead": msgid("lead"),
    "manager": msgid("manager"),
    "named": msgid("named for this step"),
    "approver": msgid("to approve"),
    "round_robin": msgid("next in turn"),
    "channel": msgid("everybody"),
}
"""What somebody is to the order: why it is them."""

STEPS = {
    "opening": msgid("the start of working hours"),
    "urge": msgid("the platform's urging"),
    "snooze": msgid("the end of the snooze"),
    "rejected": msgid("the rejection"),
    "breach": msgid("the due time"),
}
"""Steps that call nobody by their name."""


@dataclass(frozen=True)
class ReminderItem:
    """One order whose rung fell due."""

    seen: Seen
    rung_key: str
    """The rung's key in the profile, or ``opening``, ``rejected``, ``urge`` or ``snooze``."""
    who: tuple[str, ...] = ()
    """Slack ids of those whom this message calls; empty: nobody is called."""
    why: str = ""
    """The first one's reason, as the escalation gives it; ``nobody_on_call`` is said, the rest follows from roles."""
    missed: tuple[str, ...] = ()
    """Earlier steps that this one stands for, after a gap."""
    expected: str | None = None
    """A key of ``headline.EXPECTED``, for a late one."""
    foreseen: Sequence[LedgerEntry] = ()
    """What its breach is expected to cost, in place of ``expected``."""


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
    about = f"{headline.badge(seen, pen)} · {headline.subject(seen, pen)} · {headline.number(seen, pen)}"
    text = f"{headline.badge(seen, plain, marked=False)} · {headline.subject(seen, plain)} · {_lead(item, plain)}"
    called = _called(item, pen)
    lines = [f"*{_lead(item, pen)}*", called, recall_line(seen, pen), _late(item, pen), about]
    row = [button(t("Claim"), ids.CLAIM, str(seen.order.key))] if _claimable(seen) else []
    if seen.state is State.OVERDUE:
        row.append(button(t("Report an outage…"), ids.OUTAGE, str(seen.order.key)))
    link = headline.card_link(seen.order.told)
    if link:
        row.append(button(t("Open the card"), ids.OPEN_CARD, url=link))
    blocks: list[Block] = [section("\n".join(line for line in lines if line))]
    if item.missed:
        blocks.append(context(_stands_for(item, t)))
    if row:
        blocks.append(actions(row, ids.block_id(ids.ROW_BLOCK, seen.order.key)))
    return Message(text=headline.lock_screen(sentences(t, text, _called(item, plain))), blocks=blocks)


def _bundle(items: Sequence[ReminderItem], t: Translate, now: datetime) -> Message:
    pen = Pen.of(items[0].seen, t, now)
    first = t("{n} orders need an answer", n=len(items))
    late = sum(item.seen.state is State.OVERDUE for item in items)
    if late == len(items):
        first = t("{n} orders are overdue: answer now", n=late)
    elif late:
        first = t("{n} orders need an answer, {late} of them overdue", n=len(items), late=late)
    soonest = min(items, key=lambda item: item.seen.due.at).seen
    called = _called_together(items, pen)
    fallback = t("{orders}; first: {first}.", orders=first, first=headline.whole_line(soonest, pen.for_fallback))
    blocks: list[Block] = [section("\n".join(line for line in (f"*{first}*", called) if line))]
    blocks += [_row(item, index, Pen.of(item.seen, t, now)) for index, item in enumerate(items[:MOST_ROWS])]
    if len(items) > MOST_ROWS:
        blocks.append(
            context(t("and {n} more: {command} lists them", n=len(items) - MOST_ROWS, command=ids.STATUS_COMMAND))
        )
    return Message(text=headline.lock_screen(sentences(t, fallback, called)), blocks=blocks)


def _row(item: ReminderItem, index: int, pen: Pen) -> Block:
    seen = item.seen
    mark = headline.CRC_MARK if seen.is_crc else headline.MARKS[seen.state]
    name = headline.badge(seen, pen, marked=False)
    which = f"{mark} *{name}* · {headline.number(seen, pen)} · {pen.text(seen.shop, 30)}"
    parts = [which, headline.wanted_in_passing(seen, pen), headline.holder(seen, pen)]
    text = " · ".join([*parts, _stands_for(item, pen.t)] if item.missed else parts)
    accessory = None
    if _claimable(seen):
        accessory = button(pen.t("Claim"), ids.CLAIM, str(seen.order.key))
    elif link := headline.card_link(seen.order.told):
        accessory = button(pen.t("Open the card"), ids.OPEN_CARD, url=link)
    block = ids.block_id(f"{ids.ROW_BLOCK}{index}", seen.order.key)
    return section(text, accessory, block)


def _stands_for(item: ReminderItem, t: Translate) -> str:
    """After a gap one speaks for those that never went out: each by what it is called in the ladder."""
    keys = dict.fromkeys(name.partition(":")[0] for name in item.missed)
    names = [rung_name(key, t) for key in keys]
    return t("stands for what was not sent before: {names}", names=t(", ").join(names))


def rung_name(key: str, t: Translate) -> str:
    """What a rung is called, by its key in the ladder: whom it calls, or its share of the budget."""
    names = ROLES | STEPS
    return t(names[key]) if key in names else f"{key}%" if key.isdecimal() else key


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
    if item.foreseen:
        expected = expected_line(item.foreseen, pen, item.seen.rules)
    return sentences(pen.t, expected, pen.t("After a power cut or the like, report the outage now."))


def _called(item: ReminderItem, pen: Pen) -> str:
    """Who is called, what each is to the order, and why now; empty when nobody is."""
    if not item.who:
        return ""
    who = [_with_role(item, user, pen) for user in item.who[:MOST_CALLED]]
    return pen.t("{who}: {reason}", who=pen.t(", ").join(who), reason=_reason(item, pen))


def _reason(item: ReminderItem, pen: Pen) -> str:
    """What happened that calls them: in the clock's own time, so that a night does not count against anybody."""
    t, seen, claim = pen.t, item.seen, item.seen.order.claim
    if item.rung_key == "opening":
        return t("the working hours have begun.")
    if item.rung_key == "urge":
        return t("the platform urges an answer.")
    if item.rung_key == "snooze":
        return t("the snooze is over.")
    free = free_since(seen.order)
    told = max(free, seen.order.told.at) if seen.order.told else free
    span = pen.span(seen.due.calendar.elapsed(claim.at if claim else told, seen.now))
    if waits := headline.approval(seen, pen):
        return t("{what}.", what=waits)
    if (rejected := _rejected_since(seen.order)) is not None:
        at = pen.at(rejected.settled_at or rejected.at)
        if rejected.by in item.who:
            return t("the answer was rejected ({at}), no new one yet.", at=at)
        return t("{who}'s answer was rejected ({at}), no new one yet.", who=pen.who(rejected.by), at=at)
    if claim is not None and claim.by in item.who:
        return t("claimed {span} ago, not answered yet.", span=span)
    if claim is not None:
        return t("{who} claimed it {span} ago, not answered yet.", who=pen.who(claim.by), span=span)
    if silence := _silence(item, pen):
        return silence
    if seen.state is not State.OVERDUE:  # the line above says already that nobody has it
        return t("it has waited for {span}.", span=span)
    return t("nobody has claimed it for {span}.", span=span)


def _silence(item: ReminderItem, pen: Pen) -> str:
    """That who is on call does not respond, or that nobody is; empty where neither is so."""
    seen = item.seen
    if item.why == "nobody_on_call" or not seen.duty.who:
        return pen.t("nobody is on call.")
    since = _called_since(seen.order, free_since(seen.order))
    silent = [user for user in seen.duty.who if user in since and user not in item.who][:3]
    if not silent:
        return ""
    span = pen.span(seen.due.calendar.elapsed(max(since[user] for user in silent), seen.now))
    return pen.t("no response from {others} for {span}.", others=pen.whos(silent), span=span)


def _rejected_since(order: WorkOrder) -> Reply | None:
    """The last answer, if it was rejected while whoever has the order had it."""
    rejected, claim = order.last_rejection, order.claim
    if rejected is None or claim is None or claim.by != rejected.by:
        return None
    return rejected if claim.at <= (rejected.settled_at or rejected.at) else None


def _called_since(order: WorkOrder, free: datetime) -> dict[str, datetime]:
    """Since when each was called who was, while nobody had the order: who never was has nothing to respond to."""
    first: dict[str, datetime] = {}
    for entry in order.log:
        if entry.kind in (Kind.TOLD, Kind.REMINDED) and entry.at >= free:
            for user in entry.data.get("called") or ():
                first.setdefault(str(user), entry.at)
    return first


def _with_role(item: ReminderItem, user: str, pen: Pen) -> str:
    seen, claim = item.seen, item.seen.order.claim
    role = "named"
    if user == EVERYBODY:
        role = "channel"
    elif claim is not None and claim.by == user:
        role = "claimant"
    elif (asked := pending(seen.order)) is not None and user in asked.called:
        role = "approver"
    elif item.why == "round_robin" and item.who[:1] == (user,):
        role = "round_robin"
    elif seen.recall is not None and seen.recall.by == user:
        role = "promised"
    elif user in seen.duty.who:
        role = "on_call"
    elif user in seen.duty.backup:
        role = "backup"
    elif user in seen.team.leads:
        role = "lead"
    elif user in seen.team.managers:
        role = "manager"
    return pen.t("{who} ({role})", who=pen.mentions([user]), role=pen.t(ROLES[role]))


def _called_together(items: Sequence[ReminderItem], pen: Pen) -> str:
    """Everybody whom a bundle calls, once, with what they are to the first order and for how many they are called;
    and whose silence calls them, where that is the same for all."""
    counts: dict[str, int] = {}
    first: dict[str, ReminderItem] = {}
    for item in items:
        for user in item.who:
            counts[user] = counts.get(user, 0) + 1
            first.setdefault(user, item)
    called = list(counts.items())[:MOST_CALLED]
    said = pen.t(", ").join(
        pen.t("{who}: {n}", who=_with_role(first[user], user, pen), n=count) for user, count in called
    )
    silences = {_silence(item, pen) if item.seen.order.claim is None else "" for item in items if item.who}
    silence = silences.pop() if len(silences) == 1 else ""
    return f"{said} · {silence}" if silence else said


def _claimable(seen: Seen) -> bool:
    return Act.CLAIM in seen.acts and seen.order.claim is None


def _urgency(item: ReminderItem) -> tuple[int, datetime, str]:
    """CRC first, then what is due first."""
    return (item.seen.klass.priority, item.seen.due.at, str(item.seen.order.key))
