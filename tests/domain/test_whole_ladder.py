"""All that a ladder may ask for: conditions, repeats, people, and a team's own rungs."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.domain.calendar import parse_hours
from coopbot.domain.calling import EVERYBODY, Call, call, duty_note, sparing
from coopbot.domain.escalation import decide, steps
from coopbot.domain.ladder import read_ladder
from coopbot.domain.reading import Reader
from coopbot.domain.rota import Shift
from coopbot.domain.seen import deadline, see
from coopbot.domain.team import Team
from coopbot.domain.work_order import Entry, Kind, WorkOrder
from coopbot.errors import Mistake
from tests.domain.test_escalation import an_order_with, looked_at, story
from tests.support.ladders import a_team_with, rungs
from tests.support.world import (
    ANA,
    BEN,
    BOSS,
    EVERY_DAY,
    LEAD,
    SHANGHAI,
    a_desk,
    a_team,
    an_order,
    entry,
    jd_pop,
    queued,
    shanghai,
)

CRC = shanghai("2026-11-23 10:00")  # due 14:00
NOON = shanghai("2026-11-23 12:00")


def fired(team: Team, order: WorkOrder, now: datetime = NOON) -> list[str]:
    decision = decide(order, a_desk(team), now)
    return ([decision.fire.name] if decision.fire else []) + [f"-{s.name}: {s.why}" for s in decision.superseded]


def only(*conditions: str) -> dict[str, Any]:
    return {"key": "r", "at": "50%", "channel": "thread", "only_if": list(conditions)}


CLAIMED = entry(Kind.CLAIMED, CRC, by=BEN)
REJECTED = (queued("r0", CRC), entry(Kind.REPLY_REJECTED, CRC, reply_id="r0"))
NOBODY = {"on_call": (Shift(EVERY_DAY, time(9), time(10), (ANA,)),)}
SHORT = {"hours": parse_hours("Mon-Sun 13:30-19:00", SHANGHAI)}


@pytest.mark.parametrize(
    ("condition", "holds", "fails"),
    [
        ("unclaimed", an_order(CRC), an_order(CRC, CLAIMED)),
        ("claimed", an_order(CRC, CLAIMED), an_order(CRC)),
        ("unanswered", an_order(CRC), an_order(CRC, *REJECTED)),
        ("class:crc", an_order(CRC), an_order(CRC - timedelta(hours=10), **{"class": "general"})),
        ("amount:50000", an_order(CRC, amount="500.00"), an_order(CRC, amount="499.99")),
    ],
)
def test_a_condition_of_the_order(condition: str, holds: WorkOrder, fails: WorkOrder) -> None:
    team = a_team_with(only(condition))
    assert fired(team, holds) == ["r"]
    assert fired(team, fails) == [f"-r: {condition}"]


@pytest.mark.parametrize(
    ("condition", "holds", "fails"),
    [("in_shift", {}, SHORT), ("nobody_on_call", NOBODY, {}), ("staffed_short", SHORT, {})],
)
def test_a_condition_of_the_team(condition: str, holds: dict[str, Any], fails: dict[str, Any]) -> None:
    assert fired(a_team_with(only(condition), **holds), an_order(CRC)) == ["r"]
    assert fired(a_team_with(only(condition), **fails), an_order(CRC)) == [f"-r: {condition}"]


def test_all_conditions_are_wanted_and_the_first_that_fails_is_the_reason() -> None:
    assert fired(a_team_with(only("unclaimed", "class:general", "claimed")), an_order(CRC)) == ["-r: class:general"]


def test_a_louder_rung_whose_condition_fails_does_not_silence_the_quieter() -> None:
    team = a_team_with({"key": "low", "at": "50%", "channel": "thread"}, {**only("claimed"), "key": "high"})
    assert fired(team, an_order(CRC)) == ["low", "-high: claimed"]


def test_claimed_and_unclaimed_orders_climb_different_ladders() -> None:
    team = a_team_with(
        {"key": "take", "at": "start+15m", "channel": "channel", "only_if": ["unclaimed"]},
        {"key": "reply", "at": "start+30m", "channel": "thread", "only_if": ["claimed"]},
    )
    half_past = CRC + timedelta(minutes=30)
    assert fired(team, an_order(CRC), half_past) == ["take", "-reply: claimed"]
    assert fired(team, an_order(CRC, CLAIMED), half_past) == ["reply", "-take: unclaimed"]


def again(**changes: Any) -> dict[str, Any]:
    repeat = {"every": "30m", "most": 3}
    return {"key": "75", "at": "75%", "channel": "channel", "mentions": ["on_call"], "repeat": repeat, **changes}


def test_a_rung_is_said_again_up_to_its_cap() -> None:
    desk = a_desk(a_team_with(again(at="50%")))
    told = [(when, step) for when, step in story(an_order(CRC), desk) if "late" not in step]
    assert told == [("23 12:00", "75"), ("23 12:30", "75:1"), ("23 13:00", "75:2"), ("23 13:30", "75:3")]


def test_repeats_end_at_the_due_time_and_at_a_louder_rung() -> None:
    late = a_desk(a_team_with(again()))
    assert [step for _, step in story(an_order(CRC), late)] == ["75", "75:1", "75:2", "late: unanswered"]
    louder = a_desk(a_team_with(again(), {"key": "lead", "at": "due-40m", "channel": "channel"}))
    assert [step for _, step in story(an_order(CRC), louder)] == ["75", "lead", "late: unanswered"]


def test_a_repeat_stops_with_an_answer() -> None:
    desk = a_desk(a_team_with(again(at="50%")))
    order, _ = looked_at(an_order(CRC), desk, NOON)
    order = an_order_with(order, queued("r1", NOON + timedelta(minutes=1)))
    assert decide(order, desk, NOON + timedelta(hours=1)).fire is None


def test_a_teams_own_ladder_goes_before_the_profiles() -> None:
    team = a_team_with({"key": "own", "at": "50%", "channel": "thread"})
    assert [step for _, step in story(an_order(CRC), a_desk(team))] == ["own", "late: unanswered"]


CONDITIONS = ["unclaimed", "claimed", "unanswered", "in_shift", "nobody_on_call", "staffed_short", "class:crc"]
ROW = st.fixed_dictionaries(
    {
        "at": st.sampled_from(["10%", "50%", "90%", "due", "due-1h", "due+30m", "start+15m"]),
        "channel": st.sampled_from(["thread", "channel"]),
        "mentions": st.lists(st.sampled_from(["claimant", "on_call", "round_robin", "channel"]), max_size=2),
        "only_if": st.lists(st.sampled_from(CONDITIONS), max_size=2),
        "repeat": st.sampled_from([{"every": "20m", "most": 2}, {"every": "3h", "most": 5}]),
    }
)
ACTS = st.sampled_from(["look", "claim", "release", "reject", "answer"])


@given(st.lists(ROW, min_size=1, max_size=4), st.lists(st.tuples(st.integers(1, 600), ACTS), max_size=8))
def test_for_any_ladder_and_history_no_step_twice_none_after_an_answer_none_unrecorded(
    rows: list[dict[str, Any]], acts: list[tuple[int, str]]
) -> None:
    desk = a_desk(a_team_with(*({"key": f"k{index}", **row} for index, row in enumerate(rows))))
    order, now, spoken, known = an_order(CRC), CRC, [], set()
    for index, (minutes, act) in enumerate([*acts, (60 * 24 * 4, "look")]):
        now += timedelta(minutes=minutes)
        order, decision = looked_at(order, desk, now)
        known |= {step.key for step in (*decision.superseded, *([decision.fire] if decision.fire else []))}
        assert all(step.why for step in decision.superseded)
        if decision.fire is not None:
            assert order.standing_reply is None
            spoken.append(decision.fire.key)
        order = an_order_with(order, *history(order, act, now, index))
    assert len(spoken) == len(set(spoken))
    assert known == order.fired
    its_due = deadline(order, jd_pop(), now)
    waiting = steps(order, jd_pop(), desk.teams[0], its_due)
    assert order.standing_reply is not None or all(step.speaks_at > now for step in waiting)


def history(order: WorkOrder, act: str, now: datetime, index: int) -> list[Entry]:
    standing = order.standing_reply
    if act == "claim" and order.claim is None:
        return [entry(Kind.CLAIMED, now, by=ANA)]
    if act == "release" and order.claim is not None:
        return [entry(Kind.RELEASED, now, by=ANA)]
    if act == "answer" and standing is None:
        return [queued(f"r{index}", now)]
    if act == "reject" and standing is not None:
        return [entry(Kind.REPLY_REJECTED, now, reply_id=standing.reply_id)]
    return []


def calls(*mentions: str, team: Team | None = None, gone: tuple[str, ...] = (), turn: int = 0) -> Call:
    (rung,) = rungs({"key": "r", "at": "50%", "channel": "channel", "mentions": list(mentions)})
    return call(see(an_order(CRC), a_desk(team or a_team_with()), NOON), rung, gone, turn)


def test_everybody_named_people_and_user_groups() -> None:
    assert calls("channel").users == (EVERYBODY,)
    assert calls("user:U0X", "usergroup:S0CARE") == Call(("U0X", "S0CARE"), "named")


def test_a_round_robin_takes_those_on_shift_in_turn() -> None:
    assert [calls("round_robin", turn=turn).users for turn in range(3)] == [(ANA,), (BEN,), (ANA,)]
    assert calls("round_robin", team=a_team_with(**NOBODY)).users == (LEAD,)


def test_who_has_left_is_replaced_by_the_next_and_named_to_the_owner() -> None:
    assert calls("on_call", gone=(ANA,)) == Call((BEN,), "nobody_on_call", missing=(ANA,))
    assert calls("on_call", gone=(ANA, BEN)).users == (LEAD,)
    assert calls("lead", gone=(LEAD,)).users == (ANA,)
    assert calls("user:U0X", gone=("U0X",)).users == (ANA,)
    assert calls("on_call", gone=(ANA, BEN, LEAD)).users == (BOSS,)


def test_a_role_that_nobody_has_calls_the_next_above() -> None:
    alone = a_team(on_call=(Shift(EVERY_DAY, time(9), time(19), (ANA,)),))
    assert calls("backup", team=alone) == Call((LEAD,), "backup")
    assert calls("backup", team=a_team_with(leads=())).users == (BEN,)
    assert calls("lead", team=a_team_with(leads=())).users == (BOSS,)
    assert calls("manager", team=a_team_with(managers=())).users == (LEAD,)
    assert calls("claimant").users == ()


def test_a_claimant_who_has_left_leaves_the_order_to_the_on_call() -> None:
    it = see(an_order(CRC, entry(Kind.CLAIMED, CRC, by=BEN)), a_desk(), NOON)
    assert call(it, None, (BEN,)).users == (ANA,)


def test_nobody_is_named_twice_for_the_same_thing_within_the_gap() -> None:
    said = entry(Kind.REMINDED, NOON, key="rung:0:50", rung="0:50", called=[ANA])
    both = Call((ANA, LEAD), "on_call")
    gap = timedelta(minutes=5)
    assert sparing(both, an_order(CRC, said), NOON + timedelta(minutes=4), gap) == Call((LEAD,), "on_call", (ANA,))
    assert sparing(both, an_order(CRC, said), NOON + gap, gap) == both


def test_the_card_says_that_nobody_was_on_call() -> None:
    assert duty_note(see(an_order(CRC), a_desk(a_team_with(**NOBODY)), NOON)) == "nobody_on_call"
    assert duty_note(see(an_order(CRC), a_desk(), NOON)) == ""


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ({"only_if": ["amount:much"]}, "only_if"),
        ({"only_if": ["classy"]}, "only_if"),
        ({"channel": "webhook"}, "to"),
        ({"channel": "transfer"}, "to"),
        ({"channel": "direct"}, "mentions"),
        ({"key": "a:b"}, "key"),
        ({"key": "urge"}, "key"),
    ],
)
def test_a_rung_that_could_not_work_is_a_mistake(row: dict[str, Any], key: str) -> None:
    mistakes: list[Mistake] = []
    read_ladder([Reader({"key": "r", "at": "50%", "channel": "thread", **row}, mistakes, "l")])
    assert [each.key for each in mistakes] == [f"l.{key}"]
