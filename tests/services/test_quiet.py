"""Quiet hours of one's own: ordinary orders wait for their end in one message; CRC and what can't wait pierce."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from coopbot.clock import wall
from coopbot.delivery.render import render
from coopbot.delivery.rendered import Moot, Post
from coopbot.delivery.setback import setback
from coopbot.domain.intent import Lane, Owed, What
from coopbot.domain.quiet import Quiet
from coopbot.domain.work_order import Kind
from coopbot.errors import Refusal
from coopbot.ports import Refused
from coopbot.services import quiet, rota_tick, setbacks, shift_end
from coopbot.views.language import Catalogues
from tests.support.databases import a_store
from tests.support.ladders import a_team_with
from tests.support.office import A17, Office, raising
from tests.support.world import ANA, BEN, OUTSIDER, SHANGHAI, a_desk, shanghai

LADDER = [
    {"key": "soon", "at": "start+30m", "channel": "thread", "mentions": ["on_call"]},
    {"key": "direct", "at": "start+1h", "channel": "direct", "mentions": ["on_call", "backup"]},
    {"key": "before", "at": "due-30m", "channel": "channel", "mentions": ["on_call"]},
    {"key": "late", "at": "due", "channel": "channel", "mentions": ["on_call"]},
]
LUNCH = Quiet(time(10), time(14), frozenset({0}), SHANGHAI)


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with a_store(database_url) as store:
        yield Office(store, a_desk(a_team_with(*LADDER)))


async def sets(office: Office, user: str = ANA, hours: Quiet | None = LUNCH) -> None:
    await office.store.run(quiet.set_hours, office.now, office.desk, user, hours)


async def comes(office: Office, *numbers: str, kind: str = "general", **more: Any) -> None:
    for number in numbers or ("A-17",):
        await office.take(raising(office.now, work_order_no=number, **{"class": kind}, **more))
    await office.sends()


async def reminders(office: Office) -> list[Owed]:
    await office.sweep()
    await office.store.run(rota_tick.tick, office.now, office.desk)
    return [each for each in await office.sends() if each.intent.what is What.REMINDER]


def called(owed: list[Owed]) -> list[list[str]]:
    return [item["called"] for each in owed for item in each.intent.args["items"]]


async def shown(office: Office, owed: Owed) -> Any:
    return await office.store.read(render, office.now, office.desk, Catalogues(strict=True), owed)


async def test_an_ordinary_order_names_nobody_then_and_is_told_in_one_message_after(office: Office) -> None:
    await sets(office)
    await comes(office, "A-17", "A-18")
    office.later(minutes=31)
    owed = await reminders(office)
    assert called(owed) == [[], []]
    (entry,) = [each for each in (await office.order()).log if each.kind is Kind.REMINDED]
    assert (entry.data["called"], entry.data["quiet"]) == ([], [ANA])
    office.later(minutes=30)
    await reminders(office)
    office.now = shanghai("2026-11-23 13:59")
    assert await reminders(office) == []
    office.later(minutes=1)
    (digest,) = await reminders(office)
    assert digest.intent.target == ANA
    assert {item["order"] for item in digest.intent.args["items"]} == {"jd:A-17", "jd:A-18"}
    post = await shown(office, digest)
    assert isinstance(post, Post)
    assert post.message.text.startswith("你的免打扰时段已结束")
    assert await reminders(office) == []


async def test_a_direct_step_reaches_only_those_who_are_not_quiet(office: Office) -> None:
    await sets(office)
    await comes(office)
    office.later(minutes=61)
    assert [each.intent.target for each in await reminders(office)] == [BEN]


async def test_a_crc_pierces(office: Office) -> None:
    await sets(office)
    await comes(office, kind="crc")
    office.later(minutes=31)
    assert called(await reminders(office)) == [[ANA]]


async def test_what_falls_due_before_they_are_back_pierces(office: Office) -> None:
    await sets(office)
    await comes(office, due_at=shanghai("2026-11-23 13:30").isoformat())
    office.later(minutes=31)
    assert called(await reminders(office)) == [[ANA]]


async def test_back_is_when_the_team_works_again(office: Office) -> None:
    """Quiet until 20:00 is quiet until nine: the digest is no mention outside the team's hours either."""
    await sets(office, hours=Quiet(time(10), time(20), frozenset({0}), SHANGHAI))
    await comes(office, due_at=shanghai("2026-11-24 18:00").isoformat())
    office.later(minutes=31)
    assert called(await reminders(office)) == [[]]
    office.later(minutes=30)
    assert [each.intent.target for each in await reminders(office)] == [BEN]
    office.now = shanghai("2026-11-23 20:30")
    assert await reminders(office) == []
    office.now = shanghai("2026-11-24 09:00")
    assert [each.intent.target for each in await reminders(office)] == [ANA]


async def test_who_is_called_anyway_gets_no_second_message(office: Office) -> None:
    await sets(office)
    await comes(office)
    office.later(minutes=31)
    await reminders(office)
    office.now = shanghai("2026-11-23 14:00")
    assert [each.intent.target for each in await reminders(office)] == [ANA, BEN]


async def test_what_was_answered_meanwhile_drops_out(office: Office) -> None:
    await sets(office)
    await comes(office)
    office.later(minutes=31)
    office.later(minutes=30)
    await reminders(office)
    await office.claim(BEN)
    await office.answer("已联系消费者，今天 18:00 前发出", BEN)
    office.now = shanghai("2026-11-23 14:00")
    (digest,) = await reminders(office)
    assert await shown(office, digest) == Moot("answered meanwhile")


async def test_closed_direct_messages_tell_it_in_the_channel(office: Office) -> None:
    await sets(office)
    await comes(office)
    office.later(minutes=31)
    await reminders(office)
    office.now = shanghai("2026-11-23 10:59")
    await sets(office, hours=None)
    await office.store.run(rota_tick.tick, office.now, office.desk)
    (owed,) = [each for each in await office.claims(Lane.CHAT) if each.intent.target == ANA]
    refused = Refused("cannot_dm_bot")
    await office.store.run(
        setbacks.not_delivered, office.now, office.desk, owed, wall(), refused, setback(owed, refused), wall()
    )
    (instead,) = [each for each in await office.sends() if each.intent.what is What.REMINDER]
    assert (instead.intent.target, called([instead])) == ("C0FLAG", [[ANA]])
    assert isinstance(await shown(office, instead), Post)


async def test_to_end_them_brings_what_waits_at_once(office: Office) -> None:
    await sets(office)
    await comes(office)
    office.later(minutes=31)
    await reminders(office)
    office.later(minutes=1)
    await sets(office, hours=None)
    assert [each.intent.target for each in await reminders(office)] == [ANA]


async def test_the_list_before_a_shift_s_end_names_nobody_who_is_quiet(office: Office) -> None:
    await sets(office, hours=Quiet(time(18), time(20), frozenset({0}), SHANGHAI))
    office.now = shanghai("2026-11-23 18:35")
    await comes(office, due_at=shanghai("2026-11-24 18:00").isoformat())
    _, users = await office.store.read(
        shift_end.still_tight, office.now, office.desk, [str(A17)], shanghai("2026-11-23 19:00")
    )
    assert users == ()


async def test_the_form_proposes_the_slack_profile_s_zone_and_shows_what_is_set(office: Office) -> None:
    found = await office.store.read(quiet.form, office.desk, ANA, "")
    assert (found.quiet, found.zone.key) == (None, "Asia/Shanghai")
    await sets(office)
    assert (await office.store.read(quiet.form, office.desk, ANA, "")).quiet == LUNCH
    with pytest.raises(Refusal, match="no_team"):
        await office.store.read(quiet.form, office.desk, OUTSIDER, "")
    with pytest.raises(Refusal, match="quiet_always"):
        await sets(office, hours=Quiet(time(0), time(0), frozenset(range(7)), SHANGHAI))


@pytest.mark.parametrize(
    ("hours", "at", "ends"),
    [
        (LUNCH, "2026-11-23 10:00", "2026-11-23 14:00"),
        (LUNCH, "2026-11-23 14:00", ""),
        (LUNCH, "2026-11-24 11:00", ""),
        (Quiet(time(22), time(8), frozenset({0}), SHANGHAI), "2026-11-24 07:59", "2026-11-24 08:00"),
        (Quiet(time(0), time(0), frozenset({5, 6}), SHANGHAI), "2026-11-28 12:00", "2026-11-30 00:00"),
        (
            Quiet(time(22), time(8), frozenset(range(7)), ZoneInfo("Europe/Berlin")),
            "2026-11-24 05:30",
            "2026-11-24 15:00",
        ),
    ],
)
def test_when_they_end(hours: Quiet, at: str, ends: str) -> None:
    assert hours.ends(shanghai(at)) == (shanghai(ends) if ends else None)
