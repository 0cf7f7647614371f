"""Working time against recorded vectors of other libraries, worked examples, and the corners where they disagree."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from coopbot.domain.calendar import Calendar, parse_hours
from coopbot.domain.windows import Window, instant
from coopbot.errors import Misconfigured
from tests.support.clockwork import SHANGHAI, at

VECTORS = json.loads((Path(__file__).parent.parent / "data" / "due_time_vectors.json").read_text("utf-8"))
NEW_YORK = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)
DAILY = parse_hours("Mon-Sun 09:00-19:00", SHANGHAI)


def calendar_of(name: str) -> Calendar:
    data = VECTORS["calendars"][name]
    zone = ZoneInfo(data["tz"])
    text = ";".join(f"{day} {a}-{b}" for day, spans in data["hours"].items() for a, b in spans)
    days = [date.fromisoformat(day) for day in data["holidays"]]
    closed = [Window(instant(zone, day, 0), instant(zone, day, 86_400)) for day in days]
    return parse_hours(text, zone, closed=closed)


@pytest.mark.parametrize("name", VECTORS["calendars"])
def test_agrees_with_every_recorded_vector(name: str) -> None:
    calendar = calendar_of(name)
    mine = [vector for vector in VECTORS["vectors"] if vector["calendar"] == name]
    assert mine
    for vector in mine:
        start, end = (datetime.fromtimestamp(vector[key], UTC) for key in ("start_epoch", "end_epoch"))
        if vector["op"] == "add":
            assert calendar.add(start, timedelta(seconds=vector["duration_s"])) == end, vector["id"]
        else:
            assert calendar.elapsed(start, end) == timedelta(seconds=vector["elapsed_s"]), vector["id"]


@pytest.mark.parametrize(
    ("raised", "due"),
    [
        ("2026-11-23 08:00", "2026-11-23 13:00"),
        ("2026-11-23 15:00", "2026-11-23 19:00"),
        ("2026-11-23 17:30", "2026-11-24 11:30"),
        ("2026-11-23 19:00", "2026-11-24 13:00"),
        ("2026-11-23 23:00", "2026-11-24 13:00"),
    ],
)
def test_four_working_hours_of_the_default_profile(raised: str, due: str) -> None:
    assert DAILY.add(at(raised), 4 * HOUR) == at(due)


def test_windows_are_half_open() -> None:
    assert DAILY.is_open(at("2026-11-23 09:00"))
    assert not DAILY.is_open(at("2026-11-23 19:00"))
    assert DAILY.next_open(at("2026-11-23 12:00")) == at("2026-11-23 12:00")
    assert DAILY.next_open(at("2026-11-23 19:00")) == at("2026-11-24 09:00")
    assert DAILY.add(at("2026-11-23 19:00"), timedelta(0)) == at("2026-11-24 09:00")


def test_an_edge_that_the_clock_skips_is_the_instant_after_the_gap() -> None:
    night = parse_hours("Mon-Sun 02:30-10:00", NEW_YORK)
    sunday = night.next_open(at("2026-03-08 00:00", NEW_YORK))
    assert sunday == datetime(2026, 3, 8, 7, 0, tzinfo=UTC)  # 03:00 EDT, where 02:30 should have been
    assert night.elapsed(sunday, at("2026-03-08 23:00", NEW_YORK)) == 7 * HOUR


def test_an_edge_that_the_clock_reads_twice_is_the_first_one() -> None:
    night = parse_hours("Mon-Sun 00:00-01:30", NEW_YORK)
    midnight = at("2026-11-01 00:00", NEW_YORK)
    assert [window.length for window in night.windows(midnight, midnight + 20 * HOUR)] == [timedelta(minutes=90)]
    through = parse_hours("Mon-Sun 00:00-06:00", NEW_YORK)
    assert through.elapsed(midnight, midnight + 20 * HOUR) == 7 * HOUR


def test_a_window_inside_of_a_gap_does_not_happen() -> None:
    gap = parse_hours("Mon-Sun 02:10-02:50", NEW_YORK)
    assert gap.next_open(at("2026-03-08 00:00", NEW_YORK)) == at("2026-03-09 02:10", NEW_YORK)


def test_a_date_that_a_zone_never_had() -> None:
    apia = ZoneInfo("Pacific/Apia")  # 30 December 2011 was skipped whole
    calendar = parse_hours("Mon-Sun 09:00-17:00", apia)
    windows = list(calendar.windows(at("2011-12-29 00:00", apia), at("2012-01-01 00:00", apia)))
    assert [window.start.astimezone(apia).day for window in windows] == [29, 31]


def test_round_the_clock_is_one_window_without_seams() -> None:
    nonstop = parse_hours("Mon-Sun 00:00-24:00", NEW_YORK)
    start = at("2026-01-01 12:00", NEW_YORK)
    assert list(nonstop.windows(start, start + timedelta(days=400))) == [Window(start, start + timedelta(days=400))]
    assert nonstop.add(start, timedelta(days=400)) == start + timedelta(days=400)
    assert Calendar.always(NEW_YORK) == nonstop


def test_windows_past_midnight_to_the_second() -> None:
    nights = parse_hours("Fri 22:00:30-06:00+1", SHANGHAI)
    friday = at("2026-11-27 22:00:30")
    assert nights.next_open(at("2026-11-27 22:00:29")) == friday
    assert nights.is_open(at("2026-11-28 05:59:59"))
    assert nights.add(friday, 8 * HOUR) == at("2026-12-04 22:01:00")
    over_new_year = parse_hours("Thu 22:00-06:00+1", SHANGHAI)  # 31 December 2026 is a Thursday
    assert over_new_year.is_open(at("2027-01-01 05:00"))


def test_pauses_take_away_and_extra_openings_give_back() -> None:
    pause = Window(at("2026-11-24 00:00"), at("2026-11-26 00:00"), "rest")
    extra = Window(at("2026-11-25 20:00"), at("2026-11-25 21:00"), "duty")
    calendar = parse_hours("Mon-Sun 09:00-19:00", SHANGHAI, closed=[pause], extra=[extra])
    assert calendar.add(at("2026-11-23 18:00"), 2 * HOUR) == at("2026-11-25 21:00")
    assert calendar.add(at("2026-11-23 18:00"), 3 * HOUR) == at("2026-11-26 10:00")
    assert [hole.label for hole in calendar.closures(at("2026-11-23 00:00"), at("2026-11-25 00:00"))] == ["rest"]


def test_the_future_is_not_limited_and_the_past_neither() -> None:
    calendar = parse_hours("Mon-Sun 09:00-19:00", SHANGHAI)
    assert calendar.add(at("2026-01-01 09:00"), timedelta(hours=10 * 365 * 60)) == at("2085-12-16 19:00")
    assert calendar.add(at("1999-01-01 00:00"), HOUR) == at("1999-01-01 10:00")
    assert calendar.elapsed(at("2040-01-01 00:00"), at("2000-01-01 00:00")) == -timedelta(hours=14610 * 10)


def test_what_can_never_be_reached_is_an_error_and_no_hang() -> None:
    with pytest.raises(ValueError, match="9998"):
        parse_hours("Mon 09:00-10:00", SHANGHAI).add(at("2026-01-01 09:00"), timedelta(days=200_000))


def test_elapsed_backwards_is_negative() -> None:
    assert DAILY.elapsed(at("2026-11-24 10:00"), at("2026-11-23 18:00")) == -2 * HOUR


def test_other_offsets_and_parts_of_a_second_count_exactly() -> None:
    start = datetime.fromisoformat("2026-11-23T15:00:00.250001+08:00")
    assert DAILY.add(start, timedelta(hours=3)) == start + timedelta(hours=3)
    assert DAILY.add(start, timedelta(hours=4)) == at("2026-11-24 09:00") + timedelta(microseconds=250001)
    assert DAILY.add(start, timedelta(hours=3)).tzinfo is UTC


def test_naive_instants_and_negative_budgets_are_refused() -> None:
    naive = datetime(2026, 11, 23, 9)
    for ask in (
        lambda: DAILY.add(naive, HOUR),
        lambda: DAILY.elapsed(naive, naive),
        lambda: DAILY.is_open(naive),
        lambda: DAILY.next_open(naive),
        lambda: list(DAILY.windows(naive, naive)),
    ):
        with pytest.raises(ValueError, match="naive"):
            ask()
    with pytest.raises(ValueError, match="negative"):
        DAILY.add(at("2026-11-23 09:00"), -HOUR)


def test_an_empty_week_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one window"):
        Calendar(SHANGHAI, ((),) * 7)
    with pytest.raises(Misconfigured) as caught:
        parse_hours(" ", "Mars/Olympus", key="teams.care.hours", source="coopbot.toml")
    assert [mistake.key for mistake in caught.value.mistakes] == ["teams.care.hours", "zone"]
