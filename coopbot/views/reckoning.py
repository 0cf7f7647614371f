"""How what is at risk today is reckoned: order by order, each with its reason, and where an estimate comes from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from coopbot.domain.amounts import LEAST_FOR_MEDIAN, Estimate
from coopbot.domain.ledger import LedgerEntry
from coopbot.domain.seen import Seen
from coopbot.ports import Translate
from coopbot.views import headline
from coopbot.views.blocks import Block, context, modal, section
from coopbot.views.pen import Pen
from coopbot.views.penalty import expected
from coopbot.views.text import money

ROWS = 40


class Reckoned(Protocol):
    """What missing one order costs, after those that are due before it."""

    @property
    def seen(self) -> Seen: ...
    @property
    def costs(self) -> tuple[LedgerEntry, ...]: ...
    @property
    def estimate(self) -> Estimate | None: ...
    @property
    def unknown(self) -> bool: ...


def reckoning_modal(orders: Sequence[Reckoned], t: Translate, now: datetime) -> Block:
    """Soonest due first: the first may be a warning, the next one not any more."""
    blocks = [section(_row(each, t, now)) for each in orders[:ROWS]]
    if not blocks:
        blocks.append(section(t("Nothing is at risk today.")))
    if len(orders) > ROWS:
        blocks.append(context(t("and {n} more", n=len(orders) - ROWS)))
    guess = next((each for each in orders if each.unknown), None)
    if guess is not None:
        blocks.append(context(_basis(guess, t)))
    if any(entry.assumed for each in orders for entry in each.costs):
        blocks.append(context(t("Assumed: nobody published that rule; it is set in the profile.")))
    return modal(t("At risk today"), blocks, close=t("Close"))


def _row(each: Reckoned, t: Translate, now: datetime) -> str:
    pen = Pen.of(each.seen, t, now)
    costs = expected(each.costs, pen, each.seen.rules)
    return f"*{headline.number(each.seen, pen)}* · {headline.wanted(each.seen, pen)}\n{costs}"


def _basis(each: Reckoned, t: Translate) -> str:
    """Without a published amount a median is said from five issued ones on, and said to be one (decisions.md 23)."""
    if each.estimate is None:
        return t("No amount is published. Fewer than {n} fines were issued here: no estimate.", n=LEAST_FOR_MEDIAN)
    amount = money(each.estimate.median, each.costs[0].currency)
    return t(
        "No amount is published. About {amount} each is the median of the {n} fines issued here.",
        amount=amount, n=each.estimate.of,
    )  # fmt: skip
