"""A file is had from Slack whatever happens on the way, or its author is told; what is no file is never passed on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
import pytest

from coopbot.domain.files import MB, FileRules, HandedIn
from coopbot.domain.intent import Lane
from coopbot.domain.links import Links, keys_from
from coopbot.ports import Sent
from coopbot.services import answering
from coopbot.services.answering import Draft
from coopbot.slack.chat import web_client
from coopbot.slack.files import SlackFiles
from coopbot.store import OpenStore
from tests.delivery.line import SCOPES, Line, Nobody, a_line
from tests.support.office import A17
from tests.support.world import ANA

PHOTO = b"\x89PNG" + bytes(range(256)) * 40


@dataclass
class Took(Nobody):
    got: list[Any] = field(default_factory=list)

    async def reply(self, *given: Any) -> Any:
        self.got.append(given[2]["attachments"])
        return Sent("ok")


@dataclass
class Files:
    line: Line
    platform: Took = field(default_factory=Took)

    async def answers(self, content: bytes = PHOTO, name: str = "a.png", announced: int | None = None) -> None:
        """Ana answers with a file that she has put into the modal."""
        world = self.line.sandbox.world
        assert world is not None
        file = world.files.upload(name, content, ANA)
        file.length = len(content) if announced is None else announced
        file.handed_to.add("A00000001")
        draft = Draft("今天 18:00 前发出，照片见附件", files=(HandedIn(file.id, name),), asked=True)
        office = self.line.office
        await self.line.raises("A-17")
        await self.line.store.run(answering.answer, office.now, office.desk, ANA, A17, draft, "r1")

    async def works(self) -> None:
        self.line.start(lane=Lane.PLATFORM, platform=self.platform)

    async def ends(self) -> None:
        async def look() -> bool:
            return await self.line.store.read(lambda tx: tx.outbox.next_due(Lane.PLATFORM) is None)

        await self.line.until(look, "nothing is owed to the platform")

    async def why(self) -> str:
        (file,) = await self.line.store.read(lambda tx: tx.files.of("reply:r1"))
        return file.why


@pytest.fixture
async def here(store: OpenStore) -> AsyncIterator[Files]:
    async with a_line(store, scopes=[*SCOPES, "files:read"]) as line:
        yield prepared(line)


def prepared(line: Line) -> Files:
    links = Links("https://coopbot.example", keys_from(["secret"]))
    line.office.desk = replace(line.office.desk, links=links, files=FileRules(largest=MB))
    return Files(line)


@pytest.mark.parametrize("method", ["files.info", "files.download"])
@pytest.mark.parametrize("fault", ["error_500", "timeout", "drop_before_effect", "drop_after_effect", "rate_limit"])
async def test_trouble_on_the_way_costs_a_try(here: Files, method: str, fault: str) -> None:
    await here.line.fault(fault, method, seconds=1.0)
    await here.works()
    await here.answers()
    await here.ends()
    ((file,),) = here.platform.got
    assert (file["name"], file["size"]) == ("a.png", len(PHOTO))


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ({"content": b""}, "empty"),
        ({"content": b"<!DOCTYPE html><html><title>Login | Slack"}, "login_page"),
        ({"content": b"\xef\xbb\xbf\n <HTML><body>"}, "login_page"),
        ({"content": b"0" * (MB + 1)}, "too_large"),
        ({"content": b"0" * (MB + 1), "announced": 5}, "too_large"),
    ],
)
async def test_what_is_no_file_is_not_passed_on(here: Files, file: dict[str, Any], why: str) -> None:
    await here.works()
    await here.answers(**file)
    await here.ends()
    assert (here.platform.got, await here.why()) == ([], why)


async def test_a_login_page_in_its_place_is_no_file(here: Files) -> None:
    await here.line.fault("html", "files.download")
    await here.works()
    await here.answers()
    await here.ends()
    assert (here.platform.got, await here.why()) == ([], "login_page")


async def test_without_the_scope_nobody_waits_in_vain(store: OpenStore) -> None:
    async with a_line(store) as line:
        here = prepared(line)
        await here.works()
        await here.answers()
        await here.ends()
        assert (here.platform.got, await here.why()) == ([], "missing_scope needs scope files:read")


async def test_after_enough_tries_its_author_is_told(here: Files) -> None:
    await here.line.fault("error_500", "files.download", times=0)
    await here.answers()
    await here.line.store.run(lambda tx: tx.session._cursor.execute("UPDATE outbox SET tries = 7 WHERE what = 'fetch'"))
    await here.works()
    await here.ends()
    assert (here.platform.got, await here.why()) == ([], "not_to_be_had download: HTTP 500")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://files.slack.com/files-pri/T1-F1/download/a.png", True),
        ("https://slack-files.com/T1-F1", False),
        ("http://files.slack.com/files-pri/T1-F1/a.png", False),
        ("https://files.slack.com.evil.example/a.png", False),
        ("https://evilslack.com/a.png", False),
        ("https://docs.google.com/a.png", False),
        ("", False),
    ],
)
async def test_the_token_is_shown_to_slack_alone(url: str, shown: bool) -> None:
    async with aiohttp.ClientSession() as session:
        assert SlackFiles(web_client("xoxb-x", None, session), session)._is_slacks(url) is shown
