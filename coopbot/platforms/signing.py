"""Standard Webhooks, both directions: who signed a request, and how ours are signed (platform-api.md, Security)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from standardwebhooks.webhooks import Webhook

TOLERANCE = timedelta(minutes=5)
_MOST_SIGNATURES = 10
_LONGEST_ID = 255


class Verifier:
    """Knows every connection's secrets, and tells from a signature which connection it is."""

    def __init__(self, secrets: Mapping[str, Sequence[str]]) -> None:
        """``secrets``: ``whsec_…`` by connection, several while one is being replaced."""
        self._keys = [(name, Webhook(secret)) for name, some in secrets.items() for secret in some]

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> str | None:
        """The connection whose secret signed this, None for anything else; ``now`` is real time.

        ``headers`` is looked up with lower-case names. Nothing that a stranger can send raises.
        """
        message_id = headers.get("webhook-id", "")
        stamp = headers.get("webhook-timestamp", "")
        offered = _offered(headers.get("webhook-signature", ""))
        if not (message_id and len(message_id) <= _LONGEST_ID and message_id.isprintable() and offered):
            return None
        # Ten digits or so, nothing else: float() would take "nan", "1e9" and digits of other scripts.
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
            return None
        signed_at = datetime.fromtimestamp(int(stamp), UTC) if int(stamp) < 2**33 else datetime.max.replace(tzinfo=UTC)
        if abs(signed_at - now) > TOLERANCE:
            return None
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return None
        found = None
        for name, key in self._keys:
            if _same(key.sign(message_id, signed_at, text), offered):
                found = found or name
        return found


def sign(secrets: Sequence[str], message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """The three headers of a request of ours, with one signature for each secret; ``now`` is real time."""
    at = now.astimezone(UTC)  # the library would take any other zone's face for UTC
    text = body.decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(message_id, at, text) for secret in secrets),
    }


def _offered(header: str) -> list[str]:
    """The ``v1`` signatures of a header; whatever else is in it is not ours to understand."""
    return [part for part in header.split(" ")[:_MOST_SIGNATURES] if part.startswith("v1,") and part.isascii()]


def _same(expected: str, offered: Sequence[str]) -> bool:
    """Whether one of them is the expected one, in a time that does not depend on which or how nearly."""
    return sum(hmac.compare_digest(expected, each) for each in offered) > 0
