"""Facts of an order to and from plain JSON, the form in which the log keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from coopbot.domain.work_order import Attachment, Consumer, Facts, OfferedPreset, Parcel


def fen(amount: str) -> int:
    """A decimal string of CNY as integer fen. Raises ValueError for anything finer than a fen or not a number."""
    try:
        value = Decimal(amount) * 100
    except InvalidOperation:
        raise ValueError(f"not an amount of money: {amount!r}") from None
    if not value.is_finite() or value != value.to_integral_value():
        raise ValueError(f"not an amount in whole fen: {amount!r}")
    return int(value)


def yuan(amount: int) -> str:
    """Integer fen as a decimal string of CNY, two places."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def facts_of(data: Mapping[str, Any]) -> Facts:
    """Read facts from a ``work_order.raised`` payload that the platform's edge has validated (platform-api.md)."""
    consumer, parcel = data.get("consumer") or {}, data.get("parcel") or {}
    due_at = data.get("due_at")
    amount = data.get("amount")
    return Facts(
        shop_id=data["shop_id"],
        class_code=data["class"],
        scene=data["scene"],
        content=data["content"],
        raised_at=instant(data["raised_at"]),
        version=int(data.get("version") or 1),
        merchant_type=data.get("merchant_type") or "POP_SOP",
        business_line=data.get("business_line") or "",
        title=data.get("title") or "",
        order_no=data.get("order_no") or "",
        consumer=Consumer(consumer.get("name") or "", consumer.get("contact") or ""),
        amount=fen(amount) if amount else None,
        product=data.get("product") or "",
        parcel=Parcel(parcel.get("carrier") or "", parcel.get("tracking_no") or "", parcel.get("batch") or ""),
        attachments=tuple(
            Attachment(each["name"], each["url"], each.get("mime") or "") for each in data.get("attachments") or ()
        ),
        presets=tuple(
            OfferedPreset(each["code"], each["label"], tuple(each.get("requires") or ()))
            for each in data.get("presets") or ()
        ),
        due_at=instant(due_at) if due_at else None,
        console_url=data.get("console_url") or "",
    )


def instant(text: str) -> datetime:
    """An RFC 3339 instant in UTC. Raises ValueError for a naive or malformed one."""
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(f"an instant needs its offset: {text!r}")
    return value.astimezone(UTC)
