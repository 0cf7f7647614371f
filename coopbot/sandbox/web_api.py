"""``/api/{method}``: reads a call as Slack does, lets faults and limits have their turn, answers, writes it down."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from coopbot.sandbox import methods, scopes
from coopbot.sandbox.call import METHODS, Args, Call
from coopbot.sandbox.clock import monotonic
from coopbot.sandbox.faults import Fault
from coopbot.sandbox.records import JSON, InstalledApp
from coopbot.sandbox.refusal import RateLimited, Refused
from coopbot.sandbox.world import World

HTML = "<!DOCTYPE html><html><body><h1>Service unavailable</h1></body></html>"
methods.load()


class WebApi:
    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self, app: web.Application) -> None:
        app.router.add_route("*", "/api/{method}", self.answer)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        begun = monotonic()
        fault = self.world.faults.at_call(name)
        given, token = await read(request)
        call: Call | None = None
        answer: JSON
        status, headers = 200, {}
        try:
            await before(fault, request)
            app = authenticate(self.world, name, token)
            call = Call(self.world, app, name, Args(given))
            answer = perform(call)
        except Refused as refused:
            answer = {"ok": False, "error": refused.error} | refused.extra
        except RateLimited as limited:
            answer, status = {"ok": False, "error": "ratelimited"}, 429
            headers["Retry-After"] = str(limited.retry_after)
        except Broken as broken:
            self._note(name, call, given, {"ok": False, "error": broken.kind}, fault, begun)
            return broken.response(request)
        self._note(name, call, given, answer, fault, begun)
        if fault and fault.fault == "drop_after_effect":
            return cut(request)
        if call:
            headers["X-OAuth-Scopes"] = ",".join(sorted(call.app.scopes))
        return web.json_response(answer, status=status, headers=headers)

    def _note(self, name: str, call: Call | None, given: JSON, answer: JSON, fault: Fault | None, begun: float) -> None:
        self.world.journal.call(
            app_id=call.app.id if call else None,
            method=name,
            args={k: v for k, v in given.items() if k != "token"},
            ok=bool(answer.get("ok")),
            error=answer.get("error"),
            answer=answer,
            effect=bool(call and call.effect and answer.get("ok")),
            channel=(call and call.channel) or None,
            ts=(call and call.ts) or None,
            fault=fault.fault if fault else None,
            latency_ms=round((monotonic() - begun) * 1000, 1),
        )


def perform(call: Call) -> JSON:
    """Pace, check the scope, do it. Raises Refused or RateLimited."""
    call.world.pacing.take(call.app.id, call.method, call.args.text("channel"))
    call.need_scope(*scopes.METHODS.get(call.method, ()))
    return {"ok": True} | METHODS[call.method][0](call)


def authenticate(world: World, name: str, token: str) -> InstalledApp:
    """Whose token it is. Raises Refused as Slack does, an unknown method first."""
    if name not in METHODS:
        raise Refused("unknown_method", req_method=name)
    kind = METHODS[name][1]
    apps = world.directory.apps.values()
    if kind == "none":
        return world.directory.app(None)
    if not token:
        raise Refused("not_authed")
    app = next((a for a in apps if token in (a.seed.bot_token, a.seed.app_token)), None)
    if app is None:
        raise Refused("invalid_auth")
    if app.revoked:
        raise Refused("token_revoked")
    if (token == app.seed.app_token) != (kind == "app"):
        raise Refused("not_allowed_token_type")
    return app


async def read(request: web.Request) -> tuple[JSON, str]:
    """Arguments from query, form or JSON, and the token from the header or among them."""
    given: JSON = dict(request.query)
    if request.method == "POST":
        if request.content_type == "application/json":
            try:
                body = json.loads(await request.read() or b"{}")
            except ValueError:
                body = {}
            given |= body if isinstance(body, dict) else {}
        else:
            given |= dict(await request.post())
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        token = ""
    return given, token.strip() or str(given.get("token") or "")


class Broken(Exception):
    """The call gets no proper answer."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind

    def response(self, request: web.Request) -> web.StreamResponse:
        if self.kind == "error_500":
            return web.Response(status=500, text="Internal Server Error")
        if self.kind == "html":
            return web.Response(status=503, text=HTML, content_type="text/html")
        return cut(request)


async def before(fault: Fault | None, request: web.Request) -> None:
    """What an armed fault does before the call takes effect. Raises Refused, RateLimited or Broken."""
    if fault is None:
        return
    if fault.fault in ("slow", "timeout"):
        await asyncio.sleep(fault.seconds)
    if fault.fault in ("error_500", "html", "timeout", "drop_before_effect"):
        raise Broken(fault.fault)
    if fault.fault == "rate_limit":
        raise RateLimited(max(1, round(fault.seconds)))
    if fault.fault in ("internal_error", "token_revoked"):
        raise Refused(fault.fault)
    if fault.fault == "api_error":
        raise Refused(fault.error)


def cut(request: web.Request) -> web.StreamResponse:
    """Drop the connection without an answer."""
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)
