"""Slack's signed HTTP: junk is turned away before Bolt sees it (slack.md C21), the body is decoded once, by C code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from yarl import URL

PATH = "/slack/events"
_TIMESTAMP = re.compile(r"\d{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


def mount(routes: web.Application, app: AsyncApp, signing_secret: str) -> None:
    """Serve ``app`` at :data:`PATH`."""
    verifier = SignatureVerifier(signing_secret)

    async def receive(request: web.Request) -> web.Response:
        raw = await request.read()
        if not _signed(verifier, request.headers, raw):
            return web.Response(status=401, text="not signed by Slack")
        body = _decode(request.content_type, raw)
        if body is None:
            return web.Response(status=400, text="neither JSON nor a Slack form")
        answer = await app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
        headers = {
            name: values[0] for name, values in answer.headers.items() if name.lower() != "set-cookie" and values
        }
        content_type = headers.pop("content-type", "application/json;charset=utf-8").partition(";")[0]
        return web.Response(status=answer.status, text=answer.body or "", content_type=content_type, charset="utf-8")

    routes.router.add_post(PATH, receive)


def _signed(verifier: SignatureVerifier, headers: Mapping[str, str], raw: bytes) -> bool:
    timestamp, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    if not (_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature)):
        return False
    try:
        body = raw.decode()
    except UnicodeDecodeError:
        return False
    return bool(verifier.is_valid(body=body, timestamp=timestamp, signature=signature))


def _decode(content_type: str, raw: bytes) -> dict[str, Any] | None:
    try:
        if content_type == "application/json":
            body = orjson.loads(raw)
        else:
            form = URL.build(path="/", query_string=raw.decode(), encoded=True).query
            body = orjson.loads(form["payload"]) if "payload" in form else dict(form)
    except (ValueError, UnicodeDecodeError):
        return None
    return body if isinstance(body, dict) and body else None
