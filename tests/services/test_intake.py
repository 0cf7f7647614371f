"""Intake: once each, in whatever sequence; what is answered is true after the commit (platform-api.md)."""

from __future__ import annotations

import itertools
import random

import pytest

from coopbot.domain.event import Verdict
from coopbot.domain.lifecycle import State
from coopbot.domain.work_order import OrderKey, ReplyState
from tests.support.office import A17, Office, event, raising


async def test_an_order_is_taken_and_its_card_is_owed(office: Office) -> None:
    (answer,) = await office.take(raising(office.now, id="e1"))
    assert (answer.id, answer.status) == ("e1", Verdict.ACCEPTED)
    assert (await office.sees()).state is State.OPEN
    assert await office.owes() == ["card C0FLAG"]


async def test_the_same_event_again_changes_nothing(office: Office) -> None:
    await office.take(raising(office.now, id="e1"))
    before = await office.order()
    (again,) = await office.take(raising(office.now, id="e1"))
    assert again.status is Verdict.DUPLICATE
    assert await office.order() == before
    assert await office.owes() == ["card C0FLAG"]


async def test_the_same_event_twice_in_one_list(office: Office) -> None:
    answers = await office.take(raising(office.now, id="e1"), raising(office.now, id="e1"))
    assert [answer.status for answer in answers] == [Verdict.ACCEPTED, Verdict.DUPLICATE]


async def test_the_same_order_under_another_id_is_a_duplicate(office: Office) -> None:
    await office.take(raising(office.now, id="e1"))
    assert [a.status for a in await office.take(raising(office.now, id="e2"))] == [Verdict.DUPLICATE]


@pytest.mark.parametrize("again", ["e1", "e2"])
async def test_another_body_is_a_conflict_and_the_operator_hears_of_it(office: Office, again: str) -> None:
    await office.take(raising(office.now, id="e1"))
    (answer,) = await office.take(raising(office.now, id=again, content="something else"))
    assert answer.status is Verdict.CONFLICT
    assert (await office.order()).facts.content == "三天了还没有发货"
    assert await office.owes() == ["card C0FLAG", "operator U0OPS"]


async def test_a_newer_version_updates_facts_and_due_time_and_leaves_a_note(office: Office) -> None:
    await office.take(raising(office.now, id="e1"))
    due = office.now.replace(hour=9)
    await office.take(raising(office.now, id="e2", version=2, content="改了", due_at=due.isoformat()))
    seen = await office.sees()
    assert (seen.order.facts.content, seen.due.at) == ("改了", due)
    assert await office.owes() == ["card C0FLAG", "note C0FLAG", "redraw C0FLAG"]


async def test_an_older_version_changes_nothing(office: Office) -> None:
    await office.take(raising(office.now, id="e2", version=2, content="new"))
    (answer,) = await office.take(raising(office.now, id="e1", version=1, content="old"))
    assert answer.status is Verdict.DUPLICATE
    assert (await office.order()).facts.content == "new"


async def test_an_event_before_its_order_waits_and_applies_then(office: Office) -> None:
    (early,) = await office.take(event("work_order.urged", office.now, id="u1", count=2))
    assert early.status is Verdict.ACCEPTED
    await office.take(raising(office.now, id="e1"))
    assert (await office.order()).urged == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": "dispute"}, "dispute"),
        ({"business_line": "拍拍二手"}, "business_line"),
    ],
)
async def test_what_is_no_work_order_is_refused_kept_and_told(
    office: Office, changes: dict[str, str], reason: str
) -> None:
    (answer,) = await office.take(raising(office.now, id="e1", **changes))
    assert (answer.status, answer.reason) == (Verdict.REFUSED, reason)
    assert await office.owes() == ["refused C0FLAG"]
    assert [a.status for a in await office.take(raising(office.now, id="e1", **changes))] == [Verdict.DUPLICATE]


async def test_an_unknown_type_is_kept_and_ignored(office: Office) -> None:
    (answer,) = await office.take(event("work_order.sneezed", office.now))
    assert answer.status is Verdict.IGNORED


async def test_a_shop_that_nobody_has_goes_to_the_fallback_channel(office: Office) -> None:
    await office.take(raising(office.now, shop_id="99999"))
    assert await office.owes() == ["card C0FALL", "operator U0OPS"]


async def test_an_unknown_class_is_told_with_what_is_allowed(office: Office) -> None:
    (answer,) = await office.take(raising(office.now, **{"class": "vip"}))
    assert answer.status is Verdict.INVALID
    assert "crc" in answer.reason


async def test_answered_elsewhere_calls_our_reply_back_and_returns_the_text(office: Office) -> None:
    await office.take(raising(office.now))
    await office.answer()
    await office.take(event("work_order.answered_elsewhere", office.now, by="console"))
    seen = await office.sees()
    assert seen.state is State.CLOSED
    assert seen.order.replies[0].state is ReplyState.CANCELLED
    owed = await office.owes()
    assert "reply jd" not in owed
    assert "note C0FLAG" in owed


async def test_a_reply_that_was_handed_over_is_not_called_back(office: Office) -> None:
    await office.take(raising(office.now))
    await office.answer()
    await office.delivers_reply()
    await office.take(event("work_order.answered_elsewhere", office.now, by="console"))
    assert (await office.order()).replies[0].state is ReplyState.DELIVERED


async def test_a_rejection_opens_it_again_and_calls_its_author(office: Office) -> None:
    await office.take(raising(office.now))
    await office.answer()
    await office.delivers_reply()
    await office.owes()
    await office.take(event("work_order.reply_rejected", office.now, reply_id="r1", reason="太含糊"))
    assert (await office.sees()).state is State.CLAIMED
    assert await office.owes() == ["note C0FLAG", "redraw C0FLAG"]


async def test_every_sequence_of_the_same_events_ends_in_the_same_order(office: Office) -> None:
    at = office.now
    chance = random.Random(7)
    makes = [
        lambda n: raising(at, work_order_no=n, id=f"{n}-1"),
        lambda n: raising(at, work_order_no=n, id=f"{n}-2", version=2, content="newer"),
        lambda n: event("work_order.urged", at, number=n, id=f"{n}-u", count=1),
        lambda n: event("work_order.timed_out", at, number=n, id=f"{n}-t"),
        lambda n: event("work_order.closed", at, number=n, id=f"{n}-c", reason="done"),
    ]
    ends = set()
    for index, sequence in enumerate(itertools.permutations(makes)):
        number = f"N-{index}"
        events = [make(number) for make in sequence]
        events.insert(chance.randrange(5), events[0])
        for each in events:
            await office.take(each)
        seen = await office.sees(OrderKey("jd", number))
        ending = seen.order.ending
        assert ending is not None
        ends.add((seen.state, seen.order.facts.content, seen.order.urged, ending.kind, ending.at))
    assert len(ends) == 1


async def test_a_list_of_many_is_one_unit_of_work(office: Office) -> None:
    answers = await office.take(*(raising(office.now, work_order_no=f"N-{n}", id=f"e{n}") for n in range(500)))
    assert {answer.status for answer in answers} == {Verdict.ACCEPTED}
    assert len(await office.owes()) == 500


async def test_money_that_the_platform_speaks_of_is_booked_and_revoked_in_either_order(office: Office) -> None:
    issued = event(
        "penalty.issued", office.now, penalty_no="P1", shop_id="10001", kind="fine", amount="30.00",
        issued_at=office.now.isoformat(),
    )  # fmt: skip
    revoked = event("penalty.revoked", office.now, penalty_no="P1", reason="appeal")
    for first, second in ((issued, revoked), (revoked, issued)):
        await office.take(first)
        await office.take(second)
    entries = await office.ledger(A17)
    assert [(entry.amount, entry.state.value, bool(entry.reverses)) for entry in entries] == [
        (3000, "issued", False),
        (3000, "revoked", True),
    ]
