"""``POST /platform/v1/events``: every row of the contract's statuses, over a real socket (platform-api.md, Intake)."""

import asyncio
import gzip
import zlib
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopbot.clock import wall
from coopbot.domain.event import Answer, PlatformEvent, Verdict
from coopbot.errors import StoreBusy
from coopbot.handlers.webhooks import MOST_BYTES
from tests.handlers.house import Caller, Edge, served
from tests.platforms.signed import EVERY, OTHER, THIRD, body_of, raised

PROBLEM = "application/problem+json"


async def problem(response: aiohttp.ClientResponse, status: int) -> dict[str, Any]:
    """The problem document of an answer, which must be one of that status."""
    assert response.status == status, await response.text()
    assert response.content_type == PROBLEM
    body: dict[str, Any] = await response.json(content_type=PROBLEM)
    assert body["status"] == status
    assert body["title"]
    assert body["type"]
    return body


def verdict(status: Verdict, reason: str = "") -> Any:
    return lambda event: Answer(event.id, status, reason)


# --- one event ------------------------------------------------------------------------------------------------------


async def test_a_signed_event_is_taken_and_answered(caller: Caller) -> None:
    response = await caller.post(raised())
    assert response.status == 200
    assert await response.json() == {"results": [{"id": "msg_1", "status": "accepted"}]}
    assert [(event.connection, event.id) for event in caller.edge.taken] == [("jd", "msg_1")]


@pytest.mark.parametrize("kind", EVERY)
async def test_every_type_is_taken(caller: Caller, kind: str) -> None:
    response = await caller.post({"type": kind, "timestamp": "2026-11-23T02:00:00Z", "data": EVERY[kind]})
    assert response.status == 200
    assert caller.edge.taken[0].type == kind


async def test_the_connection_is_the_one_that_signed(caller: Caller) -> None:
    for secret in (OTHER, THIRD):
        assert (await caller.post(raised(), secret)).status == 200
    assert [event.connection for event in caller.edge.taken] == ["weixin", "jd"]


@pytest.mark.parametrize(
    ("status", "http"),
    [
        (Verdict.ACCEPTED, 200),
        (Verdict.DUPLICATE, 200),
        (Verdict.IGNORED, 200),
        (Verdict.REFUSED, 200),
    ],
)
async def test_what_became_of_a_single_event(caller: Caller, status: Verdict, http: int) -> None:
    caller.edge.answer = verdict(status, "why")
    response = await caller.post(raised())
    assert response.status == http
    assert await response.json() == {"results": [{"id": "msg_1", "status": status.value, "reason": "why"}]}


@pytest.mark.parametrize("body", [raised(), [raised()]])
async def test_a_conflict_of_the_only_event_is_409(caller: Caller, body: Any) -> None:
    caller.edge.answer = verdict(Verdict.CONFLICT, "version 1 is known with another body")
    said = await problem(await caller.post(body), 409)
    assert said["detail"] == "version 1 is known with another body"
    assert said["results"][0]["status"] == "conflict"


async def test_a_malformed_event_is_422_with_the_paths_and_is_not_taken(caller: Caller) -> None:
    said = await problem(await caller.post(raised(raised_at="2026-11-23T10:00:00", scene=None)), 422)
    assert [error["path"] for error in said["errors"]] == ["data.scene", "data.raised_at"]
    assert all(error["detail"] for error in said["errors"])
    assert caller.edge.taken == []


@pytest.mark.parametrize("body", [b"", b"{", b"5", b'"x"', b"null", b"raise=order", b"[" * 3000])
async def test_what_is_no_event_is_422(caller: Caller, body: bytes) -> None:
    said = await problem(await caller.post(body), 422)
    assert said["errors"][0]["path"] == ""


# --- arrays ---------------------------------------------------------------------------------------------------------


async def test_an_array_of_good_ones_is_200_in_their_order(caller: Caller) -> None:
    answers = {"a": Verdict.ACCEPTED, "b": Verdict.DUPLICATE, "msg_1#2": Verdict.IGNORED}
    caller.edge.answer = lambda event: Answer(event.id, answers[event.id])
    response = await caller.post([{**raised("1"), "id": "a"}, {**raised("2"), "id": "b"}, raised("3")])
    assert response.status == 200
    results = (await response.json())["results"]
    assert [(each["id"], each["status"]) for each in results] == [
        (key, status.value) for key, status in answers.items()
    ]


@pytest.mark.parametrize("status", [Verdict.CONFLICT, Verdict.REFUSED])
async def test_one_that_was_not_taken_makes_it_207(caller: Caller, status: Verdict) -> None:
    def answer(event: PlatformEvent) -> Answer:
        return Answer(event.id, status, "why") if event.id == "msg_1#1" else Answer(event.id, Verdict.ACCEPTED)

    caller.edge.answer = answer
    response = await caller.post([raised("1"), raised("2")])
    assert response.status == 207
    assert [each["status"] for each in (await response.json())["results"]] == ["accepted", status.value]


async def test_the_good_ones_beside_a_malformed_one_are_taken(caller: Caller) -> None:
    response = await caller.post([raised("1"), raised("2", amount=3), "x", raised("4")])
    assert response.status == 207
    results = (await response.json())["results"]
    assert [each["status"] for each in results] == ["accepted", "invalid", "invalid", "accepted"]
    assert [error["path"] for error in results[1]["errors"]] == ["data.amount"]
    assert results[1]["id"] == "msg_1#1"
    assert [event.order.number for event in caller.edge.taken if event.order] == ["1", "4"]


async def test_an_array_of_nothing_is_answered_with_nothing(caller: Caller) -> None:
    response = await caller.post([])
    assert (response.status, await response.json()) == (200, {"results": []})


async def test_five_hundred_events_are_taken_and_one_more_is_413(caller: Caller) -> None:
    assert (await caller.post([raised(str(n)) for n in range(500)])).status == 200
    assert len(caller.edge.taken) == 500
    await problem(await caller.post([raised(str(n)) for n in range(501)]), 413)
    assert len(caller.edge.taken) == 500


# --- who, and how much ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook_signature": "garbage"},
        {"webhook_signature": "v1,é"},
        {"webhook_signature": ""},
        {"webhook_id": ""},
        {"webhook_id": "another"},
        {"webhook_timestamp": "abc"},
        {"webhook_timestamp": ""},
        {"webhook_timestamp": "nan"},
    ],
)
async def test_a_wrong_or_malformed_signature_is_401_and_counted(caller: Caller, changed: dict[str, str]) -> None:
    response = await caller.post(raised(), **changed)
    await problem(response, 401)
    assert response.headers["WWW-Authenticate"]
    assert caller.edge.taken == []
    page = await (await caller.get("/metrics")).text()
    assert "coopbot_intake_unsigned_total 1.0" in page


async def test_a_request_without_any_header_is_401(caller: Caller) -> None:
    await problem(await caller.send("POST", "/platform/v1/events", data=body_of(raised())), 401)


async def test_a_stranger_s_secret_is_401(caller: Caller) -> None:
    await problem(await caller.post(raised(), "whsec_c3RyYW5nZXI="), 401)


@pytest.mark.parametrize("off", [timedelta(minutes=-6), timedelta(minutes=6), timedelta(days=400)])
async def test_a_stale_timestamp_is_401(caller: Caller, off: timedelta) -> None:
    await problem(await caller.post(raised(), at=wall() + off), 401)


async def test_a_body_that_is_not_utf_8_is_401(caller: Caller) -> None:
    await problem(await caller.post("催".encode("gbk")), 401)


def padded(size: int) -> bytes:
    body = body_of(raised(extra=""))
    return body.replace(b'"extra": ""', b'"extra": "' + b"x" * (size - len(body)) + b'"')


async def test_a_body_of_one_mebibyte_is_taken_and_one_byte_more_is_413(caller: Caller) -> None:
    assert len(padded(MOST_BYTES)) == MOST_BYTES
    assert (await caller.post(padded(MOST_BYTES))).status == 200
    await problem(await caller.post(padded(MOST_BYTES + 1)), 413)


async def test_a_body_whose_length_nobody_named_is_cut_off_too(caller: Caller) -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        while sent < 64 * MOST_BYTES:
            sent += 65_536
            yield b"x" * 65_536

    try:
        response = await caller.send("POST", "/platform/v1/events", data=endless())
    except aiohttp.ClientConnectionError:  # the server need not wait for the rest
        response = None
    if response is not None:
        await problem(response, 413)
    assert sent < 64 * MOST_BYTES
    assert caller.edge.taken == []


async def test_what_is_packed_small_is_measured_unpacked(caller: Caller) -> None:
    bomb = gzip.compress(b"x" * (8 * MOST_BYTES))
    response = await caller.send("POST", "/platform/v1/events", data=bomb, headers={"Content-Encoding": "gzip"})
    await problem(response, 413)


@pytest.mark.parametrize("junk", [b"not gzip at all", zlib.compress(b"x")[:-3], b""])
async def test_what_can_not_be_unpacked_is_the_sender_s_fault(caller: Caller, junk: bytes) -> None:
    response = await caller.send("POST", "/platform/v1/events", data=junk, headers={"Content-Encoding": "gzip"})
    assert 400 <= response.status < 500


# --- the store ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "told"), [(None, "1"), (2.4, "3")])
async def test_a_busy_store_is_503_with_when_to_come_again(caller: Caller, after: float | None, told: str) -> None:
    caller.edge.trouble = StoreBusy("no commit in time", after=after)
    response = await caller.post([raised("1"), raised("2")])
    await problem(response, 503)
    assert response.headers["Retry-After"] == told


async def test_the_answer_waits_for_the_commit(caller: Caller) -> None:
    caller.edge.commits = asyncio.Event()
    post = asyncio.create_task(caller.post(raised()))
    await caller.edge.asked_to_take.wait()
    done, _ = await asyncio.wait([post], timeout=0.1)
    assert not done
    caller.edge.commits.set()
    assert (await post).status == 200


# --- the rest -------------------------------------------------------------------------------------------------------


async def test_other_methods_and_paths_are_problems_too(caller: Caller) -> None:
    response = await caller.get("/platform/v1/events")
    await problem(response, 405)
    assert response.headers["Allow"] == "POST"
    await problem(await caller.get("/platform/v1/nothing"), 404)


async def test_verdicts_are_counted_by_connection(caller: Caller) -> None:
    await caller.post([raised("1"), raised("2", amount=3)])
    await caller.post(raised("3"), OTHER)
    page = await (await caller.get("/metrics")).text()
    assert 'coopbot_intake_events_total{connection="jd",verdict="accepted"} 1.0' in page
    assert 'coopbot_intake_events_total{connection="jd",verdict="invalid"} 1.0' in page
    assert 'coopbot_intake_events_total{connection="weixin",verdict="accepted"} 1.0' in page


HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=40)
BODIES = st.binary(max_size=100) | st.sampled_from([body_of(raised()), body_of([raised()]), b"[]", b"{}", b"[1]"])


async def test_no_request_makes_a_5xx() -> None:
    async with served(Edge()) as caller:
        requests: list[tuple[dict[str, str], bytes, bool]] = []

        @settings(max_examples=150, deadline=None)
        @given(
            sent=st.dictionaries(
                st.sampled_from(
                    ["webhook-id", "webhook-timestamp", "webhook-signature", "content-type", "authorization"]
                ),
                HEADER,
            ),
            body=BODIES,
            signed=st.booleans(),
        )
        def gather(sent: dict[str, str], body: bytes, signed: bool) -> None:
            requests.append((sent, body, signed))

        gather()
        for sent, body, signed in requests:
            if signed:
                response = await caller.post(body, **{key: text for key, text in sent.items() if "webhook" not in key})
            else:
                response = await caller.send("POST", "/platform/v1/events", data=body, headers=sent)
            assert response.status < 500, (sent, body)
