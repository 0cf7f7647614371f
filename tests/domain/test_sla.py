"""Due times and what is used of them: domain.md's examples and the product's decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from coopbot.domain.ladder import Clocks
from coopbot.domain.pauses import Pause
from coopbot.domain.sla import Due, due, usage
from tests.support.clockwork import at, rules

HOUR = timedelta(hours=1)
JD = rules("jd-pop")


@pytest.mark.parametrize(
    ("raised", "until"),
    [
        ("2026-11-23 08:00", "2026-11-23 13:00"),
        ("2026-11-23 15:00", "2026-11-23 19:00"),
        ("2026-11-23 17:30", "2026-11-24 11:30"),
        ("2026-11-23 19:00", "2026-11-24 13:00"),
        ("2026-11-23 23:00", "2026-11-24 13:00"),
        ("2026-10-01 08:00", "2026-10-01 13:00"),  # National Day is an ordinary day
    ],
)
def test_crc_is_due_after_four_working_hours(raised: str, until: str) -> None:
    it = due(JD, "crc", at(raised))
    assert (it.at, it.source, it.platform, it.difference) == (at(until), "profile", None, None)


def test_ordinary_is_due_after_a_day_by_the_wall() -> None:
    assert due(JD, "general", at("2026-11-23 22:00")).at == at("2026-11-24 22:00")
    assert due(JD, "普通", at("2026-11-23 22:00")).class_code == "general"


def test_an_unknown_class_is_an_error() -> None:
    with pytest.raises(ValueError, match="no class 'nope' in profile jd-pop"):
        due(JD, "nope", at("2026-11-23 22:00"))


def test_the_platforms_deadline_wins_and_the_difference_shows() -> None:
    it = due(JD, "crc", at("2026-11-23 15:00"), platform_due=at("2026-11-23 18:00"))
    assert (it.at, it.ours, it.source) == (at("2026-11-23 18:00"), at("2026-11-23 19:00"), "platform")
    assert it.difference == -HOUR
    assert it.budget == 3 * HOUR
    assert dict(_times(it))["50"] == at("2026-11-23 16:30")


def test_a_deadline_with_no_working_time_before_it_counts_by_the_wall() -> None:
    it = due(JD, "crc", at("2026-11-23 20:00"), platform_due=at("2026-11-24 00:00"))
    assert (it.budget, it.clock) == (4 * HOUR, "wall")
    assert dict(_times(it))["50"] == at("2026-11-23 22:00")


def test_a_deadline_before_the_order_is_overdue_at_once() -> None:
    it = due(JD, "crc", at("2026-11-23 15:00"), platform_due=at("2026-11-23 14:00"))
    assert it.budget == timedelta(0)
    assert usage(it, at("2026-11-23 15:00")).status == "overdue"


def test_a_rejection_keeps_the_original_time_by_default() -> None:
    plain = due(JD, "crc", at("2026-11-23 15:00"))
    assert due(JD, "crc", at("2026-11-23 15:00"), rejected_at=at("2026-11-23 18:30")) == plain


def test_a_fresh_clock_starts_at_the_rejection() -> None:
    fresh = replace(JD, after_rejection=("fresh", 2 * HOUR))
    rejected = at("2026-11-23 18:30")
    it = due(fresh, "crc", at("2026-11-23 15:00"), rejected_at=rejected)
    assert (it.at, it.start, it.source) == (at("2026-11-24 10:30"), rejected, "fresh")
    passed = due(fresh, "crc", at("2026-11-23 15:00"), rejected_at=rejected, platform_due=at("2026-11-23 18:00"))
    assert passed == it
    later = due(fresh, "crc", at("2026-11-23 15:00"), rejected_at=rejected, platform_due=at("2026-11-24 09:30"))
    assert (later.at, later.source) == (at("2026-11-24 09:30"), "platform")


def test_a_class_may_have_a_fresh_clock_of_its_own() -> None:
    it = due(rules("template"), "crc", at("2026-11-23 09:00"), rejected_at=at("2026-11-23 11:00"))
    assert (it.at, it.source) == (at("2026-11-23 14:30"), "fresh")  # two hours over the noon break


def test_the_due_second_is_in_time() -> None:
    it = due(JD, "crc", at("2026-11-23 15:00"))
    second = timedelta(seconds=1)
    assert usage(it, it.at).status == "running"
    assert usage(it, it.at + second).status == "overdue"
    assert usage(it, it.at + HOUR, met_at=it.at).status == "met"
    late = usage(it, it.at + HOUR, met_at=it.at + second)
    assert (late.status, late.overdue_s, late.left_s) == ("overdue", 1, 0)


def test_used_and_left_are_counted_on_the_clock_of_the_budget() -> None:
    it = due(JD, "crc", at("2026-11-23 17:30"))
    tonight = usage(it, at("2026-11-23 23:00"))
    assert (tonight.budget_s, tonight.used_s, tonight.left_s, tonight.status) == (14400, 5400, 9000, "running")
    assert usage(it, at("2026-11-23 23:00"), paused=True).status == "paused"
    assert usage(it, at("2026-11-23 09:00")).used_s == 0
    assert usage(it, at("2026-11-24 10:00"), met_at=at("2026-11-23 18:00")).used_s == 1800
    assert it.left(at("2026-11-23 18:30")) == 3 * HOUR


def test_a_pause_counts_only_where_the_platform_pauses() -> None:
    pause = Pause(at("2026-11-23 16:00"), at("2026-11-23 17:00"), "U0LI", "power cut")
    raised = at("2026-11-23 15:00")
    assert due(JD, "crc", raised, pauses=[pause]).at == at("2026-11-23 19:00")
    pausing = replace(JD, pauses_clock=True)
    it = due(pausing, "crc", raised, pauses=[pause])
    assert it.at == at("2026-11-24 10:00")
    assert it.used(at("2026-11-23 18:00")) == 2 * HOUR
    assert dict(_times(it))["50"] == at("2026-11-23 18:00")


def test_a_pause_that_lasts_holds_the_clock() -> None:
    pausing = replace(JD, pauses_clock=True)
    pause = Pause(at("2026-11-23 16:00"), None, "U0LI", "power cut")
    now = at("2026-11-24 12:00")
    it = due(pausing, "crc", at("2026-11-23 15:00"), pauses=[pause], as_of=now)
    assert it.held
    assert it.at == at("2026-11-24 15:00")
    assert usage(it, now).status == "paused"
    assert usage(it, now).left_s == 3 * 3600
    assert due(pausing, "crc", at("2026-11-23 15:00"), pauses=[pause]).at == at("2026-11-23 19:00")


def test_rungs_at_shares_of_the_budget() -> None:
    it = due(JD, "crc", at("2026-11-23 17:30"))
    assert [(key, moment) for key, moment in _times(it)] == [
        ("50", at("2026-11-24 09:30")),
        ("75", at("2026-11-24 10:30")),
        ("90", at("2026-11-24 11:06")),
        ("breach", at("2026-11-24 11:30")),
    ]


def _times(it: Due) -> list[tuple[str, datetime]]:
    """Of the ladder that every class has which has none of its own."""
    shares = JD.ladders["*"]
    return [(r.key, r.due_at(it.start, it.at, it.budget, Clocks(it.calendar, it.calendar, it.pauses))) for r in shares]
