"""One way for every payload: to one of the app's sockets or its request URL, acknowledged within three seconds or not.

Events are tried again at once, after one minute and after five (slack.md A4); commands and clicks never are.
"""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Literal, Protocol

from coopbot.sandbox.clock import SandboxClock, monotonic
from coopbot.sandbox.delivery.health import Health
from coopbot.sandbox.delivery.outcome import Outcome
from coopbot.sandbox.delivery.signed_http import SignedHttp
from coopbot.sandbox.faults import Fault, Faults
from coopbot.sandbox.journal import Journal
from coopbot.sandbox.records import JSON, InstalledApp

ACK_WITHIN = 3.0
"""Real seconds."""
RETRY_AFTER = (0.0, 60.0, 300.0)
"""Seconds of the sandbox's clock from the failed attempt before: at once, one minute, five minutes."""
Kind = Literal["event", "command", "action", "view", "shortcut", "suggestion"]
_ENVELOPES = {"event": "events_api", "command": "slash_commands"}


class Connection(Protocol):
    number: int

    async def send(self, envelope: JSON) -> None:
        """Raises ConnectionError when it is gone."""
        ...

    async def close(self) -> None: ...


class PostOffice:
    def __init__(
        self,
        clock: SandboxClock,
        journal: Journal,
        faults: Faults,
        health: Health,
        background: Callable[[Coroutine[Any, Any, Any]], Any],
    ) -> None:
        self.health = health
        self._clock = clock
        self._journal = journal
        self._faults = faults
        self._background = background
        self._turn = itertools.count()
        self._pending: dict[str, asyncio.Future[JSON | None]] = {}
        self._held: list[tuple[InstalledApp, JSON]] = []
        self.sockets: dict[str, list[Connection]] = {}
        self.http = SignedHttp()

    def event(self, app: InstalledApp, payload: JSON) -> None:
        """Send an event, and go on trying as Slack does; nothing to an app whose events were ended."""
        if not self.health.enabled(app.id):
            return
        if not self.health.admit(app.id):
            minute = self.health.to_tell(app.id)
            if minute is None:
                return
            payload = {k: payload[k] for k in ("token", "team_id", "api_app_id")}
            payload |= {"type": "app_rate_limited", "minute_rate_limited": minute}
        fault = self._faults.at_delivery("event")
        if fault and fault.fault == "reorder":
            self._held.append((app, payload))
            if not fault.times:
                held, self._held = self._held[::-1], []
                for one in held:
                    self._background(self._try_event(*one, 0, "", None))
            return
        if fault and fault.fault == "duplicate_delivery":
            self._background(self._try_event(app, payload, 0, "", None))
        self._background(self._try_event(app, payload, 0, "", fault))

    async def ask(self, app: InstalledApp, kind: Kind, name: str, payload: JSON) -> Outcome:
        """Send what a person did; the app's answer, or how it failed. Never tried again."""
        fault = self._faults.at_delivery(kind)
        if fault and fault.fault == "duplicate_delivery":
            first, _ = await asyncio.gather(
                self._attempt(app, kind, name, payload), self._attempt(app, kind, name, payload)
            )
            return first
        await _delay(fault)
        return await self._attempt(app, kind, name, payload)

    def acknowledge(self, envelope_id: str, payload: JSON | None) -> None:
        """An ack came in, on whichever socket."""
        future = self._pending.get(envelope_id)
        if future and not future.done():
            future.set_result(payload)

    async def _try_event(self, app: InstalledApp, payload: JSON, attempt: int, why: str, fault: Fault | None) -> None:
        await _delay(fault)
        name = str(payload.get("event", payload)["type"])
        outcome = await self._attempt(app, "event", name, payload, attempt, why)
        self.health.note(app.id, outcome.acked)
        if outcome.acked or outcome.no_retry or attempt >= len(RETRY_AFTER):
            return
        failure = outcome.failure or "unknown_error"

        def again() -> None:
            self._background(self._try_event(app, payload, attempt + 1, failure, None))

        if RETRY_AFTER[attempt]:
            self._clock.call_at(self._clock.now() + RETRY_AFTER[attempt], again)
        else:
            again()

    async def _attempt(
        self, app: InstalledApp, kind: Kind, name: str, payload: JSON, attempt: int = 0, why: str = ""
    ) -> Outcome:
        begun = monotonic()
        envelope = str(uuid.uuid4())
        via, connection = "http", None
        if app.socket_mode:
            via, connection = "socket", self._next_socket(app)
            outcome = await self._over_socket(connection, kind, payload, envelope, attempt, why)
        else:
            outcome = await self.http.send(app, kind, payload, attempt, why, ACK_WITHIN)
        outcome = replace(outcome, latency_ms=round((monotonic() - begun) * 1000, 1))
        self._journal.delivery(
            app_id=app.id,
            kind=kind,
            type=name,
            via=via,
            connection=connection.number if connection else None,
            attempt=attempt,
            reason=why,
            event_id=payload.get("event_id"),
            envelope_id=envelope if app.socket_mode else None,
            status="acked" if outcome.acked else "failed",
            failure=outcome.failure,
            latency_ms=outcome.latency_ms,
            payload=payload,
            response=outcome.response,
        )
        return outcome

    def _next_socket(self, app: InstalledApp) -> Connection | None:
        sockets = self.sockets.get(app.id) or []
        return sockets[next(self._turn) % len(sockets)] if sockets else None

    async def _over_socket(
        self, connection: Connection | None, kind: Kind, payload: JSON, envelope_id: str, attempt: int, why: str
    ) -> Outcome:
        if connection is None:
            return Outcome(False, "not_connected")
        envelope: JSON = {
            "envelope_id": envelope_id,
            "type": _ENVELOPES.get(kind, "interactive"),
            "payload": payload,
            "accepts_response_payload": kind != "event",
        }
        if kind == "event":
            envelope |= {"retry_attempt": attempt, "retry_reason": why}
        future: asyncio.Future[JSON | None] = asyncio.get_running_loop().create_future()
        self._pending[envelope_id] = future
        try:
            await connection.send(envelope)
            response = await asyncio.wait_for(future, ACK_WITHIN)
        except TimeoutError:
            return Outcome(False, "timeout" if kind == "event" else "operation_timeout")
        except ConnectionError:
            return Outcome(False, "connection_failed" if kind == "event" else "not_connected")
        finally:
            del self._pending[envelope_id]
        return Outcome(True, None, response)


async def _delay(fault: Fault | None) -> None:
    if fault and fault.fault == "delay_delivery":
        await asyncio.sleep(fault.seconds)
