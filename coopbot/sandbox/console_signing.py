"""Standard Webhooks signatures, both ways: ``v1,<base64 HMAC-SHA256 of "id.timestamp.body">``.

Signed over real time, whatever the demo's clock says: a signature is about the wire, not about the story.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping

TOLERANCE_S = 300
"""How old or how far ahead a signed timestamp may be, in seconds (Standard Webhooks: five minutes)."""


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature`` for one secret (``whsec_<base64>``; several by spaces: the first signs)."""
    first = secret.split()[0]
    return f"v1,{base64.b64encode(_digest(first, message_id, timestamp, body)).decode()}"


def headers(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a signed request, and its content type."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secret, message_id, timestamp, body),
        "content-type": "application/json",
    }


def complaint(secret: str, sent: Mapping[str, str], body: bytes, *, now: int) -> str | None:
    """Why a request is not to be believed, or None for a good one. ``now`` is real UNIX time."""
    message_id, stamp = sent.get("webhook-id", ""), sent.get("webhook-timestamp", "")
    given = sent.get("webhook-signature", "")
    if not (message_id and stamp and given):
        return "a webhook header is missing"
    if not (stamp.isascii() and stamp.isdigit()):
        return "webhook-timestamp is no number"
    if abs(now - int(stamp)) > TOLERANCE_S:
        return "webhook-timestamp is more than five minutes off"
    wanted = [_digest(one, message_id, int(stamp), body) for one in secret.split()]
    for part in given.split():
        version, _, value = part.partition(",")
        if version == "v1" and any(hmac.compare_digest(_decoded(value), one) for one in wanted):
            return None
    return "webhook-signature fits no secret"


def _digest(secret: str, message_id: str, timestamp: int, body: bytes) -> bytes:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, "sha256")


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        return b""
