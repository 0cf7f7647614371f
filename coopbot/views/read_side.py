"""An order as bridges and dashboards read it (platform-api.md, read side).

An answer that waits for a second person is not among ``replies``: to a bridge ``queued`` says that an answer is on its
way, and this one may never leave. The order's state says so too: it is open to whoever has it, and its clock runs.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from coopbot.domain.seen import Seen
from coopbot.domain.targets import TargetState
from coopbot.domain.work_order import Reply


def item(seen: Seen) -> dict[str, Any]:
    """One item, plain JSON values; instants are RFC 3339 in UTC."""
    order, facts, usage = seen.order, seen.order.facts, seen.usage
    profile, version = order.profile
    return {
        "work_order_no": order.key.number,
        "shop_id": facts.shop_id,
        "class": facts.class_code,
        "scene": facts.scene,
        "state": seen.state.value,
        "raised_at": instant(facts.raised_at),
        "due_at": instant(seen.due.at),
        "claimed_by": order.claim.by if order.claim else None,
        "urged": order.urged,
        "sla": {
            "budget_s": usage.budget_s,
            "clock": seen.due.clock,
            "used_s": usage.used_s,
            "left_s": usage.left_s,
            "status": usage.status,
            "met_at": maybe_instant(usage.met_at),
            "provisional": seen.provisional,
            "profile": profile,
            "version": version,
        },
        "next_due": _target(seen.next_due) if seen.next_due else None,
        "targets": [_target(target) for target in seen.targets],
        "replies": [_reply(reply) for reply in order.replies],
        "told_at": maybe_instant(order.told.at) if order.told else None,
    }


def _target(target: TargetState) -> dict[str, Any]:
    return {
        "kind": target.kind,
        "due_at": instant(target.due_at),
        "met_at": maybe_instant(target.met_at),
        "standing": target.standing,
    }


def _reply(reply: Reply) -> dict[str, Any]:
    return {
        "reply_id": reply.reply_id,
        "preset_code": reply.preset_code,
        "text": reply.text,
        "by": reply.by,
        "at": instant(reply.at),
        "state": reply.state.value,
    }


def instant(at: datetime) -> str:
    """``2026-11-23T02:00:00Z``, with microseconds only where there are any."""
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def maybe_instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)
