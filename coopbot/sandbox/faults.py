"""Trouble on demand: what is armed here happens to the next calls or deliveries."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from coopbot.sandbox.changes import Changes
from coopbot.sandbox.refusal import Impossible

AT_CALLS = frozenset(
    {
        "error_500",
        "internal_error",
        "api_error",
        "html",
        "timeout",
        "slow",
        "drop_before_effect",
        "drop_after_effect",
        "rate_limit",
        "token_revoked",
    }
)
AT_DELIVERIES = frozenset({"duplicate_delivery", "reorder", "delay_delivery"})
AT_ONCE = frozenset({"socket_cut", "socket_refresh", "remove_bot", "token_revoked"})
_SECONDS = {"timeout": 60.0, "slow": 2.0, "rate_limit": 1.0, "delay_delivery": 1.0}
_TIMES = {"reorder": 2, "token_revoked": 0, "socket_cut": 0}


@dataclass(slots=True)
class Fault:
    id: str
    fault: str
    method: str | None = None
    times: int = 1
    """How often still; 0: until disarmed."""
    seconds: float = 0.0
    error: str = "internal_error"
    kind: str | None = None
    channel: str | None = None
    reason: str | None = None
    hold: bool = False


class Faults:
    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._armed: dict[str, Fault] = {}
        self._numbers = itertools.count(1)

    def arm(self, given: Mapping[str, Any]) -> Fault:
        """Arm one. Raises Impossible for a fault that does not exist."""
        name = str(given.get("fault"))
        if name not in AT_CALLS | AT_DELIVERIES | AT_ONCE:
            raise Impossible("unknown_fault", name, 400)
        defaults: dict[str, Any] = {"times": _TIMES.get(name, 1), "seconds": _SECONDS.get(name, 0.0)}
        try:
            fault = Fault(f"F{next(self._numbers)}", **(defaults | dict(given)))
        except TypeError as error:
            raise Impossible("bad_request", str(error), 400) from None
        stays = name in AT_CALLS | AT_DELIVERIES or (name == "socket_cut" and fault.hold)
        if stays:
            self._armed[fault.id] = fault
            self._told()
        return fault

    def disarm(self, fault_id: str | None = None) -> list[Fault]:
        """Disarm one, or all; those that were armed are returned."""
        gone = [f for f in self._armed.values() if fault_id in (None, f.id)]
        for fault in gone:
            del self._armed[fault.id]
        self._told()
        return gone

    def at_call(self, method: str) -> Fault | None:
        """The first fault that meets this call, used up by one."""
        if not self._armed:
            return None
        return self._take(lambda f: f.fault in AT_CALLS and f.method in (None, method))

    def at_named(self, method: str) -> Fault | None:
        """Likewise, for what is no method: only a fault that names it meets it."""
        return self._take(lambda f: f.fault in AT_CALLS and f.method == method)

    def at_delivery(self, kind: str) -> Fault | None:
        """The first fault that meets this delivery, used up by one."""
        if not self._armed:
            return None
        if kind != "event":
            return self._take(lambda f: f.fault in AT_DELIVERIES - {"reorder"} and f.kind in (None, kind))
        return self._take(lambda f: f.fault in AT_DELIVERIES and f.kind in (None, kind))

    def holds_sockets(self) -> bool:
        return any(f.fault == "socket_cut" for f in self._armed.values())

    def listed(self) -> list[dict[str, Any]]:
        return [asdict(f) for f in self._armed.values()]

    def _take(self, fits: Any) -> Fault | None:
        fault: Fault | None = next((f for f in self._armed.values() if fits(f)), None)
        if fault and fault.times:
            fault.times -= 1
            if not fault.times:
                del self._armed[fault.id]
            self._told()
        return fault

    def _told(self) -> None:
        self._changes.tell("faults", faults=self.listed())
