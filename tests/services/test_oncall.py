"""Swaps, handovers, drills and counts in the office."""

from __future__ import annotations

from datetime import time

import pytest

from coopbot.delivery.render import render
from coopbot.delivery.rendered import Moot, Post
from coopbot.domain.intent import Owed, What
from coopbot.domain.quiet import Quiet
from coopbot.domain.rota import Shift
from coopbot.errors import Refusal
from coopbot.services import drill, handover, oncall, quiet, rota_tick, swaps
from coopbot.views.language import Catalogues
from tests.support.ladders import a_team_with
from tests.support.office import Office, raising
from tests.support.world import ANA, BEN, EVERY_DAY, LEAD, SHANGHAI, a_desk, a_team, shanghai

NINE, EVENING = shanghai("2026-11-23 09:00"), shanghai("2026-11-23 19:00")
SHIFT = (shanghai("2026-11-24 09:00"), shanghai("2026-11-24 19:00"))
SAID = (What.REMINDER, What.HANDOVER)
HALVES = (
    Shift(EVERY_DAY, time(9), time(14), (ANA,), (BEN,)),
    Shift(EVERY_DAY, time(14), time(19), (BEN,), (ANA,)),
)


async def text(office: Office, owed: Owed) -> str:
    found = await office.store.read(render, office.now, office.desk, Catalogues(strict=True), owed)
    assert isinstance(found, Post), found
    return found.message.text


async def asks(office: Office, user: str = ANA, to: str = BEN, shift: tuple = SHIFT) -> swaps.Swap:  # type: ignore[type-arg]
    return await office.store.run(swaps.request, office.now, office.desk, user, "C0FLAG", to, shift, "s1", "dentist")


async def settles(office: Office, user: str = BEN, *, accept: bool = True) -> swaps.Swap:
    return await office.store.run(swaps.settle, office.now, office.desk, user, "s1", accept=accept)


async def on_call_tomorrow(office: Office) -> tuple[str, ...]:
    seen, _ = await office.store.read(oncall.look, SHIFT[0], office.desk, ANA, "C0FLAG")
    return seen.now.who


async def test_a_swap_that_is_accepted_moves_the_shift(office: Office) -> None:
    await asks(office)
    (asked,) = await office.sends()
    assert (asked.intent.what, asked.intent.target) == (What.SWAP, BEN)
    assert await on_call_tomorrow(office) == (ANA,)
    await settles(office)
    assert await on_call_tomorrow(office) == (BEN,)
    (told,) = await office.sends()
    assert told.intent.target == ANA
    found = await office.store.read(render, office.now, office.desk, Catalogues(strict=True), asked)
    assert found == Moot("settled meanwhile")


async def test_a_swap_that_is_declined_changes_nothing_and_is_told(office: Office) -> None:
    await asks(office)
    await settles(office, accept=False)
    assert await on_call_tomorrow(office) == (ANA,)
    assert [each.intent.target for each in await office.sends()] == [BEN, ANA]
    with pytest.raises(Refusal, match="swap_settled"):
        await settles(office)


async def test_who_may_ask_and_answer(office: Office) -> None:
    with pytest.raises(Refusal, match="swap_with_self"):
        await asks(office, to=ANA)
    with pytest.raises(Refusal, match="not_your_shift"):
        await asks(office, user=LEAD)
    with pytest.raises(Refusal, match="shift_is_over"):
        await asks(office, shift=(shanghai("2026-11-22 09:00"), shanghai("2026-11-22 19:00")))
    await asks(office)
    with pytest.raises(Refusal, match="not_your_swap"):
        await settles(office, LEAD)


async def test_a_request_that_waits_is_brought_up_once_and_lapses_with_the_shift(office: Office) -> None:
    await asks(office)
    await office.sends()
    office.later(hours=5)
    for _ in range(2):
        await office.store.run(swaps.remind, office.now, office.desk)
    (again,) = await office.sends()
    assert (again.intent.target, again.intent.args["news"]) == (BEN, "reminded")
    office.now = SHIFT[0]
    await office.store.run(swaps.remind, office.now, office.desk)
    (lapsed,) = await office.sends()
    assert (lapsed.intent.target, lapsed.intent.args["news"]) == (ANA, "lapsed")
    with pytest.raises(Refusal, match="swap_settled"):
        await settles(office)


async def swaps_tick(office: Office, at: str) -> list[tuple[str, str]]:
    office.now = shanghai(at)
    await office.store.run(swaps.remind, office.now, office.desk)
    return [(each.intent.target, each.intent.args["news"]) for each in await office.sends()]


async def test_nobody_is_woken_by_a_request_and_one_that_is_short_is_brought_up_in_time(office: Office) -> None:
    office.now = shanghai("2026-11-23 18:50")
    await asks(office, shift=(shanghai("2026-11-24 14:00"), SHIFT[1]))
    await office.sends()
    assert await swaps_tick(office, "2026-11-23 23:30") == []
    assert await swaps_tick(office, "2026-11-24 09:00") == [(BEN, "reminded")]
    office.now = shanghai("2026-11-24 09:00")
    await office.store.run(
        swaps.request, office.now, office.desk, ANA, "C0FLAG", BEN, (shanghai("2026-11-24 11:00"), SHIFT[1]), "s2"
    )
    await office.sends()
    assert await swaps_tick(office, "2026-11-24 09:59") == []
    assert await swaps_tick(office, "2026-11-24 10:00") == [(BEN, "reminded")]


async def test_who_took_a_shift_is_reminded_the_day_before_in_working_hours(office: Office) -> None:
    shift = (shanghai("2026-11-26 09:00"), shanghai("2026-11-26 19:00"))
    await asks(office, shift=shift)
    await settles(office)
    await office.sends()
    assert await swaps_tick(office, "2026-11-25 17:59") == []
    office.now = shanghai("2026-11-25 18:00")
    await office.store.run(swaps.remind, office.now, office.desk)
    (owed,) = await office.sends()
    assert owed.intent.target == BEN
    assert await text(office, owed) == f"由你代 <@{ANA}> 值班：明天 09:00 至 19:00。"
    assert await swaps_tick(office, "2026-11-25 18:01") == []


async def test_who_took_it_in_the_last_hours_needs_no_reminder(office: Office) -> None:
    await asks(office)
    office.now = shanghai("2026-11-23 18:30")
    await settles(office)
    await office.sends()
    assert await swaps_tick(office, "2026-11-24 08:59") == []


async def test_the_rest_of_a_running_shift_can_be_taken_until_it_ends(office: Office) -> None:
    rest = (office.now, EVENING)
    await asks(office, shift=rest)
    office.later(hours=1)
    await office.store.run(swaps.remind, office.now, office.desk)
    assert (await settles(office)).state == "accepted"
    seen, _ = await office.store.read(oncall.look, office.now, office.desk, ANA, "C0FLAG")
    assert seen.now.who == (BEN,)


async def test_a_running_shift_that_nobody_took_lapses_with_its_end(office: Office) -> None:
    await asks(office, shift=(office.now, EVENING))
    await office.sends()
    office.now = EVENING
    await office.store.run(swaps.remind, office.now, office.desk)
    (lapsed,) = await office.sends()
    assert (lapsed.intent.target, lapsed.intent.args["news"]) == (ANA, "lapsed")


async def test_a_note_of_handover_names_nobody_whom_a_reminder_named_this_minute(office: Office) -> None:
    office.desk = a_desk(
        a_team_with({"key": "50", "at": "50%", "channel": "channel", "mentions": ["on_call"]}, on_call=HALVES)
    )
    office.now = shanghai("2026-11-23 12:00")
    await office.take(raising(office.now))
    await office.tells_card()
    await office.store.run(handover.at_shift_change, office.now, office.desk)
    await office.sends()
    office.now = shanghai("2026-11-23 14:00")
    await office.sweep()
    await office.store.run(handover.at_shift_change, office.now, office.desk)
    said = {each.intent.what: await text(office, each) for each in await office.sends() if each.intent.what in SAID}
    assert [f"<@{BEN}>" in said[what] for what in SAID] == [True, False]
    assert "U0BEN" in said[What.HANDOVER]


async def test_at_a_change_of_shift_the_new_one_is_told_what_is_open(office: Office) -> None:
    office.desk = a_desk(a_team(on_call=HALVES))
    await office.take(raising(office.now))
    await office.tells_card()
    await office.sends()
    assert await office.store.run(handover.at_shift_change, office.now, office.desk) == 0
    office.now = shanghai("2026-11-23 14:00")
    assert await office.store.run(handover.at_shift_change, office.now, office.desk) == 1
    assert await office.store.run(handover.at_shift_change, office.now, office.desk) == 0
    (owed,) = await office.sends()
    said = await text(office, owed)
    assert f"<@{BEN}>" in said
    assert "CRC" in said


NIGHTS = (
    Shift(EVERY_DAY, time(9), time(22), (ANA,)),
    Shift(EVERY_DAY, time(22), time(9), (BEN,)),
)


async def handed_over(office: Office, raised_at: str, at: str, order_class: str, language: str = "zh-CN") -> str:
    """The note of the last change of shift until then; it changes at 22:00 and at 09:00."""
    office.desk = a_desk(a_team(on_call=NIGHTS, language=language))
    office.now = shanghai(f"2026-11-23 {raised_at}")
    await office.take(raising(office.now, **{"class": order_class}))
    await office.tells_card()
    told: list[Owed] = []
    for look in (f"2026-11-23 {raised_at}", "2026-11-23 22:00", f"2026-11-{at}"):
        office.now = shanghai(look)
        await office.store.run(handover.at_shift_change, office.now, office.desk)
        told += [each for each in await office.sends() if each.intent.what is What.HANDOVER]
    return await text(office, told[-1])


@pytest.mark.parametrize(
    ("raised_at", "at", "order_class", "who", "what"),
    [
        ("18:00", "24 09:00", "crc", f"<@{ANA}>，现在由你值班，接替 {BEN}。", "1 单待处理 · CRC 1 单 · 最早截止 12:00"),
        ("13:00", "23 22:00", "general", f"{BEN}，现在由你值班，接替 {ANA}。", "1 单待处理 · 最早截止明天 13:00"),
        ("18:00", "23 22:00", "crc", f"{BEN}，现在由你值班，", "1 单待处理 · CRC 1 单 · 最早截止明天 12:00"),
        ("08:00", "24 09:00", "general", f"<@{ANA}>，现在由你值班，", "1 单待处理 · 已超时 1 单"),
    ],
)
async def test_the_note_says_how_urgent_it_is_and_calls_nobody_at_night(
    office: Office, raised_at: str, at: str, order_class: str, who: str, what: str
) -> None:
    said = await handed_over(office, raised_at, at, order_class)
    assert said.startswith(who)
    assert said.endswith(f"。{what}")


async def test_likewise_in_english(office: Office) -> None:
    assert await handed_over(office, "18:00", "24 09:00", "crc", "en") == (
        f"<@{ANA}>: you are on call now, after {BEN}. 1 open order · 1 CRC · first due 12:00"
    )


async def test_quiet_hours_are_quiet_at_a_change_of_shift_too(office: Office) -> None:
    morning = Quiet(time(8), time(10), frozenset(range(7)), SHANGHAI)
    await office.store.run(quiet.set_hours, office.now, office.desk, ANA, morning)
    assert (await handed_over(office, "13:00", "24 09:00", "general")).startswith(f"{ANA}，")


async def test_with_nothing_open_nobody_is_told(office: Office) -> None:
    office.desk = a_desk(a_team(on_call=HALVES))
    await office.store.run(rota_tick.tick, office.now, office.desk)
    office.now = shanghai("2026-11-23 14:00")
    await office.store.run(rota_tick.tick, office.now, office.desk)
    assert await office.sends() == []


async def drills(office: Office, user: str = LEAD, identity: str = "d1") -> drill.Drill:
    return await office.store.run(drill.start, office.now, office.desk, user, "C0FLAG", identity)


async def test_a_drill_calls_the_on_call_and_measures_the_claim(office: Office) -> None:
    await drills(office)
    (asked,) = await office.sends()
    assert f"<@{ANA}>" in await text(office, asked)
    office.later(minutes=3)
    done = await office.store.run(drill.claim, office.now, office.desk, BEN, "d1")
    assert (done.claimed_by, done.took.total_seconds()) == (BEN, 180)
    (result,) = await office.sends()
    assert "3" in await text(office, result)
    with pytest.raises(Refusal, match="drill_over"):
        await office.store.run(drill.claim, office.now, office.desk, ANA, "d1")


async def test_a_drill_calls_the_next_where_the_on_call_has_left(office: Office) -> None:
    office.desk = a_desk(gone=frozenset({ANA}))
    assert (await drills(office)).called == (BEN,)
    office.desk = a_desk(gone=frozenset({ANA, BEN}))
    office.later(minutes=31)
    await office.store.run(drill.lapse, office.now, office.desk)
    assert (await drills(office, identity="d2")).called == (LEAD,)


async def test_a_drill_touches_no_order_and_owes_nothing_to_the_platform(office: Office) -> None:
    await drills(office)
    await office.store.run(drill.claim, office.now, office.desk, ANA, "d1")
    assert await office.store.read(lambda tx: tx.orders.unfinished()) == []
    assert {each.intent.what for each in await office.sends()} == {What.DRILL}


async def test_a_real_crc_ends_the_drill_before_its_call_goes_out(office: Office) -> None:
    await drills(office)
    await office.take(raising(office.now))
    owed = await office.sends()
    assert [(each.intent.what, each.intent.args.get("news")) for each in owed] == [
        (What.CARD, None),
        (What.DRILL, "preempted"),
    ]
    with pytest.raises(Refusal, match="drill_over"):
        await office.store.run(drill.claim, office.now, office.desk, ANA, "d1")


async def test_no_drill_while_a_crc_waits_nor_beside_another_nor_by_a_member(office: Office) -> None:
    with pytest.raises(Refusal, match="only_leads"):
        await drills(office, ANA)
    await drills(office)
    with pytest.raises(Refusal, match="drill_running"):
        await drills(office, identity="d2")
    office.later(minutes=31)
    assert await office.store.run(drill.lapse, office.now, office.desk) == 1
    await office.take(raising(office.now))
    with pytest.raises(Refusal, match="drill_crc"):
        await drills(office, identity="d3")


async def test_hours_that_nobody_has_are_told_whole_though_only_their_beginning_is_near(office: Office) -> None:
    office.desk = a_desk(a_team(on_call=(Shift(EVERY_DAY - {6}, time(9), time(19), (ANA,)),)))
    office.now = shanghai("2026-11-26 14:00")  # Sunday at 14:00 is three days away
    seen, _ = await office.store.read(oncall.look, office.now, office.desk, ANA, "C0FLAG")
    sunday = (shanghai("2026-11-29 09:00"), shanghai("2026-11-29 19:00"))
    assert [(gap.start, gap.end) for gap in seen.gaps] == [sunday]
