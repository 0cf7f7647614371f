"""The auditor: what is not on its way is told to the operator, once an hour for as long as that lasts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from coopbot.clock import wall
from coopbot.domain.intent import Lane, What
from coopbot.ports import Tx
from coopbot.services import audit
from tests.support.office import Office, raising


async def looks(office: Office, real: datetime | None = None) -> list[str]:
    return await office.store.run(audit.audit, office.now, real or wall(), office.desk)


async def alarms(office: Office) -> list[tuple[str, str]]:
    """Code and order of each alarm that is owed; they leave."""
    told = [each.intent.args for each in await office.sends() if each.intent.what is What.OPERATOR]
    return [(args["code"], args["facts"]["order"]) for args in told]


@pytest.fixture
async def told(office: Office) -> Office:
    """One order, told just now; nothing is owed."""
    await office.take(raising(office.now))
    await office.tells_card()
    await office.sends()
    return office


async def test_all_well_is_silence(told: Office) -> None:
    assert await looks(told) == []
    assert await alarms(told) == []


async def test_who_should_act_and_is_not_looked_at(told: Office) -> None:
    told.later(hours=4)  # rungs have fallen due, and no tick came
    assert await looks(told) == ["sweep_late"]
    assert await alarms(told) == [("sweep_late", "")]
    await told.sweep()
    assert await looks(told) == []


async def test_what_is_owed_and_does_not_leave(told: Office) -> None:
    await told.claim()
    assert await looks(told, wall() + timedelta(minutes=6)) == ["outbox_late"]


async def test_an_order_that_nobody_was_told_of_though_nothing_is_owed(office: Office) -> None:
    await office.take(raising(office.now))
    (card,) = await office.claims(Lane.CHAT)
    await office.store.run(lambda tx: tx.outbox.park(card, wall(), "invalid_blocks"))
    office.later(minutes=4)
    assert await looks(office) == []
    office.later(minutes=2)
    assert await looks(office) == ["not_told"]
    assert await alarms(office) == [("not_told", "A-17")]


async def test_a_message_without_a_holder_that_nobody_takes_over(told: Office) -> None:
    await told.claim()
    await told.store.run(_left_by_its_holder, 299)
    assert "lease_expired" not in await looks(told)
    await told.store.run(_left_by_its_holder, 301)
    assert "lease_expired" in await looks(told)


async def test_what_lasts_is_told_once_an_hour(told: Office) -> None:
    told.later(hours=4)
    began = wall().replace(minute=0)
    alarmed = []
    for minutes in range(0, 120, 10):
        assert await looks(told, began + timedelta(minutes=minutes)) == ["sweep_late"]
        alarmed += [minutes for _ in await alarms(told)]
    assert alarmed == [0, 60]


def _left_by_its_holder(tx: Tx, seconds: float) -> None:
    """Somebody has claimed it, and their lease ended so long ago."""
    assert tx.outbox.claim(Lane.CHAT, wall(), 10, -seconds)
