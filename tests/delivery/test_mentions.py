"""Whom messages named is counted when they have left: each message once, at night apart, no drill (noise budget)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from coopbot.domain.calendar import parse_hours
from coopbot.domain.intent import Intent, Owed, Priority, What
from coopbot.domain.work_order import OrderKey
from coopbot.ports import Named
from coopbot.services import drill, mentions, oncall
from tests.delivery.line import FLAG, Line
from tests.support.world import ANA, BEN, LEAD, SHANGHAI, a_desk, a_team

A17 = OrderKey("jd", "A-17")


async def counted(line: Line) -> Sequence[Named]:
    office = line.office
    return (await line.store.read(oncall.stats, office.now, office.desk, ANA, FLAG))[1]


def a_reminder(*called: str, target: str = FLAG, orders: int = 1) -> Intent:
    items = [
        {"order": f"jd:A-{17 + n}", "step": "0:75", "missed": [], "called": list(called), "why": "on_call"}
        for n in range(orders)
    ]
    return Intent(What.REMINDER, target, Priority.REMINDER, A17 if orders == 1 else None, args={"items": items})


async def test_cards_reminders_and_notes_count_and_one_message_names_somebody_once(line: Line) -> None:
    line.start()
    for number in ("A-17", "A-18", "A-19"):
        await line.raises(number, order_class="crc" if number == "A-17" else "general")
    await line.settled()
    assert await counted(line) == [Named(ANA, 1, 0)]
    await line.owe(a_reminder(ANA, LEAD, orders=3), a_reminder("!channel"))
    await line.settled()
    assert await counted(line) == [Named(ANA, 2, 0), Named("!channel", 1, 0), Named(LEAD, 1, 0)]
    await line.owe(Intent(What.NOTE, FLAG, Priority.NOTE, A17, args={"code": "urged", "mention": [ANA], "facts": {}}))
    await line.owe(Intent(What.REMINDER, BEN, Priority.REMINDER, args={**a_reminder(target=BEN).args}))
    await line.settled()
    assert {each.user: each.times for each in await counted(line)} == {ANA: 3, "!channel": 1, LEAD: 1, BEN: 1}


async def test_outside_the_teams_hours_is_night(line: Line) -> None:
    line.office.desk = a_desk(a_team(hours=parse_hours("Mon-Sun 11:00-19:00", SHANGHAI)))
    line.start()
    await line.raises("A-17")
    await line.settled()
    assert await counted(line) == [Named(ANA, 1, 1)]


async def test_a_drill_is_no_mention_and_its_order_no_order(line: Line) -> None:
    line.start()
    office = line.office
    await line.store.run(drill.start, office.now, office.desk, LEAD, FLAG, "d1")
    await line.settled()
    assert f"<@{ANA}>" in (await line.calls())[0]["args"]["text"]
    assert await counted(line) == []
    assert await line.store.read(lambda tx: tx.orders.unfinished()) == []


async def test_a_message_that_is_sent_again_for_a_lost_answer_counts_once(line: Line) -> None:
    await line.fault("drop_after_effect", "chat.postMessage", times=1)
    line.start()
    await line.raises("A-17")
    await line.settled()
    assert len(await line.calls()) == 1
    assert await counted(line) == [Named(ANA, 1, 0)]


async def test_it_is_kept_for_three_months(line: Line) -> None:
    line.start()
    await line.raises("A-17")
    await line.settled()
    now = line.office.now
    assert await line.store.run(mentions.forget, now + mentions.KEPT) == 0
    line.office.later(days=31)
    assert await counted(line) == []
    assert await line.store.run(mentions.forget, now + 2 * mentions.KEPT) == 1


@pytest.mark.parametrize("text", ["<@U0ANA> <@U0ANA>", "&lt;@U0BEN&gt; <@U0ANA>"])
async def test_what_somebody_wrote_names_nobody(line: Line, text: str) -> None:
    owed = (await owe_and_claim(line))[0]
    await line.store.run(mentions.count, line.office.now, line.office.desk, owed, FLAG, text)
    assert await counted(line) == [Named(ANA, 1, 0)]


async def owe_and_claim(line: Line) -> Sequence[Owed]:
    await line.owe(a_reminder(ANA))
    return await line.office.sends()
