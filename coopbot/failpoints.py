"""Named places at which a test may make this process die; no-ops otherwise (performance.md §6, harness)."""

from __future__ import annotations

import os
import signal
from collections import Counter
from dataclasses import dataclass

from coopbot.errors import Misconfigured, Mistake, Trouble

NAMES = frozenset(
    {
        "intake.verified",
        "intake.before_commit",
        "intake.committed",
        "click.loaded",
        "click.before_commit",
        "click.committed",
        "tick.claimed",
        "tick.committed",
        "outbox.claimed",
        "outbox.in_flight",
        "outbox.posted",
        "outbox.marked",
        "reconcile.mid",
        "breach.before_penalty",
        "drain.mid",
        "migrate.mid",
    }
)
_ACTIONS = ("kill", "stop", "raise")


@dataclass(frozen=True, slots=True)
class _Armed:
    action: str
    nth: int


_armed: dict[str, _Armed] = {}
_seen: Counter[str] = Counter()


def arm(spec: str) -> None:
    """Arm ``name:action[@nth]``, several separated by commas; an empty spec disarms. Raises Misconfigured."""
    _armed.clear()
    _seen.clear()
    for part in filter(None, (part.strip() for part in spec.split(","))):
        name, _, rest = part.partition(":")
        action, _, nth = rest.partition("@")
        if name not in NAMES or action not in _ACTIONS or not (nth or "1").isdigit():
            allowed = f"name:{'|'.join(_ACTIONS)}[@nth], name one of {', '.join(sorted(NAMES))}"
            raise Misconfigured("environment", [Mistake("COOPBOT_FAIL", f"{part!r} is not {allowed}")])
        _armed[name] = _Armed(action, int(nth or "1"))


def failpoint(name: str) -> None:
    """Die here, if the test asked for it."""
    if not _armed or (armed := _armed.get(name)) is None:
        return
    _seen[name] += 1
    if _seen[name] != armed.nth:
        return
    if armed.action == "raise":
        raise Trouble(f"failpoint {name}")
    os.kill(os.getpid(), signal.SIGKILL if armed.action == "kill" else signal.SIGSTOP)
