"""Socket Mode from the wire: hello, one of ten connections, refresh, acks and retries, faults."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from coopbot.sandbox import Sandbox, SandboxClient
from tests.sandbox.conftest import web_client

WITHIN = 5.0


class Line:
    """One open connection, read by hand."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws

    async def next(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.ws.receive_json(timeout=WITHIN)
        return found

    async def ack(self, envelope: dict[str, Any], payload: Any = None) -> None:
        answer = {"envelope_id": envelope["envelope_id"]} | ({"payload": payload} if payload else {})
        await self.ws.send_json(answer)


class Lines:
    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self._client = web_client(sandbox, "")
        self._session = session
        self._held: list[Line] = []

    async def open(self) -> Line:
        answer = await self._client.apps_connections_open(app_token="xapp-1-A00000001-1-sandbox")
        quick = aiohttp.ClientWSTimeout(ws_close=0.5)
        self._held.append(Line(await self._session.ws_connect(answer["url"], timeout=quick)))
        return self._held[-1]

    async def close(self) -> None:
        await asyncio.gather(*(line.ws.close() for line in self._held))


@pytest.fixture
async def lines(sandbox: Sandbox) -> AsyncIterator[Lines]:
    async with aiohttp.ClientSession() as session:
        made = Lines(sandbox, session)
        yield made
        await made.close()


@pytest.fixture
async def line(lines: Lines) -> Line:
    line = await lines.open()
    assert (await line.next())["type"] == "hello"
    return line


async def settled(people: SandboxClient, count: int, since: int = 0, kind: str = "event") -> list[dict[str, Any]]:
    """The deliveries of a kind, once there are ``count``."""

    async def there() -> Any:
        found = await people.deliveries(since, kind)
        return found if len(found) >= count else None

    return list(await people.until(there, WITHIN))


async def test_hello_says_how_many(lines: Lines) -> None:
    for number in range(1, 11):
        hello = await (await lines.open()).next()
        assert hello["num_connections"] == number
        assert hello["debug_info"]["approximate_connection_time"] > 0
    refused = await (await lines.open()).next()
    assert (refused["type"], refused["reason"]) == ("disconnect", "too_many_websockets")


async def test_ticket_is_good_once(sandbox: Sandbox) -> None:
    answer = await web_client(sandbox, "").apps_connections_open(app_token="xapp-1-A00000001-1-sandbox")
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(answer["url"]):
            pass
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(answer["url"])


async def test_each_payload_goes_to_one_connection(lines: Lines, line: Line, people: SandboxClient) -> None:
    other = await lines.open()
    await other.next()
    for number in range(4):
        await people.says("UANA", "CCARE", f"{number}")
    got = [await line.next(), await other.next(), await line.next(), await other.next()]
    for number, envelope in enumerate(got):
        await (line, other)[number % 2].ack(envelope)
    assert sorted(e["payload"]["event"]["text"] for e in got) == ["0", "1", "2", "3"]
    found = await settled(people, 4)
    assert len({d["event_id"] for d in found}) == 4
    assert {d["status"] for d in found} == {"acked"}


async def test_event_envelope(line: Line, people: SandboxClient) -> None:
    ts = await people.says("UANA", "CCARE", "@till & <you>")
    envelopes = [await line.next(), await line.next()]
    for envelope in envelopes:
        await line.ack(envelope)
    message, mention = envelopes
    assert message["type"] == "events_api"
    assert (message["accepts_response_payload"], message["retry_attempt"], message["retry_reason"]) == (False, 0, "")
    payload = message["payload"]
    assert payload["type"] == "event_callback"
    assert payload["authorizations"][0]["user_id"] == "UBOT"
    assert payload["event"]["text"] == "<@UBOT> &amp; &lt;you&gt;"
    assert (payload["event"]["ts"], payload["event"]["channel_type"]) == (ts, "channel")
    assert mention["payload"]["event"]["type"] == "app_mention"


async def test_event_is_tried_again_at_once_after_a_minute_and_after_five(line: Line, people: SandboxClient) -> None:
    await people.clock(rate=0)
    await line.ws.close()
    await people.says("UANA", "CCARE", "anybody?")
    assert [d["attempt"] for d in await settled(people, 2)] == [0, 1]
    await people.clock(advance=59)
    assert len(await people.deliveries(kind="event")) == 2
    await people.clock(advance=1)
    await settled(people, 3)
    await people.clock(advance=299)
    assert len(await people.deliveries(kind="event")) == 3
    await people.clock(advance=1)
    found = await settled(people, 4)
    await people.clock(advance=3600)
    assert len(await people.deliveries(kind="event")) == 4
    assert len({d["event_id"] for d in found}) == 1
    assert [d["reason"] for d in found] == ["", "not_connected", "not_connected", "not_connected"]


async def test_unacknowledged_event_comes_again_with_the_same_id(line: Line, people: SandboxClient) -> None:
    await people.says("UANA", "CCARE", "slow")
    first, second = await line.next(), await line.next()  # the second comes three real seconds later
    await line.ack(second)
    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
    assert [d["status"] for d in await settled(people, 2)] == ["failed", "acked"]


async def test_command_not_acknowledged_in_three_seconds_shows_a_failure(line: Line, people: SandboxClient) -> None:
    done = await people.commands("UANA", "CCARE", "/till")
    assert (done["acked"], done["failure"]) == (False, "operation_timeout")
    assert len(await people.deliveries(kind="command")) == 1


async def test_nobody_is_connected(people: SandboxClient) -> None:
    done = await people.commands("UANA", "CCARE", "/till")
    assert (done["acked"], done["failure"]) == (False, "not_connected")
    await people.clock(advance=3600)
    assert len(await people.deliveries(kind="command")) == 1


async def test_command_text_is_raw_unless_escaped(line: Line, people: SandboxClient) -> None:
    for command, text in (("/till", "@ben <x>"), ("/polite", "<@UBEN> &lt;x&gt;")):
        asked = asyncio.ensure_future(people.commands("UANA", "CCARE", command, "@ben <x>"))
        envelope = await line.next()
        while envelope["type"] != "slash_commands":  # what the first answer said is an event by itself
            envelope = await line.next()
        await line.ack(envelope, {"text": "thanks", "response_type": "in_channel"})
        assert (await asked)["response"] == {"text": "thanks", "response_type": "in_channel"}
        assert envelope["payload"]["text"] == text
    assert [m["ephemeral"] for m in await people.sees("UBEN", "CCARE")] == [False, False]


async def test_refresh_warns_then_closes(line: Line, people: SandboxClient) -> None:
    await people.fault("socket_refresh")
    assert [(await line.next())["reason"] for _ in range(2)] == ["warning", "refresh_requested"]
    assert (await line.ws.receive(timeout=WITHIN)).type is aiohttp.WSMsgType.CLOSE


async def test_cut_drops_without_a_word_and_holds(lines: Lines, line: Line, people: SandboxClient) -> None:
    fault = await people.fault("socket_cut", hold=True)
    assert (await line.ws.receive(timeout=WITHIN)).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await lines.open()
    await people.request("DELETE", f"faults/{fault['id']}")
    assert (await (await lines.open()).next())["type"] == "hello"


async def test_duplicate_delivery(line: Line, people: SandboxClient) -> None:
    await people.fault("duplicate_delivery", kind="event")
    await people.says("UANA", "CCARE", "twice")
    one, two = await line.next(), await line.next()
    assert one["payload"] == two["payload"]
    assert one["envelope_id"] != two["envelope_id"]


async def test_reordered_events(line: Line, people: SandboxClient) -> None:
    await people.fault("reorder", times=3)
    for number in range(4):
        await people.says("UANA", "CCARE", f"{number}")
    assert [(await line.next())["payload"]["event"]["text"] for _ in range(4)] == ["2", "1", "0", "3"]


async def test_bot_is_taken_out(line: Line, people: SandboxClient, bot: Any) -> None:
    await people.fault("remove_bot", channel="care")
    with pytest.raises(SlackApiError) as refused:
        await bot.chat_postMessage(channel="CCARE", text="t")
    assert refused.value.response["error"] == "not_in_channel"


async def test_token_is_revoked_until_disarmed(line: Line, people: SandboxClient, bot: Any) -> None:
    await people.fault("token_revoked")
    assert (await line.next())["payload"]["event"]["type"] == "tokens_revoked"
    with pytest.raises(SlackApiError) as refused:
        await bot.auth_test()
    assert refused.value.response["error"] == "token_revoked"
    await people.calm()
    assert (await bot.auth_test())["user_id"] == "UBOT"


async def test_events_of_the_world(line: Line, people: SandboxClient) -> None:
    async def heard(act: Any) -> dict[str, Any]:
        await act
        envelope = await line.next()
        await line.ack(envelope)
        event: dict[str, Any] = envelope["payload"]["event"]
        return event

    joined = await heard(people.joins("UOUT", "care"))
    assert (joined["type"], joined["user"], joined["channel"]) == ("member_joined_channel", "UOUT", "CCARE")
    assert (await heard(people.leaves("UOUT", "care")))["type"] == "member_left_channel"
    changed = await heard(people.put("usergroups", id="SLEAD", users=["UBEN"]))
    assert (changed["type"], changed["added_users"], changed["removed_users"]) == (
        "subteam_members_changed", ["UBEN"], ["UANA"],
    )  # fmt: skip
    assert (await heard(people.put("users", id="UBEN", tz="Asia/Tokyo")))["user"]["tz"] == "Asia/Tokyo"
    assert (await heard(people.put("channels", id="CCARE", name="caring")))["type"] == "channel_rename"
    assert (await heard(people.opens_home("UANA")))["tab"] == "home"
    await people.says("UANA", "CELSE", "the bot is not there")
    assert (await heard(people.put("channels", id="CCARE", archived=True)))["type"] == "channel_archive"


async def test_edits_and_deletions_are_events(line: Line, people: SandboxClient) -> None:
    ts = await people.says("UANA", "CCARE", "one")
    await people.act("UANA", "edits", channel="CCARE", ts=ts, text="two")
    await people.act("UANA", "deletes", channel="CCARE", ts=ts)
    events = [(await line.next())["payload"]["event"] for _ in range(3)]
    assert [e.get("subtype") for e in events] == [None, "message_changed", "message_deleted"]
    assert (events[1]["message"]["text"], events[1]["previous_message"]["text"]) == ("two", "one")
    assert events[2]["deleted_ts"] == ts


async def test_more_events_than_an_hour_holds(line: Line, people: SandboxClient) -> None:
    await people.clock(rate=0)
    await people.limits(15_000)  # two events an hour
    for number in range(5):
        await people.says("UANA", "CCARE", f"{number}")
    got = [(await line.next())["payload"] for _ in range(3)]
    assert [p["type"] for p in got] == ["event_callback", "event_callback", "app_rate_limited"]
    await people.limits(0)
    await people.says("UANA", "CCARE", "after")
    assert (await line.next())["payload"]["event"]["text"] == "after"
