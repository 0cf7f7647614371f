"""A desk with its store: events come in, people act, time passes, and what is owed can be read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from coopbot.clock import wall
from coopbot.domain.event import Answer, PlatformEvent
from coopbot.domain.intent import Lane, Owed, What
from coopbot.domain.ledger import LedgerEntry
from coopbot.domain.seen import Seen
from coopbot.domain.team import Desk
from coopbot.domain.work_order import OrderKey, WorkOrder
from coopbot.ports import Sent, Store, Tx
from coopbot.services import answering, intake, outcomes, reading, sweep
from coopbot.services.answering import Draft
from coopbot.services.change import load, seen
from coopbot.services.rota import with_rota
from tests.support.world import ANA, raised, shanghai

A17 = OrderKey("jd", "A-17")


def event(type: str, at: datetime, *, id: str = "", number: str = "A-17", **data: Any) -> PlatformEvent:
    """An event as the platform's edge hands it over; ``data`` beyond the order's number."""
    return _event(type, at, id, number, 0, {"work_order_no": number, "at": at.isoformat(), **data})


def raising(at: datetime, *, id: str = "", version: int = 1, **changes: Any) -> PlatformEvent:
    data = {**raised(at, **changes), "version": version}
    return _event("work_order.raised", at, id, str(data["work_order_no"]), version, data)


def _event(kind: str, at: datetime, id: str, number: str, version: int, data: dict[str, Any]) -> PlatformEvent:
    digest = sha256(json.dumps([kind, data], sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return PlatformEvent(id or f"{kind}-{digest[:8]}", kind, "jd", data, digest, OrderKey("jd", number), at, version)


@dataclass
class Office:
    store: Store
    desk: Desk
    now: datetime = field(default_factory=lambda: shanghai("2026-11-23 10:00"))

    async def take(self, *events: PlatformEvent) -> list[Answer]:
        return await self.store.run(intake.take, self.now, self.desk, events)

    async def sees(self, key: OrderKey = A17) -> Seen:
        seen = await self.store.read(reading.one, self.now, self.desk, key.connection, key.number)
        assert seen is not None
        return seen

    async def order(self, key: OrderKey = A17) -> WorkOrder:
        return (await self.sees(key)).order

    async def claim(self, user: str = ANA, key: OrderKey = A17) -> Seen:
        await self.store.run(answering.claim, self.now, self.desk, user, key)
        return await self.sees(key)

    async def answer(self, text: str = "今天 18:00 前发出", user: str = ANA, *, view: str = "", id: str = "r1") -> Seen:
        await self.store.run(answering.answer, self.now, self.desk, user, A17, Draft(text, view=view), id)
        return await self.sees()

    async def sweep(self) -> sweep.Swept:
        return await self.store.run(sweep.sweep, self.now, self.desk)

    async def delivers_reply(self, result: str = "ok") -> None:
        """The delivery worker hands the queued reply over, and the platform says ``result``."""
        (owed,) = [each for each in await self.claims(Lane.PLATFORM) if each.intent.what is What.REPLY]
        await self.store.run(outcomes.reply_taken, self.now, self.desk, owed, wall(), Sent(result))

    async def tells_card(self, ts: str = "1.1") -> None:
        (owed,) = [each for each in await self.claims(Lane.CHAT) if each.intent.what is What.CARD]
        await self.store.run(_tell, self.now, self.desk, owed, ts)

    async def claims(self, lane: Lane) -> list[Owed]:
        return list(await self.store.run(_claim, lane))

    async def sends(self) -> list[Owed]:
        """Everything that is owed leaves, in order; returns it."""
        return await self.store.run(_drain)

    async def owes(self) -> list[str]:
        """Likewise, in words: what, and to whom."""
        return [f"{each.intent.what.value} {each.intent.target}" for each in await self.sends()]

    async def ledger(self, key: OrderKey = A17) -> list[LedgerEntry]:
        return list(await self.store.read(lambda tx: tx.ledger.of_order(key)))

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)


def _claim(tx: Tx, lane: Lane) -> Any:
    return tx.outbox.claim(lane, wall(), 100, 60)


def _tell(tx: Tx, now: datetime, desk: Desk, owed: Owed, ts: str) -> None:
    """Record what the worker does once the card has arrived."""
    assert owed.intent.order is not None
    on_duty = with_rota(tx, desk)
    calling = outcomes.calling_of(seen(tx, load(tx, owed.intent.order), on_duty, now), on_duty)
    outcomes.told(tx, now, desk, wall(), [outcomes.Told(owed, owed.intent.target, ts, calling)])


def _drain(tx: Tx) -> list[Owed]:
    found: list[Owed] = []
    while owed := [each for lane in Lane for each in tx.outbox.claim(lane, wall(), 100, 60)]:
        for each in owed:
            found.append(each)
            tx.outbox.sent(each, wall())
    return found
