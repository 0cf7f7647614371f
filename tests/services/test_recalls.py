"""The same matter raised again goes to who promised something, if they are there; else the on-call reads who did."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from coopbot.delivery.render import render
from coopbot.delivery.rendered import Post
from coopbot.domain.intent import Lane, What
from coopbot.domain.promise import Evidence, PromiseState
from coopbot.domain.work_order import Kind, OrderKey
from coopbot.ports import Message
from coopbot.services import answering, handover, promise_book, promises
from coopbot.services.answering import Draft
from coopbot.store import OpenStore
from coopbot.views.language import Catalogues
from tests.support.block_kit import texts
from tests.support.office import A17, Office, event, raising
from tests.support.world import ANA, BEN, LEAD, a_desk, a_team, shanghai

ZHAO = "U0ZHAO"
AGAIN = OrderKey("jd", "B-1")
FACTS: dict[str, Any] = {
    "order_no": "E-100",
    "title": "无线耳机",
    "consumer": {"name": "张三", "contact": "13812345678"},
}
LANGUAGES = Catalogues(strict=True)


@pytest.fixture
def office(store: OpenStore) -> Office:
    """On both databases. Ana is on call, Ben is her backup, Zhao has no shift."""
    return Office(store, a_desk(a_team(members=frozenset({ANA, BEN, ZHAO}))))


async def answers(office: Office, by: str, key: OrderKey, id: str, until: str = "2026-11-23 15:00") -> None:
    draft = Draft(f"将于 {until} 前发出", "ship_by", {"promised_at": shanghai(until).isoformat()})
    await office.store.run(answering.answer, office.now, office.desk, by, key, draft, id)
    await office.delivers_reply()
    await office.sends()


async def raised_again(office: Office, by: str, **facts: Any) -> None:
    """``by`` promised to ship; an hour later the consumer has the platform raise it again."""
    await office.take(raising(office.now, **FACTS))
    await office.sends()
    await answers(office, by, A17, "r1")
    office.later(hours=1)
    changed = {**FACTS, "work_order_no": "B-1", "scene": "complaint", **facts}
    await office.take(raising(office.now, **changed))


async def card(office: Office) -> Message:
    (owed,) = [each for each in await office.claims(Lane.CHAT) if each.intent.what is What.CARD]
    drawn = await office.store.read(render, office.now, office.desk, LANGUAGES, owed)
    assert isinstance(drawn, Post)
    return drawn.message


async def test_on_shift_who_promised_is_called_in_place_of_the_on_call(office: Office) -> None:
    await raised_again(office, BEN)
    message = await card(office)
    assert message.text.endswith(f"<@{BEN}>曾承诺 15:00 前“发货”")
    assert ANA not in message.text
    assert any("曾承诺" in text and "前“发货” · 工单 A-17" in text for text in texts(message.blocks))


async def test_an_ordinary_order_calls_them_too(office: Office) -> None:
    await raised_again(office, BEN, **{"class": "general"})
    assert f"<@{BEN}>" in (await card(office)).text


async def test_off_shift_the_on_call_is_called_and_reads_who_promised_what(office: Office) -> None:
    await raised_again(office, ZHAO)
    message = await card(office)
    assert f"<@{ANA}>" in message.text
    assert ZHAO not in message.text
    assert any(f"再次发起：{ZHAO} 曾承诺" in text for text in texts(message.blocks))


@pytest.mark.parametrize(
    "facts",
    [
        {"consumer": {"name": "李四", "contact": "13900000000"}},
        {"order_no": "E-200"},
        {"order_no": "", "title": "充电器"},
        {"consumer": {"name": "张三", "contact": ""}},
        {"shop_id": "10002"},
    ],
)
async def test_another_matter_recalls_nobody(office: Office, facts: dict[str, Any]) -> None:
    await raised_again(office, BEN, **facts)
    assert (await office.sees(AGAIN)).recall is None


async def test_a_promise_of_long_ago_recalls_nobody(office: Office) -> None:
    await office.take(raising(office.now, **FACTS))
    await answers(office, BEN, A17, "r1")
    office.later(days=31)
    await office.take(raising(office.now, **FACTS, work_order_no="B-1"))
    assert (await office.sees(AGAIN)).recall is None


async def test_where_a_step_is_due_the_on_call_hears_it_after_them(office: Office) -> None:
    await raised_again(office, BEN)
    await office.sends()
    office.now = shanghai("2026-11-23 14:00")
    await office.sweep()
    (owed,) = [each for each in await office.claims(Lane.CHAT) if each.intent.what is What.REMINDER]
    (item,) = owed.intent.args["items"]
    assert (item["called"], item["why"]) == ([BEN, ANA], "promised")
    drawn = await office.store.read(render, office.now, office.desk, LANGUAGES, owed)
    assert isinstance(drawn, Post)
    assert f"<@{BEN}>（曾就此作出承诺）" in drawn.message.text
    assert any("再次发起" in text for text in texts(drawn.message.blocks))


async def test_a_new_promise_stands_in_the_place_of_the_old_one(office: Office) -> None:
    await raised_again(office, BEN)
    await office.sends()
    await answers(office, ANA, AGAIN, "r2", "2026-11-24 12:00")
    (old,) = (await office.sees()).promises
    (new,) = (await office.sees(AGAIN)).promises
    assert (old.state, old.why, new.state) == (PromiseState.DROPPED, "moved", PromiseState.OPEN)


async def test_a_rejected_answer_comes_back_to_who_gave_it(office: Office) -> None:
    """Its claim has run out; the ladder's next step calls them before the on-call."""
    await office.take(raising(office.now))
    await office.sends()
    await answers(office, BEN, A17, "r1")
    await office.take(event("work_order.reply_rejected", office.now, reply_id="r1", reason="太久"))
    assert (await office.sees()).promise is None
    office.later(minutes=31)
    await office.sweep()
    await office.sends()
    office.now = shanghai("2026-11-23 13:10")
    await office.sweep()
    reminded = [each for each in (await office.order()).log if each.kind is Kind.REMINDED and "75" in each.key]
    assert [(each.data["called"], each.data["reason"]) for each in reminded] == [([BEN, ANA], "promised")]


async def test_what_each_kept_and_broke_is_for_the_leads(office: Office) -> None:
    for number, by in (("A-1", ANA), ("A-2", BEN), ("A-3", BEN)):
        key = OrderKey("jd", number)
        await office.take(raising(office.now, work_order_no=number))
        await office.sends()
        await answers(office, by, key, f"r-{number}", "2026-11-23 15:00" if number != "A-3" else "2026-11-23 18:00")
    kept = Evidence(tracking_no="SF1")
    await office.store.run(promises.keep, office.now, office.desk, ANA, OrderKey("jd", "A-1"), "r-A-1", kept)
    office.now = shanghai("2026-11-23 15:00") + timedelta(seconds=1)
    await office.sweep()
    book, _ = await office.store.read(promise_book.book, office.now, office.desk, LEAD, "C0FLAG")
    assert [(each.who, each.kept, each.broken) for each in book.people] == [(BEN, 0, 1), (ANA, 1, 0)]
    assert [(each.who, each.kept, each.broken) for each in book.shops] == [("10001", 1, 1)]
    assert [each.seen.order.key.number for each in book.others] == ["A-3"]
    own, _ = await office.store.read(promise_book.book, office.now, office.desk, BEN, "C0FLAG")
    assert ([each.who for each in own.people], own.shops, own.others) == ([BEN], (), [])
    assert [each.promise.due_at for each in own.mine] == [shanghai("2026-11-23 18:00")]


async def test_at_a_change_of_shift_what_is_to_be_kept_is_handed_over(office: Office) -> None:
    await office.take(raising(office.now))
    await office.sends()
    await answers(office, ANA, A17, "r1")
    await office.take(event("work_order.closed", office.now))
    found = await office.store.read(handover.contents, office.now, office.desk, "flagship", (BEN,), (ANA,))
    assert found is not None
    assert (found.orders, [each.promise.owner for each in found.promises]) == ((), [ANA])
