"""Events that the platform sends, with realistic values wherever nothing was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Any
from uuid import uuid4

from coopbot.sandbox.console_scenes import CONSUMERS, SCENES, Scene, scene

_CHINA = timezone(timedelta(hours=8))
_REASONS = {
    "reject": "未说明具体处理时间，请重新回复",
    "close": "消费者已确认解决",
    "void": "消费者撤销",
    "time_out": "超时未回复，已转交平台处理",
}
_RAISED = (
    *("class", "kind", "scene", "content", "version", "merchant_type", "business_line", "title", "order_no"),
    *("consumer", "amount", "product", "parcel", "attachments", "presets", "due_at", "console_url"),
)
"""Fields of ``work_order.raised`` that may be asked for by name; number, shop and moment are handled apart."""


def rfc3339(at: datetime) -> str:
    """UTC, to the millisecond, with a ``Z``."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Events:
    """Makes events. Numbers count up and every other choice comes from one seeded source, so a run can be repeated; the
    ids of events carry a mark of the run, since a bot remembers those of the last one.
    """

    def __init__(self, shops: Sequence[tuple[str, str]], *, seed: int = 7) -> None:
        self._shops = list(shops) or [("10001", "旗舰店")]
        self._random = Random(seed)
        self._run = uuid4().hex[:8]
        self._orders = 0
        self._events = 0
        self._penalties = 0

    def raised(self, asked: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """``work_order.raised``; a field that is asked for with null is left out."""
        self._orders += 1
        picked = self._scene(asked)
        day = now.astimezone(_CHINA).strftime("%y%m%d")
        data: dict[str, Any] = {
            "work_order_no": asked.get("work_order_no") or f"{day}{self._orders:05d}",
            "shop_id": asked.get("shop_id") or self._random.choice(self._shops)[0],
            "class": "crc" if picked.code == "complaint" else "general",
            "kind": "non_dispute",
            "scene": picked.code,
            "content": self._random.choice(picked.contents),
            "raised_at": asked.get("raised_at") or rfc3339(now),
            "version": 1,
            "order_no": f"{self._random.randrange(10**11, 10**12)}",
            "consumer": dict(zip(("name", "contact"), self._random.choice(CONSUMERS), strict=True)),
            "amount": f"{self._random.randrange(1900, 89900) / 100:.2f}",
        }
        data |= {name: asked[name] for name in _RAISED if name in asked}
        return self.event("work_order.raised", {name: value for name, value in data.items() if value is not None}, now)

    def about(self, verb: str, number: str, asked: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """Urged, answered elsewhere, closed, voided, timed out: what the platform says about a standing order."""
        data: dict[str, Any] = {"work_order_no": number, "at": asked.get("at") or rfc3339(now)}
        if verb == "urge":
            return self.event("work_order.urged", data | _only(asked, "count"), now)
        if verb == "answer_elsewhere":
            said = {"by": "后台客服", "text": "已在商家后台回复消费者。"} | _only(asked, "by", "text")
            return self.event("work_order.answered_elsewhere", data | said, now)
        type_ = {"close": "closed", "void": "voided", "time_out": "timed_out"}[verb]
        return self.event(f"work_order.{type_}", data | {"reason": asked.get("reason") or _REASONS[verb]}, now)

    def decided(self, accepted: bool, number: str, reply_id: str, reason: str | None, now: datetime) -> dict[str, Any]:
        """``reply_accepted`` or ``reply_rejected``."""
        data: dict[str, Any] = {"work_order_no": number, "reply_id": reply_id, "at": rfc3339(now)}
        if accepted:
            return self.event("work_order.reply_accepted", data, now)
        return self.event("work_order.reply_rejected", data | {"reason": reason or _REASONS["reject"]}, now)

    def penalty(self, asked: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """``penalty.issued``, or ``penalty.revoked`` when asked with ``revoke``: true."""
        if asked.get("revoke"):
            data = {"penalty_no": asked.get("penalty_no"), "at": asked.get("at") or rfc3339(now)}
            return self.event("penalty.revoked", data | {"reason": asked.get("reason") or "申诉成立"}, now)
        self._penalties += 1
        issued: dict[str, Any] = {
            "penalty_no": asked.get("penalty_no") or f"P{now.astimezone(_CHINA):%y%m%d}{self._penalties:03d}",
            "shop_id": asked.get("shop_id") or self._shops[0][0],
            "kind": asked.get("kind") or "warning",
            "issued_at": asked.get("issued_at") or rfc3339(now),
        }
        names = ("work_order_no", "track", "points", "amount", "settlement_month", "measure", "days", "appeal_until")
        return self.event("penalty.issued", issued | _only(asked, *names), now)

    def settlement(self, asked: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """``settlement.posted`` of one shop and month."""
        data = {
            "shop_id": self._shops[0][0],
            "month": f"{now.astimezone(_CHINA):%Y-%m}",
            "gross": "182340.50",
            "deductions": [],
            "net": "182340.50",
        }
        return self.event("settlement.posted", data | _only(asked, *data), now)

    def deposit(self, asked: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """``deposit.changed``: below what is required unless asked otherwise."""
        data = {"shop_id": self._shops[0][0], "at": rfc3339(now), "balance": "46500.00", "required": "50000.00"}
        return self.event("deposit.changed", data | _only(asked, *data, "top_up_by"), now)

    def event(self, type_: str, data: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """The envelope, with an id of its own."""
        self._events += 1
        return {
            "type": type_,
            "id": f"evt-{self._run}-{self._events:06d}",
            "timestamp": rfc3339(now),
            "data": dict(data),
        }

    def _scene(self, asked: Mapping[str, Any]) -> Scene:
        wanted = asked.get("scene")
        if isinstance(wanted, str) and (known := scene(wanted)):
            return known
        if asked.get("class") == "crc":
            return SCENES[-1]
        return self._random.choice(SCENES[:-1])


def _only(asked: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: asked[name] for name in names if asked.get(name) is not None}
