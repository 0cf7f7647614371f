"""What a platform sends when it raises a work order, whole; a test says only what matters to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


def raised_event(number: str, at: datetime, **data: Any) -> dict[str, Any]:
    """``work_order.raised`` (platform-api.md): an ordinary order of the flagship unless ``data`` says otherwise."""
    instant = at.astimezone(UTC).isoformat()
    facts = {
        "work_order_no": number,
        "shop_id": "10001",
        "class": "general",
        "kind": "non_dispute",
        "scene": "urge_shipping",
        "content": "三天了还没有发货",
        "raised_at": instant,
        **data,
    }
    return {"type": "work_order.raised", "id": f"e-{number}", "timestamp": instant, "data": facts}
