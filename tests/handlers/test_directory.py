"""Asking Slack who is where: it is left alone when it says so, and a bad moment is no lost channel."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from coopbot.domain.intent import What
from coopbot.slack.directory import Directory
from coopbot.store import OpenStore
from tests.delivery.line import FLAG, SCOPES, Line, a_line


@pytest.fixture
async def line(store: OpenStore) -> AsyncIterator[Line]:
    async with a_line(store, scopes=SCOPES) as made:
        yield made


def directory(line: Line) -> Directory:
    return Directory(line.worker(timeout_s=5.0).courier.wire.chat._client, line.store, line.office.desk)  # type: ignore[attr-defined]


async def alarms(line: Line) -> list[str]:
    return [what for what, *_ in await line.outbox() if what == What.OPERATOR.value]


async def test_a_429_ends_the_round_and_the_next_one_goes_on_from_there(line: Line) -> None:
    people = directory(line)
    await line.fault("rate_limit", "users.info", seconds=3600)
    await people.refresh()
    assert len(await line.calls("users.info", effect=False)) == 1
    await people.refresh()
    assert len(await line.calls("users.info", effect=False)) == 1, "an hour has not passed"
    people._until.clear()
    await people.refresh()
    asked = [call["args"]["user"] for call in await line.calls("users.info", effect=False)]
    assert len(asked) > 3
    assert sorted(asked[1:]) == sorted(set(asked))


@pytest.mark.parametrize("fault", ["error_500", "html", "rate_limit", "drop_after_effect"])
async def test_a_bad_moment_is_no_lost_channel(line: Line, fault: str) -> None:
    people = directory(line)
    await line.fault(fault, "conversations.info", times=0)
    await people.refresh()
    assert people.unreachable == {}
    assert await alarms(line) == []


async def test_a_channel_that_was_archived_is_told_by_that_name(line: Line) -> None:
    people = directory(line)
    await line.control("channels", id=FLAG, archived=True)
    await people.refresh()
    await people.refresh()
    assert people.unreachable == {FLAG: "is_archived"}
    assert len(await alarms(line)) == 1
