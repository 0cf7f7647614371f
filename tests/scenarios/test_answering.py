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


async def test_talk_in_the_thread_never_leaves_except_by_the_shortcut_and_a_preview(here: Installation) -> None:
    here.undo = "0s"
    await here.serve()
    li, wang = here.person(cast.LI), here.person(cast.WANG)
    number = await here.platform.raises(shop_id="10001", **{"class": "general"})
    card = await li.sees(number)
    await li.clicks(card, ids.CLAIM)
    await here.has_button(li, card, ids.HAND_OVER)  # drawn anew: the bot knows by now where its card stands
    await wang.says("这人又来了,先晾着", card["ts"])
    draft = await li.says(f"<@{cast.WANG}> 已联系仓库 & 快递,今天 18:00 前发出", card["ts"])
    await wang.says("好的,就这么回", card["ts"])
    outside = await li.says("频道里随便说说")

    await li.shortcut(ids.SEND_AS_ANSWER, outside)
    assert await here.replies() == []
    await li.shortcut(ids.SEND_AS_ANSWER, draft)
    preview = await li.modal()
    words = "王芳 已联系仓库 & 快递,今天 18:00 前发出"
    assert preview["fields"][0]["value"] == words
    assert await here.replies() == []
    await li.submits({})
    assert (await here.platform.gets_reply(number))["body"]["data"]["text"] == words

    await li.edits(draft, "其实明天才发")
    await li.deletes(draft)
    await here.platform.does("accept", number)
    await li.sees("✅")
    assert [each["body"]["data"]["text"] for each in await here.replies()] == [words]


async def test_a_crc_answer_is_shown_once_more_and_then_leaves_at_once(here: Installation) -> None:
    here.undo = "1h"
    await here.serve()
    li, wang = here.person(cast.LI), here.person(cast.WANG)
    number = await here.platform.raises(shop_id="10001", **{"class": "crc"})
    card = await li.sees(number)
    await li.clicks(card, ids.OTHER_ANSWER)
    await li.modal()
    await li.submits({ids.REPLY_TEXT: TEXT})
    second = await li.modal()
    assert second["callback_id"] == ids.ASK_AGAIN_MODAL
    assert TEXT in second["text"]
    assert await here.replies() == []

    await wang.clicks(card, ids.CLAIM)
    await li.submits({})
    refused = await li.modal()
    assert "王芳" in refused["text"]
    assert TEXT in refused["text"]
    assert await here.replies() == []

    await wang.chooses(await here.has_button(wang, card, ids.HAND_OVER), ids.MORE, ids.RELEASE)
    await here.has_button(li, card, ids.CLAIM)
    await li.submits({})
    assert (await here.platform.gets_reply(number))["body"]["data"]["text"] == TEXT
    assert len(await here.replies()) == 1
