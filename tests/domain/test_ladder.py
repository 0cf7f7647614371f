"""When rungs fall due: shares of the budget, offsets, waits; on the clock of the budget or by the wall."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from coopbot.domain.ladder import Clocks, Moment, Rung, Ticking, parse_moment
from coopbot.domain.sla import due
from tests.support.clockwork import at, rules

JD = rules("jd-pop")
HOUR = timedelta(hours=1)


def falls(
    text: str, *, clock: Ticking = "class", raised: str = "2026-11-23 17:30", order_class: str = "crc"
) -> datetime:
    it = due(JD, order_class, at(raised))
    rung = Rung("x", parse_moment(text), "thread", clock=clock)
    return rung.due_at(it.start, it.at, it.budget, Clocks(it.calendar, JD.working))


@pytest.mark.parametrize(
    ("text", "clock", "when"),
    [
        ("0%", "class", "2026-11-23 17:30"),
        ("50%", "class", "2026-11-24 09:30"),
        ("100%", "class", "2026-11-24 11:30"),
        ("due", "class", "2026-11-24 11:30"),
        ("due+1h", "class", "2026-11-24 12:30"),
        ("due+8h", "class", "2026-11-25 09:30"),
        ("due+8h", "wall", "2026-11-24 19:30"),
        ("due-3h", "class", "2026-11-23 18:30"),
        ("due-3h", "wall", "2026-11-24 08:30"),
        ("due-9h", "class", "2026-11-23 17:30"),
        ("due-48h", "wall", "2026-11-23 17:30"),
        ("start+2h", "class", "2026-11-24 09:30"),
        ("unclaimed+2h", "class", "2026-11-24 09:30"),
        ("start+2h", "wall", "2026-11-23 19:30"),
    ],
)
def test_moments(text: str, clock: Ticking, when: str) -> None:
    assert falls(text, clock=clock) == at(when)


@pytest.mark.parametrize(
    ("text", "clock", "when"),
    [
        ("start+2h", "class", "2026-11-23 04:00"),
        ("start+2h", "working", "2026-11-23 11:00"),
        ("unclaimed+30m", "working", "2026-11-23 09:30"),
        ("due-3h", "class", "2026-11-23 23:00"),
        ("due-3h", "working", "2026-11-23 16:00"),
        ("due-11h", "working", "2026-11-23 09:00"),
        ("due+1h", "working", "2026-11-24 10:00"),
        ("50%", "working", "2026-11-23 14:00"),
    ],
)
def test_an_order_that_runs_day_and_night_may_be_waited_for_in_working_hours(
    text: str, clock: Ticking, when: str
) -> None:
    """Raised at 02:00, due 02:00 the next day."""
    assert falls(text, clock=clock, raised="2026-11-23 02:00", order_class="general") == at(when)


def test_nothing_before_the_due_time_is_put_after_it() -> None:
    assert falls("0%", raised="2026-11-23 22:00") == at("2026-11-24 09:00")
    it = due(JD, "crc", at("2026-11-23 18:50"), platform_due=at("2026-11-23 19:30"))
    times = [rung.due_at(it.start, it.at, it.budget, Clocks(it.calendar, JD.working)) for rung in JD.ladders["*"]]
    assert times == sorted(times)
    assert times[-1] == it.at


def test_a_third_of_a_budget_is_exact() -> None:
    rung = Rung("third", Moment("share", share=Fraction(1, 3)), "thread")
    start = at("2026-11-23 09:00")
    assert rung.due_at(start, start + 3 * HOUR, 3 * HOUR, Clocks(JD.working, JD.working)) == start + HOUR


@pytest.mark.parametrize(
    "text", ["", "101%", "half", "due-", "due-soon", "start", "start-1h", "unclaimed", "unclaimed-1h", "50"]
)
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        parse_moment(text)
