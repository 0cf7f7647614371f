"""Requests as a platform signs them, by the scheme's own text and the standard library alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

SECRET = "whsec_" + base64.b64encode(b"the secret of the JD connection, 32+").decode()
OTHER = "whsec_" + base64.b64encode(b"the secret of some other connection").decode()
THIRD = "whsec_" + base64.b64encode(b"the secret that replaces the first!").decode()


def headers(body: bytes, at: datetime, *secrets: str, message_id: str = "msg_1") -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(
            f"v1,{signature(body, stamp, each, message_id)}" for each in secrets or (SECRET,)
        ),
    }


def signature(body: bytes, stamp: str, secret: str = SECRET, message_id: str = "msg_1") -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return base64.b64encode(hmac.digest(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256)).decode()


def raised(number: str = "W-1", **changes: Any) -> dict[str, Any]:
    """A work_order.raised with its required fields; ``changes`` go into its data, None takes a field out."""
    data = {
        "work_order_no": number,
        "shop_id": "10001",
        "class": "crc",
        "kind": "non_dispute",
        "scene": "urge_shipping",
        "content": "三天了还没有发货",
        "raised_at": "2026-11-23T10:00:00+08:00",
        **changes,
    }
    kept = {key: value for key, value in data.items() if value is not None}
    return {"type": "work_order.raised", "timestamp": "2026-11-23T10:00:01+08:00", "data": kept}


def body_of(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


EVERY: dict[str, dict[str, Any]] = {
    "work_order.raised": {
        **raised()["data"],
        "version": 2,
        "merchant_type": "POP_SOP",
        "business_line": "自营",
        "title": "催发货",
        "order_no": "26112300001",
        "consumer": {"name": "王芳", "contact": "13800001234"},
        "amount": "199.90",
        "attachments": [{"name": "a.png", "url": "https://files.example/a.png", "mime": "image/png"}],
        "presets": [{"code": "shipped", "label": "已发货", "requires": ["description", "promised_at", "tracking_no"]}],
        "due_at": "2026-11-23T14:00:00+08:00",
        "console_url": "https://console.example/orders/W-1?tab=reply",
    },
    "work_order.urged": {"work_order_no": "W-1", "at": "2026-11-23T02:30:00Z", "count": 2},
    "work_order.reply_accepted": {"work_order_no": "W-1", "reply_id": "r1", "at": "2026-11-23T03:00:00.5Z"},
    "work_order.reply_rejected": {
        "work_order_no": "W-1",
        "reply_id": "r1",
        "at": "2026-11-23T03:00:00Z",
        "reason": "未说明发货时间",
    },
    "work_order.answered_elsewhere": {
        "work_order_no": "W-1",
        "at": "2026-11-23T03:00:00Z",
        "by": "客服",
        "text": "已发",
    },
    "work_order.closed": {"work_order_no": "W-1", "at": "2026-11-23T03:00:00Z"},
    "work_order.voided": {"work_order_no": "W-1", "at": "2026-11-23T03:00:00Z", "reason": "重复"},
    "work_order.timed_out": {"work_order_no": "W-1", "at": "2026-11-23T03:00:00Z"},
    "penalty.issued": {
        "penalty_no": "P-1",
        "shop_id": "10001",
        "kind": "fine",
        "issued_at": "2026-11-24T03:00:00Z",
        "work_order_no": "W-1",
        "track": "general",
        "points": 2,
        "amount": "500",
        "settlement_month": "2026-11",
        "days": 14,
        "appeal_until": "2026-12-01",
    },
    "penalty.revoked": {"penalty_no": "P-1", "at": "2026-11-25T03:00:00Z", "reason": "申诉成功"},
    "settlement.posted": {
        "shop_id": "10001",
        "month": "2026-11",
        "gross": "10000.00",
        "deductions": [{"penalty_no": "P-1", "amount": "500.00"}],
        "net": "9500.00",
    },
    "deposit.changed": {
        "shop_id": "10001",
        "at": "2026-11-25T03:00:00Z",
        "balance": "-12.5",
        "required": "30000",
        "top_up_by": "2026-12-05T16:00:00Z",
    },
}
"""One of every type, with every field."""
