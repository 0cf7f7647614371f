"""Whom an approval is asked of and when: never past the order's own time, each step once, nobody who is not there."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopbot.domain import approval, approval_steps
from coopbot.domain.approval_rules import ApprovalRules, Case, OwnApproval
from coopbot.domain.roster import Standin
from coopbot.domain.rota import Shift
from coopbot.domain.seen import deadline
from coopbot.domain.team import Desk, Team
from coopbot.domain.work_order import Entry, Kind, WorkOrder
from tests.support.world import ANA, BEN, BOSS, EVERY_DAY, LEAD, a_desk, a_team, an_order, entry, shanghai

RAISED = shanghai("2026-11-23 10:00")
NIGHT = shanghai("2026-11-23 22:00")
MINUTE = timedelta(minutes=1)


def asked(at: datetime, *called: str) -> Entry:
    answer = {"reply_id": "r1", "text": "今天 18:00 前发出", "preset_code": None, "fields": {}, "view": "V1"}
    data = {"approval": "r1", "answer": answer, "view": "V1", "called": list(called)}
    return Entry(Kind.APPROVAL_ASKED, at, "approval:r1", ANA, data)


def reachable(team: Team, at: datetime, *, author: str = ANA, gone: frozenset[str] = frozenset()) -> tuple[str, ...]:
    return approval.reachable(team, ApprovalRules(), at, author=author, gone=gone)


def test_leads_first_then_managers_and_never_the_author() -> None:
    assert reachable(a_team(), RAISED) == (LEAD, BOSS)
    assert reachable(a_team(), RAISED, author=LEAD) == (BOSS,)
    assert reachable(a_team(), RAISED, gone=frozenset({LEAD})) == (BOSS,)


def test_who_is_on_call_goes_first_then_the_backup() -> None:
    team = a_team(leads=(LEAD, BEN), on_call=(Shift(EVERY_DAY, time(9), time(19), (BOSS,), (BEN,)),))
    assert reachable(team, RAISED) == (BOSS, BEN, LEAD)


def test_outside_the_team_s_hours_only_who_is_on_call_can_be_reached() -> None:
    assert reachable(a_team(), NIGHT) == ()
    team = a_team(on_call=(Shift(EVERY_DAY, time(19), time(9), (ANA,), (BOSS,)),))
    assert reachable(team, NIGHT) == (BOSS,)
    away = Standin("s1", "leave", BOSS, NIGHT, NIGHT + 60 * MINUTE)
    assert reachable(a_team(on_call=team.on_call, standins=(away,)), NIGHT) == ()


@pytest.mark.parametrize(
    ("case", "class_code", "scene", "amount", "covered"),
    [
        (Case(), "general", "other", 0, True),
        (Case(classes=("crc",)), "general", "other", 0, False),
        (Case(scenes=("refund",), over=100), "crc", "refund", 101, True),
        (Case(scenes=("refund",), over=100), "crc", "refund", 100, False),
        (Case(scenes=("refund",), over=0), "crc", "invoice", 100, False),
    ],
)
def test_a_case_covers_what_meets_all_of_it(
    case: Case, class_code: str, scene: str, amount: int, covered: bool
) -> None:
    assert case.covers(class_code, scene, amount) is covered


def test_of_two_verdicts_the_first_counts() -> None:
    given_ = entry(Kind.APPROVAL_GIVEN, RAISED + 2 * MINUTE, by=LEAD, approval="r1")
    declined = entry(Kind.APPROVAL_DECLINED, RAISED + 3 * MINUTE, by=BOSS, approval="r1", reason="x")
    (found,) = approval.requests(an_order(RAISED, asked(RAISED, LEAD), given_, declined))
    assert (found.standing, found.settled_by) == (approval.Standing.APPROVED, LEAD)


def a_desk_with(within: timedelta, margin: timedelta) -> Desk:
    return a_desk(a_team(approval=OwnApproval(when=(Case(),), within=within, margin=margin)))


def walk(order: WorkOrder, desk: Desk, start: datetime, minutes: int, kind: str) -> list[tuple[datetime, Entry]]:
    """Look whenever a look is planned; what is said then."""
    now, found = start, []
    while (look := approval_steps.next_look(order, desk, now)) is not None and look <= start + minutes * MINUTE:
        now = max(now, look)
        (said,) = approval_steps.entries(order, desk, now)
        found.append((now, said))
        order = an_order(RAISED, *order.log[1:], said, **{"class": kind})
    return found


@settings(deadline=None)
@given(
    after=st.integers(0, 24 * 60),
    within=st.integers(1, 120),
    margin=st.integers(0, 120),
    called=st.booleans(),
    kind=st.sampled_from(["crc", "general"]),
)
def test_their_time_never_reaches_the_order_s_and_each_step_is_said_once(
    after: int, within: int, margin: int, called: bool, kind: str
) -> None:
    at = RAISED + after * MINUTE
    desk = a_desk_with(within * MINUTE, margin * MINUTE)
    order = an_order(RAISED, asked(at, *((LEAD,) if called else ())), **{"class": kind})
    (waits,) = approval.requests(order)
    due = deadline(order, desk.rules_for(order), at).at
    ends = approval_steps.ends_at(order, waits, desk, at)
    assert at <= ends <= max(at, due - margin * MINUTE)
    assert approval_steps.may_send_alone(order, waits, desk, ends)
    said = walk(order, desk, at, 3 * 24 * 60, kind)
    keys = [each.key for _, each in said]
    assert len(keys) == len(set(keys))
    assert keys[-1].endswith(":end")
    assert said[-1][0] == ends
    assert all(at <= moment <= ends for moment, _ in said)
    assert all(ANA not in each.data["called"] for _, each in said)
