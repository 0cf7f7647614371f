"""What people change of the rota counts from the next step on; gaps are told once, days ahead."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from coopbot.domain.calendar import Calendar
from coopbot.domain.calling import duty_note
from coopbot.domain.intent import What
from coopbot.domain.people import Person
from coopbot.domain.roster import Standin
from coopbot.domain.rota import Shift
from coopbot.domain.team import Desk
from coopbot.errors import Refusal
from coopbot.services import membership, rota
from coopbot.views.card import card
from coopbot.views.language import Catalogues
from tests.support.office import Office, raising
from tests.support.world import ANA, BEN, EVERY_DAY, LEAD, OUTSIDER, SHANGHAI, a_desk, a_team, shanghai

NINE, EVENING = shanghai("2026-11-23 09:00"), shanghai("2026-11-23 19:00")


def standin(kind: str = "override", who: str = BEN, instead_of: str = ANA, end: datetime = EVENING) -> Standin:
    return Standin(f"{kind}-1", kind, who, NINE, end, instead_of)  # type: ignore[arg-type]


async def now(office: Office) -> Desk:
    return await office.store.read(rota.with_rota, office.desk)


async def called(office: Office) -> list[str]:
    office.later(hours=3)
    await office.sweep()
    (owed,) = [each for each in await office.sends() if each.intent.what is What.REMINDER]
    return list(owed.intent.args["items"][0]["called"])


async def test_an_override_made_while_an_order_waits_is_called_by_the_next_step(office: Office) -> None:
    await office.take(raising(office.now))
    await office.tells_card()
    team = office.desk.teams[0]
    await office.store.run(rota.override, office.now, office.desk, BEN, team, standin())
    assert await called(office) == [BEN]


async def test_leave_calls_the_backup(office: Office) -> None:
    await office.take(raising(office.now))
    await office.tells_card()
    away = standin("leave", ANA, "")
    await office.store.run(rota.leave, office.now, office.desk, ANA, office.desk.teams[0], away)
    assert await called(office) == [BEN]


async def test_who_may_change_it(office: Office) -> None:
    team = office.desk.teams[0]
    with pytest.raises(Refusal, match="not_a_member"):
        await office.store.run(rota.override, office.now, office.desk, OUTSIDER, team, standin())
    with pytest.raises(Refusal, match="only_leads"):
        await office.store.run(rota.leave, office.now, office.desk, BEN, team, standin("leave", ANA))
    with pytest.raises(Refusal, match="only_leads"):
        await office.store.run(rota.override, office.now, office.desk, ANA, team, standin(who=BEN, instead_of=LEAD))
    made = await office.store.run(rota.override, office.now, office.desk, LEAD, team, standin())
    assert made.by == LEAD


async def test_times_that_can_not_be_are_refused(office: Office) -> None:
    team = office.desk.teams[0]
    with pytest.raises(Refusal, match="until_before_since"):
        await office.store.run(rota.override, office.now, office.desk, LEAD, team, standin(end=NINE))
    office.later(days=1)
    with pytest.raises(Refusal, match="shift_is_over"):
        await office.store.run(rota.override, office.now, office.desk, LEAD, team, standin())


async def test_who_is_deactivated_is_known_from_the_directory(office: Office) -> None:
    await office.store.run(membership.learn, [Person(ANA, "Ana", deactivated=True)])
    assert (await now(office)).gone == {ANA}
    await office.take(raising(office.now))
    await office.tells_card()
    assert await called(office) == [BEN]


async def test_the_card_says_that_nobody_was_on_call_until_somebody_is_called(office: Office) -> None:
    office.desk = a_desk(a_team(on_call=(Shift(EVERY_DAY, time(10, 30), time(19), (ANA,)),)))
    await office.take(raising(office.now))
    await office.tells_card()
    await office.sends()
    assert duty_note(await office.sees()) == "nobody_on_call"
    office.now = shanghai("2026-11-23 11:00")
    it = await office.sees()
    assert duty_note(it) == "nobody_was_on_call"
    said = str(card(it, Catalogues(strict=True)["en"], duty_note=duty_note(it)).blocks)
    assert "nobody was on call when it was told · on-call" in said
    assert ANA in await called(office)
    assert duty_note(await office.sees()) == ""


async def test_who_gets_back_a_claim_that_ran_out_is_who_is_on_call_by_the_rota(office: Office) -> None:
    await office.take(raising(office.now, **{"class": "general"}))
    await office.tells_card()
    await office.claim(ANA)
    team = office.desk.teams[0]
    standin = Standin("k", "override", LEAD, NINE, shanghai("2026-11-25 19:00"), ANA)
    await office.store.run(rota.override, office.now, office.desk, LEAD, team, standin)
    mentioned = []
    for _ in range(24):
        office.later(hours=1)
        await office.sweep()
        notes = [each.intent.args for each in await office.sends() if each.intent.what is What.NOTE]
        mentioned += [args["mention"] for args in notes if args["code"] == "claim_expired"]
    assert mentioned == [[LEAD]]


async def test_a_gap_is_told_once_to_the_leads_and_the_operator(office: Office) -> None:
    office.desk = a_desk(a_team(on_call=(Shift(EVERY_DAY - {2}, time(9), time(19), (ANA,)),)))
    assert await office.store.run(rota.warn_of_gaps, office.now, office.desk) == 1
    assert sorted(await office.owes()) == ["operator U0LEAD", "operator U0OPS"]
    assert await office.store.run(rota.warn_of_gaps, office.now, office.desk) == 0


@pytest.mark.parametrize(
    "on_call", [EVERY_DAY - {2}, EVERY_DAY - {2, 3}, frozenset[int]()], ids=["a day", "two", "all"]
)
async def test_a_gap_that_comes_into_sight_or_has_begun_is_no_new_one(office: Office, on_call: frozenset[int]) -> None:
    round_the_clock = Calendar.always(SHANGHAI)
    shifts = (
        (Shift(on_call, time(0), time(0), (ANA,)),) if on_call else (Shift(frozenset({0}), time(0), time(1), (ANA,)),)
    )
    office.desk = a_desk(a_team(hours=round_the_clock, on_call=shifts))
    office.now = shanghai("2026-11-22 12:00")
    told = 0
    while office.now < shanghai("2026-11-26 23:00"):
        told += await office.store.run(rota.warn_of_gaps, office.now, office.desk)
        office.later(minutes=30)
    assert told == (1 if on_call else 2)  # today's, and from Monday's hour to the next Monday's


async def test_what_is_long_over_is_forgotten(office: Office) -> None:
    await office.store.run(rota.override, office.now, office.desk, LEAD, office.desk.teams[0], standin())
    assert await office.store.run(rota.forget, office.now, office.desk) == 0
    office.later(days=40)
    assert await office.store.run(rota.forget, office.now, office.desk) == 1
    assert (await now(office)).teams[0].standins == ()


async def test_who_slack_does_not_know_is_told_to_the_operator_once_and_the_next_is_called(office: Office) -> None:
    await office.store.run(membership.learn, [Person(ANA, "Ana")])  # from a click, without a profile
    await office.store.run(membership.lost_person, office.desk, ANA)
    (alarm,) = await office.sends()
    await office.store.run(membership.lost_person, office.desk, ANA)
    assert await office.sends() == []
    assert (alarm.intent.args["code"], alarm.intent.args["facts"]["who"]) == ("person_gone", ANA)
    await office.take(raising(office.now))
    await office.tells_card()
    assert await called(office) == [BEN]
    await office.store.run(membership.met, office.desk, Person(ANA, "Ana", zone="Asia/Shanghai"))
    assert (await now(office)).gone == frozenset()


async def test_a_stranger_who_left_concerns_nobody(office: Office) -> None:
    await office.store.run(membership.met, office.desk, Person(OUTSIDER, "Out", zone="x", deactivated=True))
    assert await office.sends() == []
