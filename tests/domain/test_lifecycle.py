"""The lifecycle: one table, and an order that is the same in whatever sequence its events came."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.domain.lifecycle import BY_TEAM, LIFECYCLE, Act, State, allowed, check, met_at, state_of
from coopbot.domain.order_log import tell, tell_on
from coopbot.domain.pauses import Pause
from coopbot.domain.work_order import Entry, Kind, ReplyState, WorkOrder
from coopbot.errors import Refusal
from tests.support.world import ANA, BEN, an_order, entry, queued, shanghai

RAISED = shanghai("2026-11-23 10:00")
DUE = shanghai("2026-11-23 14:00")
MINUTE = timedelta(minutes=1)


def at(minutes: int) -> datetime:
    return RAISED + minutes * MINUTE


CLAIM = entry(Kind.CLAIMED, at(1), by=ANA)
QUEUED = queued("r1", at(5))
DELIVERED = entry(Kind.REPLY_DELIVERED, at(6), reply_id="r1")
ACCEPTED = entry(Kind.REPLY_ACCEPTED, at(9), reply_id="r1")
REJECTED = entry(Kind.REPLY_REJECTED, at(8), reply_id="r1", reason="未说明发货时间")

STORIES: dict[State, list[Entry]] = {
    State.OPEN: [],
    State.CLAIMED: [CLAIM],
    State.REPLIED: [CLAIM, QUEUED, DELIVERED],
    State.ACCEPTED: [CLAIM, QUEUED, DELIVERED, ACCEPTED],
    State.TRANSFERRED: [entry(Kind.TIMED_OUT, at(300))],
    State.CLOSED: [entry(Kind.ANSWERED_ELSEWHERE, at(20), by="console")],
    State.VOIDED: [entry(Kind.VOIDED, at(20))],
}


def _now(state: State) -> datetime:
    return DUE + MINUTE if state is State.OVERDUE else at(30)


def _order(state: State) -> WorkOrder:
    return an_order(RAISED, *STORIES.get(state, []))


@pytest.mark.parametrize("state", State)
def test_a_story_leads_to_each_state(state: State) -> None:
    assert state_of(_order(state), DUE, _now(state)) is state


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("act", sorted(BY_TEAM))
def test_the_table_decides_what_the_team_may_do(state: State, act: Act) -> None:
    order = _order(state)
    if act in LIFECYCLE[state]:
        assert check(order, act, DUE, _now(state)) is state
    else:
        with pytest.raises(Refusal):
            check(order, act, DUE, _now(state))
    assert order == _order(state)


def test_terminal_states_allow_nothing() -> None:
    assert not allowed(State.CLOSED)
    assert not allowed(State.VOIDED)
    assert all(allowed(state) for state in State if state not in (State.CLOSED, State.VOIDED))


def test_every_state_that_the_table_leads_to_is_a_key_of_it() -> None:
    assert {target for acts in LIFECYCLE.values() for targets in acts.values() for target in targets} <= set(LIFECYCLE)


def test_a_late_button_says_who_answered_when() -> None:
    with pytest.raises(Refusal) as refused:
        check(_order(State.REPLIED), Act.CLAIM, DUE, at(30))
    assert (refused.value.code, refused.value.facts["by"]) == ("already_answered", ANA)


def test_the_due_second_is_in_time() -> None:
    assert state_of(_order(State.OPEN), DUE, DUE) is State.OPEN
    assert state_of(_order(State.OPEN), DUE, DUE + timedelta(microseconds=1)) is State.OVERDUE


def test_an_overdue_order_keeps_its_claimant_and_every_reply_button() -> None:
    order = _order(State.CLAIMED)
    assert state_of(order, DUE, DUE + MINUTE) is State.OVERDUE
    assert order.claim is not None
    assert order.claim.by == ANA
    assert Act.REPLY in allowed(State.OVERDUE)


def test_a_rejection_opens_the_order_again_for_who_had_it() -> None:
    order = an_order(RAISED, CLAIM, QUEUED, DELIVERED, REJECTED)
    assert state_of(order, DUE, at(30)) is State.CLAIMED
    assert order.replies[0].state is ReplyState.REJECTED
    assert order.replies[0].reason == "未说明发货时间"
    assert met_at(order) is None


def test_the_platform_s_verdict_counts_although_its_clock_is_behind_ours() -> None:
    early = entry(Kind.REPLY_REJECTED, at(4), reply_id="r1")
    assert state_of(an_order(RAISED, QUEUED, early), DUE, at(30)) is State.OPEN


def test_met_when_the_platform_took_it_not_when_it_accepted() -> None:
    assert met_at(_order(State.ACCEPTED)) == DELIVERED.at


@pytest.mark.parametrize(
    ("stronger", "weaker", "state"),
    [
        (Kind.VOIDED, Kind.CLOSED, State.VOIDED),
        (Kind.CLOSED, Kind.TIMED_OUT, State.CLOSED),
        (Kind.TIMED_OUT, Kind.ANSWERED_ELSEWHERE, State.TRANSFERRED),
    ],
)
def test_of_two_events_at_one_instant_the_later_kind_wins(stronger: Kind, weaker: Kind, state: State) -> None:
    both = [entry(stronger, at(20)), entry(weaker, at(20))]
    for log in (both, both[::-1]):
        assert state_of(an_order(RAISED, *log), DUE, at(30)) is state


def test_accepted_wins_over_rejected_at_one_instant() -> None:
    verdicts = [entry(Kind.REPLY_ACCEPTED, at(9), reply_id="r1"), entry(Kind.REPLY_REJECTED, at(9), reply_id="r1")]
    for log in (verdicts, verdicts[::-1]):
        assert state_of(an_order(RAISED, QUEUED, *log), DUE, at(30)) is State.ACCEPTED


def test_what_was_transferred_may_still_be_closed_but_not_answered_out_of_the_past() -> None:
    timed_out = entry(Kind.TIMED_OUT, at(300))
    assert state_of(an_order(RAISED, timed_out, entry(Kind.CLOSED, at(400))), DUE, at(500)) is State.CLOSED


def test_a_newer_version_replaces_the_facts_whichever_came_first() -> None:
    newer = Entry(Kind.RAISED, RAISED, "raised:2", "platform", {**_raised_data(), "version": 2, "content": "改了"})
    first = an_order(RAISED, newer)
    other = tell(first.key, first.profile, first.received_at, (newer, first.log[0]))
    assert first.facts == other.facts
    assert first.facts.content == "改了"


def _raised_data() -> dict[str, object]:
    return dict(an_order(RAISED).log[0].data)


def test_the_urge_count_is_the_platform_s_where_it_counts() -> None:
    order = an_order(RAISED, entry(Kind.URGED, at(10), count=3))
    assert (order.urged, order.last_urged_at) == (3, at(10))


def test_hand_over_and_take_over_move_the_claim() -> None:
    order = an_order(RAISED, CLAIM, entry(Kind.HANDED_OVER, at(2), by=ANA, to=BEN))
    assert order.claim is not None
    assert order.claim.by == BEN
    assert an_order(RAISED, CLAIM, entry(Kind.RELEASED, at(2), by=ANA)).claim is None


platform_events = st.lists(
    st.sampled_from(
        [
            entry(kind, at(minutes), key=f"{kind}-{minutes}", **({"reply_id": "r1"} if "reply" in kind.value else {}))
            for kind in (
                Kind.URGED,
                Kind.REPLY_ACCEPTED,
                Kind.REPLY_REJECTED,
                Kind.ANSWERED_ELSEWHERE,
                Kind.TIMED_OUT,
                Kind.CLOSED,
                Kind.VOIDED,
            )
            for minutes in (10, 20, 20, 30)
        ]
    ),
    unique_by=lambda each: each.key,
    max_size=8,
)


@given(platform_events, st.randoms(use_true_random=False))
def test_platform_events_lead_to_the_same_order_in_any_sequence(events: list[Entry], chance: random.Random) -> None:
    shuffled = list(events)
    chance.shuffle(shuffled)
    ours = [CLAIM, QUEUED, DELIVERED]
    one, other = an_order(RAISED, *ours, *events), an_order(RAISED, *shuffled, *ours)
    assert state_of(one, DUE, at(60)) is state_of(other, DUE, at(60))
    assert (one.ending, one.replies, one.urged, met_at(one)) == (
        other.ending,
        other.replies,
        other.urged,
        met_at(other),
    )


@given(platform_events.map(lambda events: list({each.at: each for each in events}.values())))
def test_each_next_event_moves_along_the_table(events: list[Entry]) -> None:
    acts = {
        Kind.URGED: Act.URGED,
        Kind.REPLY_ACCEPTED: Act.ACCEPTED,
        Kind.REPLY_REJECTED: Act.REJECTED,
        Kind.ANSWERED_ELSEWHERE: Act.ANSWERED_ELSEWHERE,
        Kind.TIMED_OUT: Act.TIMED_OUT,
        Kind.CLOSED: Act.CLOSED,
        Kind.VOIDED: Act.VOIDED,
    }
    log = [CLAIM, QUEUED, DELIVERED]
    for event in sorted(events, key=lambda each: each.at):
        before = state_of(an_order(RAISED, *log), DUE, at(60))
        log.append(event)
        after = state_of(an_order(RAISED, *log), DUE, at(60))
        assert after is before or after in LIFECYCLE[before].get(acts[event.kind], ()), (before, event.kind, after)


def test_pauses_are_intervals_with_who_and_why() -> None:
    log = [
        entry(Kind.RESUMED, at(1), by=BEN),  # no beginning
        entry(Kind.PAUSED, at(2), by=ANA, why="courier"),
        entry(Kind.PAUSED, at(3), by=BEN, why="again"),  # one lasts already
        entry(Kind.RESUMED, at(5), by=BEN),
        entry(Kind.PAUSED, at(9), by=BEN, why="customs"),
    ]
    order = an_order(RAISED, *log)
    assert order.pauses == (Pause(at(2), at(5), ANA, "courier"), Pause(at(9), None, BEN, "customs"))
    assert order.pause == order.pauses[1]
    assert an_order(RAISED, *log[:4]).pause is None


def test_the_last_rules_that_an_order_was_put_under_count() -> None:
    assert an_order(RAISED).profile == ("jd-pop", "2026.12")
    log = [entry(Kind.REAPPLIED, at(n), by="operator", name="jd-pop", version=f"2027.{n}") for n in (1, 2)]
    assert an_order(RAISED, *log).profile == ("jd-pop", "2027.2")


ENTRIES = st.builds(
    lambda kind, minutes, reply, minute: Entry(
        kind,
        at(minutes),
        f"{kind}:{minutes}",
        ANA,
        {
            **_raised_data(),
            "version": 2 + minutes,
            "reply_id": reply,
            "text": "今天发出",
            "count": minutes,
            "rung": f"0:{minute}",
            "cause": "unanswered",
            "due_at": at(minute).isoformat(),
            "until": at(minute).isoformat(),
            "cycle": 0,
            "channel": "C1",
            "ts": str(minutes),
            "digest": "D1" if minutes % 2 else "",
            "to": BEN,
            "name": "jd-pop",
        },
    ),
    st.sampled_from(Kind),
    st.integers(1, 400),
    st.sampled_from(["r1", "r2"]),
    st.integers(0, 400),
)


@given(st.lists(ENTRIES, max_size=12, unique_by=lambda each: each.key), st.data())
def test_told_piece_by_piece_it_is_what_its_whole_log_tells(entries: list[Entry], data: st.DataObject) -> None:
    order = an_order(RAISED)
    whole = tell(order.key, order.profile, order.received_at, (*order.log, *entries))
    while entries:
        few = data.draw(st.integers(1, len(entries)))
        order, entries = tell_on(order, entries[:few]), entries[few:]
    assert order == whole
