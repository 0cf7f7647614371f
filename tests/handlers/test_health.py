"""Health and metrics: open, honest about what is not there, and never in the way."""

import asyncio

import pytest

from coopbot.errors import StoreBusy
from coopbot.handlers.metrics import Meters
from tests.handlers.house import Caller
from tests.handlers.test_webhooks import problem


async def test_alive_is_alive_whatever_the_store_says(caller: Caller) -> None:
    caller.edge.trouble = StoreBusy("down")
    response = await caller.get("/healthz")
    assert (response.status, await response.json()) == (200, {"status": "alive"})


async def test_ready_says_what_was_checked(caller: Caller) -> None:
    caller.edge.checks = {"store": True, "slack": True, "oldest_undelivered_s": 0.0}
    response = await caller.get("/readyz")
    assert response.status == 200
    assert await response.json() == {"status": "ready", "checks": caller.edge.checks}


async def test_one_thing_missing_is_not_ready(caller: Caller) -> None:
    caller.edge.checks = {"store": True, "slack": False, "slack_detail": "invalid_auth", "oldest_undelivered_s": 3.5}
    response = await caller.get("/readyz")
    said = await problem(response, 503)
    assert said["detail"] == "Not ready: slack."
    assert said["checks"] == caller.edge.checks
    assert response.headers["Retry-After"]


async def test_a_store_that_fails_is_not_ready(caller: Caller) -> None:
    caller.edge.trouble = StoreBusy("no commit in time")
    assert (await problem(await caller.get("/readyz"), 503))["checks"]["store"] is False


async def test_a_check_that_does_not_end_is_not_ready(caller: Caller) -> None:
    caller.edge.checks_hang = asyncio.Event()
    assert (await problem(await caller.get("/readyz"), 503))["checks"]["answered"] is False


async def test_metrics_show_gauges_as_they_are_when_asked(caller: Caller) -> None:
    caller.edge.gauges = {"coopbot_outbox_oldest_seconds": 12.5, "coopbot_orders_overdue": 1}
    response = await caller.get("/metrics")
    assert response.status == 200
    assert response.content_type == "text/plain"
    page = await response.text()
    assert "coopbot_outbox_oldest_seconds 12.5" in page
    assert "# HELP coopbot_orders_overdue Those of them past their due time." in page
    caller.edge.gauges = {"coopbot_outbox_oldest_seconds": 0}
    page = await (await caller.get("/metrics")).text()
    assert "coopbot_outbox_oldest_seconds 0.0" in page
    assert "coopbot_orders_overdue" not in page


async def test_metrics_stay_readable_without_the_store(caller: Caller) -> None:
    caller.edge.gauges = {"coopbot_orders_overdue": 1}
    await caller.get("/metrics")
    caller.edge.trouble = StoreBusy("down")
    response = await caller.get("/metrics")
    assert response.status == 200
    page = await response.text()
    assert "coopbot_gauges_unavailable_total 1.0" in page
    assert "coopbot_orders_overdue" not in page


@pytest.mark.parametrize("name", ["coopbot_orders_unfinished", "coopbot_something_new"])
def test_two_registries_share_nothing(name: str) -> None:
    one, other = Meters(), Meters()
    assert name.encode() in one.show({name: 1})
    assert name.encode() not in other.show({})
