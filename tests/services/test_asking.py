"""A sensitive answer: shown once more, sent once, and just as it was shown; never a second hurdle on top."""

from __future__ import annotations

import pytest

from coopbot.clock import wall
from coopbot.domain.intent import What
from coopbot.errors import Refusal
from coopbot.services import answering, asking, drafts
from coopbot.services.answering import Draft
from tests.support.office import A17, Office, raising
from tests.support.world import ANA, BEN, OUTSIDER

DRAFT = Draft("今天 18:00 前发出", view="V1")


async def question(office: Office, user: str = ANA, draft: Draft = DRAFT) -> asking.Question | None:
    return await office.store.read(asking.question, office.now, office.desk, user, A17, draft)


async def test_between_the_steps_nothing_is_queued_and_the_text_is_kept(office: Office) -> None:
    await office.take(raising(office.now))
    assert await question(office) is not None
    await office.store.run(asking.ask, office.now, ANA, A17, DRAFT)
    assert (await office.order()).replies == ()
    assert await office.store.read(drafts.read, office.now, ANA, A17) == DRAFT.text


async def test_what_was_shown_is_sent_at_once_and_once(office: Office) -> None:
    await office.take(raising(office.now))
    run = office.store.run
    await run(asking.ask, office.now, ANA, A17, DRAFT)
    await run(asking.ask, office.now, ANA, A17, Draft("另一条", view="V1"))
    kept = await office.store.read(asking.asked, ANA, A17, asking.digest(DRAFT.text))
    assert kept.text == DRAFT.text
    for _ in range(2):
        await run(answering.answer, office.now, office.desk, ANA, A17, kept, "r1", wall())
    assert [(reply.text, reply.grace_s) for reply in (await office.order()).replies] == [(DRAFT.text, 0)]
    assert [each.intent.what for each in await office.sends()].count(What.REPLY) == 1


async def test_an_ordinary_answer_is_not_asked_about(office: Office) -> None:
    await office.take(raising(office.now, **{"class": "general"}))
    assert await question(office) is None


async def test_what_could_not_be_sent_is_refused_before_it_is_asked_about(office: Office) -> None:
    await office.take(raising(office.now))
    for user, draft, code in (
        (OUTSIDER, DRAFT, "not_a_member"),
        (ANA, Draft(" ", view="V1"), "empty_answer"),
        (ANA, Draft("好" * 501, view="V1"), "too_long"),
    ):
        with pytest.raises(Refusal, match=code):
            await question(office, user, draft)
    await office.claim(BEN)
    with pytest.raises(Refusal, match="claimed_by_other"):
        await question(office)


async def test_of_what_was_never_shown_nothing_is_sent(office: Office) -> None:
    await office.take(raising(office.now))
    await office.store.run(asking.ask, office.now, ANA, A17, DRAFT)
    for user, which in ((ANA, "forged"), (BEN, asking.digest(DRAFT.text))):
        with pytest.raises(Refusal, match="not_asked"):
            await office.store.read(asking.asked, user, A17, which)
