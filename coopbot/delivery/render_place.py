"""Where a message about an order goes, and in which language it is said."""

from __future__ import annotations

from coopbot.domain.intent import Owed
from coopbot.domain.team import Desk
from coopbot.domain.work_order import WorkOrder
from coopbot.ports import Languages, Message, Translate, Tx


def order_of(tx: Tx, owed: Owed) -> WorkOrder | None:
    """As it is now; None where the message is about none, or it is gone."""
    return tx.orders.get(owed.intent.order) if owed.intent.order is not None else None


def number_of(owed: Owed) -> str:
    """What the platform calls it; empty where the message is about none."""
    return owed.intent.order.number if owed.intent.order is not None else ""


def language_at(desk: Desk, languages: Languages, channel: str) -> Translate:
    """The channel's team's, else the installation's."""
    team = desk.team_in(channel)
    return languages[team.language if team is not None else desk.language]


def place_of(desk: Desk, order: WorkOrder, owed: Owed) -> str:
    """Where the card is; but what could not be said there goes to the fallback channel (decisions.md 20)."""
    direct = owed.intent.target[:1] in "UW"
    if order.card is None or direct or owed.intent.target == desk.fallback.channel:
        return owed.intent.target
    return order.card.channel


def beside(message: Message, order: WorkOrder, channel: str, *, also_channel: bool = False) -> Message:
    """In the thread of the order's card, if that is in ``channel``."""
    thread = order.card.ts if order.card and order.card.channel == channel else ""
    return Message(message.text, message.blocks, thread, also_channel and bool(thread))
