"""The on-call in a real workspace: somebody stands in, and a drill is claimed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from coopbot.clock import wall
from coopbot.demo import cast
from coopbot.views import ids
from tests.scenarios.test_money import direct
from tests.support.installation import Installation, installation


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Installation]:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/t.db") as made:
        yield made


async def test_a_lead_puts_somebody_in_and_is_told_who_is_on_call(here: Installation) -> None:
    await here.serve()
    chen, begins = here.person(cast.CHEN), int(wall().timestamp()) - 60
    await chen.commands("/coop oncall override")
    await chen.modal()
    times = {ids.ROTA_FROM: begins, ids.ROTA_UNTIL: begins + 7200}
    await chen.submits({ids.ROTA_WHO: cast.LI, **times})
    assert "李伟" in (await chen.asks("/coop oncall"))["text"]
    assert "李伟" in (await chen.asks("/coop 值班 现在"))["text"]


async def test_a_drill_is_marked_claimed_and_measured(here: Installation) -> None:
    await here.serve()
    chen, li = here.person(cast.CHEN), here.person(cast.LI)
    assert "演练已开始" in (await chen.asks("/coop drill"))["text"]
    call = await li.sees("演练，并非工单")
    await li.clicks(call, ids.DRILL_CLAIM)
    await li.sees("演练结束", "李伟")
    assert await here.replies() == []


async def test_a_swap_is_asked_for_accepted_and_told(here: Installation) -> None:
    await here.serve()
    wang = here.person(cast.WANG)
    await wang.commands("/coop oncall swap")
    form = await wang.modal()
    assert "换班" in str(form)
    await wang.submits({ids.SWAP_WITH: cast.LI})
    li = await direct(here, cast.LI, "请你代班")
    await li.clicks(await li.sees("请你代班"), ids.SWAP_ACCEPT)
    await direct(here, cast.WANG, "接了你的班")
    mine = (await here.person(cast.LI).asks("/coop oncall mine"))["text"]
    assert re.search("你(正在)?值班", mine), mine  # the shift runs already, where it is day
