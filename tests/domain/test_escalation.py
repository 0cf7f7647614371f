"""The ladder: each step once, at its time, to the right people, and silent where nobody should be woken."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.domain.calendar import Calendar, parse_hours
from coopbot.domain.calling import Call, call
from coopbot.domain.escalation import INSTANT, Decision, calls_with_card, decide, next_look, steps
from coopbot.domain.rota import Shift
from coopbot.domain.seen import deadline, see
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind, WorkOrder
from tests.support.world import (
    ANA,
    BEN,
    BOSS,
    EVERY_DAY,
    LEAD,
    a_desk,
    a_team,
    an_order,
    entry,
    jd_pop,
    queued,
    shanghai,
)

DESK = a_desk()
CRC = shanghai("2026-11-23 10:00")  # due 14:00
CLAIMED = entry(Kind.CLAIMED, CRC, by=BEN)


def looked_at(order: WorkOrder, desk: Desk, now: datetime) -> tuple[WorkOrder, Decision]:
    """What the sweep would do at ``now``: decide, and record it."""
    decision = decide(order, desk, now)
    log = [entry(Kind.SUPERSEDED, now, key=f"rung:{s.key}", rung=s.key) for s in decision.superseded]
    if decision.fire is not None:
        log.append(entry(Kind.REMINDED, now, key=f"rung:{decision.fire.key}", rung=decision.fire.key))
    if decision.breach is not None:
        due_at = deadline(order, jd_pop(), now).at.isoformat()
        log.append(entry(Kind.BREACHED, now, key="breach", due_at=due_at, cause=decision.breach))
    return an_order_with(order, *log), decision


def an_order_with(order: WorkOrder, *more: Entry) -> WorkOrder:
    first, *rest = order.log
    changes = {key: value for key, value in first.data.items() if key != "raised_at"}
    return an_order(first.at, *rest, *more, received_at=order.received_at, **changes)


def story(order: WorkOrder, desk: Desk = DESK, until: datetime | None = None) -> list[tuple[str, str]]:
    """Every step in the order's life if nobody answers: the local time and the step."""
    told = []
    while (look := next_look(order, desk, order.received_at)) is not None and (until is None or look <= until):
        order, decision = looked_at(order, desk, look)
        local = look.astimezone(jd_pop().zone).strftime("%d %H:%M")
        if decision.breach:
            told.append((local, f"late: {decision.breach}"))
        if decision.fire:
            told.append((local, decision.fire.name))
        assert decision.breach or decision.fire
    return told


def test_a_crc_order_climbs_the_ladder() -> None:
    assert story(an_order(CRC)) == [
        ("23 10:15", "backup"),
        ("23 10:30", "lead"),
        ("23 11:00", "manager"),
        ("23 13:00", "75"),
        ("23 13:36", "90"),
        ("23 14:00", "late: unanswered"),
        ("23 14:00", "breach"),
    ]


def test_a_crc_order_at_1850_waits_for_the_morning_with_all_that_follows_its_card() -> None:
    order = an_order(shanghai("2026-11-23 18:50"))
    assert story(order)[:3] == [("24 09:05", "backup"), ("24 09:20", "lead"), ("24 09:50", "manager")]


def test_a_claim_ends_the_wait_for_one_and_a_release_begins_it_anew() -> None:
    claimed = entry(Kind.CLAIMED, CRC + timedelta(minutes=20), by=BEN)
    order, _ = looked_at(an_order(CRC), DESK, CRC + timedelta(minutes=15))
    order = an_order_with(order, claimed)
    assert [step for _, step in story(order)] == ["75", "90", "late: unanswered", "breach"]
    given_back = entry(Kind.RELEASED, CRC + timedelta(minutes=50), by="coopbot")
    again = story(an_order_with(order, given_back))
    assert again[:4] == [("23 11:05", "backup"), ("23 11:20", "lead"), ("23 11:50", "manager"), ("23 13:00", "75")]


def test_the_wait_for_a_claim_begins_when_the_team_could_know_and_ends_at_the_due_time() -> None:
    heard_late = an_order(CRC, received_at=CRC + timedelta(hours=1))
    assert story(heard_late)[:2] == [("23 11:15", "backup"), ("23 11:30", "lead")]
    released_late = an_order(CRC, CLAIMED, entry(Kind.RELEASED, CRC + timedelta(hours=3, minutes=50), by=BEN))
    assert [step for _, step in story(released_late)] == ["75", "90", "late: unanswered", "breach"]


def test_a_rejection_while_nobody_has_it_begins_the_wait_anew() -> None:
    answered = [queued("r1", CRC), entry(Kind.RELEASED, CRC, by=ANA)]
    order = an_order(CRC, *answered, entry(Kind.REPLY_REJECTED, CRC + timedelta(hours=1), reply_id="r1"))
    assert story(order)[:2] == [("23 11:15", "backup"), ("23 11:30", "lead")]


def test_outside_the_window_nobody_is_called_until_it_opens() -> None:
    night = shanghai("2026-11-23 22:00")
    order = an_order(night)
    assert not calls_with_card(order, jd_pop(), DESK.teams[0], deadline(order, jd_pop(), order.received_at))
    assert story(order)[0] == ("24 09:00", "opening")


def test_inside_the_window_the_card_calls_and_the_opening_does_not() -> None:
    order = an_order(CRC)
    assert calls_with_card(order, jd_pop(), DESK.teams[0], deadline(order, jd_pop(), order.received_at))
    assert all(step != "opening" for _, step in story(order))


def test_waiting_that_would_leave_too_little_staffed_time_calls_at_night() -> None:
    late_team = a_team(hours=parse_hours("Mon-Sun 12:30-19:00", jd_pop().zone))  # 30 minutes before 13:00
    order = an_order(shanghai("2026-11-23 22:00"))
    assert calls_with_card(order, jd_pop(), late_team, deadline(order, jd_pop(), order.received_at))


def test_an_ordinary_order_calls_nobody_at_night_and_speaks_once_in_the_morning() -> None:
    order = an_order(shanghai("2026-11-23 02:00"), **{"class": "general"})  # due 24th 02:00
    assert story(order) == [("23 14:00", "50"), ("24 02:00", "late: unanswered"), ("24 09:00", "breach")]


def test_what_of_an_ordinary_order_falls_due_at_night_is_one_message_in_the_morning() -> None:
    order = an_order(shanghai("2026-11-23 13:00"), **{"class": "general"})  # 50% at 01:00, 75% at 07:00
    assert story(order)[:2] == [("24 09:00", "75"), ("24 10:36", "90")]
    decision = decide(order, DESK, shanghai("2026-11-24 09:00"))
    assert [(step.name, step.why) for step in decision.superseded] == [("50", "louder")]


def test_after_a_gap_only_the_loudest_speaks_and_the_missed_are_named() -> None:
    decision = decide(an_order(CRC), DESK, shanghai("2026-11-23 13:40"))
    assert decision.fire is not None
    assert (decision.fire.name, [step.name for step in decision.superseded]) == (
        "90",
        ["backup", "lead", "manager", "75"],
    )


def test_an_answer_on_its_way_stops_the_ladder() -> None:
    order = an_order(CRC, queued("r1", CRC + timedelta(hours=1)))
    assert decide(order, DESK, shanghai("2026-11-23 13:40")) == Decision()


def test_a_late_delivery_of_a_timely_answer_is_ours() -> None:
    order = an_order(CRC, queued("r1", CRC + timedelta(hours=1)))
    look = next_look(order, DESK, CRC)
    assert look == shanghai("2026-11-23 14:00") + INSTANT
    assert decide(order, DESK, look) == Decision(breach="ours")


def test_an_answer_that_comes_late_is_a_breach_though_no_tick_saw_the_order_without_it() -> None:
    due = shanghai("2026-11-23 14:00")
    late = queued("r1", due + timedelta(seconds=20))
    taken = entry(Kind.REPLY_DELIVERED, due + timedelta(seconds=21), reply_id="r1")
    for order in (an_order(CRC, late), an_order(CRC, late, taken)):
        assert next_look(order, DESK, due + timedelta(seconds=25)) == due + INSTANT
        assert decide(order, DESK, due + timedelta(minutes=1)) == Decision(breach="unanswered")


def test_an_answer_in_the_due_second_is_no_breach() -> None:
    due = shanghai("2026-11-23 14:00")
    order = an_order(CRC, queued("r1", due), entry(Kind.REPLY_DELIVERED, due, reply_id="r1"))
    assert next_look(order, DESK, due) is None
    assert decide(order, DESK, due + timedelta(hours=1)) == Decision()


def test_a_rejection_with_less_than_an_hour_left_starts_at_the_last_rung() -> None:
    rejected = shanghai("2026-11-23 13:20")
    order = an_order(CRC, queued("r1", CRC), entry(Kind.REPLY_REJECTED, rejected, reply_id="r1"))
    assert story(order)[0] == ("23 13:20", "90")


def test_a_rejection_after_the_due_time_is_a_breach_called_rejected() -> None:
    rejected = shanghai("2026-11-23 14:30")
    answered = [queued("r1", CRC), entry(Kind.REPLY_DELIVERED, CRC, reply_id="r1")]
    order = an_order(CRC, *answered, entry(Kind.REPLY_REJECTED, rejected, reply_id="r1"))
    decision = decide(order, DESK, rejected)
    assert decision.breach == "rejected"
    assert decision.fire is not None
    assert decision.fire.key == "1:breach"


def test_an_urge_goes_one_rung_up_at_once() -> None:
    urged = CRC + timedelta(minutes=20)
    order, _ = looked_at(an_order(CRC), DESK, CRC + timedelta(minutes=15))
    decision = decide(an_order_with(order, entry(Kind.URGED, urged, key="event:u1")), DESK, urged)
    assert decision.fire is not None
    assert decision.fire.name.startswith("urge")
    assert [step.name for step in decision.superseded] == ["lead"]


@pytest.mark.parametrize("kind", [Kind.CLOSED, Kind.VOIDED, Kind.ANSWERED_ELSEWHERE, Kind.TIMED_OUT])
def test_what_has_ended_is_not_looked_at_again(kind: Kind) -> None:
    order = an_order(CRC, entry(kind, CRC + timedelta(minutes=5)))
    assert next_look(order, DESK, CRC) is None
    assert decide(order, DESK, CRC + timedelta(days=2)) == Decision()


def test_who_is_called_and_why() -> None:
    order = an_order(CRC)
    noon = see(order, DESK, shanghai("2026-11-23 12:00"))
    rungs = {rung.key: rung for rung in jd_pop().ladder("crc")}
    assert call(noon, rungs["75"]).users == (ANA,)
    assert call(noon, rungs["75"]).why == "on_call"
    assert call(noon, rungs["90"]).users == (ANA, LEAD)
    assert call(noon, rungs["breach"]).users == (ANA, LEAD, BOSS)
    claimed = see(an_order(CRC, entry(Kind.CLAIMED, CRC, by=BEN)), DESK, shanghai("2026-11-23 12:00"))
    assert call(claimed, rungs["75"]) == Call((BEN,), "claimant")


def test_with_nobody_on_call_somebody_is_called_all_the_same() -> None:
    desk = a_desk(a_team(on_call=(Shift(EVERY_DAY, time(9), time(10), (ANA,)),)))
    it = see(an_order(CRC), desk, shanghai("2026-11-23 12:00"))
    assert (call(it, None).users, call(it, None).why) == ((LEAD,), "nobody_on_call")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
    st.sampled_from(["crc", "general"]),
    st.lists(st.integers(0, 60 * 30), max_size=6),
)
def test_no_rung_speaks_twice_and_none_is_skipped_without_a_record(
    raised: datetime, klass: str, looks: list[int]
) -> None:
    start = shanghai(raised.isoformat())
    order = an_order(start, **{"class": klass})
    every = {step.key for step in steps(order, jd_pop(), DESK.teams[0], deadline(order, jd_pop(), order.received_at))}
    fired: list[str] = []
    at_work = DESK.teams[0].hours.next_open(start + timedelta(days=4))  # what is late at night waits for the morning
    for now in [*(start + timedelta(minutes=minutes) for minutes in sorted(looks)), at_work]:
        order, decision = looked_at(order, DESK, now)
        fired += [decision.fire.key] if decision.fire else []
    assert len(fired) == len(set(fired))
    assert order.fired == every
    assert next_look(order, DESK, start) is None


def test_while_the_platforms_clock_stands_nothing_falls_due_and_after_it_all_is_later() -> None:
    rules = replace(jd_pop(), pauses_clock=True)
    desk = a_desk(profile=rules, profiles={(rules.name, rules.version): rules})
    paused, resumed = CRC + timedelta(hours=1), CRC + timedelta(hours=3)
    held = an_order(CRC, entry(Kind.PAUSED, paused, by=LEAD, why="courier"))
    assert decide(held, desk, shanghai("2026-11-23 18:00")) == Decision()
    assert decide(held, DESK, shanghai("2026-11-23 13:40")).fire is not None  # an internal hold stops nothing
    goes_on = an_order_with(held, entry(Kind.RESUMED, resumed, by=LEAD))
    assert story(goes_on, desk)[:2] == [("23 10:15", "backup"), ("23 10:30", "lead")]
    assert ("23 15:00", "75") in story(goes_on, desk)
    assert story(goes_on, desk)[-1] == ("23 16:00", "breach")
    assert story(goes_on, DESK)[-1] == ("23 14:00", "breach")


def test_what_fell_due_before_a_pause_waits_for_its_end_but_the_platforms_urging_does_not() -> None:
    rules = replace(jd_pop(), pauses_clock=True)
    desk = a_desk(profile=rules, profiles={(rules.name, rules.version): rules})
    late, urged = entry(Kind.PAUSED, CRC + timedelta(hours=2.5), by=LEAD, why="courier"), CRC + timedelta(hours=3)
    held = an_order(CRC, late)  # the 50 % rung was due half an hour before, while nobody looked
    assert decide(held, desk, urged) == Decision()
    decision = decide(an_order_with(held, entry(Kind.URGED, urged, key="event:u1")), desk, urged)
    assert decision.fire is not None
    assert decision.fire.name == "urge:event:u1"


def test_only_time_that_counts_is_staffed_time_when_it_is_told_tonight() -> None:
    """A team that is there all day has no more of the order's time for it: the platform rests in between."""
    always = a_team(hours=Calendar.always(jd_pop().zone))
    working = parse_hours("Mon-Sun 09:00-11:00, 15:00-19:00", jd_pop().zone)
    order = an_order(shanghai("2026-11-23 22:00"))  # due 17:00, eight hours after the opening, four of them counted
    for least, calls in ((5, True), (4, False)):
        rules = replace(jd_pop(), working=working, minimum_staffed=timedelta(hours=least))
        assert calls_with_card(order, rules, always, deadline(order, rules, order.received_at)) == calls


@pytest.mark.parametrize(("now", "fires"), [("20:30", False), ("09:00", True)])
def test_what_our_own_outage_held_up_until_the_night_waits_for_the_morning(now: str, fires: bool) -> None:
    raised = shanghai("2026-11-23 08:00")
    order = an_order(raised, **{"class": "general"}, due_at=shanghai("2026-11-24 17:00").isoformat())
    day = "2026-11-23" if now == "20:30" else "2026-11-24"
    assert (decide(order, DESK, shanghai(f"{day} {now}")).fire is not None) is fires
    looks_again = next_look(order, DESK, shanghai("2026-11-23 20:30"))
    assert looks_again is not None
    assert looks_again > shanghai("2026-11-23 20:30")  # not at once, over and over
