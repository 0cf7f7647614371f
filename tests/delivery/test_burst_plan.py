"""Whatever the burst, what leaves is within the bounds of performance.md §5, by the pace alone: no clock runs here."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

from hypothesis import example, given, settings
from hypothesis import strategies as st

from coopbot.delivery.pacing import POST, Limits, Pacer
from coopbot.delivery.worker import PATIENCE_S
from coopbot.domain.digest import MOST_ORDERS

LIMITS = Limits()
Burst = list[tuple[int, int]]
"""CRC and ordinary orders of each channel."""


@dataclass
class Told:
    """Seconds after the burst at which each message left."""

    crc: list[float] = field(default_factory=list)
    ordinary: list[float] = field(default_factory=list)


def deliver(burst: Burst, patience_s: float = PATIENCE_S) -> Told:
    """As the worker does it: of each channel that may post the most urgent, the longest queue first, turned into a
    digest where the rest would not leave in time."""
    now = 1000.0
    pacer = Pacer(LIMITS, time=lambda: now)
    crc = {f"C{n}": crc for n, (crc, _) in enumerate(burst)}
    ordinary = {f"C{n}": ordinary for n, (_, ordinary) in enumerate(burst)}
    told = Told()
    while any(crc.values()) or any(ordinary.values()):
        reach, room = pacer.reach(patience_s), pacer.room(POST)
        waiting = Counter(crc) + Counter(ordinary)
        free = [channel for channel in crc if channel not in pacer.busy_channels() and waiting[channel]]
        heads = sorted(free, key=lambda channel: (not crc[channel], -(crc[channel] or ordinary[channel])))[:room]
        for channel in heads:
            pacer.spend(POST, channel)
            if crc[channel]:
                crc[channel] -= 1
                told.crc.append(now - 1000)
                continue
            size = min(ordinary[channel], MOST_ORDERS) if reach.exceeded(channel, waiting) else 1
            ordinary[channel] -= size
            told.ordinary.append(now - 1000)
        if not heads:
            now += max(1e-6, pacer.next_room())
    return told


def last(told: Told) -> float:
    return max([*told.crc, *told.ordinary], default=0.0)


def t_min(burst: Burst) -> float:
    messages = [crc + math.ceil(ordinary / MOST_ORDERS) for crc, ordinary in burst]
    fullest = (max(messages) - LIMITS.channel_burst) / LIMITS.channel_rate
    return max(0.0, fullest, (sum(messages) - LIMITS.posts_burst) / LIMITS.posts_rate)


def crc_bound(burst: Burst) -> float:
    most, all_ = max(crc for crc, _ in burst), sum(crc for crc, _ in burst)
    return max(most / LIMITS.channel_rate, all_ / LIMITS.posts_rate) + 1 / LIMITS.channel_rate


crc_orders = st.one_of(st.integers(0, 8), st.integers(0, 60))
ordinary_orders = st.one_of(st.integers(0, 8), st.integers(0, 400))
channels = st.tuples(crc_orders, ordinary_orders)
bursts = st.lists(channels, min_size=1, max_size=30)
alike = st.builds(lambda channel, n: [channel] * n, channels, st.integers(1, 25))
ordinary_alone = st.lists(st.tuples(st.just(0), ordinary_orders), min_size=1, max_size=30)
generous = settings(deadline=None, max_examples=60)


@generous
@given(alike | ordinary_alone)
@example([(0, 5)])
@example([(0, 29)])
@example([(0, 3)] * 40)
@example([(3, 47)] * 40)
@example([(60, 1)])
def test_everything_is_told_in_time(burst: Burst) -> None:
    """Where channels have alike much, or nothing but ordinary orders."""
    assert last(deliver(burst)) <= 1.15 * t_min(burst) + 2 + 1e-6


@generous
@given(bursts)
def test_crc_is_told_in_time_whatever_the_backlog(burst: Burst) -> None:
    assert max(deliver(burst).crc, default=0.0) <= 1.2 * crc_bound(burst) + 1e-6


@generous
@given(bursts)
def test_where_channels_differ_ordinary_orders_wait_at_most_for_the_crc_of_others(burst: Burst) -> None:
    """CRC goes first everywhere: a channel with many ordinary orders may have to wait until the others' CRC is told,
    and only then begins its own."""
    first, then = [(crc, 0) for crc, _ in burst], [(0, ordinary) for _, ordinary in burst]
    burst_s = LIMITS.posts_burst / LIMITS.posts_rate
    assert last(deliver(burst)) <= 1.15 * (crc_bound(first) + t_min(then) + burst_s) + 2


@generous
@given(bursts)
def test_no_more_messages_than_orders_and_no_fewer_than_it_takes(burst: Burst) -> None:
    sent = len(deliver(burst).ordinary)
    assert sum(math.ceil(ordinary / MOST_ORDERS) for _, ordinary in burst) <= sent <= sum(n for _, n in burst)


def test_without_digests_the_bound_is_missed() -> None:
    burst = [(3, 47)] * 40
    assert max(deliver(burst, patience_s=1e9).ordinary) > 5 * t_min(burst)
