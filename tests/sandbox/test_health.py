"""The hour's events, and the end of events where nearly all fail."""

from __future__ import annotations

from coopbot.sandbox.clock import SandboxClock
from coopbot.sandbox.delivery.health import EVENTS_PER_WINDOW, SPARED, WINDOW, Health
from coopbot.sandbox.pacing import Pacing


def stopped() -> tuple[SandboxClock, Health, Pacing]:
    clock = SandboxClock(1_000_000.0)
    clock.run_at(0)
    pacing = Pacing(clock)
    return clock, Health(clock, pacing), pacing


def test_thirty_thousand_events_an_hour() -> None:
    clock, health, pacing = stopped()
    assert all(health.admit("A") for _ in range(EVENTS_PER_WINDOW))
    assert not health.admit("A")
    assert (health.to_tell("A"), health.to_tell("A")) == (999_960, None)
    assert health.admit("B")
    clock.jump(clock.now() + 60)
    assert health.to_tell("A") == 1_000_020
    clock.jump(clock.now() + WINDOW)
    assert health.admit("A")
    pacing.set(0)
    assert all(health.admit("A") for _ in range(EVENTS_PER_WINDOW + 1))


def test_events_end_where_over_95_percent_fail() -> None:
    _, health, _ = stopped()
    for number in range(SPARED + 1):
        health.note("A", number < 60)
    assert health.enabled("A")  # 94 % of more than a thousand
    for _ in range(250):
        health.note("A", False)
    assert not health.enabled("A")  # 95.2 %
    health.enable("A")
    assert health.enabled("A")


def test_small_apps_are_spared_and_old_failures_forgotten() -> None:
    clock, health, _ = stopped()
    for _ in range(SPARED):
        health.note("A", False)
    assert health.enabled("A")
    clock.jump(clock.now() + WINDOW)
    health.note("A", False)
    assert health.enabled("A")
