"""Sends signed events to the bot, and what can go wrong with them on purpose."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp

from coopbot.sandbox import console_signing
from coopbot.sandbox.console_journal import Entry, Journal
from coopbot.sandbox.console_orders import Orders

FORGED = "whsec_" + "bm90LXRoZS1zZWNyZXQ="
"""A well-formed secret that is not the connection's."""
_STALE_S = 2 * console_signing.TOLERANCE_S


class Post:
    """The wire towards the bot: one address, one secret, every request in the journal."""

    def __init__(self, url: str, secret: str, journal: Journal, orders: Orders, unix_now: Callable[[], float]) -> None:
        self.url = url
        self._secret = secret
        self._journal = journal
        self._orders = orders
        self._unix_now = unix_now
        self._session: aiohttp.ClientSession | None = None

    async def send(self, body: Any, *, message_id: str, options: Mapping[str, Any]) -> Entry:
        """Send one body and record the answer. ``options``: ``signature`` ``bad`` | ``stale`` | ``missing``.

        The platform's own book changes only by what it truly said: not by a forged or stale request.
        """
        flaw = options.get("signature")
        raw = json.dumps(body, ensure_ascii=False).encode()
        stamp = int(self._unix_now()) - (_STALE_S if flaw == "stale" else 0)
        headers = console_signing.headers(FORGED if flaw == "bad" else self._secret, message_id, stamp, raw)
        if flaw == "missing":
            del headers["webhook-signature"]
        events = [one for one in (body if isinstance(body, list) else [body]) if isinstance(one, Mapping)]
        if flaw is None:
            for event in events:
                self._orders.apply(event)
        answer = await self._posted(raw, headers)
        return await self._journal.write(
            "sent",
            _kind(body, events),
            work_order_no=_number(events),
            body=body,
            answer=answer,
            effect=_effect(answer),
            fault=f"signature_{flaw}" if flaw else None,
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _posted(self, raw: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        try:
            async with self._session.post(self.url, data=raw, headers=headers) as response:
                text = await response.text()
                return {"status": response.status, "body": _read(text)}
        except (aiohttp.ClientError, TimeoutError) as trouble:
            return {"error": "unreachable", "detail": str(trouble) or type(trouble).__name__}


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text[:2000]


def _kind(body: Any, events: list[Mapping[str, Any]]) -> str:
    if isinstance(body, list) or not events:
        return "events"
    return str(events[0].get("type", "events"))


def _number(events: list[Mapping[str, Any]]) -> str | None:
    data = events[0].get("data") if len(events) == 1 else None
    number = data.get("work_order_no") if isinstance(data, Mapping) else None
    return number if isinstance(number, str) else None


def _effect(answer: Mapping[str, Any]) -> bool:
    body = answer.get("body")
    results = body.get("results") if isinstance(body, Mapping) else None
    return any(isinstance(one, Mapping) and one.get("status") == "accepted" for one in results or ())
