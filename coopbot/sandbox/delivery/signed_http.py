"""Payloads over HTTP, signed with the app's secret as Slack signs them (slack.md A4)."""

from __future__ import annotations

import hashlib
import hmac
import json
from urllib.parse import urlencode

import aiohttp

from coopbot.sandbox.clock import real_now
from coopbot.sandbox.delivery.outcome import Outcome
from coopbot.sandbox.records import JSON, InstalledApp

REDIRECTS = 2


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """``v0=`` and the HMAC-SHA256 of ``v0:timestamp:body``."""
    return "v0=" + hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()


class SignedHttp:
    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    async def send(self, app: InstalledApp, kind: str, payload: JSON, attempt: int, why: str, within: float) -> Outcome:
        url = url_for(app, kind, payload)
        if not url:
            return Outcome(False, "not_connected")
        body, headers = encoded(app, kind, payload, str(int(real_now())))
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": why}
        if self._session is None:
            self._session = aiohttp.ClientSession()
        limit = aiohttp.ClientTimeout(total=within)
        try:
            async with self._session.post(
                url, data=body, headers=headers, timeout=limit, max_redirects=REDIRECTS + 1
            ) as answer:
                content = await answer.read()
        except TimeoutError:
            return Outcome(False, "http_timeout" if kind == "event" else "operation_timeout")
        except aiohttp.TooManyRedirects:
            return Outcome(False, "too_many_redirects")
        except aiohttp.ClientSSLError:
            return Outcome(False, "ssl_error")
        except aiohttp.ClientConnectionError:
            return Outcome(False, "connection_failed")
        if not 200 <= answer.status < 300:
            return Outcome(False, "http_error", no_retry=answer.headers.get("X-Slack-No-Retry") == "1")
        return Outcome(True, None, _response(content))


def encoded(app: InstalledApp, kind: str, payload: JSON, timestamp: str) -> tuple[bytes, dict[str, str]]:
    """Body and headers, the signature among them: JSON for events, a form for the rest."""
    if kind == "event":
        body, content_type = json.dumps(payload, ensure_ascii=False).encode(), "application/json"
    else:
        form = payload if kind == "command" else {"payload": json.dumps(payload, ensure_ascii=False)}
        body, content_type = urlencode(form).encode(), "application/x-www-form-urlencoded"
    return body, {
        "Content-Type": content_type,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature(app.seed.signing_secret, timestamp, body),
    }


def url_for(app: InstalledApp, kind: str, payload: JSON) -> str:
    """The app's one address, or the manifest's for this kind."""
    if app.seed.request_url:
        return app.seed.request_url
    settings = app.section("settings")
    interactivity = settings.get("interactivity") or {}
    if kind == "event":
        return str((settings.get("event_subscriptions") or {}).get("request_url") or "")
    if kind == "command":
        return str(app.commands.get(payload["command"], {}).get("url") or "")
    if kind == "suggestion":
        return str(interactivity.get("message_menu_options_url") or "")
    return str(interactivity.get("request_url") or "")


def _response(content: bytes) -> JSON | None:
    if not content.strip():
        return None
    try:
        read = json.loads(content)
    except ValueError:
        return {"text": content.decode(errors="replace")}
    return read if isinstance(read, dict) else {"text": str(read)}
