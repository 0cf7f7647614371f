"""A promise opens when the platform takes the answer, is brought up to its owner, and ends once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from coopbot.clock import wall
from coopbot.delivery.render import render
from coopbot.delivery.rendered import Moot
from coopbot.domain.intent import Lane, What
from coopbot.domain.people import Person
from coopbot.domain.promise import Evidence, Promise, PromiseState
from coopbot.domain.roster import Standin
from coopbot.domain.template import Template
from coopbot.domain.work_order import Kind, OrderKey
from coopbot.errors import Refusal
from coopbot.services import answering, promises, reading, template_store
from coopbot.services.answering import Draft
from coopbot.store import OpenStore
from coopbot.views.language import Catalogues
from tests.support.office import A17, Office, event, raising
from tests.support.world import ANA, BEN, LEAD, OUTSIDER, a_desk, a_team, shanghai

SHIP_BY = "2026-11-23 15:00"
EVIDENCE = Evidence("已发出", "", "SF123")


@pytest.fixture
def office(store: OpenStore) -> Office:
    """On both databases."""
    return Office(store, a_desk())


async def promises_(
    office: Office, *, until: str = SHIP_BY, by: str = ANA, key: OrderKey = A17, id: str = "r1", **more: Any
) -> None:
    """``by`` answers with a promised time; nothing has left yet."""
    fields = {"promised_at": shanghai(until).isoformat()}
    draft = Draft(f"将于 {until} 前发出", more.pop("preset_code", "ship_by"), fields)
    await office.store.run(answering.answer, office.now, office.desk, by, key, draft, id, **more)


async def promised(office: Office, **how: Any) -> Promise:
    """An order came in and was answered with a promise, which the platform took; all that is owed has left."""
    number = how.get("key", A17).number
    await office.take(raising(office.now, work_order_no=number, **how.pop("facts", {})))
    await promises_(office, **how)
    await office.delivers_reply()
    await office.sends()
    (promise,) = (await office.sees(how.get("key", A17))).promises
    return promise


async def said(office: Office) -> list[tuple[str, list[str]]]:
    """Sweep; the notes about promises that are then owed, and whom they call."""
    await office.sweep()
    return [
        (each.intent.args["code"], each.intent.args["mention"])
        for each in await office.sends()
        if each.intent.what is What.NOTE and each.intent.args["code"].startswith("promise")
    ]


async def state(office: Office, key: OrderKey = A17) -> PromiseState:
    return (await office.sees(key)).promises[-1].state


async def test_it_opens_when_the_platform_takes_the_answer_not_before(office: Office) -> None:
    await office.take(raising(office.now))
    await promises_(office)
    assert (await office.sees()).promises == ()
    office.later(minutes=5)
    await office.delivers_reply()
    (promise,) = (await office.sees()).promises
    assert (promise.owner, promise.opened_at, promise.due_at) == (ANA, office.now, shanghai(SHIP_BY))
    assert promise.what["zh-CN"] == "发货"


async def test_a_stopped_and_a_refused_answer_promise_nothing(office: Office) -> None:
    await office.take(raising(office.now))
    await promises_(office, real=wall())
    await office.store.run(answering.undo, office.now, office.desk, ANA, A17)
    await promises_(office, id="r2")
    await office.delivers_reply("rejected")
    assert [each.state for each in (await office.sees()).promises] == [PromiseState.DROPPED]
    assert await said(office) == []


async def test_a_preset_may_say_within_how_long(office: Office) -> None:
    await office.take(raising(office.now, scene="logistics"))
    draft = Draft("同意全额退款，我们当日审核通过。", "refund_lost")
    await office.store.run(answering.answer, office.now, office.desk, ANA, A17, draft, "r1")
    office.later(minutes=10)
    await office.delivers_reply("already_replied")
    (promise,) = (await office.sees()).promises
    assert promise.due_at == office.now + timedelta(hours=24)
    assert promise.what["en"] == "approve the refund"


async def test_its_owner_is_reminded_before_it_is_due_and_once(office: Office) -> None:
    await promised(office)
    due = shanghai(SHIP_BY)
    office.now = due - timedelta(hours=2, seconds=1)
    assert await said(office) == []
    office.later(seconds=1)
    assert await said(office) == [("promise_due", [ANA])]
    office.now = due - timedelta(minutes=15)
    assert await said(office) == [("promise_due", [ANA])]
    assert await said(office) == []


async def test_looks_at_the_same_moment_say_it_once(office: Office) -> None:
    """As of two replicas; the database says once."""
    await promised(office)
    office.now = shanghai(SHIP_BY) + timedelta(seconds=1)
    await asyncio.gather(*(office.sweep() for _ in range(6)))
    assert [code for code, _ in await said(office)] == ["promise_broken"]
    kinds = [each.kind for each in (await office.order()).log]
    assert kinds.count(Kind.PROMISE_BROKEN) == 1


async def test_after_a_gap_one_reminder_speaks_for_all(office: Office) -> None:
    await promised(office)
    office.now = shanghai(SHIP_BY) - timedelta(minutes=10)
    assert await said(office) == [("promise_due", [ANA])]
    passed_over = [each for each in (await office.order()).log if each.kind is Kind.SUPERSEDED]
    assert [each.data["rung"] for each in passed_over if "promise" in each.key] == ["promise:r1:0"]


async def test_it_is_kept_in_the_due_second_and_broken_after_it(office: Office) -> None:
    await promised(office)
    await promised(office, key=OrderKey("jd", "A-18"), id="r2")
    office.now = shanghai(SHIP_BY)
    await said(office)
    assert await state(office) is PromiseState.OPEN
    await office.store.run(promises.keep, office.now, office.desk, BEN, A17, "r1", EVIDENCE)
    await office.sends()
    office.later(microseconds=1)
    assert await said(office) == [("promise_broken", [ANA, LEAD])]
    assert (await state(office), await state(office, OrderKey("jd", "A-18"))) == (
        PromiseState.KEPT,
        PromiseState.BROKEN,
    )
    office.later(days=3)
    assert await said(office) == []


async def test_the_tick_is_planned_so_that_nothing_has_to_ask(office: Office) -> None:
    await promised(office)
    await office.take(event("work_order.closed", office.now))
    assert await office.store.read(lambda tx: tx.orders.next_look()) == shanghai(SHIP_BY) - timedelta(hours=2)
    await office.store.run(promises.keep, office.now, office.desk, ANA, A17, "r1", EVIDENCE)
    assert await office.store.read(lambda tx: tx.orders.next_look()) is None


async def test_closed_and_answered_elsewhere_it_stays_due_voided_it_falls_away(office: Office) -> None:
    await promised(office)
    await office.take(event("work_order.closed", office.now))
    assert await state(office) is PromiseState.OPEN
    other = OrderKey("jd", "A-18")
    await promised(office, key=other, id="r2")
    await office.take(event("work_order.voided", office.now, number="A-18", reason="重复"))
    assert await state(office, other) is PromiseState.DROPPED
    assert [code for code, _ in await said(office)] == ["promise_dropped"]
    office.now = shanghai(SHIP_BY) + timedelta(minutes=1)
    assert [code for code, _ in await said(office)] == ["promise_broken"]
    assert await state(office, other) is PromiseState.DROPPED


async def test_at_night_nobody_is_called(office: Office) -> None:
    """Due at 22:00: brought up before the team leaves, broken at 22:00, told in the morning."""
    await promised(office, until="2026-11-23 22:00")
    office.now = shanghai("2026-11-23 18:30") - timedelta(seconds=1)
    assert await said(office) == []
    office.later(seconds=1)
    assert await said(office) == [("promise_due", [ANA])]
    office.now = shanghai("2026-11-23 22:00") + timedelta(seconds=1)
    assert await said(office) == []
    assert await state(office) is PromiseState.BROKEN
    recorded = [each for each in (await office.order()).log if each.kind is Kind.PROMISE_BROKEN]
    assert [each.by for each in recorded] == ["coopbot"]
    office.now = shanghai("2026-11-24 09:00")
    assert await said(office) == [("promise_broken", [ANA, LEAD])]


async def test_evidence_is_asked_for_and_shown(office: Office) -> None:
    await promised(office)
    keep = promises.keep
    with pytest.raises(Refusal, match="no_evidence"):
        await office.store.run(keep, office.now, office.desk, ANA, A17, "r1", Evidence())
    await office.store.run(keep, office.now, office.desk, BEN, A17, "r1", EVIDENCE)
    (promise,) = (await office.sees()).promises
    assert (promise.state, promise.ended_by, promise.evidence) == (PromiseState.KEPT, BEN, EVIDENCE)
    with pytest.raises(Refusal, match="promise_kept"):
        await office.store.run(keep, office.now, office.desk, ANA, A17, "r1", EVIDENCE)
    with pytest.raises(Refusal, match="promise_kept"):
        await office.store.run(promises.give_up, office.now, office.desk, ANA, A17, "r1", "不行")


async def test_past_its_due_time_it_can_not_be_kept_any_more(office: Office) -> None:
    await promised(office)
    office.now = shanghai(SHIP_BY) + timedelta(seconds=1)
    with pytest.raises(Refusal, match="promise_broken"):
        await office.store.run(promises.keep, office.now, office.desk, ANA, A17, "r1", EVIDENCE)
    assert [each for each in (await office.order()).log if each.kind is Kind.PROMISE_KEPT] == []


async def test_who_can_not_keep_it_says_why_and_the_leads_hear_it(office: Office) -> None:
    await promised(office)
    with pytest.raises(Refusal, match="only_leads"):
        await office.store.run(promises.give_up, office.now, office.desk, BEN, A17, "r1", "缺货")
    with pytest.raises(Refusal, match="no_promise_reason"):
        await office.store.run(promises.give_up, office.now, office.desk, ANA, A17, "r1", " ")
    await office.store.run(promises.give_up, office.now, office.desk, ANA, A17, "r1", "缺货")
    assert await said(office) == [("promise_broken", [ANA, LEAD])]
    (promise,) = (await office.sees()).promises
    assert (promise.state, promise.why, promise.ended_by) == (PromiseState.BROKEN, "缺货", ANA)
    office.now = shanghai(SHIP_BY) + timedelta(seconds=1)
    assert await said(office) == []


async def test_handed_over_it_is_the_colleagues(office: Office) -> None:
    await promised(office)
    with pytest.raises(Refusal, match="not_a_member"):
        await office.store.run(promises.hand_over, office.now, office.desk, ANA, A17, OUTSIDER)
    with pytest.raises(Refusal, match="only_leads"):
        await office.store.run(promises.hand_over, office.now, office.desk, BEN, A17, BEN)
    await office.store.run(promises.hand_over, office.now, office.desk, ANA, A17, BEN)
    assert await said(office) == [("promise_handed_over", [BEN])]
    office.now = shanghai(SHIP_BY) - timedelta(minutes=15)
    assert await said(office) == [("promise_due", [BEN])]


async def test_an_urge_reaches_the_owner(office: Office) -> None:
    await promised(office)
    office.later(minutes=30)
    await office.take(event("work_order.urged", office.now, count=1))
    assert await said(office) == [("promise_urged", [ANA])]
    assert await said(office) == []
    office.now = shanghai("2026-11-24 10:00")
    await said(office)
    await office.take(event("work_order.urged", office.now, count=2))
    assert await said(office) == [("promise_urged", [ANA])]


async def test_while_its_owner_is_on_leave_who_is_on_call_hears_it_too(office: Office) -> None:

    await promised(office, by=BEN)
    away = Standin("l1", "leave", BEN, office.now, office.now + timedelta(days=2))
    office.desk = a_desk(a_team(standins=(away,)))
    office.now = shanghai(SHIP_BY) - timedelta(minutes=15)
    assert await said(office) == [("promise_due", [BEN, ANA])]


async def test_an_owner_who_has_left_is_replaced_by_who_is_on_call(office: Office) -> None:
    await promised(office, by=BEN)
    await office.store.run(lambda tx: tx.people.learn([Person(BEN, deactivated=True)]))
    office.now = shanghai(SHIP_BY) - timedelta(minutes=15)
    assert await said(office) == [("promise_due", [ANA])]


async def test_a_form_that_is_delivered_twice_is_saved_once(office: Office) -> None:
    await promised(office)
    for _ in range(2):
        await office.store.run(promises.keep, office.now, office.desk, ANA, A17, "r1", EVIDENCE, "V1")
    assert [code for code, _ in await said(office)] == ["promise_kept"]
    with pytest.raises(Refusal, match="promise_kept"):
        await office.store.run(promises.keep, office.now, office.desk, ANA, A17, "r1", EVIDENCE, "V2")


async def test_a_template_promises_too(office: Office) -> None:

    template = Template("t-1", "补偿", "我们会给您补偿，并尽快联系您确认。", within="48h")
    await office.store.run(template_store.put_all, office.now, office.desk.teams[0], [template])
    await office.take(raising(office.now))
    draft = Draft(template.text, "t-1")
    await office.store.run(answering.answer, office.now, office.desk, ANA, A17, draft, "r1")
    await office.delivers_reply()
    (promise,) = (await office.store.read(reading.one, office.now, office.desk, "jd", "A-17")).promises  # type: ignore[union-attr]
    assert (promise.due_at, promise.what["zh-CN"]) == (office.now + timedelta(hours=48), "补偿")


async def test_what_waits_to_be_said_is_moot_once_it_is_kept(office: Office) -> None:

    await promised(office)
    office.now = shanghai(SHIP_BY) - timedelta(minutes=15)
    await office.sweep()
    (owed,) = [each for each in await office.claims(Lane.CHAT) if each.intent.what is What.NOTE]
    await office.store.run(promises.keep, office.now, office.desk, ANA, A17, "r1", EVIDENCE)
    drawn = await office.store.read(render, office.now, office.desk, Catalogues(strict=True), owed)
    assert drawn == Moot("the promise was settled meanwhile")
