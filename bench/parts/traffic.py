"""What Slack and a platform send: signed clicks of 4 KB, and work orders."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from bench.parts.load import post

SIGNING = "bench-signing-secret"
SECRET = "whsec_" + base64.b64encode(b"a secret of the benchmark only..").decode()
USER = "U0LIWEI"


def click(number: int, action: str) -> bytes:
    """A press of a button on the card of order ``B-<number>``, as Slack sends it: about 4 KB of form."""
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 240}}
    payload = {
        "type": "block_actions",
        "user": {"id": USER, "name": "liwei"},
        "team": {"id": "T1"},
        "trigger_id": f"{time.time_ns()}.1",
        "response_url": "",
        "message": {"ts": "1.1", "blocks": [block] * 6},
        "actions": [
            {"type": "button", "action_id": action, "value": f"jd:B-{number}", "action_ts": f"{time.time_ns()}"}
        ],
    }
    body = ("payload=" + quote_plus(json.dumps(payload))).encode()
    now = str(int(time.time()))
    signed = hmac.new(SIGNING.encode(), b"v0:" + now.encode() + b":" + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": now,
        "X-Slack-Signature": f"v0={signed}",
    }
    return post("/slack/events", body, headers)


def order(number: int | str) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    data = {
        "work_order_no": f"B-{number}",
        "shop_id": ("10001", "10002")[hash(number) % 2],
        "class": "general",
        "kind": "non_dispute",
        "scene": "urge_shipping",
        "content": "三天了还没有发货",
        "raised_at": now,
    }
    return {"type": "work_order.raised", "id": f"b-{number}", "timestamp": now, "data": data}


def events(orders: list[dict[str, Any]]) -> bytes:
    """One signed request with these orders."""
    alone = len(orders) == 1
    body = json.dumps(orders[0] if alone else orders, ensure_ascii=False).encode()
    now = str(int(time.time()))
    name = str(orders[0]["id"]) if alone else f"batch-{orders[0]['id']}"
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = hmac.new(key, f"{name}.{now}.".encode() + body, hashlib.sha256).digest()
    headers = {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": now,
        "webhook-signature": "v1," + base64.b64encode(signed).decode(),
    }
    return post("/platform/v1/events", body, headers)
