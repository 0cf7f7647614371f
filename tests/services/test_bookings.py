"""A calendar's shifts over a team's rota, on both databases: again the same, moved, gone; under overrides and leave."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from coopbot.domain.roster import Booking, Standin
from coopbot.errors import Misconfigured, Refusal
from coopbot.services import bookings, rota
from coopbot.services.bookings import Plan
from tests.support.databases import a_store
from tests.support.office import Office
from tests.support.world import ANA, BEN, LEAD, a_desk, shanghai

HOUR = timedelta(hours=1)


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with a_store(database_url) as store:
        yield Office(store, a_desk())


def shift(
    who: str, start: str, event: str = "e1", *, hours: int = 4, recurs: str = "", backup: bool = False
) -> Booking:
    return Booking(event, (who,), shanghai(start), shanghai(start) + hours * HOUR, recurs, backup)


async def books(office: Office, *shifts: Booking, whole: bool = False, events: tuple[str, ...] = ()) -> Plan:
    named = {*events, *(each.event for each in shifts)}
    return await office.store.run(bookings.book, office.now, office.desk, "flagship", shifts, named, whole=whole)


async def on_call(office: Office, at: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    desk = await office.store.read(rota.with_rota, office.desk)
    duty = desk.teams[0].duty(shanghai(at))
    return duty.who, duty.backup


async def test_a_booked_shift_lies_over_the_table_and_under_what_people_change(office: Office) -> None:
    await books(office, shift(LEAD, "2026-11-23 12:00"))
    assert await on_call(office, "2026-11-23 11:59") == ((ANA,), (BEN,))
    assert await on_call(office, "2026-11-23 12:00") == ((LEAD,), ())
    assert await on_call(office, "2026-11-23 16:00") == ((ANA,), (BEN,))
    standin = Standin("s", "override", BEN, shanghai("2026-11-23 13:00"), shanghai("2026-11-23 14:00"), LEAD)
    await office.store.run(rota.override, office.now, office.desk, LEAD, office.desk.teams[0], standin)
    assert await on_call(office, "2026-11-23 13:00") == ((BEN,), ())


async def test_leave_moves_the_booked_backup_up(office: Office) -> None:
    await books(office, shift(ANA, "2026-11-23 12:00"), shift(LEAD, "2026-11-23 12:00", "e2", backup=True))
    assert await on_call(office, "2026-11-23 12:00") == ((ANA,), (LEAD,))
    away = Standin("s", "leave", ANA, shanghai("2026-11-23 12:00"), shanghai("2026-11-23 14:00"))
    await office.store.run(rota.leave, office.now, office.desk, ANA, office.desk.teams[0], away)
    assert await on_call(office, "2026-11-23 12:00") == ((LEAD,), ())


async def test_only_backups_booked_leave_the_on_call_to_the_table(office: Office) -> None:
    await books(office, shift(LEAD, "2026-11-23 12:00", backup=True))
    assert await on_call(office, "2026-11-23 12:00") == ((ANA,), (LEAD,))


async def test_the_same_file_again_changes_nothing(office: Office) -> None:
    week = [shift(BEN, f"2026-11-{day} 12:00", recurs=str(day)) for day in range(24, 29)]
    assert len((await books(office, *week)).new) == 5
    again = await books(office, *week)
    assert (again.empty, again.same) == (True, 5)


async def test_an_event_that_was_moved_takes_its_former_place_and_one_that_lost_a_day_loses_it(office: Office) -> None:
    await books(office, shift(BEN, "2026-11-24 12:00", recurs="a"), shift(BEN, "2026-11-25 12:00", recurs="b"))
    done = await books(office, shift(LEAD, "2026-11-24 14:00", recurs="a"))
    assert [(each.who, after.who) for each, after in done.changed] == [((BEN,), (LEAD,))]
    assert [each.recurs for each in done.gone] == ["b"]
    assert await on_call(office, "2026-11-24 14:00") == ((LEAD,), ())
    assert await on_call(office, "2026-11-24 12:30") == ((ANA,), (BEN,))


async def test_other_events_stay_unless_the_file_is_all_there_is(office: Office) -> None:
    await books(office, shift(BEN, "2026-11-24 12:00", "old"))
    assert (await books(office, shift(LEAD, "2026-11-25 12:00", "new"))).gone == ()
    assert [each.event for each in (await books(office, shift(LEAD, "2026-11-25 12:00", "new"), whole=True)).gone] == [
        "old"
    ]


async def test_a_cancelled_event_goes(office: Office) -> None:
    await books(office, shift(BEN, "2026-11-24 12:00"))
    assert len((await books(office, events=("e1",))).gone) == 1


async def test_a_dry_run_writes_nothing_and_what_is_over_stays(office: Office) -> None:
    planned = await office.store.read(
        bookings.plan, office.now, office.desk, "flagship", [shift(BEN, "2026-11-24 12:00")], {"e1"}, whole=False
    )
    assert len(planned.new) == 1
    assert await on_call(office, "2026-11-24 12:00") == ((ANA,), (BEN,))
    await books(office, shift(LEAD, "2026-11-23 09:30", hours=1))
    office.later(hours=2)
    await books(office, whole=True)
    assert await on_call(office, "2026-11-23 10:00") == ((LEAD,), ())


async def test_an_unknown_team_and_too_many_shifts_are_refused(office: Office) -> None:
    with pytest.raises(Refusal, match="no_team"):
        await office.store.read(bookings.plan, office.now, office.desk, "nobody", [], set(), whole=False)
    many = [shift(BEN, "2026-11-24 12:00", recurs=str(n)) for n in range(bookings.MOST + 1)]
    with pytest.raises(Misconfigured, match="fewer days"):
        await books(office, *many)
