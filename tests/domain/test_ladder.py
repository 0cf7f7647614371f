"""When rungs fall due: shares of the budget, offsets, waits; on the clock of the budget or by the wall."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from coopbot.domain.ladder import Moment, Rung, parse_moment
from coopbot.domain.sla import due
from tests.support.clockwork import at, rules

JD = rules("jd-pop")
HOUR = timedelta(hours=1)


def falls(text: str, *, wall: bool = False, raised: str = "2026-11-23 17:30") -> datetime:
    it = due(JD, "crc", at(raised))
    return Rung("x", parse_moment(text), "thread", wall=wall).due_at(it.start, it.at, it.budget, it.calendar)


@pytest.mark.parametrize(
    ("text", "wall", "when"),
    [
        ("0%", False, "2026-11-23 17:30"),
        ("50%", False, "2026-11-24 09:30"),
        ("100%", False, "2026-11-24 11:30"),
        ("due", False, "2026-11-24 11:30"),
        ("due+1h", False, "2026-11-24 12:30"),
        ("due+8h", False, "2026-11-25 09:30"),
        ("due+8h", True, "2026-11-24 19:30"),
        ("due-3h", False, "2026-11-23 18:30"),
        ("due-3h", True, "2026-11-24 08:30"),
        ("due-9h", False, "2026-11-23 17:30"),
        ("due-48h", True, "2026-11-23 17:30"),
        ("start+2h", False, "2026-11-24 09:30"),
        ("unclaimed+2h", False, "2026-11-24 09:30"),
        ("start+2h", True, "2026-11-23 19:30"),
    ],
)
def test_moments(text: str, wall: bool, when: str) -> None:
    assert falls(text, wall=wall) == at(when)


def test_nothing_before_the_due_time_is_put_after_it() -> None:
    assert falls("0%", raised="2026-11-23 22:00") == at("2026-11-24 09:00")
    it = due(JD, "crc", at("2026-11-23 18:50"), platform_due=at("2026-11-23 19:30"))
    times = [rung.due_at(it.start, it.at, it.budget, it.calendar) for rung in JD.ladders["*"]]
    assert times == sorted(times)
    assert times[-1] == it.at


def test_a_third_of_a_budget_is_exact() -> None:
    rung = Rung("third", Moment("share", share=Fraction(1, 3)), "thread")
    start = at("2026-11-23 09:00")
    assert rung.due_at(start, start + 3 * HOUR, 3 * HOUR, JD.working) == start + HOUR


@pytest.mark.parametrize(
    "text", ["", "101%", "half", "due-", "due-soon", "start", "start-1h", "unclaimed", "unclaimed-1h", "50"]
)
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        parse_moment(text)
