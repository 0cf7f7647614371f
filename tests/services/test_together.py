"""One answer for several orders: each looked at, each sent for itself, what changed meanwhile left alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from coopbot.clock import wall
from coopbot.domain.intent import Lane, What
from coopbot.domain.lifecycle import State
from coopbot.domain.together import Group, Outcome, shared_presets
from coopbot.domain.work_order import Kind, OrderKey
from coopbot.errors import Refusal
from coopbot.ports import Sent
from coopbot.services import answering, group_steps, outcomes, together
from coopbot.services.answering import Draft
from tests.support.office import A17, Office, event, raising
from tests.support.world import ANA, BEN, LEAD

TITLE = {"title": "连衣裙 A1", "class": "general"}
TEXT = "订单 {order_no} 今晚 20:00 前补发"


def key(number: str) -> OrderKey:
    return OrderKey("jd", number)


async def three(office: Office) -> None:
    """A-17 is due last, A-19 first; A-20 is about something else."""
    at = office.now
    for number, earlier in (("A-17", 0), ("A-18", 1), ("A-19", 2)):
        raised_at = at - timedelta(hours=earlier)
        await office.take(raising(raised_at, work_order_no=number, order_no=f"O-{number}", **TITLE))
    await office.take(raising(at, work_order_no="A-20", **{**TITLE, "title": "别的"}))


async def group(office: Office, *numbers: str, text: str = TEXT, user: str = LEAD, code: str = "") -> Group:
    keys = [key(number) for number in numbers]
    chosen = await office.store.read(together.group, office.now, office.desk, user, keys, text, code)
    await office.store.run(group_steps.keep, office.now, user, chosen)
    return chosen


async def sends(office: Office, chosen: Group, fields: Mapping[int, Mapping[str, str]] | None = None) -> list[Outcome]:
    kept = await office.store.read(group_steps.kept, LEAD, chosen.which)
    return [
        await office.store.run(
            group_steps.send, office.now, office.desk, LEAD, order, was, kept, (fields or {}).get(n, {}), "V1", wall()
        )
        for n, (order, was) in enumerate(kept.orders)
    ]


async def test_the_card_knows_what_is_like_it_and_what_that_was_told(office: Office) -> None:
    await three(office)
    order = await office.order()
    found = await office.store.read(together.alike_to, office.now, office.desk, order)
    assert (found.waiting, found.last) == ((key("A-19"), key("A-18")), None)
    draft = Draft("今晚 20:00 前补发")
    await office.store.run(answering.answer, office.now, office.desk, ANA, key("A-19"), draft, "r9")
    found = await office.store.read(together.alike_to, office.now, office.desk, order)
    assert found.waiting == (key("A-18"),)
    assert found.last is not None
    assert found.last.text == "今晚 20:00 前补发"


async def test_the_first_one_like_it_is_told_on_the_older_card_too(office: Office) -> None:
    redraws = []
    for number in ("A-17", "A-18", "A-19"):
        await office.take(raising(office.now, work_order_no=number, **TITLE))
        await office.tells_card(f"{number}.1")
        owed = [each.intent for each in await office.sends() if each.intent.what is What.REDRAW]
        redraws.append([each.order and each.order.number for each in owed])
    assert redraws == [[], ["A-17"], []]
    for number, others in (("A-17", ["A-18", "A-19"]), ("A-18", [])):  # what one was told, once
        draft = Draft("今晚 20:00 前补发")
        await office.store.run(answering.answer, office.now, office.desk, ANA, key(number), draft, f"r-{number}")
        (owed,) = [each for each in await office.claims(Lane.PLATFORM) if each.intent.what is What.REPLY]
        await office.store.run(outcomes.reply_taken, office.now, office.desk, owed, wall(), Sent("ok"))
        owed_now = [each.intent for each in await office.sends() if each.intent.what is What.REDRAW]
        redrawn = [each.order.number for each in owed_now if each.order and each.order.number != number]
        assert sorted(redrawn) == others


async def test_what_they_have_in_common_is_known(office: Office) -> None:
    batch = {"carrier": "顺丰", "batch": "W-7"}
    one, two = ({"name": "王", "contact": f"1380000000{n}"} for n in (1, 2))
    orders = [
        ("A-17", {"product": "SKU-1", "parcel": {**batch, "tracking_no": "SF1000001"}, "consumer": one}),
        ("A-18", {"scene": "logistics", "parcel": batch, "consumer": two}),
        ("A-19", {"product": "SKU-1", "consumer": two}),
        ("A-20", {"product": "SKU-1", "title": "x", "scene": "invoice", "consumer": one}),
        ("A-21", {"title": "SKU-2"}),
    ]
    for number, facts in orders:
        await office.take(raising(office.now, work_order_no=number, **{"class": "general", **facts}))

    async def common(number: str) -> tuple[list[str], tuple[str, ...]]:
        order = await office.order(key(number))
        found = await office.store.read(together.alike_to, office.now, office.desk, order)
        return sorted(each.number for each in found.waiting), found.by

    assert await common("A-17") == (["A-18", "A-19", "A-20"], ("consumer", "subject", "batch"))
    assert await common("A-18") == (["A-17", "A-19"], ("consumer", "batch"))
    assert await common("A-21") == ([], ())


async def test_a_lead_chooses_among_them_soonest_due_first(office: Office) -> None:
    await three(office)
    choice = (together.choice, office.now, office.desk)
    orders, _, _ = await office.store.read(*choice, LEAD, A17)
    assert [it.order.key.number for it in orders] == ["A-19", "A-18", "A-17"]
    with pytest.raises(Refusal, match="only_leads"):
        await office.store.read(*choice, ANA, A17)
    with pytest.raises(Refusal, match="only_leads"):
        await group(office, "A-17", user=ANA)


async def test_each_is_sent_for_itself_with_its_own_facts_and_at_once(office: Office) -> None:
    await three(office)
    await office.sends()
    outcomes = await sends(office, await group(office, "A-17", "A-19"))
    assert outcomes == [Outcome(key("A-19")), Outcome(key("A-17"))]
    texts = {number: (await office.order(key(number))).replies for number in ("A-17", "A-18", "A-19")}
    assert [reply.text for reply in texts["A-17"]] == ["订单 O-A-17 今晚 20:00 前补发"]
    assert [reply.text for reply in texts["A-19"]] == ["订单 O-A-19 今晚 20:00 前补发"]
    assert texts["A-18"] == ()
    owed = [each.intent for each in await office.sends() if each.intent.what is What.REPLY]
    assert [(each.order, each.not_before) for each in owed] == [(key("A-19"), None), (key("A-17"), None)]


async def test_the_same_submission_twice_sends_once(office: Office) -> None:
    await three(office)
    chosen = await group(office, "A-17", "A-19")
    assert await sends(office, chosen) == await sends(office, chosen)
    assert [len((await office.order(key(number))).replies) for number in ("A-17", "A-19")] == [1, 1]


async def test_out_of_the_same_modal_another_text_is_another_answer(office: Office) -> None:
    await three(office)
    await sends(office, await group(office, "A-17"))
    await office.sends()
    await office.take(
        event("work_order.reply_rejected", office.now, reply_id=(await office.order()).replies[0].reply_id)
    )
    assert await sends(office, await group(office, "A-17", text="订单 {order_no} 已于今天 15:30 发出")) == [
        Outcome(A17)
    ]
    assert [reply.text for reply in (await office.order()).replies][1:] == ["订单 O-A-17 已于今天 15:30 发出"]


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("claimed", "claimed_by_other"),
        ("closed", "order_closed"),
        ("answered", "already_answered"),
        ("facts", "changed_meanwhile"),
    ],
)
async def test_one_that_changed_meanwhile_is_skipped_and_named_the_others_go(
    office: Office, what: str, why: str
) -> None:
    await three(office)
    chosen = await group(office, "A-17", "A-18", "A-19")
    match what:
        case "claimed":
            await office.claim(BEN, key("A-18"))
        case "closed":
            await office.take(event("work_order.closed", office.now, number="A-18", reason="撤诉"))
        case "answered":
            draft = Draft("今晚 20:00 前补发")
            await office.store.run(answering.answer, office.now, office.desk, BEN, key("A-18"), draft, "r8")
        case _:
            at = office.now - timedelta(hours=1)
            await office.take(raising(at, version=2, work_order_no="A-18", **{**TITLE, "content": "改了"}))
    before = await office.order(key("A-18"))
    outcomes = await sends(office, chosen)
    assert [(each.order.number, each.skipped and each.skipped.code) for each in outcomes] == [
        ("A-19", None),
        ("A-18", why),
        ("A-17", None),
    ]
    assert await office.order(key("A-18")) == before
    assert [(await office.sees(key(number))).state for number in ("A-17", "A-19")] == [State.REPLIED, State.REPLIED]


async def test_a_field_is_asked_for_order_by_order(office: Office) -> None:
    await three(office)
    chosen = await group(office, "A-17", "A-18", "A-19", text="已补发,单号 {tracking_no}")
    outcomes = await sends(office, chosen, {0: {"tracking_no": "SF1900019"}, 2: {"tracking_no": "SF1700017"}})
    assert [each.skipped and each.skipped.code for each in outcomes] == [None, "missing_field", None]
    assert [reply.text for reply in (await office.order()).replies] == ["已补发,单号 SF1700017"]
    assert (await office.order(key("A-18"))).replies == ()


@pytest.mark.parametrize(
    ("numbers", "text", "code"),
    [
        ((), TEXT, "nothing_chosen"),
        (("A-17",), " ", "empty_answer"),
        (("A-17",), "请 {order_no", "template_brace"),
        (("A-17",), "凭证见{attachment}", "together_attachment"),
    ],
)
async def test_what_could_be_sent_to_none_is_refused_at_once(
    office: Office, numbers: tuple[str, ...], text: str, code: str
) -> None:
    await three(office)
    with pytest.raises(Refusal, match=code):
        await group(office, *numbers, text=text)


async def test_before_the_first_is_sent_every_field_is_right(office: Office) -> None:
    await three(office)
    text = "已补发,单号 {tracking_no}"
    chosen = await group(office, "A-17", "A-18", "A-19", text=text)
    await office.store.run(
        answering.answer, office.now, office.desk, ANA, key("A-18"), Draft("今晚 20:00 前补发"), "r8"
    )
    kept = await office.store.read(group_steps.kept, LEAD, chosen.which)
    check = (group_steps.to_look_at, office.now, office.desk, LEAD, kept)
    with pytest.raises(Refusal) as refused:
        await office.store.read(*check, {0: {"tracking_no": "SF 1"}})
    faults = [refused.value, *refused.value.also]
    assert [(each.code, each.facts["block"]) for each in faults] == [
        ("field_pattern", "field:0:tracking_no"),
        ("missing_field", "field:2:tracking_no"),
    ]
    right = {0: {"tracking_no": "SF1900019"}, 2: {"tracking_no": "SF1700017"}}
    assert (await office.store.read(*check, right))[0] == ()


async def test_a_ready_answer_goes_to_all_under_its_code_with_what_it_asks_and_promises(office: Office) -> None:
    await three(office)
    orders, _, _ = await office.store.read(together.choice, office.now, office.desk, LEAD, A17)
    ship_by = next(each for each in shared_presets(orders) if each.code == "ship_by")
    chosen = await group(office, "A-17", "A-19", text=ship_by.text, code="ship_by")
    soon = (office.now + timedelta(hours=5)).isoformat()
    outcomes = await sends(office, chosen, {n: {"promised_at": soon} for n in range(2)})
    assert [each.skipped for each in outcomes] == [None, None]
    for number in ("A-17", "A-19"):
        (reply,) = (await office.order(key(number))).replies
        assert (reply.preset_code, "{" in reply.text) == ("ship_by", False)
        queued = next(each for each in (await office.order(key(number))).log if each.kind is Kind.REPLY_QUEUED)
        assert queued.data["promise"]["until"]
    changed = await group(office, "A-18", text=ship_by.text + "请放心", code="ship_by")
    assert changed.preset.code == ""
    assert changed.preset.requires == ("promised_at",)


async def test_what_is_sensitive_only_with_what_was_filled_in_is_shown_once_more(office: Office) -> None:
    await three(office)
    chosen = await group(office, "A-17", "A-19", text="订单 {order_no} 补偿 {bonus},请放心等待")
    kept = await office.store.read(group_steps.kept, LEAD, chosen.which)
    look = (group_steps.to_look_at, office.now, office.desk, LEAD, kept)
    assert (await office.store.read(*look, {0: {"bonus": "5 元"}, 1: {"bonus": "6 元"}}))[0] == ()
    fields = {0: {"bonus": "5 元"}, 1: {"bonus": "9999 元"}}
    looks, _ = await office.store.read(*look, fields)
    assert [each.text for each in looks] == ["订单 O-A-19 补偿 5 元,请放心等待", "订单 O-A-17 补偿 9999 元,请放心等待"]
    assert [each.why and each.why.amount for each in looks] == [None, 999900]
    await office.store.run(group_steps.keep_fields, office.now, LEAD, chosen.which, fields)
    assert (await office.store.read(group_steps.kept, LEAD, chosen.which)).fields == fields


async def test_what_is_wrong_with_the_words_is_said_at_them(office: Office) -> None:
    await three(office)
    with pytest.raises(Refusal) as why:
        await group(office, "A-17", text="收到")
    assert (why.value.code, why.value.facts["block"]) == ("not_effective_stock_phrase", "reply_text")
