"""Slack's user groups in a real workspace: one follows who is on call, one says who is."""

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

FOLLOWS, SAYS = "S0DUTY", "S0ROTA"


def with_groups(toml: str) -> str:
    """The flagship's group follows its on-call; the outlet's says who is on call."""
    flagship, outlet = toml.split('name = "outlet"')
    outlet = re.sub(r"on_call = .*", f'on_call = {{ usergroup = "{SAYS}" }}', outlet)
    around = 'from = "00:00", to = "24:00"'
    flagship = flagship.replace('from = "09:00", to = "19:00"', around)
    return f'{flagship.replace("undo_for", f"usergroup = {FOLLOWS!r}{chr(10)}undo_for", 1)}name = "outlet"{outlet}'


@pytest.fixture
async def here(tmp_path: Path, database_url: str) -> AsyncIterator[Installation]:
    async with installation(tmp_path, database_url) as made:
        made.rewrite = with_groups
        for group, handle, users in ((FOLLOWS, "oncall", [cast.ZHAO]), (SAYS, "outlet-oncall", [cast.TOM])):
            await made.audience.post(
                "/control/usergroups", {"id": group, "handle": handle, "name": handle, "users": users}
            )
        yield made


async def members(here: Installation, *expected: str) -> None:
    async def look() -> tuple[list[str] | None, str]:
        groups = (await here.audience.get("/control/workspace"))["usergroups"]
        now = next(group["users"] for group in groups if group["id"] == FOLLOWS)
        return (now if now == list(expected) else None), str(now)

    await here.audience.until(f"the group is {expected}", look)


async def puts_in(here: Installation, who: str) -> None:
    chen, begins = here.person(cast.CHEN), int(wall().timestamp()) - 60
    await chen.commands("/coop oncall override")
    await chen.modal()
    await chen.submits({ids.ROTA_WHO: who, ids.ROTA_FROM: begins, ids.ROTA_UNTIL: begins + 7200})


async def test_the_group_follows_who_is_on_call(here: Installation) -> None:
    await here.serve()
    await members(here, cast.WANG)
    await puts_in(here, cast.LI)
    await members(here, cast.LI)


async def test_a_workspace_that_forbids_it_is_told_of_once_and_calls_people_as_before(here: Installation) -> None:
    denied = {"fault": "api_error", "error": "permission_denied", "method": "usergroups.users.update", "times": 99}
    await here.audience.post("/control/faults", denied)
    await here.serve()
    ops = await direct(here, cast.OPS, FOLLOWS)
    assert "permission_denied" in str(await ops.sees(FOLLOWS))
    await here.platform.raises(shop_id="10001", **{"class": "crc"})
    card = await here.person(cast.WANG).sees("CRC")
    assert cast.WANG in str(card) or "王芳" in str(card)


async def test_who_is_in_the_other_group_is_on_call_as_soon_as_they_are(here: Installation) -> None:
    await here.serve()
    tom = here.person(cast.TOM, cast.OUTLET)
    assert "Tom Park" in (await tom.asks("/coop oncall"))["text"]
    ana = {"id": SAYS, "handle": "outlet-oncall", "name": "outlet-oncall", "users": [cast.ANA]}
    await here.audience.post("/control/usergroups", ana)

    async def says(words: str) -> None:
        async def look() -> None:
            assert words in (await tom.asks("/coop oncall"))["text"]

        await here.persists(look, f"/coop oncall says {words}")

    await says("Ana Ruiz")
    await here.audience.post("/control/usergroups", {**ana, "enabled": False})
    await says("Nobody is on call")
    await direct(here, cast.OPS, SAYS)


async def test_doctor_says_what_keeps_a_group_from_its_work(here: Installation) -> None:
    code, told = await here.coopbot("doctor")
    assert code == 0, told
    assert f"user group {FOLLOWS} of flagship: found" in told
    assert f"user group {SAYS} of outlet: 1 on call" in told
    await here.audience.post("/control/usergroups", {"id": FOLLOWS, "handle": "oncall", "name": "x", "enabled": False})
    await here.audience.post("/control/usergroups", {"id": SAYS, "handle": "outlet-oncall", "name": "y", "users": []})
    code, told = await here.coopbot("doctor")
    assert (code, told.count("✗")) == (1, 2), told
    assert "switched off" in told
    assert "nobody is on call" in told
