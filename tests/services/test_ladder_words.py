"""Every word that a ladder may use, from coopbot.toml to what comes of it: when, on what condition, whom, and where."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from coopbot.delivery.render import render
from coopbot.delivery.rendered import Post, Rendered, Ring
from coopbot.domain.intent import What
from coopbot.domain.team import Desk
from coopbot.views.language import Catalogues
from tests.config.place import SECRET, Place
from tests.support.office import Office, raising
from tests.support.world import ANA, BEN, BOSS, LEAD, shanghai

CONFIG = f"""\
fallback_channel = "C0FALL"
operators = ["U0OPS"]
[connections.jd]
secret_env = "JD_WEBHOOK_SECRET"
read_token_env = "JD_READ_TOKEN"
reply_url = "https://bridge.example/replies"
[hooks.pager]
url = "https://pager.example/in"
secret_env = "PAGER_SECRET"
[[teams]]
name = "night"
channel = "C0NIGHT"
shops = ["jd:10002"]
[[teams]]
name = "flagship"
channel = "C0FLAG"
shops = ["jd:10001"]
members = ["{ANA}", "{BEN}"]
leads = ["{LEAD}"]
managers = ["{BOSS}"]
"""
HOURS = 'hours = "Mon-Sun 09:00-19:00"\n'
Story = Callable[[Office], Awaitable[None]]
DUTY = f'on_call = [{{ days = "Mon-Sun", from = "09:00", to = "19:00", who = ["{ANA}"], backup = ["{BEN}"] }}]\n'
TEN = shanghai("2026-11-23 10:00")
HALF = "at = '50%'\nchannel = 'channel'"


def desk(folder: Path, rung: str, *, hours: str = HOURS, duty: str = DUTY) -> Desk:
    """The desk of a coopbot.toml whose only ladder has this one rung."""
    ladder = f"[[teams.ladders.'*']]\nkey = 'r'\n{rung}\n"
    return Place(folder).load(CONFIG + hours + duty + ladder, PAGER_SECRET=SECRET).desk


async def told(office: Office, **facts: Any) -> None:
    await office.take(raising(office.now, **facts))
    await office.tells_card()
    await office.sends()


async def comes(office: Office) -> list[Rendered]:
    """What the tick brings of the ladder now, rendered."""
    await office.sweep()
    owed = [each for each in await office.sends() if each.intent.what in (What.REMINDER, What.CARD, What.HOOK)]
    languages = Catalogues(strict=True)
    return [await office.store.read(render, office.now, office.desk, languages, each) for each in owed]


async def post(office: Office) -> Post:
    (only,) = await comes(office)
    assert isinstance(only, Post), only
    return only


@pytest.mark.parametrize(
    ("at", "when"),
    [
        ("at = '25%'", "2026-11-23 18:30"),
        ("at = '50%'", "2026-11-24 09:30"),
        ("at = 'due-1h'", "2026-11-24 10:30"),
        ("at = 'due-3h'\nclock = 'wall'", "2026-11-24 09:00"),  # it would be 08:30, before anybody may be called
        ("at = 'due+30m'", "2026-11-24 12:00"),
        ("at = 'start+2h'", "2026-11-24 09:30"),
        ("at = 'start+1h'\nclock = 'wall'", "2026-11-23 18:30"),
        ("at = 'unclaimed+15m'", "2026-11-23 17:45"),
    ],
)
async def test_when(office: Office, tmp_path: Path, at: str, when: str) -> None:
    """Raised at 17:30, a CRC order is due at 11:30 on the next day."""
    office.desk = desk(tmp_path, f"{at}\nchannel = 'channel'\nmentions = ['on_call']")
    office.now = shanghai("2026-11-23 17:30")
    await told(office)
    office.now = shanghai(when) - timedelta(seconds=1)
    assert [each for each in await comes(office) if f"<@{ANA}>" in str(each)] == []
    office.now = shanghai(when)
    assert f"<@{ANA}>" in (await post(office)).message.text


@pytest.mark.parametrize(("clock", "when"), [("working", "2026-11-23 11:00"), ("class", "2026-11-23 09:00")])
async def test_an_ordinary_order_of_the_night_is_waited_for_in_working_hours_where_the_rung_says_so(
    office: Office, tmp_path: Path, clock: str, when: str
) -> None:
    office.desk = desk(tmp_path, f"at = 'unclaimed+2h'\nchannel = 'channel'\nclock = '{clock}'")
    office.now = shanghai("2026-11-23 02:00")
    await told(office, **{"class": "general"})
    office.now = shanghai(when) - timedelta(seconds=1)
    assert await comes(office) == []
    office.now = shanghai(when)
    assert "尚无人认领" in (await post(office)).message.text


async def test_at_the_due_time_means_the_first_moment_after_it(office: Office, tmp_path: Path) -> None:
    office.desk = desk(tmp_path, "at = 'due'\nchannel = 'channel'")
    await told(office)
    office.later(hours=4)
    assert await comes(office) == []
    office.later(seconds=1)
    assert "已超时" in (await post(office)).message.text


async def claimed(office: Office) -> None:
    await told(office)
    await office.claim(BEN)


async def answered_once(office: Office) -> None:
    """And refused by the platform, so that the clock runs again."""
    await told(office)
    await office.answer()
    await office.delivers_reply("rejected")


async def ordinary(office: Office) -> None:
    office.now = TEN - timedelta(hours=10)
    await told(office, **{"class": "general"})
    office.now = TEN


async def cheap(office: Office) -> None:
    await told(office, amount="499.99")


async def dear(office: Office) -> None:
    await told(office, amount="500.00")


ELSEWHEN, NO_DUTY, USUAL = {"hours": 'hours = "Mon-Sun 13:30-19:00"\n'}, {"duty": ""}, dict[str, str]()


@pytest.mark.parametrize(
    ("condition", "story", "changes", "speaks"),
    [
        ("unclaimed", told, USUAL, True),
        ("unclaimed", claimed, USUAL, False),
        ("claimed", claimed, USUAL, True),
        ("claimed", told, USUAL, False),
        ("unanswered", told, USUAL, True),
        ("unanswered", answered_once, USUAL, False),
        ("class:crc", told, USUAL, True),
        ("class:crc", ordinary, USUAL, False),
        ("amount:50000", dear, USUAL, True),
        ("amount:50000", cheap, USUAL, False),
        ("in_shift", told, USUAL, True),
        ("in_shift", told, ELSEWHEN, False),
        ("nobody_on_call", told, NO_DUTY, True),
        ("nobody_on_call", told, USUAL, False),
        ("staffed_short", told, ELSEWHEN, True),
        ("staffed_short", told, USUAL, False),
    ],
)
async def test_on_condition(
    office: Office, tmp_path: Path, condition: str, story: Story, changes: dict[str, str], speaks: bool
) -> None:
    office.desk = desk(tmp_path, f"{HALF}\nonly_if = ['{condition}']", **changes)
    await story(office)
    await office.sends()
    office.now = shanghai("2026-11-23 12:00")
    assert len(await comes(office)) == speaks


@pytest.mark.parametrize(
    ("mention", "story", "who"),
    [
        ("claimant", claimed, f"<@{BEN}>"),
        ("on_call", told, f"<@{ANA}>"),
        ("backup", told, f"<@{BEN}>"),
        ("lead", told, f"<@{LEAD}>"),
        ("manager", told, f"<@{BOSS}>"),
        ("user:U0NAMED", told, "<@U0NAMED>"),
        ("usergroup:S0CARE", told, "<!subteam^S0CARE>"),
        ("channel", told, "<!channel>"),
        ("round_robin", told, f"<@{ANA}>"),
    ],
)
async def test_whom(office: Office, tmp_path: Path, mention: str, story: Story, who: str) -> None:
    office.desk = desk(tmp_path, f"at = 'start+10m'\nchannel = 'channel'\nmentions = ['{mention}']")
    await story(office)
    await office.sends()
    office.later(minutes=10)
    message = (await post(office)).message
    assert [part for part in message.text.replace("（", " ").replace("。", " ").split() if part.startswith("<")] == [
        who
    ]


@pytest.mark.parametrize(
    ("channel", "where", "thread", "also_channel"),
    [("thread", "C0FLAG", "1.1", False), ("channel", "C0FLAG", "1.1", True), ("direct", ANA, "", False)],
)
async def test_where(office: Office, tmp_path: Path, channel: str, where: str, thread: str, also_channel: bool) -> None:
    office.desk = desk(tmp_path, f"at = '50%'\nchannel = '{channel}'\nmentions = ['on_call']")
    await told(office)
    office.later(hours=2)
    found = await post(office)
    assert (found.channel, found.message.thread, found.message.also_channel) == (where, thread, also_channel)


async def test_an_outgoing_webhook_and_another_team(office: Office, tmp_path: Path) -> None:
    office.desk = desk(tmp_path, "at = '50%'\nchannel = 'webhook'\nto = 'pager'")
    await told(office)
    office.later(hours=2)
    (ring,) = await comes(office)
    assert isinstance(ring, Ring)
    assert (ring.hook, ring.payload["step"]) == ("pager", "0:r")


async def test_given_to_another_team(office: Office, tmp_path: Path) -> None:
    office.desk = desk(tmp_path, "at = '50%'\nchannel = 'transfer'\nto = 'night'")
    await told(office)
    office.later(hours=2)
    assert (await post(office)).channel == "C0NIGHT"
    assert (await office.order()).team == "night"


async def test_said_again_up_to_the_cap(office: Office, tmp_path: Path) -> None:
    office.desk = desk(tmp_path, f"{HALF}\nrepeat = {{ every = '10m', most = 2 }}")
    await told(office)
    said = []
    for minutes in range(110, 200, 5):
        office.now = TEN + timedelta(minutes=minutes)
        said += [minutes] * len(await comes(office))
    assert said == [120, 130, 140]
