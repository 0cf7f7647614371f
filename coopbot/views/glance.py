"""The team's pinned message: what is at risk today, edited as it changes (decisions.md 24).

Members see the risk of their orders, not the shop's account (decisions.md 12): the deposit stands on Home.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from coopbot.domain.account import Risk
from coopbot.domain.team import Team
from coopbot.ports import Message, Translate
from coopbot.views import ids
from coopbot.views.blocks import Block, button, context, section
from coopbot.views.headline import lock_screen
from coopbot.views.news import MARK
from coopbot.views.pen import Pen, sentences
from coopbot.views.text import money


def glance(team: Team, risks: Sequence[Risk], t: Translate, now: datetime) -> Message:
    """One line a currency; and when it was true."""
    pen = Pen(t, now, team.hours.zone, private=True)
    lines = [risk_line(risk, pen) for risk in risks if risk.orders] or [t("Nothing is at risk today.")]
    why = button(t("How is it worked out?"), ids.RISK, team.channel) if any(risk.orders for risk in risks) else None
    blocks: list[Block] = [section("\n".join(f"{MARK} *{line}*" for line in lines), why)]
    as_of = t(
        "As of {at}. {command} shows the shop's account to leads and managers.",
        at=pen.at(now),
        command=f"`{ids.EXPOSURE}`",
    )
    blocks.append(context(as_of))
    return Message(text=lock_screen(sentences(t, *lines)), blocks=blocks)


def risk_line(risk: Risk, pen: Pen) -> str:
    """``At risk today: 3 orders, ¥450.00 (assumed), 2 of unknown amount``."""
    t, n = pen.t, risk.orders
    if not n:
        return t("Nothing is at risk today.")
    parts = [t("1 order") if n == 1 else t("{n} orders", n=n)]
    if risk.known:
        parts.append(money(risk.known, risk.currency))
    if risk.points:
        parts.append(t("1 point") if risk.points == 1 else t("{n} points", n=risk.points))
    if risk.warnings:
        parts.append(t("1 warning") if risk.warnings == 1 else t("{n} warnings", n=risk.warnings))
    if risk.unknown:
        parts.append(t("{n} of unknown amount", n=risk.unknown))
    said = t("At risk today: {what}", what=t(", ").join(parts))
    if risk.unknown and risk.estimate is not None:
        amount = money(risk.estimate.median, risk.currency)
        said = t("{what}; so far about {amount} each, the median of {n}", what=said, amount=amount, n=risk.estimate.of)
    return t("{what} (assumed)", what=said) if risk.assumed else said
