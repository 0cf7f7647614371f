"""Answering: one owner under any race, nothing sent twice, nothing lost, nothing by somebody from outside."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from coopbot.clock import wall
from coopbot.domain.intent import Lane, What
from coopbot.domain.lifecycle import State
from coopbot.domain.team import Connection
from coopbot.domain.work_order import ReplyState
from coopbot.errors import Refusal
from coopbot.services import answering, drafts, outcomes
from coopbot.services.answering import Draft
from coopbot.views.read_side import item
from tests.support.office import A17, Office, event, raising
from tests.support.world import ANA, BEN, LEAD, OUTSIDER


async def refused(work: object) -> str:
    with pytest.raises(Refusal) as why:
        await work  # type: ignore[misc]
    return why.value.code


async def test_of_twenty_claims_at_once_one_wins(office: Office) -> None:
    await office.take(raising(office.now))
    people = [ANA, BEN] * 10
    ends = await asyncio.gather(*(office.claim(user) for user in people), return_exceptions=True)
    claim = (await office.order()).claim
    assert claim is not None
    losers = [end for end in ends if isinstance(end, Refusal)]
    assert len(losers) == 10
    assert {loser.facts["by"] for loser in losers} == {claim.by}
    assert sum(1 for entry in (await office.order()).log if entry.kind == "claimed") == 1


async def test_answering_claims_and_queues_one_reply(office: Office) -> None:
    await office.take(raising(office.now))
    seen = await office.answer()
    assert (seen.state, seen.order.claim.by if seen.order.claim else "") == (State.REPLIED, ANA)
    assert sorted(await office.owes()) == ["card C0FLAG", "redraw C0FLAG", "reply jd"]


async def test_the_same_submission_twice_is_one_reply(office: Office) -> None:
    await office.take(raising(office.now))
    await office.answer(view="V1", id="r1")
    await office.answer(view="V1", id="r1")
    assert len((await office.order()).replies) == 1


async def test_another_text_from_the_same_modal_replaces_what_has_not_left(office: Office) -> None:
    await office.take(raising(office.now))
    await office.answer("今天下午发出,请放心等待", view="V1", id="r1")
    await office.answer("明天上午发出,请放心等待", view="V1", id="r2")
    states = [(reply.text, reply.state) for reply in (await office.order()).replies]
    assert states == [("今天下午发出,请放心等待", ReplyState.CANCELLED), ("明天上午发出,请放心等待", ReplyState.QUEUED)]


async def test_once_it_has_left_the_author_is_told_what_was_sent(office: Office) -> None:
    await office.take(raising(office.now))
    await office.answer("今天下午发出,请放心等待", view="V1", id="r1")
    await office.delivers_reply()
    assert await refused(office.answer("明天上午发出,请放心等待", view="V1", id="r2")) == "already_answered"
    assert [reply.text for reply in (await office.order()).replies] == ["今天下午发出,请放心等待"]


@pytest.mark.parametrize(("text", "code"), [("", "empty_answer"), ("  \n ", "empty_answer"), ("好" * 501, "too_long")])
async def test_what_the_platform_would_not_count_is_not_queued(office: Office, text: str, code: str) -> None:
    await office.take(raising(office.now))
    assert await refused(office.answer(text)) == code
    assert (await office.sees()).state is State.OPEN


async def test_somebody_from_outside_changes_nothing(office: Office) -> None:
    await office.take(raising(office.now))
    before = await office.order()
    assert await refused(office.claim(OUTSIDER)) == "not_a_member"
    assert await refused(office.answer(user=OUTSIDER)) == "not_a_member"
    assert await office.order() == before


async def test_who_has_it_answers_it_and_a_lead_may_take_over(office: Office) -> None:
    await office.take(raising(office.now))
    await office.claim(ANA)
    assert await refused(office.answer(user=BEN)) == "claimed_by_other"
    run = office.store.run
    assert await refused(run(answering.take_over, office.now, office.desk, BEN, A17)) == "only_leads"
    await run(answering.take_over, office.now, office.desk, LEAD, A17)
    seen = await office.sees()
    assert seen.order.claim is not None
    assert seen.order.claim.by == LEAD
    assert (await office.answer(user=LEAD)).state is State.REPLIED


async def test_hand_over_and_release(office: Office) -> None:
    await office.take(raising(office.now))
    await office.claim(ANA)
    run = office.store.run
    assert await refused(run(answering.hand_over, office.now, office.desk, ANA, A17, OUTSIDER)) == "not_a_member"
    await run(answering.hand_over, office.now, office.desk, ANA, A17, BEN)
    seen = await office.sees()
    assert seen.order.claim is not None
    assert seen.order.claim.by == BEN
    handed = await office.order()
    await run(answering.hand_over, office.now, office.desk, BEN, A17, BEN)  # to oneself: nothing to record
    assert await office.order() == handed
    assert await refused(run(answering.release, office.now, office.desk, ANA, A17)) == "only_leads"
    await run(answering.release, office.now, office.desk, BEN, A17)
    assert (await office.sees()).state is State.OPEN


async def test_undo_stops_what_has_not_left(office: Office) -> None:
    await office.take(raising(office.now))
    await office.answer()
    run = office.store.run
    await run(answering.undo, office.now, office.desk, ANA, A17, "r1")
    seen = await office.sees()
    assert seen.state is State.CLAIMED
    assert "reply jd" not in await office.owes()
    await office.answer(id="r2")
    await office.delivers_reply()
    assert await refused(run(answering.undo, office.now, office.desk, ANA, A17, "r2")) == "cannot_undo"


async def test_a_closed_order_says_so(office: Office) -> None:
    await office.take(raising(office.now))
    await office.take(event("work_order.closed", office.now, reason="消费者撤诉"))
    assert await refused(office.claim()) == "order_closed"
    assert await refused(office.answer()) == "order_closed"


async def test_already_replied_is_success(office: Office) -> None:
    await office.take(raising(office.now))
    await office.answer()
    await office.delivers_reply("already_replied")
    seen = await office.sees()
    assert (seen.state, seen.usage.status) == (State.REPLIED, "met")


@pytest.mark.parametrize("confirms", [True, False])
async def test_until_the_platform_accepts_it_is_met_provisionally_where_it_says_so_at_all(
    office: Office, confirms: bool
) -> None:
    office.desk = replace(office.desk, connections={"jd": Connection("jd", confirms=confirms)})
    await office.take(raising(office.now))
    await office.answer()
    assert not (await office.sees()).provisional
    taken_at = office.now
    await office.delivers_reply()
    seen = await office.sees()
    assert (seen.usage.status, seen.usage.met_at, seen.provisional) == ("met", taken_at, confirms)
    assert item(seen)["sla"]["provisional"] is confirms
    office.later(hours=5)  # a late acceptance is no breach
    await office.take(event("work_order.reply_accepted", office.now, reply_id="r1"))
    seen = await office.sees()
    assert (seen.usage.status, seen.usage.met_at, seen.provisional) == ("met", taken_at, False)


async def test_a_reply_rejected_at_the_door_opens_the_order_again(office: Office) -> None:
    await office.take(raising(office.now))
    await office.answer()
    await office.delivers_reply("rejected")
    assert (await office.sees()).state is State.CLAIMED
    assert "note C0FLAG" in await office.owes()


async def test_what_the_platform_will_never_take_is_told_with_its_text_which_is_a_draft_again(office: Office) -> None:
    await office.take(raising(office.now))
    await office.answer()
    (owed,) = [each for each in await office.claims(Lane.PLATFORM) if each.intent.what is What.REPLY]
    await office.store.run(outcomes.reply_refused, office.now, office.desk, owed, wall(), "HTTP 422")
    assert (await office.sees()).state is State.CLAIMED
    told = [each.intent for each in await office.sends()]
    (note,) = [each.args for each in told if each.what is What.NOTE]
    assert (note["code"], note["mention"], note["facts"]["text"]) == ("failed", [ANA], "今天 18:00 前发出")
    assert What.OPERATOR in [each.what for each in told]
    assert await office.store.read(drafts.read, office.now, ANA, A17) == "今天 18:00 前发出"


async def test_the_platforms_limit_is_on_the_whole_text_and_is_told_at_the_longest_field(office: Office) -> None:
    await office.take(raising(office.now))
    fields = {"courier": "顺丰速运", "description": "好" * 490}
    draft = Draft("已由顺丰速运发出，说明：" + "好" * 490 + "，请放心等待消息", "x", fields)
    with pytest.raises(Refusal) as refused:
        await office.store.run(answering.answer, office.now, office.desk, ANA, A17, draft, "r1")
    facts = refused.value.facts
    assert (refused.value.code, facts["over"], facts["block"]) == ("too_long", 20, "field:description")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"description": "加微信处理一下"}, "not_effective_banned_word"),
        ({"courier": "顺丰,微信号 abc"}, "not_effective_banned_word"),
        ({"description": "收到,处理中,请稍等"}, "not_effective_stock_phrase"),
        ({"courier": "收到"}, ""),
    ],
)
async def test_what_somebody_writes_into_a_field_has_to_count_too(
    office: Office, fields: dict[str, str], code: str
) -> None:
    await office.take(raising(office.now))
    draft = Draft(f"已核实情况:{''.join(fields.values())}。", "x", fields)
    answers = office.store.run(answering.answer, office.now, office.desk, ANA, A17, draft, "r1")
    if not code:
        await answers
        return
    with pytest.raises(Refusal) as refused:
        await answers
    assert (refused.value.code, refused.value.facts["block"]) == (code, f"field:{next(iter(fields))}")


@pytest.mark.parametrize("text", ["订单 {order_no} 今晚 20:00 前发出", "单号 {tracking_no},请放心等待"])
async def test_a_placeholder_copied_by_hand_never_goes_out(office: Office, text: str) -> None:
    await office.take(raising(office.now))
    assert await refused(office.answer(text)) == "placeholder_left"
    seen = await office.answer("{颜色} 那件已补发一件")  # a brace that somebody meant
    assert seen.order.standing_reply is not None
