"""The grace before a reply leaves: one hurdle for each answer, and what was stopped stays with its author."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from coopbot.clock import wall
from coopbot.domain.intent import Lane, Owed, What
from coopbot.domain.lifecycle import State
from coopbot.domain.work_order import ReplyState
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services import answering, drafts
from coopbot.services.answering import Draft
from tests.support.office import A17, Office, raising
from tests.support.world import ANA, BEN, LEAD, OUTSIDER, a_desk, a_team

TEXT = "今天 18:00 前发出"


async def answers(office: Office, *, asked: bool = False, id: str = "r1") -> timedelta | None:
    """Ana answers; how long it stays, None when it may leave at once."""
    real = wall()
    draft = Draft(TEXT, asked=asked)
    await office.store.run(answering.answer, office.now, office.desk, ANA, A17, draft, id, real)

    def owed(tx: Tx) -> list[Owed]:
        return list(tx.outbox.claim(Lane.PLATFORM, real + timedelta(hours=1), 10, 60))

    (reply,) = [each for each in await office.store.run(owed) if each.intent.what is What.REPLY]
    return reply.intent.not_before - real if reply.intent.not_before else None


async def test_free_text_stays_ten_seconds_and_is_not_taken_before(office: Office) -> None:
    await office.take(raising(office.now))
    real = wall()
    await office.store.run(answering.answer, office.now, office.desk, ANA, A17, Draft(TEXT), "r1", real)

    def taken(tx: Tx, after: float) -> int:
        return len(tx.outbox.claim(Lane.PLATFORM, real + timedelta(seconds=after), 10, 60))

    assert await office.store.run(taken, 9.9) == 0
    assert await office.store.run(taken, 10.1) == 1
    assert (await office.order()).replies[0].grace_s == 10


async def test_what_was_confirmed_leaves_at_once(office: Office) -> None:
    await office.take(raising(office.now))
    assert await answers(office, asked=True) is None


@pytest.mark.parametrize(("left", "stays"), [(11, timedelta(seconds=10)), (9, None), (-5, None)])
async def test_near_the_deadline_nothing_waits(office: Office, left: int, stays: timedelta | None) -> None:
    await office.take(raising(office.now))
    office.now = (await office.sees()).due.at - timedelta(minutes=left)
    assert await answers(office) == stays


@pytest.mark.parametrize(("own", "stays"), [(timedelta(seconds=3), timedelta(seconds=3)), (timedelta(0), None)])
async def test_the_team_sets_its_own(office: Office, own: timedelta, stays: timedelta | None) -> None:
    office.desk = a_desk(a_team(undo_for=own))
    await office.take(raising(office.now))
    assert await answers(office) == stays


async def test_the_profile_may_want_none(office: Office) -> None:
    rules = replace(office.desk.profile, undo_for=timedelta(0))
    office.desk = replace(office.desk, profile=rules, profiles={(rules.name, rules.version): rules})
    await office.take(raising(office.now))
    assert await answers(office) is None


async def test_undo_opens_the_order_again_and_its_author_has_the_text(office: Office) -> None:
    await office.take(raising(office.now))
    run = office.store.run
    await run(answering.answer, office.now, office.desk, ANA, A17, Draft(TEXT), "r1", wall())
    await run(answering.undo, office.now, office.desk, LEAD, A17)
    seen = await office.sees()
    assert (seen.state, seen.order.replies[0].state) == (State.CLAIMED, ReplyState.CANCELLED)
    assert await office.store.read(drafts.read, office.now, ANA, A17) == TEXT
    assert await office.store.read(drafts.read, office.now, BEN, A17) == ""
    owed = await office.sends()
    notes = [each.intent.args for each in owed if each.intent.what is What.NOTE]
    assert [(note["code"], note["mention"], note["facts"]["text"]) for note in notes] == [
        ("reply_cancelled", [ANA], TEXT)
    ]
    assert not [each for each in owed if each.intent.what is What.REPLY]


async def test_a_colleague_does_not_stop_what_is_anothers(office: Office) -> None:
    """Its author may, and a lead; and who has the order, should it have been handed over meanwhile."""
    await office.take(raising(office.now))
    run = office.store.run
    await run(answering.answer, office.now, office.desk, ANA, A17, Draft(TEXT), "r1", wall())
    with pytest.raises(Refusal) as refused:
        await run(answering.undo, office.now, office.desk, BEN, A17)
    assert (refused.value.code, refused.value.facts["by"]) == ("not_your_reply", ANA)
    assert (await office.order()).standing_reply is not None
    await run(answering.undo, office.now, office.desk, ANA, A17)
    assert (await office.order()).standing_reply is None


async def test_a_redelivered_submission_does_not_revive_what_was_stopped(office: Office) -> None:
    await office.take(raising(office.now))
    run = office.store.run
    for _ in range(2):
        await run(answering.answer, office.now, office.desk, ANA, A17, Draft(TEXT, view="V1"), "r1", wall())
        order = await office.order()
        if order.standing_reply:
            await run(answering.undo, office.now, office.desk, ANA, A17)
    assert [reply.state for reply in (await office.order()).replies] == [ReplyState.CANCELLED]
    assert await office.store.read(drafts.read, office.now, ANA, A17) == TEXT


async def test_too_late_and_from_outside(office: Office) -> None:
    await office.take(raising(office.now))
    run = office.store.run
    with pytest.raises(Refusal, match="cannot_undo"):
        await run(answering.undo, office.now, office.desk, ANA, A17)
    await run(answering.answer, office.now, office.desk, ANA, A17, Draft(TEXT), "r1", wall())
    with pytest.raises(Refusal, match="not_a_member"):
        await run(answering.undo, office.now, office.desk, OUTSIDER, A17)

    def leaves(tx: Tx) -> int:
        return len(tx.outbox.claim(Lane.PLATFORM, wall() + timedelta(seconds=11), 10, 60))

    assert await office.store.run(leaves) == 1
    with pytest.raises(Refusal, match="cannot_undo"):
        await run(answering.undo, office.now, office.desk, ANA, A17)
    assert (await office.order()).standing_reply is not None
