"""The read side: whose orders, which filters, and items exactly as the contract has them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from yarl import URL

from coopbot.domain.order_log import tell
from coopbot.domain.seen import Seen, see
from coopbot.domain.work_order import Entry, Kind, OrderKey
from coopbot.errors import StoreBusy
from coopbot.platforms.openapi import document
from coopbot.views.read_side import item as item_of
from tests.handlers.house import TOKENS, Caller
from tests.handlers.test_webhooks import problem
from tests.platforms.signed import raised
from tests.support.world import a_desk

LIST = "/platform/v1/work-orders"
AT = datetime(2026, 11, 23, 2, tzinfo=UTC)


def seen(number: str = "W-1", *more: Entry, connection: str = "jd", now: datetime = AT) -> Seen:
    """An order raised at 10:00 in Shanghai."""
    desk = a_desk()
    data = raised(number)["data"]
    log = [Entry(Kind.RAISED, AT, "raised:1", "platform", data), *more]
    order = tell(OrderKey(connection, number), (desk.profile.name, desk.profile.version), AT, log)
    return see(order, desk, now)


def at(minute: int) -> datetime:
    return AT.replace(minute=minute)


ANSWERED = (
    Entry(Kind.TOLD, at(1), "told", "coopbot", {"channel": "C0FLAG", "ts": "1.1"}),
    Entry(Kind.CLAIMED, at(5), "claimed", "U0ANA"),
    Entry(Kind.URGED, at(6), "urged", "platform"),
    Entry(Kind.REPLY_QUEUED, at(10), "q1", "U0ANA", {"reply_id": "r1", "text": "已发货", "preset_code": "shipped"}),
    Entry(Kind.REPLY_DELIVERED, at(11), "d1", "coopbot", {"reply_id": "r1"}),
)


async def items(caller: Caller, **query: str) -> Any:
    response = await caller.get(LIST, TOKENS["jd"], **query)
    assert response.status == 200, await response.text()
    return await response.json()


def contract(name: str) -> Draft202012Validator:
    """The schema of that name in the document that is served."""
    resource = Resource.from_contents({"$schema": "https://json-schema.org/draft/2020-12/schema", **document()})
    registry: Registry[Any] = Registry().with_resource("urn:coopbot", resource)
    return Draft202012Validator({"$ref": f"urn:coopbot#/components/schemas/{name}"}, registry=registry)


async def test_an_item_is_as_the_contract_says(caller: Caller) -> None:
    caller.edge.orders["jd", "W-1"] = seen("W-1", *ANSWERED, now=at(30))
    response = await caller.get(f"{LIST}/W-1", TOKENS["jd"])
    assert response.status == 200
    profile = a_desk().profile
    item = await response.json()
    assert item == {
        "work_order_no": "W-1",
        "shop_id": "10001",
        "class": "crc",
        "scene": "urge_shipping",
        "state": "replied",
        "raised_at": "2026-11-23T02:00:00Z",
        "due_at": "2026-11-23T06:00:00Z",
        "claimed_by": "U0ANA",
        "urged": 1,
        "sla": {
            "budget_s": 14400,
            "clock": "working",
            "used_s": 660,
            "left_s": 13740,
            "status": "met",
            "met_at": "2026-11-23T02:11:00Z",
            "provisional": True,
            "profile": profile.name,
            "version": profile.version,
        },
        "next_due": None,
        "targets": [
            {
                "kind": "claim",
                "due_at": "2026-11-23T02:30:00Z",
                "met_at": "2026-11-23T02:05:00Z",
                "standing": "met",
            },
            {
                "kind": "answer",
                "due_at": "2026-11-23T06:00:00Z",
                "met_at": "2026-11-23T02:11:00Z",
                "standing": "met",
            },
        ],
        "replies": [
            {
                "reply_id": "r1",
                "preset_code": "shipped",
                "text": "已发货",
                "by": "U0ANA",
                "at": "2026-11-23T02:10:00Z",
                "state": "delivered",
            }
        ],
        "told_at": "2026-11-23T02:01:00Z",
    }
    contract("Item").validate(item)


async def test_what_has_not_happened_yet_is_null(caller: Caller) -> None:
    caller.edge.orders["jd", "W-1"] = seen(now=at(30))
    item = await (await caller.get(f"{LIST}/W-1", TOKENS["jd"])).json()
    assert (item["state"], item["claimed_by"], item["told_at"], item["replies"]) == ("open", None, None, [])
    assert (item["sla"]["status"], item["sla"]["met_at"]) == ("running", None)
    assert (item["sla"]["used_s"], item["sla"]["left_s"]) == (1800, 12600)
    contract("Item").validate(item)


async def test_an_order_past_its_due_time_is_overdue(caller: Caller) -> None:
    caller.edge.orders["jd", "W-1"] = seen(now=AT.replace(hour=7))
    item = await (await caller.get(f"{LIST}/W-1", TOKENS["jd"])).json()
    assert (item["state"], item["sla"]["status"], item["sla"]["left_s"]) == ("overdue", "overdue", 0)


async def test_a_connection_sees_its_own_orders_only(caller: Caller) -> None:
    caller.edge.orders["jd", "W-1"] = seen()
    caller.edge.orders["weixin", "W-2"] = seen("W-2", connection="weixin")
    found = await items(caller)
    contract("Items").validate(found)
    assert [item["work_order_no"] for item in found["items"]] == ["W-1"]
    assert (await caller.get(f"{LIST}/W-2", TOKENS["jd"])).status == 404
    assert (await caller.get(f"{LIST}/W-2", TOKENS["weixin"])).status == 200


@pytest.mark.parametrize("path", [LIST, f"{LIST}/W-1"])
@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Basic jd-read-token",
        "jd-read-token",
        "Bearer jd-read-tokenx",
        "Bearer é",
        "Bearer jd-read-token weixin-read-token",
    ],
)
async def test_a_missing_or_wrong_token_is_401(caller: Caller, path: str, header: str | None) -> None:
    caller.edge.orders["jd", "W-1"] = seen()
    sent = {} if header is None else {"Authorization": header}
    response = await caller.send("GET", path, headers=sent)
    await problem(response, 401)
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


async def test_the_scheme_is_read_in_any_case(caller: Caller) -> None:
    sent = {"Authorization": "bearer  jd-read-token "}
    assert (await caller.send("GET", LIST, headers=sent)).status == 200


@pytest.mark.parametrize("number", ["nothing", "a%00b", "x" * 300, "%0a", "W%2F1", "%FF"])
async def test_an_unknown_order_is_404(caller: Caller, number: str) -> None:
    await problem(await caller.get(f"{LIST}/{number}", TOKENS["jd"]), 404)


async def test_a_number_may_hold_a_slash_and_chinese(caller: Caller) -> None:
    caller.edge.orders["jd", "工单/1:a"] = seen("工单/1:a")
    path = f"{caller.base}{LIST}/%E5%B7%A5%E5%8D%95%2F1:a"
    async with caller.session.get(
        URL(path, encoded=True), headers={"Authorization": "Bearer jd-read-token"}
    ) as response:
        assert response.status == 200
        assert (await response.json())["work_order_no"] == "工单/1:a"


async def test_filters_are_handed_on(caller: Caller) -> None:
    caller.edge.next_cursor = "next"
    query = {
        "shop_id": "10001",
        "state": "overdue",
        "class": "crc",
        "due_before": "2026-11-23T18:00:00+08:00",
        "limit": "200",
        "cursor": "abc",
    }
    assert (await items(caller, **query))["next_cursor"] == "next"
    assert caller.edge.asked == [
        (
            "jd",
            {
                "shop_id": "10001",
                "state": "overdue",
                "class_code": "crc",
                "due_before": datetime(2026, 11, 23, 10, tzinfo=UTC),
                "limit": 200,
                "cursor": "abc",
            },
        )
    ]


async def test_without_filters_fifty_of_any(caller: Caller) -> None:
    assert await items(caller, state="", limit="") == {"items": [], "next_cursor": None}
    assert caller.edge.asked[0][1] == {
        "shop_id": None,
        "state": None,
        "class_code": None,
        "due_before": None,
        "limit": 50,
        "cursor": None,
    }


async def test_a_plus_that_became_a_space_is_read_as_meant(caller: Caller) -> None:
    response = await caller.send(
        "GET",
        f"{LIST}?due_before=2026-11-23T18:00:00+08:00",
        headers={"Authorization": "Bearer jd-read-token"},
    )
    assert response.status == 200
    assert caller.edge.asked[0][1]["due_before"] == datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "201"),
        ("limit", "-1"),
        ("limit", "1.5"),
        ("limit", "x"),
        ("limit", "٣"),
        ("state", "done"),
        ("due_before", "2026-11-23"),
        ("due_before", "2026-11-23T10:00:00"),
        ("due_before", "2026-02-30T10:00:00Z"),
        ("due_before", "0001-01-01T00:00:00+08:00"),
        ("cursor", "forged"),
        ("cursor", "a\x00b"),
        ("shop_id", "x" * 501),
        ("shopid", "10001"),
    ],
)
async def test_a_parameter_that_is_not_allowed_is_told_by_name(caller: Caller, name: str, value: str) -> None:
    said = await problem(await caller.get(LIST, TOKENS["jd"], **{name: value}), 422)
    assert [error["path"] for error in said["errors"]] == [name]


async def test_every_wrong_parameter_is_told_at_once(caller: Caller) -> None:
    response = await caller.send(
        "GET", f"{LIST}?limit=0&state=x&limit=5&nothing=1", headers={"Authorization": "Bearer jd-read-token"}
    )
    said = await problem(response, 422)
    assert {error["path"] for error in said["errors"]} == {"limit", "state", "nothing"}


@pytest.mark.parametrize("path", [LIST, f"{LIST}/W-1"])
async def test_a_busy_store_is_503(caller: Caller, path: str) -> None:
    caller.edge.trouble = StoreBusy("busy")
    response = await caller.get(path, TOKENS["jd"])
    await problem(response, 503)
    assert response.headers["Retry-After"] == "1"


async def test_the_description_is_served_to_anybody(caller: Caller) -> None:
    response = await caller.get("/platform/v1/openapi.json")
    assert response.status == 200
    assert await response.json() == document()


def test_a_platform_deadline_is_the_due_time() -> None:
    order = seen()
    earlier = replace(order, due=replace(order.due, at=AT))
    assert item_of(earlier)["due_at"] == "2026-11-23T02:00:00Z"
