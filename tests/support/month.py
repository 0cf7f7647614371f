"""A month of orders out of a seed: what a team's store looks like after it, the same each time."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from coopbot.domain.order_log import tell
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind, OrderKey, WorkOrder
from coopbot.ports import Tx
from coopbot.services.change import index_of
from tests.support.world import entry, queued, raised, shanghai

FIRST = shanghai("2026-11-01 00:00")
DAYS = 30
SCENES = ("urge_shipping", "logistics", "refund", "exchange", "invoice", "price", "complaint")


def a_month(
    seed: int, orders: int, people: Sequence[str], rules: tuple[str, str], shop: str = "10001"
) -> list[WorkOrder]:
    """``orders`` of one shop in the sequence in which they came; one in five is CRC, most are answered in time."""
    chance = random.Random(seed)
    came = sorted(chance.randrange(DAYS * 24 * 60) for _ in range(orders))
    return [_order(chance, n, FIRST + timedelta(minutes=minute), people, rules, shop) for n, minute in enumerate(came)]


def keep(tx: Tx, orders: Sequence[WorkOrder], desk: Desk) -> None:
    """Write them into the store as if they had come there one by one."""
    tx.orders.add([(order, index_of(order, desk, max(each.at for each in order.log))) for order in orders])


def _order(
    chance: random.Random, n: int, at: datetime, people: Sequence[str], rules: tuple[str, str], shop: str
) -> WorkOrder:
    facts = {
        "work_order_no": f"M-{n:05}",
        "shop_id": shop,
        "class": "crc" if chance.random() < 0.2 else "general",
        "scene": chance.choice(SCENES),
        "amount": f"{chance.randrange(1, 90000) / 100:.2f}",
    }
    first = Entry(Kind.RAISED, at, "raised:1", "platform", raised(at, **facts))
    log = [first, *_story(chance, at, facts["class"], people)]
    return tell(OrderKey("jd", facts["work_order_no"]), rules, at, log)


def _story(chance: random.Random, at: datetime, order_class: str, people: Sequence[str]) -> Iterator[Entry]:
    """Somebody takes it in the team's hours after a while, and answers a while after; a few are never answered."""
    if chance.random() < 0.02:
        return
    mean = 40 if order_class == "crc" else 240
    taken = _in_hours(at + timedelta(minutes=1 + chance.expovariate(1 / mean)))
    who = chance.choice(people)
    yield entry(Kind.CLAIMED, taken, by=who)
    answered = _in_hours(taken + timedelta(minutes=1 + chance.expovariate(1 / (mean / 2))))
    yield from _reply("r1", answered, who)
    if chance.random() < 0.04:
        rejected = answered + timedelta(minutes=40)
        yield entry(Kind.REPLY_REJECTED, rejected, reply_id="r1", reason="未说明发货时间")
        yield from _reply("r2", _in_hours(rejected + timedelta(minutes=30)), who)


def _reply(reply_id: str, at: datetime, who: str) -> Iterator[Entry]:
    yield queued(reply_id, at, who)
    yield entry(Kind.REPLY_DELIVERED, at, reply_id=reply_id)


def _in_hours(at: datetime) -> datetime:
    """The same moment if it lies between 09:00 and 19:00 in Shanghai, else as long after the next 09:00 as fits."""
    hour = (at.hour + 8) % 24
    return at if 9 <= hour < 19 else at + timedelta(hours=(9 - hour) % 24)
