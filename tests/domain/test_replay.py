"""Recorded orders through other rules: exact, the same each time, and free of what we did ourselves."""

from __future__ import annotations

import random
from datetime import time, timedelta
from typing import Any

from coopbot.domain.ledger import PenaltyKind
from coopbot.domain.order_log import tell
from coopbot.domain.quiet import Quiet
from coopbot.domain.replay import Result, replay, under
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind, OrderKey, WorkOrder
from tests.support.ladders import a_team_with
from tests.support.world import ANA, BEN, BOSS, LEAD, SHANGHAI, a_desk, entry, jd_pop, queued, raised, shanghai

START = shanghai("2026-11-02 10:00")
END = shanghai("2026-12-02 10:00")
DESK = a_desk()


def order(number: str, *entries: Entry, day: int = 0, **changes: Any) -> WorkOrder:
    at = START + timedelta(days=day)
    first = Entry(Kind.RAISED, at, "raised:1", "platform", raised(at, work_order_no=number, **changes))
    return tell(OrderKey("jd", number), ("jd-pop", jd_pop().version), at, (first, *entries))


def run(*orders: WorkOrder, desk: Desk = DESK) -> Result:
    return replay(orders, under(desk, desk.profile), END)


def test_an_unanswered_crc_is_late_and_calls_as_the_ladder_says() -> None:
    result = run(order("A"))
    assert (result.orders, result.breaches, result.penalties) == (1, 1, {PenaltyKind.WARNING: 1})
    assert result.mentions == {
        ANA: 4,
        BEN: 1,
        LEAD: 3,
        BOSS: 2,
    }  # card, 15, 30 and 60 min without a claim, 75, 90, late
    assert result.at_night.total() == 0


def test_a_timely_answer_ends_it() -> None:
    at = START + timedelta(minutes=10)
    done = entry(Kind.REPLY_DELIVERED, at, reply_id="r1")
    result = run(order("A", queued("r1", at), done))
    assert (result.breaches, result.mentions) == (0, {ANA: 1})


def test_what_we_did_then_is_done_anew() -> None:
    ours = [
        entry(Kind.REMINDED, START + timedelta(hours=2), key="rung:0:50", rung="0:50", called=[BOSS]),
        entry(Kind.BREACHED, START + timedelta(hours=4), key="breach", due_at=START.isoformat(), cause="unanswered"),
    ]
    assert run(order("A", *ours)) == run(order("A"))


def test_a_rejection_calls_the_answers_author_once_unless_it_is_night() -> None:
    def rejected(hours: float) -> Result:
        at = START + timedelta(minutes=10)
        entries = [queued("r1", at, BEN), entry(Kind.REPLY_DELIVERED, at, reply_id="r1")]
        no = entry(Kind.REPLY_REJECTED, START + timedelta(hours=hours), reply_id="r1")
        ends = entry(Kind.CLOSED, START + timedelta(hours=hours, minutes=1))
        return run(order("A", *entries, no, ends, **{"class": "general"}))

    assert rejected(2).mentions == {BEN: 1}
    assert rejected(12).mentions == {}


def test_quiet_hours_keep_mentions_back() -> None:
    always = Quiet(time(0), time(12), frozenset(range(7)), SHANGHAI)
    ladder = {"key": "soon", "at": "start+30m", "channel": "channel", "mentions": ["on_call"]}
    for quiet, times in (({}, {ANA: 1}), ({ANA: always}, {})):
        desk = a_desk(a_team_with(ladder), quiet=quiet)
        assert run(order("A", **{"class": "general"}), desk=desk).mentions == times
    assert run(order("A"), desk=a_desk(a_team_with(ladder), quiet={ANA: always})).mentions == {ANA: 2}  # CRC pierces


def test_the_second_breach_of_a_month_is_no_warning_any_more() -> None:
    result = run(order("A"), order("B", day=1))
    assert result.penalties == {PenaltyKind.WARNING: 1, PenaltyKind.UNKNOWN: 1}


def test_another_ladder_calls_others() -> None:
    quiet = a_desk(a_team_with({"key": "lead", "at": "90%", "channel": "channel", "mentions": ["lead"]}))
    assert run(order("A"), desk=quiet).mentions == {ANA: 1, LEAD: 1}


def test_orders_of_a_class_that_the_rules_lack_are_counted_apart() -> None:
    strange = order("A", **{"class": "never_heard"})
    assert (run(strange).skipped, run(strange).orders) == (1, 0)


def a_month() -> list[WorkOrder]:
    chance = random.Random(6)
    orders = []
    for n in range(120):
        answered = START + timedelta(minutes=chance.randrange(30 * 24 * 60))
        log = [queued(f"r{n}", answered), entry(Kind.REPLY_DELIVERED, answered, reply_id=f"r{n}")]
        orders.append(order(f"N-{n}", *log, day=chance.randrange(28), **{"class": chance.choice(["crc", "general"])}))
    return orders


def test_a_generated_month_gives_the_same_result_each_time() -> None:
    first, second = run(*a_month()), run(*a_month())
    assert first == second
    assert first.orders == 120
    assert 0 < first.breaches < 120
    assert sum(first.penalties.values()) == first.breaches
