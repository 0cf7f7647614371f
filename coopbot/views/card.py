"""The card: the message that shows an order, always current (issue: card; decisions.md 6, 15, 17, 19, 22)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from coopbot.domain.alike import Alike
from coopbot.domain.ledger import LedgerEntry
from coopbot.domain.lifecycle import State
from coopbot.domain.penalty import Cost
from coopbot.domain.seen import Seen
from coopbot.ports import Message, Translate
from coopbot.views import buttons, headline
from coopbot.views.answered import answered
from coopbot.views.blocks import Block, context, quote, section
from coopbot.views.explain import exact, staffing_line
from coopbot.views.pen import Pen, label, sentences
from coopbot.views.penalty import cost_lines, expected_line
from coopbot.views.promise import recall_line
from coopbot.views.text import clean, clip, is_web, masked_contact, masked_name, money, short_escaped, web_link
from coopbot.views.together import alike_line

WORDS_SHOWN = 300
"""Characters of the consumer's words on a card: half a phone's screen. The rest is one click away."""
WORDS_EXPANDED = 3000
FOR_THE_TEAM = (State.OPEN, State.CLAIMED, State.OVERDUE)


def card(
    seen: Seen,
    t: Translate,
    *,
    now: datetime | None = None,
    mention: Sequence[str] = (),
    duty_note: str = "",
    expected: str | None = None,
    expanded: bool = False,
    cost: Cost | None = None,
    foreseen: Sequence[LedgerEntry] = (),
    like: Alike | None = None,
) -> Message:
    """The order as a message, buttons and all.

    ``mention`` are the people whom posting it calls; ``duty_note`` is a key of ``headline.DUTY_NOTES``; ``expected``
    one of ``headline.EXPECTED``, shown once late; ``expanded`` shows an answered order, or long words, in full.
    ``cost`` is what missing it would cost; ``foreseen`` what its breach is expected to, in place of ``expected``;
    ``like`` are the orders like it.
    """
    pen = Pen.of(seen, t, now)
    if seen.state not in FOR_THE_TEAM:
        return answered(seen, pen, body(seen, pen, expanded=True)[0] if expanded else (), expanded=expanded)
    blocks, left_out = body(seen, pen, expanded=expanded)
    if cost is not None:
        blocks = [*blocks, context(cost_lines(cost, pen, seen.rules))]
    return Message(
        text=headline.lock_screen(headline.whole_line(seen, pen.for_fallback, mention, duty_note)),
        blocks=[
            section(_first_lines(seen, pen, mention, duty_note, _expected(expected, foreseen, seen, pen))),
            *blocks,
            *(alike_line(seen, like, pen) if like is not None else ()),
            *buttons.presets(seen, t),
            *buttons.acts(seen, t, left_out=left_out),
        ],
    )


def body(seen: Seen, pen: Pen, *, expanded: bool = False) -> tuple[Sequence[Block], int]:
    """What it is about: the consumer's words and the facts; and how many characters of the words are left out."""
    words = clip(clean(seen.order.facts.content), WORDS_EXPANDED if expanded else WORDS_SHOWN)
    blocks: list[Block] = []
    title = seen.order.facts.title.strip()
    if title and title not in words.text:
        blocks.append(section(f"*{short_escaped(title, 150)}*"))
    blocks.append(quote(words.text))
    facts = " · ".join(part for part in _facts(seen, pen) if part)
    blocks += [context("\n".join(line for line in (facts, _console(seen, pen)) if line))]
    more = _attachments(seen, pen) if expanded else ""
    if more:
        blocks.append(section(more))
    return blocks, words.left


def _first_lines(seen: Seen, pen: Pen, mention: Sequence[str], duty_note: str, expected: str) -> str:
    """What is wanted of whom by when, then where and what about, then what makes it special."""
    t = pen.t
    mark = headline.CRC_MARK if seen.is_crc and seen.state is not State.OVERDUE else headline.MARKS[seen.state]
    name = headline.badge(seen, pen, marked=seen.is_crc and seen.state is State.OVERDUE)
    lines = [
        f"{mark} *{name} · {headline.wanted(seen, pen)}* · {headline.holder(seen, pen, mention, duty_note)}",
        " · ".join([headline.subject(seen, pen), *headline.flags(seen, pen)]),
    ]
    rejection = seen.order.last_rejection
    if rejection is not None:
        lines.append(f"{headline.REJECTED_MARK} " + rejected(pen, rejection.at, rejection.reason))
    lines += [recalled] if (recalled := recall_line(seen, pen)) else []
    lines += staffing(seen, pen)
    if seen.state is State.OVERDUE:
        late = [t("You can still answer; the platform may already have taken it over.")]
        if expected:
            late.append(expected)
        lines.append(sentences(t, *late))
    return "\n".join(lines)


def _expected(kind: str | None, foreseen: Sequence[LedgerEntry], seen: Seen, pen: Pen) -> str:
    """In full where the entries are at hand, else by their kind; empty where nothing is known."""
    if foreseen:
        return expected_line(foreseen, pen, seen.rules)
    return pen.t(headline.EXPECTED[kind]) if kind else ""


def staffing(seen: Seen, pen: Pen) -> Sequence[str]:
    """While nobody of the team is there: when it is back, and how much of what is left it is there for."""
    if seen.state not in (State.OPEN, State.CLAIMED) or seen.due.held or seen.staffed.present:
        return ()
    t, found = pen.t, seen.staffed
    line = staffing_line(seen.due, found, t, pen)
    if not found.short(seen.rules.minimum_staffed):
        return (line,)
    least = exact(seen.rules.minimum_staffed, t)
    return (f"{line} · {t('less than the {least} that should be: answer it now', least=least)}",)


def rejected(pen: Pen, at: datetime, reason: str) -> str:
    if reason.strip():
        return pen.t(
            "The platform rejected the reply of {at}: “{reason}”.", at=pen.at(at), reason=pen.text(reason, 300)
        )
    return pen.t("The platform rejected the reply of {at} and gave no reason.", at=pen.at(at))


def _facts(seen: Seen, pen: Pen) -> Sequence[str]:
    t, facts = pen.t, seen.order.facts
    consumer = f"{masked_name(facts.consumer.name)} {masked_contact(facts.consumer.contact)}".strip()
    return (
        t("Work order {no}", no=pen.text(seen.order.key.number, 100)),
        t("order {no}", no=pen.text(facts.order_no, 60)) if facts.order_no.strip() else "",
        t("consumer {who}", who=pen.text(consumer, 60)) if consumer else "",
        money(facts.amount) if facts.amount is not None else "",
        _parcel(seen, pen),
        _count(seen, pen),
        "" if seen.rules.scene(facts.scene).known else t("scene unknown to us: general answers"),
        _merchant(seen, pen),
        t("raised {at}", at=pen.at(facts.raised_at, day=True)),
        headline.differs(seen, pen),
    )


def _parcel(seen: Seen, pen: Pen) -> str:
    parcel = seen.order.facts.parcel
    what = " ".join(part for part in (parcel.carrier.strip(), parcel.tracking_no.strip()) if part)
    return pen.t("parcel {what}", what=pen.text(what, 60)) if what else ""


def _console(seen: Seen, pen: Pen) -> str:
    """Where the order is found there, for who has no link to it (decisions.md 17)."""
    path = label(seen.rules.console_path, pen.t)
    if not path or is_web(seen.order.facts.console_url):
        return ""
    return pen.t("Where: {path}", path=pen.text(path, 150))


def _merchant(seen: Seen, pen: Pen) -> str:
    """Unknown merchant types are taken and flagged (decisions.md 16)."""
    kind = seen.order.facts.merchant_type
    if not kind or seen.rules.merchant_type(kind) is not None:
        return ""
    return pen.t("merchant type “{type}” is unknown to us", type=pen.text(kind, 40))


def _count(seen: Seen, pen: Pen) -> str:
    n = len(seen.order.facts.attachments)
    if not n:
        return ""
    return pen.t("1 attachment") if n == 1 else pen.t("{n} attachments", n=n)


def _attachments(seen: Seen, pen: Pen) -> str:
    files = seen.order.facts.attachments
    shown = [web_link(each.url, each.name[:60]) for each in files[:5] if len(each.url) <= 200]
    if not shown:
        return ""
    rest = len(files) - len(shown)
    return "\n".join([*shown, pen.t("and {n} more in the console", n=rest)] if rest else shown)
