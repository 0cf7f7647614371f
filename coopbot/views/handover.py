"""The note at a change of shift: who is on call now, what is open and tight, what was promised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from coopbot.domain.lifecycle import State
from coopbot.domain.promise import Promise
from coopbot.domain.seen import Seen
from coopbot.domain.team import Team
from coopbot.ports import Message, Translate
from coopbot.views import headline, ids
from coopbot.views.blocks import Block, context, section
from coopbot.views.pen import Pen, sentences
from coopbot.views.promise import MARK, line

MOST_ROWS = 10


class Owed(Protocol):
    @property
    def seen(self) -> Seen: ...
    @property
    def promise(self) -> Promise: ...


class Handover(Protocol):
    @property
    def team(self) -> Team: ...
    @property
    def who(self) -> Sequence[str]: ...
    @property
    def before(self) -> Sequence[str]: ...
    @property
    def orders(self) -> Sequence[Seen]: ...
    @property
    def promises(self) -> Sequence[Owed]: ...
    @property
    def spared(self) -> Sequence[str]: ...


def handover(note: Handover, t: Translate, now: datetime) -> Message:
    """One message: whom it calls and why in the first line, then what there is, soonest due first."""
    every = [*note.orders, *(each.seen for each in note.promises)]
    names = {user: name for it in every for user, name in it.names.items()}
    pen = Pen(t, now, note.team.hours.zone, names)
    late = [it for it in note.orders if it.state is State.OVERDUE]
    tight = [it for it in note.orders if it not in late and it.staffed.short(it.rules.minimum_staffed)]
    counts = len(late), len(tight)
    first = _first(note, *counts, pen)
    blocks: list[Block] = [section(f"*{first}*")]
    rows = [_row(it, it in tight, Pen.of(it, t, now)) for it in note.orders[:MOST_ROWS]]
    rows += [_promise(each, Pen.of(each.seen, t, now)) for each in note.promises[:MOST_ROWS]]
    blocks += [section(row) for row in rows]
    left = len(note.orders) + len(note.promises) - len(rows)
    if left > 0:
        blocks.append(context(t("and {n} more: {command} lists them", n=left, command=ids.STATUS_COMMAND)))
    return Message(text=headline.lock_screen(_first(note, *counts, pen.for_fallback)), blocks=blocks)


def _first(note: Handover, late: int, tight: int, pen: Pen) -> str:
    called = [user for user in note.who if user not in note.spared]
    who = pen.mentions(called) if called else pen.whos(note.who)
    first = pen.t("{who}: you are on call now.", who=who)
    if note.before:
        first = pen.t("{who}: you are on call now, after {before}.", who=who, before=pen.whos(note.before))
    n = len(note.orders)
    crc = sum(it.is_crc for it in note.orders)
    parts = [pen.t("1 open order") if n == 1 else pen.t("{n} open orders", n=n)] if n else []
    parts += [pen.t("{n} CRC", n=crc)] if crc else []
    parts += [pen.t("{n} overdue", n=late)] if late else []
    parts += [pen.t("{n} tight", n=tight)] if tight else []
    coming = [it.due.at for it in note.orders if it.state is not State.OVERDUE]
    parts += [pen.t("first due {at}", at=pen.at(min(coming), day=True))] if coming else []
    promised = len(note.promises)
    parts += [pen.t("1 promise to keep")] if promised == 1 else []
    parts += [pen.t("{n} promises to keep", n=promised)] if promised > 1 else []
    return sentences(pen.t, first, " · ".join(parts))


def _row(it: Seen, tight: bool, pen: Pen) -> str:
    mark = headline.CRC_MARK if it.is_crc else headline.MARKS[it.state]
    parts = [f"{mark} *{headline.badge(it, pen, marked=False)}* · {headline.number(it, pen)} · {pen.text(it.shop, 30)}"]
    parts += [headline.wanted_in_passing(it, pen), headline.holder(it, pen)]
    return " · ".join([*parts, pen.t("tight")] if tight else parts)


def _promise(each: Owed, pen: Pen) -> str:
    return f"{MARK} {headline.number(each.seen, pen)} · {line(each.promise, pen)}"
