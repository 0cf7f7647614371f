"""Who hears of a rejection, and when: its author, once, in hours in which they may be called; on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import time

import pytest

from coopbot.delivery.render import render
from coopbot.delivery.rendered import Post
from coopbot.domain.intent import Owed, What
from coopbot.domain.quiet import Quiet
from coopbot.services import quiet, rota_tick
from coopbot.views.language import Catalogues
from tests.support.databases import a_store
from tests.support.ladders import a_team_with
from tests.support.office import Office, event, raising
from tests.support.world import ANA, BOSS, LEAD, SHANGHAI, a_desk, shanghai

SPEAKS = (What.NOTE, What.REMINDER)


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with a_store(database_url) as store:
        yield Office(store, a_desk())


async def answered(office: Office, at: str, order_class: str = "general") -> None:
    office.now = shanghai(at)
    await office.take(raising(office.now, **{"class": order_class}))
    await office.tells_card()
    await office.answer()
    await office.delivers_reply()
    await office.sends()


async def rejected(office: Office, at: str) -> list[str]:
    office.now = shanghai(at)
    await office.take(event("work_order.reply_rejected", office.now, reply_id="r1", reason="未说明发货时间"))
    return await said(office, at)


async def said(office: Office, at: str, language: str = "zh-CN") -> list[str]:
    """What then leaves in the thread and the channel, as a lock screen shows it."""
    office.now = shanghai(at)
    await office.sweep()
    await office.store.run(rota_tick.tick, office.now, office.desk)
    return [await text(office, each) for each in await office.sends() if each.intent.what in SPEAKS]


async def text(office: Office, owed: Owed) -> str:
    found = await office.store.read(render, office.now, office.desk, Catalogues(strict=True), owed)
    assert isinstance(found, Post), found
    return found.message.text


async def test_in_working_hours_its_author_is_called_at_once_and_told_of_which_order(office: Office) -> None:
    await answered(office, "2026-11-23 10:00", "crc")
    assert await rejected(office, "2026-11-23 11:00") == [
        f"CRC 高危投诉 · 10001 · 催发货 · <@{ANA}> 平台驳回了 10:00 的回复：“未说明发货时间”。请在 14:00 前重新回复。"
    ]


@pytest.mark.parametrize(
    ("order_class", "first", "at"), [("general", "17:00", "2026-11-24 02:00"), ("crc", "18:50", "2026-11-23 22:00")]
)
async def test_at_night_it_is_written_down_and_called_out_in_the_morning_once(
    office: Office, order_class: str, first: str, at: str
) -> None:
    await answered(office, f"2026-11-23 {first}", order_class)
    (note,) = await rejected(office, at)
    assert "<@" not in note
    assert f"平台驳回了 {ANA}" in note
    assert await said(office, "2026-11-24 08:59") == []
    (call,) = await said(office, "2026-11-24 09:00")
    assert f"<@{ANA}>（已认领）：回复被驳回（" in call
    assert await said(office, "2026-11-24 09:10") == []


async def test_where_the_ladder_speaks_at_once_the_note_calls_nobody_beside_it(office: Office) -> None:
    await answered(office, "2026-11-23 10:00", "crc")
    note, call = await rejected(office, "2026-11-23 13:20")  # less than an hour is left: its last rung
    assert "<@" not in note
    assert call.count(f"<@{ANA}>") == 1
    assert f"<@{LEAD}>（组长）：回复被驳回（13:20），尚未重新回复。" in call
    assert "尚未回复。" not in call


async def test_after_the_due_time_too(office: Office) -> None:
    await answered(office, "2026-11-23 10:00", "crc")
    note, call = await rejected(office, "2026-11-23 14:30")
    assert ("<@" in note, f"<@{ANA}>" in call, f"<@{BOSS}>" in call) == (False, True, True)


async def test_quiet_hours_keep_it_for_their_end(office: Office) -> None:
    await answered(office, "2026-11-23 10:00")
    lunch = Quiet(time(11), time(14), frozenset({0}), SHANGHAI)
    await office.store.run(quiet.set_hours, office.now, office.desk, ANA, lunch)
    (note,) = await rejected(office, "2026-11-23 12:00")
    assert "<@" not in note
    assert [each for each in await said(office, "2026-11-23 12:20") if "<@" in each] == []
    digest = [each for each in await said(office, "2026-11-23 14:00") if each.startswith("你的免打扰时段已结束")]
    assert len(digest) == 1


async def test_who_was_rejected_at_night_still_has_it_in_the_morning(office: Office) -> None:
    """The time that a claim is given counts while its holder may be called."""
    await answered(office, "2026-11-23 17:00")
    await rejected(office, "2026-11-24 02:00")
    await said(office, "2026-11-24 09:00")
    (reminded,) = await said(office, "2026-11-24 09:20")
    assert "的回复被驳回（02:00），尚未重新回复；09:30 仍未回复将退回团队" in reminded
    (released,) = await said(office, "2026-11-24 09:30")
    assert "被驳回（02:00）后一直未重新回复，工单已退回团队，请认领。请于 17:00 前重新回复（剩 7 小时）。" in released


async def test_who_was_called_by_the_note_is_not_named_again_a_moment_later(office: Office) -> None:
    soon = {"key": "soon", "at": "start+62m", "channel": "channel", "mentions": ["claimant", "lead"]}
    office.desk = a_desk(a_team_with(soon))
    await answered(office, "2026-11-23 10:00", "crc")
    (note,) = await rejected(office, "2026-11-23 11:00")
    (rung,) = await said(office, "2026-11-23 11:02")
    assert (f"<@{ANA}>" in note, f"<@{ANA}>" in rung, f"<@{LEAD}>" in rung) == (True, False, True)
