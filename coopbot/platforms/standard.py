"""The platform contract v1, inbound: a signed body becomes events or field paths (platform-api.md, Intake)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from pydantic import ValidationError

from coopbot.domain.event import PlatformEvent
from coopbot.domain.work_order import OrderKey
from coopbot.errors import TooLarge
from coopbot.platforms.canonical import NotPlain, digest, plain
from coopbot.platforms.events import MODELS, MOST_EVENTS, Envelope
from coopbot.platforms.fields import read_instant
from coopbot.platforms.signing import Verifier
from coopbot.ports import Delivery, Fault, Malformed

_MOST_FAULTS = 20


class Standard:
    """coopbot.ports.Inbound for every connection that speaks the contract."""

    def __init__(self, secrets: Mapping[str, Sequence[str]], classes: Collection[str] = ("crc", "general")) -> None:
        """``secrets`` by connection; ``classes`` are the profile's codes: a work order of another one is malformed."""
        self._verifier = Verifier(secrets)
        self._classes = tuple(classes)

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> str | None:
        return self._verifier.verify(headers, body, now)

    def parse(self, connection: str, headers: Mapping[str, str], body: bytes) -> Delivery:
        """Read a verified body: one event or an array. Raises TooLarge beyond MOST_EVENTS; the rest is in the items."""
        message_id = headers.get("webhook-id", "")
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            why = Fault("", f"is not JSON: {error.msg}, line {error.lineno}, column {error.colno}")
            return Delivery(connection, (Malformed(message_id, (why,)),), alone=True)
        if not isinstance(value, list):
            return Delivery(connection, (self._read(connection, message_id, value),), alone=True)
        if len(value) > MOST_EVENTS:
            raise TooLarge(f"an array holds up to {MOST_EVENTS} events, not {len(value)}")
        items = (self._read(connection, f"{message_id}#{index}", item) for index, item in enumerate(value))
        return Delivery(connection, tuple(items), alone=False)

    def describe(self) -> Mapping[str, Any]:
        from coopbot.platforms.openapi import document  # a tenth of a second, for who writes a client

        return document()

    def _read(self, connection: str, default_id: str, value: Any) -> PlatformEvent | Malformed:
        if not isinstance(value, dict):
            return Malformed(default_id, (Fault("", "must be an object with type, timestamp and data"),))
        try:
            value = plain(value)
            envelope = Envelope.model_validate(value)
        except NotPlain as error:
            return Malformed(default_id, (Fault(".".join(map(str, error.path)), error.message),))
        except ValidationError as error:
            return Malformed(_own_id(value) or default_id, _faults(error, ()))
        event_id = envelope.id or default_id
        data = value["data"]
        model = MODELS.get(envelope.type)
        if model is not None:
            try:
                model.model_validate(data)
            except ValidationError as error:
                return Malformed(event_id, _faults(error, ("data",)))
        faults = self._unknown_class(envelope.type, data)
        if faults:
            return Malformed(event_id, faults)
        return _event(event_id, envelope.type, connection, data, known=model is not None)

    def _unknown_class(self, event_type: str, data: Mapping[str, Any]) -> tuple[Fault, ...]:
        if event_type != "work_order.raised" or data["class"] in self._classes:
            return ()
        return (Fault("data.class", f"must be one of {', '.join(self._classes)}"),)


def _event(event_id: str, event_type: str, connection: str, data: Mapping[str, Any], *, known: bool) -> PlatformEvent:
    of_order = known and event_type.startswith("work_order.")
    raised = event_type == "work_order.raised"
    at = next((data[key] for key in ("at", "raised_at", "issued_at") if data.get(key)), None) if known else None
    return PlatformEvent(
        id=event_id,
        type=event_type,
        connection=connection,
        data=data,
        digest=digest(event_type, data),
        order=OrderKey(connection, data["work_order_no"]) if of_order else None,
        at=read_instant(at) if at else None,
        version=int(data.get("version") or 1) if raised else 0,
    )


def _own_id(value: Mapping[str, Any]) -> str:
    own = value.get("id")
    return own if isinstance(own, str) and len(own) <= 255 else ""


def _faults(error: ValidationError, prefix: tuple[str, ...]) -> tuple[Fault, ...]:
    """Field paths and what is allowed there; never the value, which may be a consumer's."""
    faults = [
        Fault(".".join(map(str, (*prefix, *each["loc"]))), each["msg"].removeprefix("Value error, "))
        for each in error.errors(include_url=False, include_context=False, include_input=False)[:_MOST_FAULTS]
    ]
    return tuple(faults)
