"""The platform's side of a reply: verified, taken once, and decided on by hand or by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coopbot.sandbox.console_orders import FINAL, Order, Orders, Reply

_AFTER_TIME_OUT = "工单已超时并转交平台处理"


@dataclass(frozen=True)
class Verdict:
    """What a reply is answered with, and whether it changed anything."""

    status: int
    body: Mapping[str, Any]
    effect: bool
    order: Order | None = None


def receive(orders: Orders, message: Any, message_id: str, *, now: str, confirms: bool) -> Verdict:
    """Take a verified reply (platform-api.md: once per reply id, and none to an order that has its answer)."""
    data = message.get("data") if isinstance(message, Mapping) else None
    if not isinstance(data, Mapping) or message.get("type") != "work_order.reply":
        return _problem(422, "the body is no work_order.reply")
    missing = [name for name in ("reply_id", "work_order_no", "text") if not isinstance(data.get(name), str)]
    if missing:
        return _problem(422, f"missing or no string: {', '.join(missing)}")
    if data["reply_id"] != message_id:
        return _problem(422, "webhook-id is not the reply_id")
    order = orders.get(data["work_order_no"])
    if order is None:
        return _problem(404, "no such work order")
    if any(one.reply_id == message_id for one in order.replies) or order.state in {"accepted", "answered_elsewhere"}:
        return Verdict(200, {"result": "already_replied"}, effect=False, order=order)
    if order.state in FINAL or order.state == "timed_out":
        reason = _AFTER_TIME_OUT if order.state == "timed_out" else "工单已关闭"
        return Verdict(200, {"result": "rejected", "reason": reason}, effect=False, order=order)
    orders.take(order, _reply(data, now))
    if not confirms:
        orders.apply({"type": "work_order.reply_accepted", "data": _decision(data, now)})
    return Verdict(200, {"result": "ok"}, effect=True, order=order)


def _reply(data: Mapping[str, Any], now: str) -> Reply:
    return Reply(
        reply_id=data["reply_id"],
        preset_code=data.get("preset_code"),
        text=data["text"],
        fields=dict(data.get("fields") or {}),
        attachments=list(data.get("attachments") or []),
        replied_by=str(data.get("replied_by", "")),
        replied_at=str(data.get("replied_at", "")),
        received_at=now,
    )


def _decision(data: Mapping[str, Any], now: str) -> dict[str, Any]:
    return {"work_order_no": data["work_order_no"], "reply_id": data["reply_id"], "at": now}


def _problem(status: int, detail: str) -> Verdict:
    return Verdict(status, {"type": "about:blank", "title": "reply refused", "status": status, "detail": detail}, False)
