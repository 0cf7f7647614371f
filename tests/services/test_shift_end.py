"""Before a shift ends, its team is told once what will be tight in the morning."""

from __future__ import annotations

from datetime import timedelta

from coopbot.delivery.render import render
from coopbot.delivery.rendered import Moot, Post
from coopbot.domain.calendar import parse_hours
from coopbot.domain.event import PlatformEvent
from coopbot.domain.intent import Owed, What
from coopbot.domain.work_order import OrderKey
from coopbot.services import shift_end
from coopbot.views.language import Catalogues
from tests.support.block_kit import texts
from tests.support.ladders import a_team_with
from tests.support.office import Office, event, raising
from tests.support.world import ANA, SHANGHAI, a_desk, a_team, shanghai

HALF_PAST_FIVE = {"key": "hour", "at": "start+1h", "channel": "channel", "mentions": ["on_call"]}
TEN_TO_SIX = parse_hours("Mon-Sun 10:00-18:00", SHANGHAI)


async def evening(office: Office) -> list[Owed]:
    """An afternoon's orders, and what the look before 18:00 owes: A-1 is due 10:30, A-2 11:50, A-3 tonight."""
    office.desk = a_desk(a_team(hours=TEN_TO_SIX))
    for number, at in (("A-1", "16:30"), ("A-2", "17:50"), ("A-3", "14:30")):
        office.now = shanghai(f"2026-11-23 {at}")
        await office.take(raising(office.now, work_order_no=number))
        await office.sends()
    office.now = shanghai("2026-11-23 17:40")
    await office.store.run(shift_end.before_shifts_end, office.now, office.desk)
    return [each for each in await office.sends() if each.intent.what is What.TIGHT]


async def test_what_is_short_of_staffed_time_tomorrow_is_listed_soonest_first(office: Office) -> None:
    (owed,) = await evening(office)
    assert owed.intent.target == "C0FLAG"
    assert owed.intent.args["orders"] == ["jd:A-3", "jd:A-1"]
    said = await office.store.read(render, office.now, office.desk, Catalogues(strict=True), owed)
    assert isinstance(said, Post)
    first = "CRC 高危投诉 · 10001 · 催发货 · 请于 18:30 前回复（剩 50 分钟工作时间）"
    assert said.message.text == f"18:00 下班，之后有 2 单时间吃紧，请今天回复。最急：{first}。<@{ANA}>"
    rows = texts(said.message.blocks)
    assert any("团队" in row and "在班时间 30 分钟" in row for row in rows)


async def test_it_names_nobody_whom_a_reminder_of_these_orders_named_just_before(office: Office) -> None:
    office.desk = a_desk(a_team_with(HALF_PAST_FIVE, hours=TEN_TO_SIX))
    office.now = shanghai("2026-11-23 16:30")
    await office.take(raising(office.now))
    await office.tells_card()
    office.now = shanghai("2026-11-23 17:30")
    await office.sweep()
    await office.store.run(shift_end.before_shifts_end, office.now, office.desk)
    calls = {}
    for each in await office.sends():
        if each.intent.what in (What.REMINDER, What.TIGHT):
            found = await office.store.read(render, office.now, office.desk, Catalogues(strict=True), each)
            assert isinstance(found, Post)
            calls[each.intent.what] = f"<@{ANA}>" in found.message.text
    assert calls == {What.REMINDER: True, What.TIGHT: False}


async def test_it_is_told_once_a_shift(office: Office) -> None:
    assert len(await evening(office)) == 1
    for minutes in (1, 10):
        office.later(minutes=minutes)
        assert await office.store.run(shift_end.before_shifts_end, office.now, office.desk) == 0


async def test_what_was_answered_meanwhile_drops_out(office: Office) -> None:
    (owed,) = await evening(office)
    for number in ("A-1", "A-3"):
        key = OrderKey("jd", number)
        await office.claim(key=key)
        await office.take(_closed(office, number))
    said = await office.store.read(render, office.now, office.desk, Catalogues(strict=True), owed)
    assert said == Moot("answered meanwhile")


async def test_nothing_tight_is_nothing_said(office: Office) -> None:
    office.desk = a_desk(a_team(hours=TEN_TO_SIX))
    office.now = shanghai("2026-11-23 17:31")
    assert await office.store.run(shift_end.before_shifts_end, office.now, office.desk) == 0


async def test_a_lunch_break_is_no_end_and_two_shifts_have_two(office: Office) -> None:
    day = shanghai("2026-11-23 00:00")
    for hours, asked in (
        ("Mon-Sun 09:00-12:00, 13:30-18:00", [17.6]),
        ("Mon-Sun 06:00-10:00, 16:00-20:00", [9.6, 19.6]),
    ):
        office.desk = a_desk(a_team(hours=parse_hours(hours, SHANGHAI), name=hours))
        for at in (9.6, 11.6, 17.6, 19.6):
            office.now = day + timedelta(hours=at)
            await office.store.run(shift_end.before_shifts_end, office.now, office.desk)
            looked = await office.store.read(lambda tx, name=hours: tx.notes.get(f"shift_end:{name}"))  # type: ignore[misc]
            ended = looked is not None and looked["end"] > office.now.isoformat()
            assert ended == (at in asked), (hours, at)


def _closed(office: Office, number: str) -> PlatformEvent:
    return event("work_order.closed", office.now, number=number)
