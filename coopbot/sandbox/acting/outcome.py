"""What became of an act, as the control API answers it; and the notice that a failure shows to the person."""

from __future__ import annotations

from typing import Any

from coopbot.sandbox.delivery.outcome import Outcome
from coopbot.sandbox.delivery.post_office import Kind
from coopbot.sandbox.records import JSON, InstalledApp
from coopbot.sandbox.world import World

NOTICES = {
    "operation_timeout": "This didn’t work because the app did not respond in time (operation_timeout).",
    "not_connected": "This didn’t work because the app is not connected (dispatch_failed).",
    "http_error": "This didn’t work because the app answered with an error (http_error).",
    "bad_response": "We had some trouble connecting. Try again? (the app's answer made no sense)",
}
_OTHERS = "This didn’t work because the app could not be reached."


async def ask(
    world: World, app: InstalledApp, user: str, kind: Kind, name: str, payload: JSON, channel: str = ""
) -> Outcome:
    """Send it; a failure is shown to the person."""
    outcome = await world.post_office.ask(app, kind, name, payload)
    if not outcome.acked:
        fail(world, user, outcome.failure or "http_error", channel)
    return outcome


def fail(world: World, user: str, what: str, channel: str = "") -> None:
    """Slack's notice to one person."""
    text = NOTICES.get(what, _OTHERS)
    world.changes.tell("failure", user=user, what=what, text=text, channel=channel)


def result(world: World, outcome: Outcome | None = None, **more: Any) -> JSON:
    """The answer to an act; without an outcome nobody had to acknowledge anything."""
    return {
        "acked": outcome.acked if outcome else None,
        "latency_ms": outcome.latency_ms if outcome else None,
        "failure": outcome.failure if outcome else None,
        "response": outcome.response if outcome else None,
        "seq": world.changes.seq,
    } | more
