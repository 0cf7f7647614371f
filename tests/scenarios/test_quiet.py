"""Quiet hours and snooze in a real workspace: what is kept back, what comes after, what the card says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from coopbot.clock import wall
from coopbot.demo import cast
from coopbot.domain.profile import builtin_path
from coopbot.views import ids
from tests.scenarios.test_money import direct
from tests.support.installation import Installation, installation
from tests.support.world import SHANGHAI

HOURS, WHOLE = "Mon-Sun 09:00-19:00", "Mon-Sun 00:00-24:00"


def around_the_clock(toml: str) -> str:
    """The teams work, and the platform's clock runs, at whatever hour this is run."""
    return (
        toml.replace(HOURS, WHOLE)
        .replace('to = "19:00"', 'to = "24:00"')
        .replace('from = "09:00"', 'from = "00:00"')
        .replace('profile = "jd-pop"', 'profile = "always.toml"')
    )


@pytest.fixture
async def here(tmp_path: Path, database_url: str) -> AsyncIterator[Installation]:
    rules = builtin_path("jd-pop").read_text(encoding="utf-8").replace(HOURS, WHOLE)
    (tmp_path / "always.toml").write_text(rules, encoding="utf-8")
    async with installation(tmp_path, database_url) as made:
        made.rewrite = around_the_clock
        await made.serve()
        yield made


async def calls(here: Installation, user: str) -> list[str]:
    """In what the user was named, in channels."""
    told = (await here.audience.get("/control/notifications", user=user))["notifications"]
    return [each["text"] for each in told if each["why"] == "mention"]


async def test_quiet_hours_keep_an_ordinary_urge_back_and_bring_it_when_they_end(here: Installation) -> None:
    wang, began = here.person(cast.WANG), wall().astimezone(SHANGHAI) - timedelta(hours=1)
    await wang.commands("/coop quiet")
    await wang.modal("非紧急工单")
    times = {ids.QUIET_FROM: f"{began:%H:%M}", ids.QUIET_UNTIL: f"{began + timedelta(hours=3):%H:%M}"}
    await wang.submits({**times, ids.QUIET_DAYS: [str(began.weekday())], ids.QUIET_ZONE: "Asia/Shanghai"})
    await wang.modal("你的免打扰时段")

    number = await here.platform.raises(shop_id="10001", **{"class": "general"})
    await here.person(cast.LI).sees(number)
    await here.platform.does("urge", number)
    await here.person(cast.LI).sees("尚无人认领。")
    assert await calls(here, cast.WANG) == []

    soon = (wall() + timedelta(minutes=30)).isoformat()  # urgent at whatever hour this is run
    crc = await here.platform.raises(shop_id="10001", due_at=soon, **{"class": "crc"})
    await wang.sees(crc)
    assert len(await calls(here, cast.WANG)) == 1

    assert "没有设置免打扰" in (await wang.asks("/coop quiet off"))["text"]
    digest = await direct(here, cast.WANG, "你的免打扰时段已结束")
    assert number in str(await digest.sees("你的免打扰时段已结束"))


async def test_a_snooze_stands_on_the_card(here: Installation) -> None:
    number = await here.platform.raises(shop_id="10001", **{"class": "general"})
    li = here.person(cast.LI)
    card = await li.sees(number)
    await li.clicks(card, ids.SNOOZE)
    await li.modal("最晚到")
    yesterday = int(wall().timestamp()) - 86400
    errors = await li.tries({ids.SNOOZE_FOR: "at", ids.SNOOZE_AT: yesterday})
    assert "已经过去" in str(errors), errors
    await li.submits({ids.SNOOZE_FOR: "60"})
    await li.sees(number, "李伟", "再提醒")


async def test_home_opens_the_same_form(here: Installation) -> None:
    grace = here.person(cast.GRACE, cast.OUTLET)
    await grace.home(ids.QUIET)
    await grace.presses(ids.QUIET, at_home=True)
    await grace.modal("Orders that are not urgent")
    await grace.submits({ids.QUIET_ZONE: "Asia/Shanghai"})
    await grace.modal("every day, 22:00 to 08:00")
