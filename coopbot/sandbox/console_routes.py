"""The console over HTTP: acts of the person who sits at it, the journal, and the two addresses that the bot calls."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from aiohttp import web

from coopbot.sandbox import console_inbound
from coopbot.sandbox.console import Console
from coopbot.sandbox.console_journal import Entry
from coopbot.sandbox.console_orders import NotNow

_LONGEST_WAIT_S = 60.0
_Act = Callable[[Mapping[str, Any]], Awaitable[Any]]


def mount(desk: Console, app: web.Application) -> None:
    """Add every route under ``/console/``; for a Sandbox's ``mount``, as ``partial(mount, console)``."""
    acts: dict[str, _Act] = {"raise": desk.raise_order, "events": partial(_raw, desk)}
    for verb in ("urge", "close", "void", "time_out", "answer_elsewhere"):
        acts[verb] = partial(desk.about, verb)
    for verb, accepted in (("accept", True), ("reject", False)):
        acts[verb] = partial(desk.decide, accepted)
    for kind in ("penalty", "settlement", "deposit"):
        acts[kind] = partial(desk.money, kind)
    for name, act in acts.items():
        app.router.add_post(f"/console/{name}", _handler(act))
    app.router.add_post("/console/stream", _handler(partial(_stream, desk)))
    app.router.add_post("/console/mode", _handler(partial(_mode, desk)))
    app.router.add_post("/console/faults", _handler(partial(_arm, desk)))
    app.router.add_delete("/console/faults", _disarmer(desk))
    app.router.add_delete("/console/faults/{id}", _disarmer(desk))
    app.router.add_get("/console/state", _state(desk))
    app.router.add_get("/console/orders", _orders(desk))
    app.router.add_get("/console/journal", _journal(desk))
    app.router.add_post("/console/replies", console_inbound.replies(desk))
    app.router.add_post("/console/outage", console_inbound.outage(desk))
    app.on_shutdown.append(desk.let_go)


def _handler(act: _Act) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        try:
            asked = json.loads(await request.read() or b"{}")
        except ValueError:
            return web.json_response({"error": "the body is no JSON"}, status=400)
        if isinstance(asked, list):
            asked = {"events": asked}
        if not isinstance(asked, dict):
            return web.json_response({"error": "the body is no object"}, status=400)
        try:
            done = await act(asked)
        except NotNow as refusal:
            return web.json_response({"error": str(refusal)}, status=409)
        except (ValueError, TypeError) as mistake:
            return web.json_response({"error": str(mistake)}, status=400)
        if isinstance(done, Entry):
            return web.json_response(_result(done), status=502 if "error" in done.answer else 200, dumps=_dumps)
        return web.json_response(done, dumps=_dumps)

    return handle


def _result(entry: Entry) -> dict[str, Any]:
    """The bot's answer, and what it was an answer to."""
    body = entry.answer.get("body")
    results = body.get("results") if isinstance(body, dict) else None
    first = results[0] if isinstance(results, list) and results else None
    return {
        "seq": entry.seq,
        "type": entry.type,
        "work_order_no": entry.work_order_no,
        "status": first.get("status") if isinstance(first, dict) else None,
        "reason": first.get("reason") if isinstance(first, dict) else None,
        "answer": entry.answer,
        "sent": entry.body,
    }


async def _raw(desk: Console, asked: Mapping[str, Any]) -> Entry:
    """An event or an array as it stands; with options: ``{"events": …, "signature": …, "duplicate": …}``."""
    if "events" in asked:
        return await desk.send(asked["events"], {**asked, "events": None})
    return await desk.send(dict(asked), {})


async def _stream(desk: Console, asked: Mapping[str, Any]) -> dict[str, Any]:
    if asked.get("on", True):
        limit = asked.get("limit")
        await desk.stream.start(
            float(asked.get("rate", 6)), seed=int(asked.get("seed", 7)), limit=None if limit is None else int(limit)
        )
    else:
        await desk.stream.stop()
    return {"on": desk.stream.running, "rate": desk.stream.per_minute}


async def _mode(desk: Console, asked: Mapping[str, Any]) -> dict[str, Any]:
    desk.decide_by_itself(asked.get("auto", desk.mode), float(asked.get("delay", desk.delay)))
    return {"auto": desk.mode, "delay": desk.delay}


async def _arm(desk: Console, asked: Mapping[str, Any]) -> dict[str, Any]:
    return asdict(desk.faults.arm(asked))


def _disarmer(desk: Console) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        desk.faults.disarm(request.match_info.get("id"))
        return web.json_response({"faults": desk.faults.listed()})

    return handle


def _state(desk: Console) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(_: web.Request) -> web.Response:
        state = {
            "now": desk.now(),
            "seq": desk.journal.seq,
            "shops": [{"id": shop, "name": name} for shop, name in desk.shops],
            "confirms": desk.confirms,
            "mode": {"auto": desk.mode, "delay": desk.delay},
            "stream": {"on": desk.stream.running, "rate": desk.stream.per_minute},
            "faults": desk.faults.listed(),
        }
        return web.json_response(state, dumps=_dumps)

    return handle


def _orders(desk: Console) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(_: web.Request) -> web.Response:
        return web.json_response({"seq": desk.journal.seq, "orders": desk.orders.listed()}, dumps=_dumps)

    return handle


def _journal(desk: Console) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        try:
            since = int(request.query.get("since", "0"))
            wait = min(float(request.query.get("wait", "0")), _LONGEST_WAIT_S)
        except ValueError:
            return web.json_response({"error": "since and wait are numbers"}, status=400)
        entries = await desk.journal.since(since, wait=wait)
        return web.json_response({"seq": desk.journal.seq, "entries": entries}, dumps=_dumps)

    return handle


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
