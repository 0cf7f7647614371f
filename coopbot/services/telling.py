"""News of money go to those who may see it, directly: managers and leads of the shop's team (decisions.md 12)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coopbot.domain.intent import Intent, Priority, What
from coopbot.domain.team import Desk, ShopKey
from coopbot.domain.work_order import OrderKey
from coopbot.ports import Tx
from coopbot.services.permission import with_leads


def owners(tx: Tx, desk: Desk, shop: ShopKey) -> tuple[str, ...]:
    """Managers and leads of the shop's team; of a team without any, the operators."""
    team = with_leads(tx, desk.team_of(shop.connection, shop.shop_id))
    return tuple(dict.fromkeys((*team.managers, *team.leads))) or desk.operators


def tell_owners(tx: Tx, desk: Desk, shop: ShopKey, code: str, *, also: Sequence[str] = (), **facts: object) -> None:
    """Owe each of them one direct message; ``code`` names its sentence, ``facts`` are plain JSON, amounts in fen.

    ``also`` hear it too, members or not: only for what says nothing of money.
    """
    tell_people(tx, desk, shop, dict.fromkeys((*owners(tx, desk, shop), *also)), code, **facts)


def tell_people(tx: Tx, desk: Desk, shop: ShopKey, users: Iterable[str], code: str, **facts: object) -> None:
    """Owe each of ``users`` one direct message about the shop, likewise."""
    name = desk.shop_name(OrderKey(shop.connection, ""), shop.shop_id)
    args = {"code": code, "facts": {"shop": name, "shop_key": str(shop), **facts}}
    tx.outbox.add([Intent(What.MONEY, user, Priority.BREACH, args=args) for user in users])


def glances(tx: Tx, desk: Desk) -> None:
    """What is at risk changes with the clock too: every team's message is looked at."""
    for team in desk.teams:
        owe_glance(tx, desk, team.channel)


def owe_glance(tx: Tx, desk: Desk, channel: str) -> None:
    """The team's pinned message shall show what is at risk now; ten changes owe one edit (decisions.md 24)."""
    tx.outbox.add([Intent(What.GLANCE, channel, Priority.REDRAW, key=f"glance:{channel}")])
