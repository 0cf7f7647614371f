"""A digest: one message that tells up to 24 ordinary orders, each answerable from its row (decisions.md 18)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from coopbot.domain.lifecycle import Act, State
from coopbot.domain.seen import Seen
from coopbot.ports import Message, Translate
from coopbot.views import headline, ids
from coopbot.views.answered import what_became
from coopbot.views.blocks import MESSAGE_BUDGET, Block, button, section, summed
from coopbot.views.card import FOR_THE_TEAM
from coopbot.views.pen import Pen

WORDS_SHOWN = (60, 24, 0)
"""Characters of a consumer's words in a row: as many of these as the whole message has room for."""
_SECTION = 2800
"""Characters of a list of finished orders, inside the 3,000 of a section."""


@dataclass(frozen=True)
class Row:
    seen: Seen
    given_to: str = ""
    """The team that has it now, where it was given away."""

    @property
    def is_done(self) -> bool:
        return bool(self.given_to) or self.seen.state not in FOR_THE_TEAM

    @property
    def is_taken(self) -> bool:
        """Somebody has it, or it has a card of its own."""
        return self.seen.order.claim is not None or self.seen.order.card is not None


def digest(rows: Sequence[Row], t: Translate, now: datetime) -> Message:
    """Earliest due first; what is taken links to its card, what is done shrinks to a line at the end.

    Raises ValueError when there is nothing to say.
    """
    if not rows:
        raise ValueError("a digest of nothing")
    waiting = sorted((row for row in rows if not row.is_done), key=_urgency)
    done = sorted((row for row in rows if row.is_done), key=_urgency)
    first, plain = (_first(rows, waiting, pen) for pen in (Pen.of(rows[0].seen, t, now), _plain(rows, t, now)))
    for words in WORDS_SHOWN:
        blocks = [
            section(f"*{first}*"),
            *(_row(row, index, Pen.of(row.seen, t, now), words) for index, row in enumerate(waiting)),
            *_finished([_line(row, Pen.of(row.seen, t, now)) for row in done]),
        ]
        if summed(blocks) <= MESSAGE_BUDGET:
            break
    if waiting:
        about = f"{headline.subject(waiting[0].seen, _plain(waiting, t, now))}"
        plain = t("{orders}; first: {first}.", orders=plain, first=about)
    return Message(text=headline.lock_screen(plain), blocks=blocks)


def _plain(rows: Sequence[Row], t: Translate, now: datetime) -> Pen:
    return Pen.of(rows[0].seen, t, now).for_fallback


def _first(rows: Sequence[Row], waiting: Sequence[Row], pen: Pen) -> str:
    """What is wanted by when: how many, and how many of them nobody has yet."""
    t, n, free = pen.t, len(rows), sum(not row.is_taken for row in waiting)
    if not waiting:
        return t("{n} orders, all of them dealt with", n=n)
    due = pen.at(waiting[0].seen.due.at, day=True)
    if free == n:
        return t("{n} orders to answer, the first by {due}", n=n, due=due)
    first = t("{open} of {n} orders still to answer, the first by {due}", open=len(waiting), n=n, due=due)
    taken = len(waiting) - free
    return f"{first} · {t('{n} taken', n=taken)}" if taken else first


def _row(row: Row, index: int, pen: Pen, words: int) -> Block:
    seen, t = row.seen, pen.t
    which = f"{headline.MARKS[seen.state]} *{headline.number(seen, pen)}* · {_where(seen, pen, words)}"
    accessory = None
    if seen.order.card is not None:
        accessory = button(t("Open the card"), ids.OPEN_CARD, url=headline.card_link(seen.order.card))
    elif Act.REPLY in seen.acts and not row.is_taken:
        accessory = button(t("Answer…"), ids.OTHER_ANSWER, str(seen.order.key))
    left = headline.time_left(seen, pen)
    due = left if seen.state is State.OVERDUE else t("by {due} ({left})", due=pen.at(seen.due.at, day=True), left=left)
    parts = [which, due, *(mark for mark in (headline.hold(seen, pen),) if mark)]
    if seen.order.urged:
        parts.append(headline.urged(seen, pen))
    if row.is_taken:
        parts.append(headline.holder(seen, pen))
    said = pen.text(seen.order.facts.content, words) if words and not row.is_taken else ""
    text = " · ".join(parts) + (f"\n{t('“{text}”', text=said)}" if said else "")
    return section(text, accessory, ids.block_id(f"{ids.ROW_BLOCK}{index}", seen.order.key))


def _where(seen: Seen, pen: Pen, words: int) -> str:
    if not words:  # every character counts: of names that are all markup, each becomes five
        return pen.text(seen.shop, 12)
    return f"{pen.text(seen.shop, 30)} · {headline.scene(seen, pen)}"


def _line(row: Row, pen: Pen) -> str:
    seen = row.seen
    number = f"{headline.MARKS[State.TRANSFERRED if row.given_to else seen.state]} {headline.number(seen, pen)}"
    if row.given_to:
        return f"{number} · {pen.t('given to {team}', team=pen.text(row.given_to, 60))}"
    link = headline.card_link(seen.order.card)
    became = what_became(seen, pen)
    return f"{number} · {became} · <{link}|{pen.t('Open the card')}>" if link else f"{number} · {became}"


def _finished(lines: Sequence[str]) -> list[Block]:
    """As few sections as they fit into."""
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + len(line) < _SECTION:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return [section(text) for text in texts]


def _urgency(row: Row) -> tuple[datetime, str]:
    return row.seen.due.at, str(row.seen.order.key)
