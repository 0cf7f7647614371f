"""A claim without an answer: its holder is reminded once, then the team has the order back and the ladder goes on."""

from __future__ import annotations

from datetime import timedelta

from coopbot.domain.claim_expiry import expiry
from coopbot.domain.intent import What
from coopbot.domain.lifecycle import State
from coopbot.domain.roster import Standin
from coopbot.domain.work_order import Kind
from coopbot.services import answering, pausing
from tests.support.ladders import a_team_with
from tests.support.office import A17, Office, raising
from tests.support.world import ANA, BEN, LEAD, a_desk, a_team, shanghai


async def said(office: Office) -> list[tuple[str, list[str]]]:
    """Sweep; what is then said in the thread, and whom it calls."""
    await office.sweep()
    return [
        (each.intent.args["code"], each.intent.args["mention"])
        for each in await office.sends()
        if each.intent.what is What.NOTE
    ]


async def claimed(office: Office, by: str = BEN) -> None:
    await office.take(raising(office.now))
    await office.claim(by)
    await office.sends()


async def test_reminded_at_two_thirds_released_at_the_end_each_once(office: Office) -> None:
    await claimed(office)
    office.later(minutes=20, seconds=-1)
    assert await said(office) == []
    office.later(seconds=1)
    assert await said(office) == [("claim_expires", [BEN])]
    office.later(minutes=9)
    assert await said(office) == []
    office.later(minutes=1)
    assert await said(office) == [("claim_expired", [ANA])]
    assert (await office.sees()).state is State.OPEN
    assert await said(office) == []
    released = [entry for entry in (await office.order()).log if entry.kind is Kind.RELEASED]
    assert [(each.by, each.data["from"], each.data["why"]) for each in released] == [("coopbot", BEN, "expired")]


async def test_the_look_is_planned_so_that_nothing_has_to_ask(office: Office) -> None:
    await claimed(office)
    assert await office.store.read(lambda tx: tx.orders.next_look()) == office.now + timedelta(minutes=20)


async def test_after_a_gap_it_is_released_without_a_reminder_first(office: Office) -> None:
    await claimed(office)
    office.later(minutes=45)
    assert await said(office) == [("claim_expired", [ANA])]


async def test_an_on_call_who_forgot_it_is_not_called_again_but_the_next_in_line(office: Office) -> None:
    await claimed(office, by=ANA)
    office.later(minutes=45)
    assert await said(office) == [("claim_expired", [BEN])]


async def test_who_stands_in_now_is_called_and_not_who_the_weekly_table_has(office: Office) -> None:
    standin = Standin("s1", "override", LEAD, office.now, office.now + timedelta(days=1), instead_of=ANA)
    office.desk = a_desk(a_team(standins=(standin,)))
    await claimed(office)
    office.later(minutes=45)
    assert await said(office) == [("claim_expired", [LEAD])]


async def test_a_rung_and_the_end_of_a_claim_in_one_minute_call_nobody_twice(office: Office) -> None:
    rungs = {"key": "75", "at": "start+40m", "channel": "channel", "mentions": ["on_call", "claimant"]}
    office.desk = a_desk(a_team_with(rungs))
    await office.take(raising(office.now))
    await office.sends()
    office.later(minutes=20)
    await office.claim(BEN)
    office.later(minutes=20)
    assert await said(office) == [("claim_expires", [])]
    called = [entry.data["called"] for entry in (await office.order()).log if entry.kind is Kind.REMINDED]
    assert called == [[BEN], []]


async def test_an_answered_order_is_not_taken_from_anybody(office: Office) -> None:
    await claimed(office)
    office.later(minutes=10)
    await office.answer(user=BEN)
    office.later(minutes=40)
    assert await said(office) == []
    assert (await office.sees()).state is State.REPLIED


async def test_a_rejected_answer_gives_its_author_the_whole_time_again(office: Office) -> None:
    await claimed(office)
    office.later(minutes=25)
    assert await said(office) == [("claim_expires", [BEN])]
    await office.answer(user=BEN)
    await office.delivers_reply("rejected")
    await office.sends()
    office.later(minutes=10)
    assert await said(office) == []
    office.later(minutes=10)
    assert await said(office) == [("claim_expires", [BEN])]
    office.later(minutes=10)
    assert await said(office) == [("claim_expired", [ANA])]


async def test_who_gets_it_handed_over_has_the_whole_time(office: Office) -> None:
    await claimed(office)
    office.later(minutes=25)
    await office.store.run(answering.hand_over, office.now, office.desk, BEN, A17, ANA)
    await office.sends()
    office.later(minutes=19)
    assert await said(office) == []
    office.later(minutes=1)
    assert await said(office) == [("claim_expires", [ANA])]


async def test_a_night_counts_against_nobody(office: Office) -> None:
    office.now = shanghai("2026-11-23 18:50")
    await claimed(office)
    office.now = shanghai("2026-11-24 08:00")
    assert await said(office) == []
    office.now = shanghai("2026-11-24 09:20")
    assert await said(office) == [("claim_expired", [ANA])]


async def test_on_hold_it_does_not_run_out(office: Office) -> None:
    await claimed(office)
    await office.store.run(pausing.pause, office.now, office.desk, LEAD, A17, "快递核实中")
    await office.sends()
    assert expiry(await office.order(), office.desk, office.now) is None
    office.later(minutes=60)
    assert ("claim_expired", [ANA]) not in await said(office)
    await office.store.run(pausing.resume, office.now, office.desk, LEAD, A17)
    await office.sends()
    office.later(minutes=19)
    assert await said(office) == []
    office.later(minutes=1)
    assert await said(office) == [("claim_expires", [BEN])]
