"""What must hold for every zone, week and instant; and agreement with a walk that looks at every single minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopbot.domain.calendar import Calendar, parse_hours
from coopbot.domain.hours import ALWAYS, DAY, Week, parse_week
from coopbot.domain.pauses import Pause, add, as_windows, elapsed
from coopbot.domain.windows import Window, instant

ZONES = (
    "Africa/Cairo", "Africa/Casablanca", "Africa/El_Aaiun", "America/Anchorage", "America/Asuncion", "America/Chicago",
    "America/Denver", "America/Edmonton", "America/Godthab", "America/Halifax", "America/Havana",
    "America/Los_Angeles", "America/Mexico_City", "America/Miquelon", "America/New_York", "America/Nuuk",
    "America/Port-au-Prince", "America/Santiago", "America/Sao_Paulo", "America/Scoresbysund", "America/St_Johns",
    "America/Tijuana", "America/Toronto", "America/Winnipeg", "Antarctica/Troll", "Asia/Amman", "Asia/Beirut",
    "Asia/Damascus", "Asia/Gaza", "Asia/Jerusalem", "Asia/Kathmandu", "Asia/Shanghai", "Asia/Tehran",
    "Atlantic/Azores", "Australia/Adelaide", "Australia/Lord_Howe", "Australia/Sydney", "Europe/Berlin",
    "Europe/Chisinau", "Europe/Dublin", "Europe/Kyiv", "Europe/London", "Europe/Moscow", "Europe/Paris",
    "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Easter", "Pacific/Fiji", "Pacific/Norfolk",
)  # fmt: skip
WEEKS = (
    "Mon-Sun 09:00-19:00",
    "Mon-Fri 09:00-12:00, 13:30-18:00; Sat 10:00-16:00",
    "daily 00:00-02:30, 03:00-05:00",
    "daily 02:30-10:00",
    "Fri-Sun 22:00-06:00+1; Tue 00:00-24:00",
    "Mon 00:15-00:45; daily 01:10-01:50",
)
HOLIDAYS = tuple(date(year, month, day) for year in range(2020, 2036) for month, day in ((1, 1), (3, 29), (10, 25)))
START, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2035, 12, 31, tzinfo=UTC)


@cache
def calendar_of(zone: str, week: str, rests: bool) -> Calendar:
    known = ZoneInfo(zone)
    closed = [Window(instant(known, day, 0), instant(known, day, DAY)) for day in HOLIDAYS] if rests else []
    return parse_hours(week, known, closed=closed)


calendars = st.builds(calendar_of, st.sampled_from(ZONES), st.sampled_from(WEEKS), st.booleans())
instants = st.integers(0, int((END - START).total_seconds())).map(lambda seconds: START + timedelta(seconds=seconds))
budgets = st.one_of(
    st.integers(0, 20 * 3600).map(lambda seconds: timedelta(seconds=seconds)),
    st.integers(0, 60 * 24).map(lambda hours: timedelta(hours=hours)),
)
lasting = st.integers(0, 3 * DAY).map(lambda seconds: timedelta(seconds=seconds))
ordinary = settings(max_examples=150, deadline=None)


@ordinary
@given(calendars, instants, budgets)
def test_adding_then_measuring_gives_the_budget_back(calendar: Calendar, start: datetime, budget: timedelta) -> None:
    end = calendar.add(start, budget)
    assert end >= start
    assert calendar.elapsed(start, end) == budget
    if budget:
        assert calendar.elapsed(start, end - timedelta(seconds=1)) < budget  # the earliest such instant


@ordinary
@given(calendars, instants, instants, instants)
def test_splitting_an_interval_never_changes_its_sum(calendar: Calendar, a: datetime, b: datetime, c: datetime) -> None:
    assert calendar.elapsed(a, b) + calendar.elapsed(b, c) == calendar.elapsed(a, c)


@ordinary
@given(calendars, instants, instants, budgets, budgets)
def test_later_starts_and_larger_budgets_never_end_earlier(
    calendar: Calendar, a: datetime, b: datetime, less: timedelta, more: timedelta
) -> None:
    a, b, less, more = min(a, b), max(a, b), min(less, more), max(less, more)
    assert calendar.add(a, less) <= calendar.add(b, less)
    assert calendar.add(a, less) <= calendar.add(a, more)
    assert timedelta(0) <= calendar.elapsed(a, b) <= b - a


@ordinary
@given(calendars, instants, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_the_windows_are_what_is_measured(calendar: Calendar, a: datetime, span: timedelta) -> None:
    windows = list(calendar.windows(a, a + span))
    assert sum((window.length for window in windows), timedelta(0)) == calendar.elapsed(a, a + span)
    for window in windows:
        assert calendar.is_open(window.start)
        assert calendar.next_open(window.start) == window.start


@ordinary
@given(calendars, instants, budgets, st.lists(st.tuples(lasting, lasting), max_size=4), lasting, lasting)
def test_a_pause_never_makes_it_earlier(
    calendar: Calendar,
    start: datetime,
    budget: timedelta,
    pauses: list[tuple[timedelta, timedelta]],
    wait: timedelta,
    length: timedelta,
) -> None:
    recorded = [Pause(start + begin, start + begin + lasts) for begin, lasts in pauses]
    before = add(calendar, start, budget, as_windows(recorded, None))
    holes = as_windows([*recorded, Pause(start + wait, start + wait + length)], None)
    after = add(calendar, start, budget, holes)
    assert after >= before
    assert elapsed(calendar, start, after, holes) == budget


@cache
def transitions(zone: str) -> tuple[datetime, ...]:
    """The days of 2020 to 2035 on which the zone's offset changes, as instants shortly before."""
    known = ZoneInfo(zone)
    days = [START + timedelta(days=index) for index in range((END - START).days)]
    offsets = [day.astimezone(known).utcoffset() for day in days]
    return tuple(day for day, now, then in zip(days, offsets, offsets[1:], strict=False) if now != then)


def walk(zone: ZoneInfo, week: Week, rests: bool, a: datetime, minutes: int) -> list[bool]:
    """For every minute from ``a``, whether it counts: a window is open while the highest reading that the zone's clock
    has shown so far lies in it. A skipped edge is passed at once and a repeated one at its first occurrence, without a
    word about offsets."""
    highest = datetime(1, 1, 1)
    out = []
    for minute in range(-3 * 60, minutes):  # no zone's clock goes back by more than that
        reading = (a + timedelta(minutes=minute)).astimezone(zone).replace(tzinfo=None)
        highest = max(highest, reading)
        if minute < 0:
            continue
        day, seconds = highest.date(), highest.hour * 3600 + highest.minute * 60 + highest.second
        today = any(opens <= seconds < closes for opens, closes in week[day.weekday()])
        last_night = any(opens <= seconds + DAY < closes for opens, closes in week[day.weekday() - 1])
        out.append((today or last_night) and not (rests and day in HOLIDAYS))
    return out


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_agrees_with_a_walk_over_every_minute(data: st.DataObject) -> None:
    zone, week = data.draw(st.sampled_from(ZONES)), data.draw(st.sampled_from(WEEKS))
    rests = data.draw(st.booleans())
    around = [*transitions(zone), *(datetime(day.year, day.month, day.day, tzinfo=UTC) for day in HOLIDAYS)]
    days = data.draw(st.integers(1, 14))
    start = data.draw(st.sampled_from(around)) - timedelta(minutes=data.draw(st.integers(0, days * 1440)))
    counts = walk(ZoneInfo(zone), parse_week(week)[0], rests, start, days * 1440)
    calendar = calendar_of(zone, week, rests)

    total = sum(counts)
    assert calendar.elapsed(start, start + timedelta(days=days)) == timedelta(minutes=total)
    for index in data.draw(st.lists(st.integers(0, len(counts) - 1), min_size=20, max_size=20)):
        assert calendar.is_open(start + timedelta(minutes=index)) == counts[index]
    if total:
        budget = data.draw(st.integers(1, total))
        ends = [index for index, counted in enumerate(counts) if counted][budget - 1] + 1
        assert calendar.add(start, timedelta(minutes=budget)) == start + timedelta(minutes=ends)


def test_the_zones_are_many_and_do_change_their_clocks() -> None:
    assert len([zone for zone in ZONES if transitions(zone)]) >= 40
    assert parse_week("24/7")[0] == ALWAYS


@pytest.mark.parametrize("zone", ZONES)
def test_no_zone_loses_or_gains_time_over_a_year(zone: str) -> None:
    nonstop = parse_hours("Mon-Sun 00:00-12:00, 12:00-24:00", zone)
    assert nonstop.elapsed(START, START + timedelta(days=366)) == timedelta(days=366)
