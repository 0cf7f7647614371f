"""Answers that need a second person, from outside: who is asked, who is next, that each leaves once or never."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from coopbot.clock import wall
from coopbot.demo import cast
from coopbot.demo.audience import Json, NotSeen, Person
from coopbot.views import ids
from tests.support.installation import Installation, installation
from tests.support.world import SHANGHAI

TEXT = "Parcel SF100 leaves tonight at 20:00, tracking follows"
HOURS = 'hours = "Mon-Sun 09:00-19:00"'


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Installation]:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/t.db") as made:
        yield made


def outlet(within: str, hours: str = "24/7") -> Any:
    """The second team wants a second person for everything; its hours are ``hours``."""

    def changed(toml: str) -> str:
        head, name, tail = toml.partition('name = "outlet"')
        tail = tail.replace(HOURS, f'hours = "{hours}"')
        return f'{head}{name}{tail}\n[teams.approval]\nwhen = [{{}}]\nwithin = "{within}"\n'

    return changed


def away() -> str:
    """Hours that are hours from now."""
    opens = (wall().astimezone(SHANGHAI) + timedelta(hours=6)).hour
    return f"Mon-Sun {opens:02}:00-{opens:02}:30"


async def asks(here: Installation, tom: Person, number: str, text: str = TEXT, was: str = "") -> Json:
    """Tom writes an answer; the request with its buttons."""
    card = await tom.sees(number)
    await tom.clicks(card, ids.OTHER_ANSWER)
    assert ((await tom.modal())["fields"][0]["value"] or "") == was
    await tom.submits({ids.REPLY_TEXT: text})
    return await tom.sees(text, number, thread=True)


async def test_the_first_is_away_the_next_approves_and_a_declined_answer_comes_back_to_its_author(
    here: Installation,
) -> None:
    here.rewrite = outlet("9s")
    await here.serve()
    tom, grace, zhao = (here.person(who, cast.OUTLET) for who in (cast.TOM, cast.GRACE, cast.ZHAO))
    since = await here.audience.seq()
    number = await here.platform.raises(shop_id="10002", **{"class": "general"})
    first = await asks(here, tom, number)
    await grace.is_called(since, "asks for your approval")
    await tom.sees(number, "waiting for", "approval")
    await zhao.is_called(since, "no word from Grace Kim")
    request = await zhao.sees("no word from Grace Kim", thread=True)
    assert await here.replies() == []
    await zhao.clicks(request, ids.APPROVE)
    assert (await here.platform.gets_reply(number))["body"]["data"]["text"] == TEXT
    await grace.sees("approved Tom Park's answer", thread=True)
    settled = await here.audience.until("no button left", lambda: without_buttons(grace, first["ts"]))
    assert "approved Tom Park's answer" in settled["text"]

    second = await here.platform.raises(shop_id="10002", **{"class": "general"})
    since = await here.audience.seq()
    request = await asks(here, tom, second)
    await grace.clicks(request, ids.DECLINE)
    await grace.modal(title="Decline this answer")
    await grace.submits({ids.APPROVAL_REASON: "No tracking number"})
    await tom.is_called(since, "No tracking number")
    request = await asks(here, tom, second, f"{TEXT}: SF200", was=TEXT)
    await grace.clicks(request, ids.APPROVE)
    assert (await here.platform.gets_reply(second))["body"]["data"]["text"] == f"{TEXT}: SF200"
    assert len(await here.replies()) == 2


async def test_alone_at_night_it_goes_with_a_reason_and_an_answer_elsewhere_ends_the_request(
    here: Installation,
) -> None:
    here.rewrite = outlet("1h", away())
    await here.serve()
    tom, grace = here.person(cast.TOM, cast.OUTLET), here.person(cast.GRACE, cast.OUTLET)
    number = await here.platform.raises(shop_id="10002", **{"class": "general"})
    request = await asks(here, tom, number)
    assert "Nobody is there now" in request["text"]
    await grace.clicks(request, ids.SEND_ALONE)
    assert await here.replies() == []
    await tom.clicks(request, ids.SEND_ALONE)
    await tom.modal(title="Without approval")
    await tom.submits({ids.APPROVAL_REASON: "Alone on the night shift"})
    assert (await here.platform.gets_reply(number))["body"]["data"]["text"] == TEXT
    await grace.sees("without approval", "Alone on the night shift", thread=True)

    second = await here.platform.raises(shop_id="10002", **{"class": "general"})
    request = await asks(here, tom, second)
    await here.platform.does("answer_elsewhere", second)
    await tom.sees("answered in the console", TEXT, thread=True)
    settled = await here.audience.until("no button left", lambda: without_buttons(tom, request["ts"]))
    assert "withdrawn" in settled["text"]
    assert len(await here.replies()) == 1


async def test_killed_between_the_approval_and_the_sending_it_is_sent_once(here: Installation) -> None:
    here.rewrite = outlet("1h")
    bot = await here.serve()
    tom, grace = here.person(cast.TOM, cast.OUTLET), here.person(cast.GRACE, cast.OUTLET)
    number = await here.platform.raises(shop_id="10002", **{"class": "general"})
    request = await asks(here, tom, number)
    await bot.stop()
    bot = await here.serve(COOPBOT_FAIL="click.committed:kill@1", COOPBOT_ALLOW_FAULTS="1")

    async def approve() -> None:
        with contextlib.suppress(NotSeen):  # who clicks is not answered by the dead
            await grace.clicks(request, ids.APPROVE)
        assert await bot.ends(within=5) == -signal.SIGKILL

    await here.persists(approve, "approving")
    assert await here.replies() == []
    await here.serve()
    assert (await here.platform.gets_reply(number))["body"]["data"]["text"] == TEXT
    await grace.sees("approved Tom Park's answer", thread=True)
    assert len(await here.replies()) == 1


async def without_buttons(who: Person, ts: str) -> tuple[Json | None, str]:
    """The message under a card once nothing can be pressed on it."""
    seen = await who.audience.get(f"/control/users/{who.user}/sees", channel=who.channel)
    said = [reply for message in seen["messages"] for reply in (message, *message["replies"])]
    found = next(each for each in said if each["ts"] == ts)
    return (None if found["actions"] else found), str(found["text"])
