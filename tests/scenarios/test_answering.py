"""Answering by hand, from outside: drafts, the moment in which it can be stopped, and what never leaves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from coopbot.demo import cast
from coopbot.views import ids
from tests.support.installation import Installation, installation

TEXT = "今天 18:00 前发出,单号随后补充"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Installation]:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/t.db") as made:
        yield made


async def test_a_draft_survives_a_closed_modal_and_an_undone_answer(here: Installation) -> None:
    here.undo = "1h"
    await here.serve()
    li = here.person(cast.LI)
    number = await here.platform.raises(shop_id="10001", **{"class": "general"})
    card = await li.sees(number)

    await li.clicks(card, ids.OTHER_ANSWER)
    await li.modal()
    await li.types(ids.REPLY_TEXT, "今天 18:00 前")
    await li.closes()
    await li.clicks(card, ids.OTHER_ANSWER)
    assert (await li.modal())["fields"][0]["value"] == "今天 18:00 前"
    await li.submits({ids.REPLY_TEXT: TEXT})

    waiting = await li.sees("3600 秒后发给平台")
    assert ids.UNDO in [each["action_id"] for each in waiting["actions"]]
    await li.clicks(waiting, ids.UNDO)
    card = await li.sees(number, "李伟")
    await li.sees("撤回", TEXT, thread=True)
    assert await here.replies() == []

    await li.clicks(await here.has_button(li, card, ids.OTHER_ANSWER), ids.OTHER_ANSWER)
    assert (await li.modal())["fields"][0]["value"] == TEXT


async def test_after_its_grace_it_leaves_once(here: Installation) -> None:
    here.undo = "1s"
    await here.serve()
    li = here.person(cast.LI)
    number = await here.platform.raises(shop_id="10001", **{"class": "general"})
    await li.clicks(await li.sees(number), ids.OTHER_ANSWER)
    await li.modal()
    await li.submits({ids.REPLY_TEXT: TEXT})
    assert (await here.platform.gets_reply(number))["body"]["data"]["text"] == TEXT
    gone = await li.sees("平台已收到")
    assert ids.UNDO not in [each["action_id"] for each in gone["actions"]]
    assert len(await here.replies()) == 1
