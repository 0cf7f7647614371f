"""``GET /metrics`` for Prometheus: what the edge counts itself, and gauges that are read when asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from coopbot.errors import Trouble

Gauges = Callable[[], Awaitable[Mapping[str, float]]]
"""Present values by name, such as ``coopbot_outbox_oldest_seconds``."""

KNOWN: Mapping[str, str] = {
    "coopbot_outbox_oldest_seconds": "Age of the oldest undelivered message that is due.",
    "coopbot_orders_unfinished": "Work orders that the team still has to answer or that wait for the platform.",
    "coopbot_orders_overdue": "Those of them past their due time.",
    "coopbot_due_differs": "Unfinished work orders whose platform deadline is another than what our rules give.",
    "coopbot_inbox_waiting": "Events that came before the work order they speak of.",
    "coopbot_all_well_timestamp_seconds": "When the auditor last found everything on its way; it looks each minute.",
    "coopbot_slack_connected": "1 while Slack's events reach us.",
}


class Meters:
    """The meters of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.events = Counter(
            "coopbot_intake_events", "Platform events by verdict.", ("connection", "verdict"), registry=self.registry
        )
        self.unsigned = Counter(
            "coopbot_intake_unsigned", "Requests that no connection's secret verifies.", registry=self.registry
        )
        self.unavailable = Counter(
            "coopbot_gauges_unavailable", "Scrapes whose gauges could not be read.", registry=self.registry
        )
        self._gauges: dict[str, Gauge] = {}
        ProcessCollector(registry=self.registry)

    def show(self, values: Mapping[str, float]) -> bytes:
        """The whole page. A gauge that has no value this time is left out rather than shown as it was."""
        for name in self._gauges.keys() - values.keys():
            self.registry.unregister(self._gauges.pop(name))
        for name, value in values.items():
            if name not in self._gauges:
                self._gauges[name] = Gauge(name, KNOWN.get(name, name), registry=self.registry)
            self._gauges[name].set(value)
        return generate_latest(self.registry)


def mount(app: web.Application, meters: Meters, gauges: Gauges) -> None:
    async def get(_request: web.Request) -> web.Response:
        try:
            values = await gauges()
        except Trouble:  # the counters are worth having just when the store is not
            meters.unavailable.inc()
            values = {}
        return web.Response(body=meters.show(values), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.add_routes([web.get("/metrics", get)])
