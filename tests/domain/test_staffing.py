"""Staffed time: the budget intersected with the team's own shifts."""

from __future__ import annotations

from datetime import timedelta

from coopbot.domain.calendar import Calendar, parse_hours
from coopbot.domain.sla import due
from coopbot.domain.staffing import leaves_at, shift_ends, staffed, tight_after
from tests.support.clockwork import SHANGHAI, at, rules

JD = rules("jd-pop")
TEN_TO_SIX = parse_hours("Mon-Sun 10:00-18:00", SHANGHAI)
HOUR = timedelta(hours=1)


def test_an_order_in_the_evening_with_a_team_that_is_back_at_ten() -> None:
    it = due(JD, "crc", at("2026-11-23 18:10"))
    found = staffed(it, TEN_TO_SIX, at("2026-11-23 18:10"))
    assert it.at == at("2026-11-24 12:10")
    assert found.left == timedelta(hours=2, minutes=10)
    assert (found.back_at, found.present) == (at("2026-11-24 10:00"), False)
    assert not found.short(JD.minimum_staffed)
    assert found.short(3 * HOUR)


def test_while_the_team_is_there_the_rest_counts() -> None:
    it = due(JD, "crc", at("2026-11-23 15:00"))
    found = staffed(it, TEN_TO_SIX, at("2026-11-23 16:00"))
    assert (found.left, found.back_at, found.present) == (2 * HOUR, at("2026-11-23 16:00"), True)


def test_nobody_there_before_it_is_due() -> None:
    it = due(JD, "crc", at("2026-11-23 15:00"))
    late = parse_hours("Mon-Sun 20:00-22:00", SHANGHAI)
    assert staffed(it, late, at("2026-11-23 15:00")).back_at is None
    assert staffed(it, None, at("2026-11-23 15:00")).short(timedelta(minutes=1))
    assert staffed(it, TEN_TO_SIX, at("2026-11-23 19:30")).left == timedelta(0)


def test_the_wall_clock_is_staffed_only_while_somebody_is_there() -> None:
    it = due(JD, "general", at("2026-11-23 18:00"))
    assert staffed(it, TEN_TO_SIX, at("2026-11-23 18:00")).left == 8 * HOUR


def test_the_end_of_a_shift() -> None:
    assert shift_ends(TEN_TO_SIX, at("2026-11-23 12:00")) == at("2026-11-23 18:00")
    assert shift_ends(TEN_TO_SIX, at("2026-11-23 18:00")) is None
    assert shift_ends(Calendar.always(SHANGHAI), at("2026-11-23 12:00")) is None


def test_what_will_be_tight_in_the_morning() -> None:
    end = at("2026-11-23 18:00")
    dues = [
        ("fine", due(JD, "crc", at("2026-11-23 17:50"))),  # due 11:50
        ("tight", due(JD, "crc", at("2026-11-23 16:30"))),  # due 10:30
        ("tonight", due(JD, "crc", at("2026-11-23 14:30"))),  # due 18:30
        ("over", due(JD, "crc", at("2026-11-23 09:00"))),
    ]
    rows = tight_after(((key, it, HOUR) for key, it in dues), TEN_TO_SIX, end)
    assert [key for key, _, _ in rows] == ["tonight", "tight"]
    assert [found.left for _, _, found in rows] == [timedelta(0), timedelta(minutes=30)]


def test_only_time_that_counts_is_staffed_time() -> None:
    it = due(JD, "crc", at("2026-11-23 18:10"))
    assert staffed(it, Calendar.always(SHANGHAI), at("2026-11-23 18:10")).left == 4 * HOUR
    evening = parse_hours("Mon-Sun 20:00-22:00", SHANGHAI)
    assert staffed(it, evening, at("2026-11-23 18:10")).left == timedelta(0)


def test_a_break_is_not_the_end_of_the_day() -> None:
    split = parse_hours("Mon-Sun 09:00-12:00, 13:30-18:00", SHANGHAI)
    assert leaves_at(split, at("2026-11-23 11:00")) is None
    assert leaves_at(split, at("2026-11-23 17:00")) == at("2026-11-23 18:00")
    assert leaves_at(split, at("2026-11-23 20:00")) is None
    night = parse_hours("Mon-Sun 22:00-02:00+1", SHANGHAI)
    assert leaves_at(night, at("2026-11-23 23:00")) == at("2026-11-24 02:00")
