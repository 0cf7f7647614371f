"""For any history: no rung twice, none after an answer, none skipped without a recorded reason; on both databases."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coopbot.domain.escalation import heard_at, steps
from coopbot.domain.intent import What
from coopbot.domain.seen import deadline
from coopbot.domain.work_order import Kind, OrderKey
from coopbot.errors import Refusal
from coopbot.services import answering
from coopbot.services.answering import Draft
from coopbot.store import OpenStore
from tests.support.office import Office, event, raising
from tests.support.world import ANA, BEN, a_desk, jd_pop, shanghai

ACTS = st.sampled_from(["look", "look", "claim", "release", "hand over", "answer", "reject", "urge", "close"])
HISTORIES = st.lists(st.tuples(st.integers(1, 300), ACTS), max_size=12)
numbers = count(1)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HISTORIES, st.sampled_from(["crc", "general"]), st.integers(0, 24 * 60))
async def test_each_rung_once_none_after_an_answer_none_unrecorded(
    store: OpenStore, history: Sequence[tuple[int, str]], order_class: str, minute: int
) -> None:
    office = Office(store, a_desk(), shanghai("2026-11-23 00:00"))
    office.later(minutes=minute)
    key = OrderKey("jd", f"P-{next(numbers)}")
    facts: dict[str, Any] = {"work_order_no": key.number, "class": order_class}
    await office.take(raising(office.now, **facts))
    said: list[str] = []
    for nth, (minutes, act) in enumerate([*history, (5 * 24 * 60, "look")]):
        office.later(minutes=minutes)
        before = await office.order(key)
        if act == "look":
            said += await looked(office, key)
            after = await office.order(key)
            fresh = [each for each in after.log[len(before.log) :] if each.kind is Kind.REMINDED]
            assert not (fresh and (before.standing_reply or before.ending)), "reminded of what is answered"
        else:
            await does(office, act, key, nth)
    order = await office.order(key)
    assert len(said) == len(set(said)), said
    recorded = [each.data["rung"] for each in order.log if each.kind in (Kind.REMINDED, Kind.SUPERSEDED)]
    assert len(recorded) == len(set(recorded))
    assert set(said) <= set(recorded)
    assert all(each.data["why"] for each in order.log if each.kind is Kind.SUPERSEDED)
    if order.standing_reply is None and order.ending is None:
        its_due = deadline(order, jd_pop(), office.now)
        team, now = office.desk.teams[0], office.now
        waiting = [
            heard_at(step, order, jd_pop(), team, its_due, now) for step in steps(order, jd_pop(), team, its_due)
        ]
        assert all(at > now for at in waiting), "due, and neither said nor passed over"


async def looked(office: Office, key: OrderKey) -> list[str]:
    """Sweep; the steps of the order in what then leaves."""
    while (await office.sweep()).more:
        pass
    leaving = [each.intent.args["items"] for each in await office.sends() if each.intent.what is What.REMINDER]
    return [item["step"] for items in leaving for item in items if item["order"] == str(key)]


async def does(office: Office, act: str, key: OrderKey, nth: int) -> None:
    """What the team or the platform does, as far as it may."""
    reply = (await office.order(key)).standing_reply
    team: dict[str, tuple[Callable[..., Any], Sequence[Any]]] = {
        "claim": (answering.claim, (ANA, key)),
        "release": (answering.release, (ANA, key)),
        "hand over": (answering.hand_over, (ANA, key, BEN)),
        "answer": (answering.answer, (ANA, key, Draft("今天 18:00 前发出"), f"r{nth}")),
    }
    if act in team:
        service, args = team[act]
        with contextlib.suppress(Refusal):
            await office.store.run(service, office.now, office.desk, *args)
    elif act == "reject" and reply is not None:
        await office.take(event("work_order.reply_rejected", office.now, number=key.number, reply_id=reply.reply_id))
    elif act in ("urge", "close"):
        name = {"urge": "urged", "close": "closed"}[act]
        await office.take(event(f"work_order.{name}", office.now, number=key.number, count=nth, reason="?"))
