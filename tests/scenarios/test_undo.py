"""Undo to the second: what the outbox lets go at second nine and at second eleven, on both databases.

The seconds are said, not waited for: the delivery worker's question is asked at the time that the play names.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from coopbot.clock import wall
from coopbot.domain.intent import Lane, Owed, What
from coopbot.domain.lifecycle import State
from coopbot.domain.work_order import OrderKey, ReplyState
from coopbot.errors import Refusal
from coopbot.ports import Sent, Tx
from coopbot.services import answering, drafts, outcomes
from coopbot.services.answering import Draft
from coopbot.views import ids
from coopbot.views.card import card
from coopbot.views.language import Catalogues
from tests.support.block_kit import elements
from tests.support.databases import a_store
from tests.support.office import Office, raising
from tests.support.world import ANA, a_desk

TEXT = "今天 18:00 前发出,单号随后补充"


@dataclass
class Play:
    office: Office
    sent_at: datetime
    """When the modal was submitted, by the transport's clock."""

    async def answers(self, number: str) -> OrderKey:
        """An ordinary order comes in, and Ana answers it in her own words."""
        key, office = OrderKey("jd", number), self.office
        await office.take(raising(office.now, work_order_no=number, **{"class": "general"}))
        draft = Draft(TEXT, view=f"V-{number}")
        await office.store.run(answering.answer, office.now, office.desk, ANA, key, draft, f"r-{number}", self.sent_at)
        return key

    async def leaves(self, second: float) -> list[Owed]:
        """What the delivery worker takes for the platform so many seconds after the submission."""

        def claimed(tx: Tx) -> list[Owed]:
            return list(tx.outbox.claim(Lane.PLATFORM, self.sent_at + timedelta(seconds=second), 10, 60))

        return [owed for owed in await self.office.store.run(claimed) if owed.intent.what is What.REPLY]

    async def undoes(self, key: OrderKey) -> None:
        await self.office.store.run(answering.undo, self.office.now, self.office.desk, ANA, key)

    async def card(self, key: OrderKey) -> tuple[str, list[str]]:
        """What the card says first, and what can be pressed on it."""
        message = card(await self.office.sees(key), Catalogues()["en"])
        return message.text, [each["action_id"] for each in elements(message.blocks)]


@pytest.fixture
async def play(database_url: str) -> AsyncIterator[Play]:
    async with a_store(database_url) as store:
        yield Play(Office(store, a_desk()), wall())


async def test_undone_at_second_nine_it_never_leaves(play: Play) -> None:
    key = await play.answers("A-9")
    said, pressed = await play.card(key)
    assert "it goes out after 10 s" in said
    assert ids.UNDO in pressed

    assert await play.leaves(9) == []
    await play.undoes(key)
    assert (await play.office.sees(key)).state is State.CLAIMED
    assert await play.office.store.read(drafts.read, play.office.now, ANA, key) == TEXT
    assert await play.leaves(11) == []
    assert await play.leaves(3600) == []
    _, pressed = await play.card(key)
    assert ids.OTHER_ANSWER in pressed


async def test_at_second_eleven_it_is_on_its_way_and_can_not_be_stopped(play: Play) -> None:
    key = await play.answers("A-11")
    (owed,) = await play.leaves(11)
    with pytest.raises(Refusal, match="cannot_undo"):
        await play.undoes(key)
    office = play.office
    await office.store.run(outcomes.reply_taken, office.now, office.desk, owed, wall(), Sent("ok"))
    assert [reply.state for reply in (await office.order(key)).replies] == [ReplyState.DELIVERED]
    said, pressed = await play.card(key)
    assert "the platform has it" in said
    assert ids.UNDO not in pressed
