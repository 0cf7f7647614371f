"""What the bot calls: ``reply_url`` and the operations manager's outage webhook, each with the faults that meet it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from coopbot.sandbox import console_replies, console_signing
from coopbot.sandbox.clock import real_now
from coopbot.sandbox.console import Console
from coopbot.sandbox.console_faults import Fault
from coopbot.sandbox.console_replies import Verdict

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_Take = Callable[[Any, str], Verdict]


def replies(desk: Console) -> _Handler:
    """Takes ``work_order.reply``."""

    def take(message: Any, message_id: str) -> Verdict:
        return console_replies.receive(desk.orders, message, message_id, now=desk.now(), confirms=desk.confirms)

    return _receiver(desk, "replies", "work_order.reply", take)


def outage(desk: Console) -> _Handler:
    """Takes an outage report: told once for each webhook-id, signed or not."""
    seen: set[str] = set()

    def take(message: Any, message_id: str) -> Verdict:
        effect = not message_id or message_id not in seen
        seen.add(message_id)
        return Verdict(200, {"result": "ok"}, effect)

    return _receiver(desk, "outage", "outage", take)


def _receiver(desk: Console, target: str, kind: str, take: _Take) -> _Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        message = _read(raw)
        message_id = request.headers.get("webhook-id", "")
        complaint = console_signing.complaint(desk.secret, request.headers, raw, now=int(real_now()))
        unsigned = target == "outage" and "webhook-signature" not in request.headers
        if complaint is not None and not unsigned:
            verdict = Verdict(401, {"title": "not believed", "status": 401, "detail": complaint}, effect=False)
            return await _answered(desk, request, kind, message, verdict, None)
        fault = desk.faults.take(target)
        if fault is None or fault.fault == "drop_after_effect":
            verdict = take(message, message_id)
            if verdict.effect and verdict.order is not None:
                desk.replied(verdict.order)
        else:
            verdict = _meant(fault)
        return await _answered(desk, request, kind, message, verdict, fault)

    return handle


def _meant(fault: Fault) -> Verdict:
    """What a fault answers instead of taking the request."""
    status = {"error_500": 500, "html": 503, "rate_limit": 429, "reject": 200, "timeout": 0}.get(
        fault.fault, fault.status
    )
    body = {"result": "rejected", "reason": fault.reason} if fault.fault == "reject" else {"error": fault.fault}
    return Verdict(status, body, effect=False)


async def _answered(
    desk: Console, request: web.Request, kind: str, message: Any, verdict: Verdict, fault: Fault | None
) -> web.StreamResponse:
    cut = fault is not None and fault.fault in ("timeout", "drop_after_effect")
    answer = {"error": "cut"} if cut else {"status": verdict.status, "body": verdict.body}
    number = _number(message)
    name = fault.fault if fault else None
    await desk.journal.write(
        "received", kind, work_order_no=number, body=message, answer=answer, effect=verdict.effect, fault=name
    )
    if fault is not None and cut:
        if fault.fault == "timeout":
            await _either(desk.closing, fault.seconds)
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=503)
    if fault is not None and fault.fault == "html":
        return web.Response(
            status=503, text="<html><body><h1>503</h1>网关维护中</body></html>", content_type="text/html"
        )
    headers = {"Retry-After": f"{fault.seconds:g}"} if fault is not None and fault.fault == "rate_limit" else {}
    return web.json_response(
        verdict.body, status=verdict.status, headers=headers, dumps=lambda body: json.dumps(body, ensure_ascii=False)
    )


async def _either(closing: asyncio.Event, seconds: float) -> None:
    """Wait, but never longer than the console lives."""
    try:
        async with asyncio.timeout(seconds):
            await closing.wait()
    except TimeoutError:
        pass


def _read(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode(errors="replace")[:2000]


def _number(message: Any) -> str | None:
    data = message.get("data") if isinstance(message, Mapping) else None
    number = data.get("work_order_no") if isinstance(data, Mapping) else None
    return number if isinstance(number, str) else None
