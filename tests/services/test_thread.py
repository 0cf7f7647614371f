"""What may be looked at as an answer: a person's word under the card of an unfinished order, by who may answer it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coopbot.domain.intent import Lane, What
from coopbot.domain.people import Person
from coopbot.errors import Refusal
from coopbot.services import thread
from coopbot.services.thread import Said
from tests.support.office import A17, Office, event, raising
from tests.support.world import ANA, BEN, OUTSIDER

SAID = Said("C0FLAG", "1.1", f"<@{BEN}> 今天 18:00 前发出", by_person=True)


async def told(office: Office) -> None:
    await office.take(raising(office.now))
    await office.tells_card("1.1")
    await office.store.run(lambda tx: tx.people.learn([Person(BEN, name="李伟")]))


async def test_it_is_shown_to_who_may_answer_as_plain_words(office: Office) -> None:
    await told(office)
    it, _, words = await office.store.read(thread.to_answer, office.now, office.desk, ANA, SAID)
    assert (it.order.key, words) == (A17, "李伟 今天 18:00 前发出")
    assert (await office.order()).replies == ()


@pytest.mark.parametrize(
    "said",
    [
        replace(SAID, thread=""),
        replace(SAID, thread="9.9"),
        replace(SAID, channel="C0X"),
        replace(SAID, by_person=False),
    ],
    ids=["in the channel", "another thread", "another channel", "the bot's own"],
)
async def test_anything_else_is_refused(office: Office, said: Said) -> None:
    await told(office)
    with pytest.raises(Refusal, match="not_under_a_card"):
        await office.store.read(thread.to_answer, office.now, office.desk, ANA, said)


async def test_who_may_not_answer_may_not_do_it_this_way(office: Office) -> None:
    await told(office)
    with pytest.raises(Refusal, match="not_a_member"):
        await office.store.read(thread.to_answer, office.now, office.desk, OUTSIDER, SAID)
    await office.claim(BEN)
    with pytest.raises(Refusal, match="claimed_by_other"):
        await office.store.read(thread.to_answer, office.now, office.desk, ANA, SAID)


async def test_under_a_closed_order_it_is_too_late(office: Office) -> None:
    await told(office)
    await office.take(event("work_order.closed", office.now, reason="消费者撤诉"))
    with pytest.raises(Refusal, match="order_closed"):
        await office.store.read(thread.to_answer, office.now, office.desk, ANA, SAID)


async def test_a_card_that_slack_shows_before_it_is_recorded_is_known_by_its_mark(office: Office) -> None:
    await office.take(raising(office.now))
    (owed,) = [each for each in await office.claims(Lane.CHAT) if each.intent.what is What.CARD]
    look = (thread.to_answer, office.now, office.desk, ANA, SAID)
    with pytest.raises(Refusal, match="not_under_a_card"):
        await office.store.read(*look)
    it, _, _ = await office.store.read(*look, owed.id)
    assert it.order.key == A17
    for forged in ("", owed.id[:8] + "x", "none"):
        with pytest.raises(Refusal, match="not_under_a_card"):
            await office.store.read(*look, forged)


async def test_under_a_message_that_is_the_card_of_two_it_is_not_known_which(office: Office) -> None:
    await told(office)
    await office.take(raising(office.now, work_order_no="A-18"))
    await office.tells_card("1.1")
    with pytest.raises(Refusal, match="not_under_a_card"):
        await office.store.read(thread.to_answer, office.now, office.desk, ANA, SAID)
