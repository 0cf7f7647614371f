"""What goes wrong outside: Slack away, a wrong token, a channel that can't be reached, somebody who has no say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from coopbot.demo import cast
from coopbot.demo.audience import Json
from coopbot.views import ids
from tests.support.installation import Installation, installation

PRESET = {"code": "today", "label": "今天 18:00 前发出", "requires": []}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Installation]:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/t.db") as made:
        yield made


@pytest.fixture(autouse=True)
async def log(here: Installation) -> AsyncIterator[None]:
    """What the bot logged, beside a failure."""
    yield
    if here.bot is not None:
        print("".join(here.bot.output[-40:]))


async def readiness(here: Installation) -> tuple[int, Json]:
    assert here.bot is not None
    async with here.session.get(f"{here.bot.address}/readyz") as answer:
        return answer.status, await answer.json()


async def test_with_slack_away_orders_are_taken_and_told_when_it_is_back(here: Installation) -> None:
    fault = {"fault": "error_500", "times": 0}
    armed = await here.audience.post("/control/faults", fault)
    await here.serve(wait_ready=False)
    status, said = await readiness(here)
    assert status == 503
    assert said["checks"]["slack"] is False
    number = await here.platform.raises(shop_id="10001")
    async with here.session.delete(f"{here.sandbox.address}/control/faults/{armed['id']}"):
        pass
    await here.persists(lambda: here.person(cast.LI).sees(number), "the card")

    async def is_ready() -> None:
        assert (await readiness(here))[0] == 200

    await here.persists(is_ready, "readiness")


async def test_a_wrong_token_is_said_and_nothing_is_lost(here: Installation) -> None:
    await here.serve(wait_ready=False, SLACK_BOT_TOKEN="xoxb-of-somebody-else")
    number = await here.platform.raises(shop_id="10001")

    async def says_so() -> None:
        status, said = await readiness(here)
        assert (status, said["checks"]["slack_detail"]) == (503, "invalid_auth")

    await here.persists(says_so, "the reason")
    assert here.bot is not None
    await here.bot.stop()
    await here.serve()
    await here.persists(lambda: here.person(cast.LI).sees(number), "the card")


async def test_a_channel_without_the_bot_has_its_orders_told_in_the_fallback(here: Installation) -> None:
    await here.audience.post(f"/control/users/{cast.CHEN}/kicks", {"channel": cast.FLAGSHIP, "user": cast.BOT})
    await here.serve()
    number = await here.platform.raises(shop_id="10001", **{"class": "crc"})
    await here.persists(lambda: here.person(cast.OPS, cast.FALLBACK).sees(number), "the card in the fallback channel")
    dms = await here.audience.get("/control/notifications", user=cast.OPS)
    assert any(each["why"] == "dm" for each in dms["notifications"]), dms


async def test_an_archived_channel_likewise(here: Installation) -> None:
    await here.serve()
    await here.audience.post("/control/channels", {"id": cast.FLAGSHIP, "name": "flagship-care", "archived": True})
    number = await here.platform.raises(shop_id="10001")
    await here.persists(lambda: here.person(cast.OPS, cast.FALLBACK).sees(number), "the card in the fallback channel")


async def test_somebody_outside_the_team_is_told_so_and_nothing_changes(here: Installation) -> None:
    await here.serve()
    number = await here.platform.raises(shop_id="10001", presets=[PRESET])
    card = await here.person(cast.LI).sees(number)
    before = len(await here.replies())
    outsider = here.person(cast.OUTSIDER, "C0GENERAL")
    told = await outsider.asks("/coop status")
    assert "no team" in told["text"] or "不在任何团队" in told["text"]
    assert len(await here.replies()) == before
    assert (await here.person(cast.LI).message(card["ts"]))["text"] == card["text"]


async def test_an_old_button_says_who_answered(here: Installation) -> None:
    await here.serve()
    number = await here.platform.raises(shop_id="10001", presets=[PRESET])
    li, wang = here.person(cast.LI), here.person(cast.WANG)
    card = await li.sees(number)
    await here.audience.post("/control/faults", {"fault": "error_500", "method": "chat.update", "times": 0})
    await li.clicks(card, ids.PRESET)
    await here.platform.gets_reply(number)
    since = await here.audience.seq()
    await wang.clicks(card, ids.CLAIM)  # Slack could not redraw the card yet: the old button is still there

    async def whispered() -> None:
        new = await here.audience.get(f"/control/users/{cast.WANG}/new", channel=cast.FLAGSHIP, since=since)
        assert any(each["ephemeral"] and "李伟" in each["text"] for each in new["messages"]), new

    await here.persists(whispered, "the whisper")


async def test_a_second_serve_on_the_same_file_refuses_and_says_why(here: Installation) -> None:
    first = await here.serve()
    second = await here.serve(wait_ready=False, COOPBOT_BIND="127.0.0.1:0")
    assert await second.ends() == 1
    assert "served by another coopbot" in "".join(second.output)
    assert first.alive
    here.bot = first


async def test_talk_in_a_thread_never_reaches_the_platform(here: Installation) -> None:
    await here.serve()
    number = await here.platform.raises(shop_id="10001", presets=[PRESET])
    li = here.person(cast.LI)
    card = await li.sees(number)
    said = {"channel": cast.FLAGSHIP, "text": "这个消费者真难缠", "thread_ts": card["ts"]}
    await here.audience.post(f"/control/users/{cast.LI}/says", said)
    await li.clicks(await li.message(card["ts"]), ids.PRESET)
    await here.platform.gets_reply(number)
    assert [entry["body"]["data"]["text"] for entry in await here.replies()] == [PRESET["label"]]
