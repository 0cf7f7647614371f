"""Targets of an order: what is owed, met, late, and due next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from coopbot.domain.seen import see
from coopbot.domain.targets import Milestones, milestones, next_due, targets
from coopbot.domain.work_order import Entry, Kind, WorkOrder
from tests.support.clockwork import at, rules
from tests.support.world import ANA, a_desk, an_order, entry, queued

JD = rules("jd-pop")
RAISED = at("2026-11-23 15:00")
MINUTE = timedelta(minutes=1)


def test_the_claim_is_due_first_then_the_answer() -> None:
    states = targets(JD, "crc", Milestones(RAISED), at("2026-11-23 15:10"))
    assert [(state.kind, state.due_at, state.standing) for state in states] == [
        ("claim", at("2026-11-23 15:30"), "open"),
        ("answer", at("2026-11-23 19:00"), "open"),
    ]
    first = next_due(states)
    assert first is not None
    assert first.kind == "claim"


def test_an_answer_meets_the_claim_too() -> None:
    states = targets(JD, "crc", Milestones(RAISED, answered_at=at("2026-11-23 15:20")), at("2026-11-23 20:00"))
    assert [state.standing for state in states] == ["met", "met"]
    assert next_due(states) is None


def test_met_in_the_due_second_late_after_it_overdue_without() -> None:
    until = at("2026-11-23 19:00")
    for answered, now, standing in (
        (until, until, "met"),
        (until + MINUTE, until + MINUTE, "late"),
        (None, until, "open"),
        (None, until + MINUTE, "overdue"),
    ):
        facts = Milestones(RAISED, claimed_at=RAISED, answered_at=answered)
        assert targets(JD, "crc", facts, now)[-1].standing == standing


def test_a_rejection_opens_the_original_target_again() -> None:
    rejected = Milestones(RAISED, claimed_at=RAISED, rejected_at=at("2026-11-23 17:00"))
    answer = targets(JD, "crc", rejected, at("2026-11-23 18:00"))[-1]
    assert (answer.kind, answer.due_at, answer.standing) == ("answer", at("2026-11-23 19:00"), "open")
    again = replace(rejected, answered_again_at=at("2026-11-23 18:30"))
    assert targets(JD, "crc", again, at("2026-11-23 20:00"))[-1].standing == "met"


def test_a_fresh_clock_is_a_target_of_its_own() -> None:
    fresh = replace(JD, after_rejection=("fresh", timedelta(hours=2)))
    facts = Milestones(
        RAISED, claimed_at=RAISED, answered_at=at("2026-11-23 16:00"), rejected_at=at("2026-11-23 18:00")
    )
    states = targets(fresh, "crc", facts, at("2026-11-24 09:30"))
    assert [(state.kind, state.due_at, state.standing) for state in states[1:]] == [
        ("answer", at("2026-11-23 19:00"), "met"),
        ("after_rejection", at("2026-11-24 10:00"), "open"),
    ]


def test_a_final_target_ends_with_the_order() -> None:
    template = rules("template")
    facts = Milestones(at("2026-11-23 09:00"), answered_at=at("2026-11-23 10:00"))
    final = targets(template, "crc", facts, at("2026-11-24 09:00"))[-1]
    assert (final.kind, final.due_at, final.standing) == ("final", at("2026-11-26 09:00"), "open")
    ended = replace(facts, ended_at=at("2026-11-25 09:00"))
    assert targets(template, "crc", ended, at("2026-11-27 09:00"))[-1].standing == "met"


def test_the_claim_is_never_due_after_the_answer() -> None:
    facts = Milestones(RAISED, platform_due=at("2026-11-23 15:10"))
    assert [state.due_at for state in targets(JD, "crc", facts, RAISED)] == [at("2026-11-23 15:10")] * 2


def test_an_unknown_class_is_an_error() -> None:
    with pytest.raises(ValueError, match="no class"):
        targets(JD, "nope", Milestones(RAISED), RAISED)


def told(*log: Entry) -> WorkOrder:
    return an_order(RAISED, *log)


def test_what_the_log_says() -> None:
    claim, sent, taken, no = (RAISED + n * MINUTE for n in (5, 10, 11, 60))
    answered = [
        entry(Kind.CLAIMED, claim, by=ANA),
        queued("r1", sent),
        entry(Kind.REPLY_DELIVERED, taken, reply_id="r1"),
    ]
    assert milestones(told()) == Milestones(RAISED)
    assert milestones(told(*answered)) == Milestones(RAISED, claimed_at=claim, answered_at=taken)
    again = [
        entry(Kind.REPLY_REJECTED, no, reply_id="r1"),
        queued("r2", no + MINUTE),
        entry(Kind.REPLY_DELIVERED, no + 2 * MINUTE, reply_id="r2"),
        entry(Kind.REPLY_ACCEPTED, no + 9 * MINUTE, reply_id="r2"),
    ]
    assert milestones(told(*answered, *again)) == Milestones(
        RAISED,
        claimed_at=claim,
        answered_at=taken,
        rejected_at=no,
        answered_again_at=no + 2 * MINUTE,
        ended_at=no + 9 * MINUTE,
    )


def test_that_the_platform_took_it_away_meets_nothing() -> None:
    taken_over = told(entry(Kind.TIMED_OUT, at("2026-11-23 19:05")))
    assert milestones(taken_over).ended_at is None
    it = see(taken_over, a_desk(), at("2026-11-23 20:00"))
    assert [state.standing for state in it.targets] == ["overdue", "overdue"]
    assert it.next_due is None
    closed = told(entry(Kind.CLOSED, at("2026-11-23 15:20")))
    assert [state.standing for state in see(closed, a_desk(), RAISED).targets] == ["met", "met"]


def test_what_is_due_next_follows_the_order() -> None:
    claim = see(told(), a_desk(), RAISED).next_due
    assert claim is not None
    assert (claim.kind, claim.due_at) == ("claim", at("2026-11-23 15:30"))
    answer = see(told(entry(Kind.CLAIMED, RAISED, by=ANA)), a_desk(), RAISED).next_due
    assert answer is not None
    assert (answer.kind, answer.due_at) == ("answer", at("2026-11-23 19:00"))
