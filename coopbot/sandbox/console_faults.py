"""Faults that the console puts in the way of a bot that replies: armed by hand, each for a number of requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

KINDS = {
    "error_500": "500, nothing happened",
    "timeout": "no answer for `seconds`, then the connection is dropped; nothing happened",
    "drop_after_effect": "the reply is taken, the connection is cut before the answer",
    "rate_limit": "429 with Retry-After: `seconds`; nothing happened",
    "html": "503 with an HTML page; nothing happened",
    "reject": "200 with result `rejected` and a reason",
    "status": "any `status`; nothing happened",
}


@dataclass(frozen=True)
class Fault:
    id: str
    fault: str
    times: int
    """How many requests it still meets; 0: all until disarmed."""
    seconds: float
    """Real seconds: of the timeout, or what Retry-After says."""
    status: int
    reason: str
    target: str
    """``replies`` or ``outage``."""


class Faults:
    """The armed faults, oldest first."""

    def __init__(self) -> None:
        self._armed: dict[str, Fault] = {}
        self._count = 0

    def arm(self, asked: Mapping[str, Any]) -> Fault:
        """Arm one. Raises ValueError for an unknown kind or a value of the wrong type."""
        kind = asked.get("fault")
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind!r}; known: {', '.join(KINDS)}")
        seconds = {"rate_limit": 1.0}.get(kind, 30.0)
        self._count += 1
        fault = Fault(
            id=f"C{self._count}",
            fault=kind,
            times=int(asked.get("times", 1)),
            seconds=float(asked.get("seconds", seconds)),
            status=int(asked.get("status", 503)),
            reason=str(asked.get("reason", "回复未通过平台校验")),
            target=str(asked.get("target", "replies")),
        )
        self._armed[fault.id] = fault
        return fault

    def take(self, target: str) -> Fault | None:
        """The fault that meets the next request to ``target``, used up by one."""
        for fault in self._armed.values():
            if fault.target != target:
                continue
            if fault.times == 1:
                del self._armed[fault.id]
            elif fault.times > 1:
                self._armed[fault.id] = replace(fault, times=fault.times - 1)
            return fault
        return None

    def disarm(self, fault_id: str | None = None) -> None:
        """Take one away, or all of them."""
        if fault_id is None:
            self._armed.clear()
        else:
            self._armed.pop(fault_id, None)

    def listed(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._armed.values()]
