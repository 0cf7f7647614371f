"""The tick: reminders, breaches and penalties, each once; several in one channel are one message."""

from __future__ import annotations

from datetime import timedelta

from coopbot.domain.intent import What
from coopbot.domain.ledger import PenaltyKind
from coopbot.domain.lifecycle import State
from coopbot.domain.work_order import OrderKey
from tests.support.office import A17, Office, event, raising
from tests.support.world import shanghai


async def reminders(office: Office) -> list[list[tuple[str, str]]]:
    """The reminders that are owed now: of each its orders and steps."""
    said = [each.intent.args["items"] for each in await office.sends() if each.intent.what is What.REMINDER]
    return [[(item["order"], item["step"]) for item in items] for items in said]


async def test_each_rung_is_one_message_at_its_time(office: Office) -> None:
    await office.take(raising(office.now))
    await office.tells_card()
    assert (await office.sweep()).orders == 0
    office.later(minutes=15)
    assert (await office.sweep()).orders == 1
    assert await reminders(office) == [[("jd:A-17", "0:backup")]]
    assert (await office.sweep()).orders == 0


async def test_after_downtime_one_message_names_what_was_missed(office: Office) -> None:
    await office.take(raising(office.now))
    await office.tells_card()
    office.later(hours=3, minutes=40)
    await office.sweep()
    (owed,) = [each for each in await office.sends() if each.intent.what is What.REMINDER]
    assert owed.intent.args["items"][0]["missed"] == ["backup", "lead", "manager", "75"]
    recorded = {entry.data["rung"] for entry in (await office.order()).log if entry.kind in ("superseded", "reminded")}
    assert recorded == {"0:backup", "0:lead", "0:manager", "0:75", "0:90"}


async def test_rungs_of_one_channel_in_one_minute_are_one_message(office: Office) -> None:
    for number in ("A-17", "A-18", "A-19"):
        office.later(seconds=9)
        await office.take(raising(office.now, work_order_no=number))
    await office.sends()
    office.now = shanghai("2026-11-23 10:16")
    await office.sweep()
    assert await reminders(office) == [[("jd:A-17", "0:backup"), ("jd:A-18", "0:backup"), ("jd:A-19", "0:backup")]]


async def test_an_answer_stops_the_ladder(office: Office) -> None:
    await office.take(raising(office.now))
    await office.answer()
    await office.delivers_reply()
    office.later(days=2)
    assert (await office.sweep()).orders == 0
    assert (await office.sees()).usage.status == "met"


async def test_a_breach_predicts_first_a_warning_then_an_unknown_amount(office: Office) -> None:
    for number in ("A-17", "A-18"):
        await office.take(raising(office.now, work_order_no=number))
        office.later(minutes=1)
    office.later(hours=5)
    await office.sweep()
    assert (await office.sees()).state is State.OVERDUE
    first = await office.ledger(OrderKey("jd", "A-17"))
    second = await office.ledger(OrderKey("jd", "A-18"))
    assert [(e.kind, e.amount, e.assumed, e.month) for e in first] == [(PenaltyKind.WARNING, None, True, "2026-11")]
    assert [(e.kind, e.amount) for e in second] == [(PenaltyKind.UNKNOWN, None)]


async def test_a_breach_is_recorded_once_however_often_it_is_looked_for(office: Office) -> None:
    await office.take(raising(office.now))
    office.later(hours=5)
    for _ in range(3):
        await office.sweep()
    assert len((await office.order()).breaches) == 1
    assert len(await office.ledger()) == 1


async def test_an_order_voided_after_its_breach_voids_the_prediction(office: Office) -> None:
    await office.take(raising(office.now))
    office.later(hours=5)
    await office.sweep()
    await office.take(event("work_order.voided", office.now))
    entries = await office.ledger()
    assert [bool(entry.reverses) for entry in entries] == [False, True]


async def test_a_timely_answer_that_we_delivered_late_alarms_the_operator_not_the_team(office: Office) -> None:
    await office.take(raising(office.now))
    await office.tells_card()
    await office.answer()
    office.later(hours=4, seconds=1)
    await office.sweep()
    order = await office.order()
    assert [breach.cause for breach in order.breaches] == ["ours"]
    owed = await office.owes()
    assert "operator U0OPS" in owed
    assert "reminder C0FLAG" not in owed


async def test_a_batch_is_bounded_so_that_clicks_pass_between(office: Office) -> None:
    await office.take(*(raising(office.now, work_order_no=f"N-{n}", id=f"e{n}") for n in range(130)))
    office.now += timedelta(hours=2)
    swept = [await office.sweep(), await office.sweep()]
    assert [(each.orders, each.more) for each in swept] == [(100, True), (30, False)]


async def test_who_answers_between_due_time_and_tick_is_late_and_nobody_is_called_for_it(office: Office) -> None:
    await office.take(raising(office.now))
    await office.tells_card()
    office.later(hours=4, seconds=20)
    await office.answer()
    await office.delivers_reply()
    await office.sends()
    office.later(seconds=30)
    await office.sweep()
    assert [breach.cause for breach in (await office.order()).breaches] == ["unanswered"]
    assert [(entry.kind, entry.order) for entry in await office.ledger()] == [(PenaltyKind.WARNING, A17)]
    assert not [owed for owed in await office.owes() if owed.startswith("reminder")]
    assert (await office.sweep()).orders == 0
