"""Who may do what, from outside: leads by a user group, kept by Slack's events; guests are told why not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from coopbot.demo import cast
from coopbot.demo.audience import Json, Person
from coopbot.views import ids
from tests.support.installation import Installation, installation

GROUP = "S0LEADS"
GUESTS = {"U0GAST": ("zh-CN", "访客只能查看，不能操作"), "U0GUEST": ("en-US", "Guests can read here, not act.")}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Installation]:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/t.db") as made:
        yield made


async def whispered(here: Installation, who: Person, since: int) -> str:
    async def look() -> tuple[Json | None, str]:
        new = await here.audience.get(f"/control/users/{who.user}/new", channel=who.channel, since=since)
        found = [each for each in new["messages"] if each["ephemeral"]]
        return (found[-1] if found else None), str(new)

    return str((await here.audience.until(f"{who.user} is told something", look))["text"])


async def leads(here: Installation, *users: str) -> None:
    group = {"id": GROUP, "handle": "leads", "name": "Leads", "users": list(users)}
    await here.audience.post("/control/usergroups", group)


async def test_who_is_in_the_user_group_leads_from_then_on(here: Installation) -> None:
    here.rewrite = lambda toml: toml.replace(f'leads = ["{cast.CHEN}"]', f'leads = {{ usergroup = "{GROUP}" }}')
    await leads(here, cast.CHEN)
    await here.serve()
    chen, wang, li = here.person(cast.CHEN), here.person(cast.WANG), here.person(cast.LI)
    number = await here.platform.raises(shop_id="10001", **{"class": "general"})
    card = await li.sees(number)
    await li.clicks(card, ids.CLAIM)
    card = await here.has_button(wang, card, ids.HAND_OVER)
    since = await here.audience.seq()
    await wang.chooses(card, ids.MORE, ids.TAKE_OVER)
    assert "陈静" in await whispered(here, wang, since)
    await chen.home(ids.TEMPLATES)

    await leads(here, cast.WANG)

    async def takes_over() -> None:
        await wang.chooses(await wang.message(card["ts"]), ids.MORE, ids.TAKE_OVER)
        assert "王芳已认领" in (await wang.message(card["ts"]))["text"]

    await here.persists(takes_over, "the new lead takes over")
    await wang.home(ids.TEMPLATES)


async def test_a_guest_is_told_why_not_in_their_language_and_nothing_changes(here: Installation) -> None:
    for user, (locale, _) in GUESTS.items():
        named = {"name": user.lower(), "real_name": user, "locale": locale, "is_restricted": True}
        await here.audience.post("/control/users", {"id": user, **named})
        await here.audience.post(f"/control/users/{user}/joins", {"channel": cast.FLAGSHIP})
    await here.serve()
    number = await here.platform.raises(shop_id="10001", **{"class": "general"})
    for user, (_, sentence) in GUESTS.items():
        guest = here.person(user)
        card = await guest.sees(number)
        since = await here.audience.seq()
        await guest.clicks(card, ids.CLAIM)
        assert sentence in await whispered(here, guest, since)
        assert ids.CLAIM in [each["action_id"] for each in (await guest.message(card["ts"]))["actions"]]
