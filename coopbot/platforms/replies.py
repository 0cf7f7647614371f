"""The platform contract v1, outbound: a reply is handed over, and what came back becomes an outcome (platform-api.md).

What is tried again and what is not:

- ``ok`` and ``already_replied`` are success, ``rejected`` is an answer too: the platform has read it.
- 408, 409, 425, 429, 5xx, broken connections and timeouts are tried again, after Retry-After where it makes sense.
- Other 4xx are for good. So are 301 and 308: the address is wrong until somebody mends it, and a signed body is never
  carried to a place that the operator did not name. Other redirects (a maintenance page) are tried again.
- A 2xx that is not the contract's JSON (a login page, a proxy) is tried again: the platform may have taken the reply,
  its id makes asking again harmless, and calling it refused could cost the team a reply that counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import aiohttp
import orjson

from coopbot import clock
from coopbot.platforms.retry_after import seconds_of
from coopbot.platforms.signing import sign
from coopbot.ports import Outcome, Refused, Sent, TryLater

MOST_ANSWER = 64 * 1024
"""Bytes of an answer that are read; the contract's has less than a hundred."""
_AGAIN = frozenset({408, 409, 425, 429})
_UNTOUCHED = frozenset({425, 429})
_MOVED = frozenset({301, 308})


class Wire(Protocol):
    """How a connection is reached."""

    @property
    def reply_url(self) -> str: ...
    @property
    def outage_url(self) -> str: ...
    @property
    def secrets(self) -> Sequence[str]:
        """``whsec_…``; several while one is being replaced, then each signs."""
        ...


class Hook(Protocol):
    """Where a step of a ladder calls a machine."""

    @property
    def url(self) -> str: ...
    @property
    def secrets(self) -> Sequence[str]: ...


class Replies:
    """coopbot.ports.Platform over one client session, which the caller opens and closes; its timeout is ours."""

    def __init__(
        self, session: aiohttp.ClientSession, wires: Mapping[str, Wire], hooks: Mapping[str, Hook] | None = None
    ) -> None:
        self._session = session
        self._wires = wires
        self._hooks = hooks or {}

    async def reply(self, connection: str, reply_id: str, payload: Mapping[str, Any]) -> Outcome:
        """Hand over a reply. ``payload`` is the contract's ``data``; the envelope and the signature are added here."""
        wire = self._wires.get(connection)
        if wire is None or not wire.reply_url:
            return Refused("no_reply_url", f"connection {connection} has no reply_url")
        return await self._call(wire, wire.reply_url, "work_order.reply", reply_id, payload)

    async def tell_outage(self, connection: str, marker: str, payload: Mapping[str, Any]) -> Outcome:
        """Post ``{"type": "outage.reported", …}``, or ``outage.ended``, to the operations manager's webhook.

        Any 2xx is Sent.
        """
        wire = self._wires.get(connection)
        if wire is None or not wire.outage_url:
            return Refused("no_webhook", f"connection {connection} has no webhook of an operations manager")
        kind = "outage.ended" if payload.get("ends") else "outage.reported"
        return await self._call(wire, wire.outage_url, kind, marker, payload)

    async def ring(self, hook: str, marker: str, payload: Mapping[str, Any]) -> Outcome:
        """Post ``{"type": "work_order.escalated", …}`` to a hook; any 2xx is Sent."""
        its = self._hooks.get(hook)
        if its is None:
            return Refused("no_hook", f"[hooks.{hook}] is not in coopbot.toml")
        return await self._call(its, its.url, "work_order.escalated", marker, payload)

    async def _call(self, wire: Wire | Hook, url: str, kind: str, message_id: str, data: Mapping[str, Any]) -> Outcome:
        now = clock.wall()
        body = orjson.dumps({"type": kind, "timestamp": now.isoformat(timespec="seconds"), "data": dict(data)})
        headers = {"content-type": "application/json", **sign(wire.secrets, message_id, body, now)}
        request = self._session.post(url, data=body, headers=headers, allow_redirects=False)
        try:
            async with request as response:
                answer = await _bounded(response)
                if kind != "work_order.reply" and response.status < 300:
                    return Sent(str(response.status))
                return outcome(response.status, response.headers, answer, clock.wall())
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
            return Refused("bad_url", "the address can't be called; see coopbot check")
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return TryLater(None, f"no connection: {type(error).__name__}", begun=False)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            return TryLater(None, f"connection broke: {type(error).__name__}", begun=True)


def outcome(status: int, headers: Mapping[str, str], answer: bytes | None, now: datetime) -> Outcome:
    """What an answer means; ``answer`` None when it was longer than MOST_ANSWER, ``now`` real time."""
    said = _object(answer)
    if 200 <= status < 300:
        result, reason = said.get("result"), _text(said.get("reason"))
        if result in ("ok", "already_replied", "rejected"):
            return Sent(str(result), {"reason": reason} if reason else None)
        return TryLater(None, f"answered {status}, but not as the contract says")
    if status in _AGAIN or status >= 500:
        after = seconds_of(headers.get("Retry-After", ""), now)
        return TryLater(after, f"answered {status}", begun=status not in _UNTOUCHED)
    if status in _MOVED:
        return Refused(f"http_{status}", "the address has moved; see reply_url")
    if status >= 400:
        detail = next((text for key in ("reason", "detail", "title") if (text := _text(said.get(key)))), "")
        return Refused(f"http_{status}", detail)
    return TryLater(None, f"answered {status}")


async def _bounded(response: aiohttp.ClientResponse) -> bytes | None:
    """The body, None when it is longer than anybody needs; the rest is not read."""
    read = bytearray()
    async for chunk in response.content.iter_chunked(8192):
        read += chunk
        if len(read) > MOST_ANSWER:
            response.close()
            return None
    return bytes(read)


def _object(answer: bytes | None) -> Mapping[str, Any]:
    try:
        value = orjson.loads(answer or b"")
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value[:500] if isinstance(value, str) else ""
