"""``/coop status``: what is open and how urgent, who is on call, what the month has cost; for the asker alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from coopbot.domain.approval import pending
from coopbot.domain.ledger import LedgerEntry
from coopbot.domain.lifecycle import State
from coopbot.domain.rota import Duty
from coopbot.domain.seen import Seen
from coopbot.domain.team import Team
from coopbot.domain.work_order import OrderKey
from coopbot.ports import Message, Translate
from coopbot.views import headline
from coopbot.views.blocks import MESSAGE_BUDGET, Block, context, divider, section, summed
from coopbot.views.month import month_line
from coopbot.views.pen import Pen, label, sentences

SOON = timedelta(hours=2)
MOST_ROWS = 10
"""Rows of one group; the rest is a number."""
MOST_TEAMS = 8
DETAILED_TEAMS = 3
"""With more teams than these, each shows only what is late or due soon: a message holds 50 blocks."""
ROOM = MESSAGE_BUDGET - 1000
"""Characters that status may take: an answer to a direct message adds help to it."""
MOST_NAMED = 3


class StatusFacts(Protocol):
    """A team's unfinished orders, its on-call and its month, as one person may see them."""

    @property
    def team(self) -> Team: ...
    @property
    def orders(self) -> Sequence[Seen]: ...
    @property
    def duty(self) -> Duty: ...
    @property
    def next_duty(self) -> tuple[datetime, Duty] | None: ...
    @property
    def month(self) -> str: ...
    @property
    def ledger(self) -> Sequence[LedgerEntry]: ...
    @property
    def sees_money(self) -> bool: ...
    @property
    def names(self) -> Mapping[str, str]: ...
    @property
    def promises(self) -> tuple[int, int] | None: ...


def status(
    facts: StatusFacts | Sequence[StatusFacts],
    t: Translate,
    now: datetime,
    links: Mapping[OrderKey, str] | None = None,
) -> Message:
    """One team or several. ``links`` are cards' permalinks where they are known, else they are put together."""
    teams = list(facts) if isinstance(facts, Sequence) else [facts]
    room = ROOM // max(1, min(len(teams), MOST_TEAMS))
    blocks: list[Block] = []
    for each in teams[:MOST_TEAMS]:
        if blocks:
            blocks.append(divider())
        blocks += _team(each, t, now, links or {}, room, len(teams))
    if len(teams) > MOST_TEAMS:
        blocks.append(context(t("and {n} more teams: ask in their channels", n=len(teams) - MOST_TEAMS)))
    fallback = " · ".join(_summary(each, t, now) for each in teams[:3])
    return Message(text=headline.lock_screen(fallback), blocks=blocks)


def _team(
    facts: StatusFacts, t: Translate, now: datetime, links: Mapping[OrderKey, str], room: int, teams: int
) -> list[Block]:
    pen = Pen(t, now, facts.team.hours.zone, facts.names, private=True)
    first = f"*{_summary(facts, t, now)}*"
    name = t("Fallback channel") if facts.team.is_fallback else pen.text(facts.team.name, 60)
    lines = [f"*{name}*", first] if teams > 1 else [first]
    lines.append("" if facts.team.is_fallback else _duty_line(facts, pen))  # it has no rota of its own
    blocks: list[Block] = [section("\n".join(line for line in lines if line))]
    month = month_line(facts.ledger, facts.month, pen) if facts.sees_money else ""
    groups = [group for group in _groups(facts, t, now, detailed=teams <= DETAILED_TEAMS) if group.orders]
    left = (
        room
        - summed(blocks)
        - len(month)
        - len(_differing(facts, t))
        - 80
        - sum(len(group.title) + 40 for group in groups)
    )
    for title, orders, badged in groups:
        rows: list[str] = []
        for seen in orders[:MOST_ROWS]:
            link = links.get(seen.order.key) or headline.card_link(seen.order.told)
            row = _row(seen, pen, link, badged=badged)
            if len(row) > left or sum(map(len, rows)) + len(row) > 2600:
                break
            rows.append(row)
            left -= len(row)
        if len(rows) < len(orders):
            rows.append(t("and {n} more", n=len(orders) - len(rows)))
        blocks.append(section("\n".join([f"*{title}*", *rows])))
    below = [line for line in (_differing(facts, t), month, _promises(facts, t)) if line]
    if below:
        blocks.append(context(*below))
    return blocks


def _promises(facts: StatusFacts, t: Translate) -> str:
    """What came of the promises of 30 days; for leads, and where there is something to count."""
    if not facts.promises or not any(facts.promises):
        return ""
    kept, broken = facts.promises
    return t("Promises in 30 days: {kept} kept, {broken} broken", kept=kept, broken=broken)


def _differing(facts: StatusFacts, t: Translate) -> str:
    """How many have a deadline of the platform's own that is not ours: a sign that the rules are not what they were."""
    n = sum(1 for seen in facts.orders if seen.due.difference)
    if n < 2:
        return t("1 deadline of the platform's own differs from our rules") if n else ""
    return t("{n} deadlines of the platform's own differ from our rules", n=n)


class _Group(NamedTuple):
    title: str
    orders: Sequence[Seen]
    badged: bool = True
    """Whether a row says its class; needless where the title does."""


def _groups(facts: StatusFacts, t: Translate, now: datetime, *, detailed: bool) -> list[_Group]:
    """Every order in one group only: late, soon, the others by class, and what the platform has to look at."""
    orders = sorted(facts.orders, key=lambda seen: (seen.klass.priority, seen.due.at, str(seen.order.key)))
    late = [seen for seen in orders if seen.state is State.OVERDUE]
    answered = [seen for seen in orders if seen.state is State.REPLIED]
    waiting = [seen for seen in orders if seen.state in (State.OPEN, State.CLAIMED)]
    soon = [seen for seen in waiting if seen.due.at - now <= SOON]
    later = [seen for seen in waiting if seen.due.at - now > SOON]
    groups = [
        _Group(f"{headline.MARKS[State.OVERDUE]} " + t("Overdue: {n}", n=len(late)), late),
        _Group(t("Due in the next 2 hours: {n}", n=len(soon)), soon),
    ]
    if not detailed:
        return groups
    for code in dict.fromkeys(seen.klass.code for seen in later):
        of_class = [seen for seen in later if seen.klass.code == code]
        name = label(of_class[0].klass.labels, t, code)
        mark = f"{headline.CRC_MARK} " if of_class[0].is_crc else ""
        title = t("{group}, due in over 2 hours: {n}", group=Pen(t).text(name, 40), n=len(of_class))
        groups.append(_Group(mark + title, of_class, badged=False))
    title = f"{headline.MARKS[State.REPLIED]} " + t("Answered: {n}", n=len(answered))
    return [*groups, _Group(title, answered)]


def _row(seen: Seen, pen: Pen, link: str, *, badged: bool) -> str:
    number = headline.number(seen, pen)
    shown = f"<{link}|{number.replace('|', '¦')}>" if link else number
    badge = [headline.badge(seen, pen)] if seen.is_crc and badged else []
    parts = [f"• {shown}", *badge, pen.text(seen.shop, 30), headline.scene(seen, pen)]
    if seen.state is State.OVERDUE:
        parts.append(headline.time_left(seen, pen))
    elif seen.state in (State.OPEN, State.CLAIMED):
        parts.append(pen.t("by {due} ({left})", due=pen.at(seen.due.at, day=True), left=headline.time_left(seen, pen)))
    if seen.state is State.REPLIED and (reply := seen.order.standing_reply) is not None:
        parts.append(pen.t("{who} answered at {at}", who=pen.who(reply.by), at=pen.at(reply.at)))
    else:
        parts.append(headline.holder(seen, pen))
        parts += [waits] if (waits := headline.approval(seen, pen)) else []
    if seen.order.urged:
        parts.append(headline.urged(seen, pen))
    return " · ".join(parts)


def _summary(facts: StatusFacts, t: Translate, now: datetime) -> str:
    """``5 open, 1 of them CRC, 1 overdue``; or that there is nothing to do, and who is next on shift."""
    waiting = [seen for seen in facts.orders if seen.state is not State.REPLIED]
    if not waiting:
        pen = Pen(t, now, facts.team.hours.zone, facts.names, tokens=False)
        return sentences(t, t("No open orders."), _next(facts, pen))
    parts = [t("1 open order") if len(waiting) == 1 else t("{n} open orders", n=len(waiting))]
    crc = sum(seen.is_crc for seen in waiting)
    late = sum(seen.state is State.OVERDUE for seen in waiting)
    soon = sum(seen.state is not State.OVERDUE and seen.due.at - now <= SOON for seen in waiting)
    parts += [t("{n} CRC", n=crc)] if crc else []
    parts += [t("{n} overdue", n=late)] if late else []
    parts += [t("{n} due within 2 h", n=soon)] if soon else []
    asked = sum(pending(seen.order) is not None for seen in waiting)
    parts += [t("{n} waiting for approval", n=asked)] if asked else []
    return " · ".join(parts)


def _duty_line(facts: StatusFacts, pen: Pen) -> str:
    waiting = any(seen.state is not State.REPLIED for seen in facts.orders)
    now = pen.t("Nobody is on call now.")
    if facts.duty.who:
        now = pen.t("On call now: {who}.", who=pen.whos(facts.duty.who[:MOST_NAMED]))
    return sentences(pen.t, now, _next(facts, pen) if waiting else "")


def _next(facts: StatusFacts, pen: Pen) -> str:
    if facts.next_duty is None:
        return ""
    at, duty = facts.next_duty
    return pen.t("Next on shift: {who}, {at}.", who=pen.whos(duty.who[:MOST_NAMED]), at=pen.at(at))
