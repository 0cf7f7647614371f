"""Whoever presses what in whatever sequence: no answer that needs a second person leaves without one.

Generated stories are played on a real store; the log and what is owed to the platform are the judges.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coopbot.clock import wall
from coopbot.domain import approval
from coopbot.domain.approval import Standing
from coopbot.domain.approval_rules import Case, OwnApproval
from coopbot.domain.intent import Lane, What
from coopbot.domain.work_order import Kind, WorkOrder
from coopbot.errors import Refusal
from coopbot.ports import Sent
from coopbot.services import answering, outcomes, verdicts
from coopbot.services.answering import Draft
from tests.support.databases import a_store
from tests.support.office import A17, Office, event, raising
from tests.support.world import ANA, BEN, BOSS, LEAD, OUTSIDER, a_desk, a_team, shanghai

PEOPLE = (ANA, BEN, LEAD, BOSS, OUTSIDER)
VERDICTS = ("approve", "decline", "withdraw", "send_alone")
ACTS = ("claim", "release", "take_over", "undo")
EVENTS = ("answered_elsewhere", "closed", "voided", "timed_out")
STARTS = ("2026-11-23 10:00", "2026-11-23 18:50", "2026-11-23 22:00")
STEPS = st.one_of(
    st.tuples(st.just("answer"), st.sampled_from(PEOPLE), st.integers(0, 3)),
    st.tuples(st.sampled_from(VERDICTS), st.sampled_from(PEOPLE), st.integers(0, 3)),
    st.tuples(st.sampled_from(VERDICTS), st.sampled_from((ANA, LEAD, BOSS)), st.just(-1)),
    st.tuples(st.sampled_from(ACTS), st.sampled_from(PEOPLE), st.just(0)),
    st.tuples(st.just("hand_over"), st.sampled_from(PEOPLE), st.integers(0, 4)),
    st.tuples(st.just("later"), st.just(ANA), st.sampled_from((1, 5, 16, 240))),
    st.tuples(st.just("delivered"), st.just(ANA), st.integers(0, 1)),
    st.tuples(st.sampled_from(EVENTS), st.just(ANA), st.just(0)),
)


async def plays(office: Office, step: tuple[str, str, int], count: int) -> None:
    """One step; what is refused changes nothing and is no matter here."""
    name, who, which = step
    run, now, desk = office.store.run, office.now, office.desk
    ids = [each.id for each in approval.requests(await office.order())] or ["none"]
    try:
        if name == "answer":
            draft = Draft(f"今天 18:00 前发出，单号 SF{which}", view=f"V{which}")
            await run(answering.answer, now, desk, who, A17, draft, f"r{count}", wall())
        elif name in ("approve", "withdraw"):
            await run(getattr(verdicts, name), now, desk, who, A17, ids[which % len(ids)])
        elif name in ("decline", "send_alone"):
            reason = "  " if which == 3 else "夜间只有我"
            await run(getattr(verdicts, name), now, desk, who, A17, ids[which % len(ids)], reason, "V9")
        elif name == "hand_over":
            await run(answering.hand_over, now, desk, who, A17, PEOPLE[which])
        elif name in ACTS:
            await run(getattr(answering, name), now, desk, who, A17)
        elif name == "later":
            office.later(minutes=which)
            await office.sweep()
        elif name == "delivered":
            for owed in await office.claims(Lane.PLATFORM):
                if owed.intent.what is What.REPLY:
                    sent = Sent("ok" if which else "rejected")
                    await run(outcomes.reply_taken, now, desk, owed, wall(), sent)
        else:
            await office.take(event(f"work_order.{name}", now, id=f"e{count}"))
    except Refusal:
        pass


def judge(order: WorkOrder) -> None:
    let_go: dict[str, str] = {}
    asked: dict[str, Any] = {}
    for entry in order.log:
        identity = str(entry.data.get("approval") or "")
        if entry.kind is Kind.APPROVAL_ASKED:
            asked[identity] = entry
        elif entry.kind is Kind.APPROVAL_GIVEN:
            assert entry.by in (LEAD, BOSS)
            assert entry.by != asked[identity].by
            let_go[identity] = entry.by
        elif entry.kind is Kind.APPROVAL_OVERRIDDEN:
            assert entry.by == asked[identity].by
            assert str(entry.data["reason"]).strip()
            let_go[identity] = entry.by
        elif entry.kind is Kind.REPLY_QUEUED:
            reply_id = str(entry.data["reply_id"])
            assert reply_id in let_go, "left without a second person"
            assert (entry.by, entry.data["text"]) == (asked[reply_id].by, asked[reply_id].data["answer"]["text"])
    waiting = [each for each in approval.requests(order) if each.standing is Standing.PENDING]
    assert len(waiting) <= 1
    if waiting:
        assert order.ending is None
        assert order.claim is not None
        assert order.claim.by == waiting[0].by


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(STARTS), st.lists(STEPS, min_size=3, max_size=14))
async def test_nothing_leaves_without_a_second_person(start: str, steps: list[tuple[str, str, int]]) -> None:
    team = a_team(approval=OwnApproval(when=(Case(),)))
    with TemporaryDirectory() as folder:
        async with a_store(f"sqlite:///{Path(folder, 'office.db')}") as store:
            office = Office(store, a_desk(team), shanghai(start))
            await office.take(raising(office.now))
            for count, step in enumerate((("answer", ANA, 0), *steps)):
                await plays(office, step, count)
                judge(await office.order())
            let_go = {
                each.id
                for each in approval.requests(await office.order())
                if each.standing in (Standing.APPROVED, Standing.OVERRIDDEN)
            }
            owed = [each.intent.key for each in await office.sends() if each.intent.what is What.REPLY]
            assert len(owed) == len(set(owed))
            assert set(owed) <= let_go
