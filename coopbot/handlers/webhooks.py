"""``/platform/v1``: the platforms' way in, ``POST /events``, and the read side beside it (platform-api.md)."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from aiohttp import web

from coopbot import clock
from coopbot.domain.event import Answer, PlatformEvent, Verdict
from coopbot.errors import TooLarge
from coopbot.failpoints import failpoint
from coopbot.handlers.metrics import Meters
from coopbot.handlers.problems import answer, as_problems, problem
from coopbot.handlers.read_side import Many, One, read_routes
from coopbot.ports import Delivery, Fault, Inbound, Malformed

PREFIX = "/platform/v1"
MOST_BYTES = 1024 * 1024
UNSIGNED = (
    "No connection's secret verifies this. Sign the body's bytes as they are sent, with a secret of the connection, by"
    " a clock that is right to 5 minutes."
)
Take = Callable[[Sequence[PlatformEvent]], Awaitable[Sequence[Answer]]]
"""Take events in, in their order; returns one answer each, after the commit. Raises StoreBusy."""

_FINE = frozenset({Verdict.ACCEPTED, Verdict.DUPLICATE, Verdict.IGNORED})
_log = logging.getLogger(__name__)


def mount(
    app: web.Application,
    inbound: Inbound,
    *,
    take: Take,
    read_tokens: Mapping[str, str],
    one: One,
    many: Many,
    meters: Meters | None = None,
) -> None:
    """Serve the contract under PREFIX; every error there is a problem document. ``read_tokens`` by connection."""
    described = cache(inbound.describe)

    async def describe(_request: web.Request) -> web.Response:
        return answer(described())

    routes = web.Application(middlewares=[as_problems])
    routes.add_routes(
        [
            events_route(inbound, take, meters or Meters()),
            *read_routes(one, many, read_tokens),
            web.get("/openapi.json", describe),
        ]
    )
    app.add_subapp(PREFIX, routes)


def events_route(inbound: Inbound, take: Take, meters: Meters) -> web.RouteDef:
    """The route, relative to PREFIX."""

    async def post(request: web.Request) -> web.Response:
        body = await _read(request)
        if body is None:
            return problem(413, f"A body holds up to {MOST_BYTES} bytes.", headers={"Connection": "close"})
        connection = inbound.verify(request.headers, body, clock.wall())
        if connection is None:
            meters.unsigned.inc()
            return problem(401, UNSIGNED, headers={"WWW-Authenticate": "StandardWebhooks"})
        failpoint("intake.verified")
        try:
            delivery = inbound.parse(connection, request.headers, body)
        except TooLarge as error:
            return problem(413, f"{error}.")
        events = [item for item in delivery.items if not isinstance(item, Malformed)]
        answers = await take(events) if events else ()
        results = list(_results(delivery, answers))
        _count(meters, connection, results)
        return _respond(delivery, results)

    return web.post("/events", post)


async def _read(request: web.Request) -> bytes | None:
    """The raw body, read once; None when it is over MOST_BYTES."""
    if (request.content_length or 0) > MOST_BYTES:
        return None
    read = bytearray()
    while chunk := await request.content.readany():
        read += chunk
        if len(read) > MOST_BYTES:
            return None
    return bytes(read)


def _results(delivery: Delivery, answers: Iterable[Answer]) -> Iterator[dict[str, Any]]:
    """One result for each item, in the order in which they came."""
    told = iter(answers)
    for item in delivery.items:
        if isinstance(item, Malformed):
            yield {
                "id": item.id,
                "status": Verdict.INVALID.value,
                "reason": "; ".join(_sentence(fault) for fault in item.faults),
                "errors": [{"path": fault.path, "detail": fault.message} for fault in item.faults],
            }
        else:
            said = next(told)
            reason = {"reason": said.reason} if said.reason else {}
            yield {"id": said.id, "status": said.status.value, **reason}


def _sentence(fault: Fault) -> str:
    return f"{fault.path}: {fault.message}" if fault.path else fault.message


def _respond(delivery: Delivery, results: list[dict[str, Any]]) -> web.Response:
    verdicts = [result["status"] for result in results]
    if delivery.alone and verdicts == [Verdict.INVALID]:
        errors = results[0]["errors"]
        return problem(422, "The event is malformed.", errors=errors, results=results)
    if verdicts == [Verdict.CONFLICT]:
        return problem(
            409, results[0].get("reason") or "Known with another body; nothing has changed.", results=results
        )
    if not delivery.alone and not _FINE.issuperset(verdicts):
        return answer({"results": results}, 207)
    return answer({"results": results})


def _count(meters: Meters, connection: str, results: Sequence[dict[str, Any]]) -> None:
    for status, count in Counter(result["status"] for result in results).items():
        meters.events.labels(connection, status).inc(count)
    for result in results:
        if result["status"] in (Verdict.INVALID, Verdict.CONFLICT):
            _log.warning("event %s of %s: %s", result["id"], connection, result["status"])
