"""The explanation comes from the windows that made the due time, and adds up to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from coopbot.domain.explain import explain
from coopbot.domain.pauses import Pause
from coopbot.domain.sla import due
from tests.support.clockwork import at, rules

HOUR = timedelta(hours=1)
JD = rules("jd-pop")
WALK = ("counted", "off_hours", "closed", "paused")


def test_overnight() -> None:
    it = explain(JD, due(JD, "crc", at("2026-11-23 18:10")))
    assert [(step.kind, step.start, step.end, step.counted, step.left) for step in it.steps] == [
        ("raised", at("2026-11-23 18:10"), at("2026-11-23 18:10"), 0 * HOUR, 4 * HOUR),
        ("counted", at("2026-11-23 18:10"), at("2026-11-23 19:00"), HOUR * 5 / 6, HOUR * 19 / 6),
        ("off_hours", at("2026-11-23 19:00"), at("2026-11-24 09:00"), 0 * HOUR, HOUR * 19 / 6),
        ("counted", at("2026-11-24 09:00"), at("2026-11-24 12:10"), HOUR * 19 / 6, 0 * HOUR),
        ("due", at("2026-11-24 12:10"), at("2026-11-24 12:10"), 0 * HOUR, 0 * HOUR),
    ]
    assert (it.profile, it.version, it.budget.level, it.clock.level) == ("jd-pop", JD.version, "given", "given")


def test_a_holiday_is_named_and_does_not_swallow_the_evening_before() -> None:
    template = rules("template")
    it = explain(template, due(template, "crc", at("2026-09-30 17:00")))
    kinds = [(step.kind, step.start, step.end) for step in it.steps if step.kind in ("off_hours", "closed")]
    assert kinds == [
        ("off_hours", at("2026-09-30 18:00"), at("2026-10-01 00:00")),
        ("closed", at("2026-10-01 00:00"), at("2026-10-08 00:00")),
        ("off_hours", at("2026-10-08 00:00"), at("2026-10-08 09:00")),
    ]
    (closed,) = (step for step in it.steps if step.kind == "closed")
    assert dict(closed.reason) == {"zh-CN": "国庆节", "en": "National Day"}


def test_the_platforms_deadline_is_told_beside_our_own_reckoning() -> None:
    it = explain(JD, due(JD, "crc", at("2026-11-23 18:10"), platform_due=at("2026-11-23 20:00")))
    assert [step.kind for step in it.steps][-2:] == ["due", "platform_due"]
    assert it.steps[-2].start == at("2026-11-24 12:10")
    assert it.steps[-1].start == at("2026-11-23 20:00")


def test_a_pause_appears_with_who_and_why() -> None:
    pause = Pause(at("2026-11-23 16:00"), at("2026-11-23 17:00"), "U0LI", "power cut")
    pausing = replace(JD, pauses_clock=True)
    it = explain(pausing, due(pausing, "crc", at("2026-11-23 15:00"), pauses=[pause]), [pause])
    (step,) = (step for step in it.steps if step.kind == "paused")
    assert (step.start, step.end, step.by, step.why) == (pause.start, pause.end, "U0LI", "power cut")
    internal = explain(JD, due(JD, "crc", at("2026-11-23 15:00"), pauses=[pause]), [pause])
    assert [step.kind for step in internal.steps] == ["raised", "counted", "held", "due"]


def test_a_fresh_clock_says_so() -> None:
    fresh = replace(JD, after_rejection=("fresh", 2 * HOUR))
    it = explain(fresh, due(fresh, "crc", at("2026-11-23 09:00"), rejected_at=at("2026-11-23 11:00")))
    assert (it.steps[0].kind, it.steps[0].start) == ("rejected", at("2026-11-23 11:00"))
    assert it.budget.is_assumed


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["jd-pop", "template", "shopee"]),
    st.sampled_from(["crc", "general"]),
    st.integers(0, 500 * 1440),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 2000)), max_size=3),
)
def test_the_steps_add_up_without_a_hole(name: str, code: str, minute: int, pauses: list[tuple[int, int]]) -> None:
    profile = replace(rules(name), pauses_clock=True)
    start: datetime = at("2026-01-01 00:00") + timedelta(minutes=minute)
    recorded = [
        Pause(start + timedelta(minutes=begin), start + timedelta(minutes=begin + lasts), "U", "w")
        for begin, lasts in pauses
    ]
    it = due(profile, code, start, pauses=recorded)
    walk = [step for step in explain(profile, it, recorded).steps if step.kind in WALK]
    assert sum((step.counted for step in walk), timedelta(0)) == it.budget
    edges = [start, *(step.end for step in walk)]
    assert [step.start for step in walk] == edges[:-1]
    assert edges[-1] == it.at
