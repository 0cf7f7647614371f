"""``/coop promises``: mine, the team's for its leads, and how many were kept and broken; for the asker alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from coopbot.domain.promise import Promise
from coopbot.domain.seen import Seen
from coopbot.domain.team import Team
from coopbot.ports import Message, Translate
from coopbot.views import headline, ids
from coopbot.views.blocks import Block, button, context, section
from coopbot.views.pen import Pen
from coopbot.views.promise import MARK, line

MOST_MINE = 12
MOST_OTHERS = 10
MOST_COUNTED = 12


class Owed(Protocol):
    @property
    def seen(self) -> Seen: ...
    @property
    def promise(self) -> Promise: ...


class Count(Protocol):
    @property
    def who(self) -> str: ...
    @property
    def kept(self) -> int: ...
    @property
    def broken(self) -> int: ...


class Book(Protocol):
    @property
    def team(self) -> Team: ...
    @property
    def mine(self) -> Sequence[Owed]: ...
    @property
    def others(self) -> Sequence[Owed]: ...
    @property
    def people(self) -> Sequence[Count]: ...
    @property
    def shops(self) -> Sequence[Count]: ...
    @property
    def names(self) -> Mapping[str, str]: ...


def promises(book: Book, t: Translate, now: datetime) -> Message:
    """Soonest due first; each of mine has the button that ends it."""
    first = _first(book, t, now)
    blocks: list[Block] = [section(f"{MARK} *{first}*")]
    for each in book.mine[:MOST_MINE]:
        kept = button(t("Kept…"), ids.PROMISE_KEPT, str(each.seen.order.key))
        blocks.append(section(_row(each, t, now), kept))
    blocks += _more(len(book.mine) - MOST_MINE, t)
    if book.others:
        blocks.append(section("*" + t("The team's other promises: {n}", n=len(book.others)) + "*"))
        blocks += [section(_row(each, t, now)) for each in book.others[:MOST_OTHERS]]
        blocks += _more(len(book.others) - MOST_OTHERS, t)
    counted = _counted(book, t, now)
    if counted:
        blocks.append(context(counted))
    return Message(text=headline.lock_screen(first), blocks=blocks)


def _first(book: Book, t: Translate, now: datetime) -> str:
    if not book.mine:
        return t("You have no promise to keep.")
    pen = Pen(t, now, book.team.hours.zone, tokens=False)
    at = pen.at(book.mine[0].promise.due_at, day=True)
    if len(book.mine) == 1:
        return t("You have 1 promise to keep, due {at}.", at=at)
    return t("You have {n} promises to keep, the first due {at}.", n=len(book.mine), at=at)


def _row(each: Owed, t: Translate, now: datetime) -> str:
    pen = Pen.of(each.seen, t, now)
    number = headline.number(each.seen, pen)
    link = headline.card_link(each.seen.order.told)
    shown = f"<{link}|{number.replace('|', '¦')}>" if link else number
    return f"{shown} · {headline.subject(each.seen, pen)}\n{line(each.promise, pen)}"


def _more(left: int, t: Translate) -> Sequence[Block]:
    return (context(t("and {n} more", n=left)),) if left > 0 else ()


def _counted(book: Book, t: Translate, now: datetime) -> str:
    """The last 30 days, by person and by shop."""
    pen = Pen(t, now, names=book.names, private=True)
    rows = [(pen.who(each.who), each) for each in book.people[:MOST_COUNTED]]
    rows += [(pen.text(each.who, 40), each) for each in book.shops[:MOST_COUNTED]]
    said = [t("{who}: {kept} kept, {broken} broken", who=who, kept=n.kept, broken=n.broken) for who, n in rows]
    return t("Of the promises of 30 days: {counts}", counts=" · ".join(said)) if said else ""
