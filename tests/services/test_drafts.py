"""Drafts: what was being written is there when the modal opens again, and gone once it was sent or is too old."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coopbot.errors import Refusal
from coopbot.services import answering, drafts
from coopbot.services.answering import Draft
from tests.support.office import A17, Office, raising
from tests.support.world import ANA, BEN, OUTSIDER


async def test_what_is_typed_is_kept_for_its_author_alone(office: Office) -> None:
    await office.take(raising(office.now))
    for text in ("今", "今天", "今天发"):
        await office.store.run(drafts.typed, office.now, office.desk, ANA, A17, text, "V1")
    assert await office.store.read(drafts.read, office.now, ANA, A17) == "今天发"
    assert await office.store.read(drafts.read, office.now, BEN, A17) == ""
    await office.store.run(drafts.typed, office.now, office.desk, ANA, A17, "", "V1")
    assert await office.store.read(drafts.read, office.now, ANA, A17) == ""


async def test_a_letter_that_comes_after_the_submission_does_not_revive_it(office: Office) -> None:
    await office.take(raising(office.now))
    await office.store.run(drafts.typed, office.now, office.desk, ANA, A17, "今天发", "V1")
    draft = Draft("今天 18:00 前发出", view="V1")
    await office.store.run(answering.answer, office.now, office.desk, ANA, A17, draft, "r1")
    assert await office.store.read(drafts.read, office.now, ANA, A17) == ""
    await office.store.run(drafts.typed, office.now, office.desk, ANA, A17, "今天 18:00 前发", "V1")
    assert await office.store.read(drafts.read, office.now, ANA, A17) == ""
    await office.store.run(drafts.typed, office.now, office.desk, ANA, A17, "另一条", "V2")
    assert await office.store.read(drafts.read, office.now, ANA, A17) == "另一条"


async def test_a_week_later_by_the_wall_it_is_gone(office: Office) -> None:
    await office.take(raising(office.now))
    await office.store.run(drafts.keep, office.now, ANA, A17, "今天发")
    office.later(days=7)
    assert await office.store.read(drafts.read, office.now, ANA, A17) == "今天发"
    assert await office.store.run(drafts.sweep_old, office.now) == 0
    office.later(seconds=1)
    assert await office.store.read(drafts.read, office.now, ANA, A17) == ""
    assert await office.store.run(drafts.sweep_old, office.now) == 1
    assert await office.store.read(lambda tx: dict(tx.notes.all("draft:"))) == {}


async def test_nobody_from_outside_leaves_anything(office: Office) -> None:
    await office.take(raising(office.now))
    with pytest.raises(Refusal, match="not_a_member"):
        await office.store.run(drafts.typed, office.now, office.desk, OUTSIDER, A17, "x", "V1")
    assert await office.store.read(lambda tx: dict(tx.notes.all("draft:"))) == {}


async def test_what_was_typed_into_fields_is_kept_beside_the_text_until_one_is_sent(office: Office) -> None:
    await office.take(raising(office.now))
    run, read = office.store.run, office.store.read
    await run(drafts.keep_fields, office.now, ANA, A17, {"tracking_no": "SF 1"})
    await run(drafts.keep_fields, office.now, ANA, A17, {"description": "补"})
    await run(drafts.keep_fields, office.now, ANA, A17, {})
    kept = {"tracking_no": "SF 1", "description": "补"}
    assert await read(drafts.read_fields, office.now, ANA, A17) == kept
    assert await read(drafts.read_fields, office.now, BEN, A17) == {}
    assert await read(drafts.read_fields, office.now + timedelta(days=8), ANA, A17) == {}
    await office.answer()
    assert await read(drafts.read_fields, office.now, ANA, A17) == {}


async def test_an_undone_preset_gives_its_fields_back(office: Office) -> None:
    await office.take(raising(office.now))
    draft = answering.Draft("已发出,单号 SF1234567", "shipped", {"tracking_no": "SF1234567"})
    await office.store.run(answering.answer, office.now, office.desk, ANA, A17, draft, "r1")
    await office.store.run(answering.undo, office.now, office.desk, ANA, A17)
    assert await office.store.read(drafts.read_fields, office.now, ANA, A17) == {"tracking_no": "SF1234567"}
