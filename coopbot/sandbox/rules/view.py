"""The rules of a view: modal or App Home (slack.md A1)."""

from __future__ import annotations

import json
from typing import Any

from coopbot.sandbox.records import JSON
from coopbot.sandbox.refusal import Refused
from coopbot.sandbox.rules.blocks import all_blocks
from coopbot.sandbox.rules.check import PLAIN, Check
from coopbot.sandbox.rules.fill import filled

MOST_BLOCKS = 100
MOST_BYTES = 250 * 1024
"""Beyond it Slack says view_too_large."""
_KNOWN = {
    "type", "title", "blocks", "close", "submit", "private_metadata", "callback_id", "clear_on_close",
    "notify_on_close", "external_id", "submit_disabled",
}  # fmt: skip
_READ_ONLY = {
    "id",
    "team_id",
    "state",
    "hash",
    "previous_view_id",
    "root_view_id",
    "app_id",
    "app_installed_team_id",
    "bot_id",
}


def view_of(value: Any, kind: str) -> JSON:
    """A view fit to be shown, ids filled in. Raises Refused ``invalid_arguments`` with a pointer to each fault."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = None
    if not isinstance(value, dict):
        raise Refused.because("invalid_arguments", "must provide an object [json-pointer:/view]")
    if len(json.dumps(value)) > MOST_BYTES:
        raise Refused("view_too_large")
    check = Check(kind)
    faults_of(check, value, kind)
    if check.faults:
        raise Refused.because("invalid_arguments", *check.faults)
    return {**value, "blocks": filled(value["blocks"])}


def faults_of(check: Check, view: JSON, kind: str) -> None:
    if view.get("type") != kind:
        check.fault(f"must be a valid enum value: {kind}", "/view/type")
    for strange in sorted(set(view) - _KNOWN):
        what = "unsupported" if strange in _READ_ONLY else "invalid additional property"
        check.fault(f"{what}: {strange}", "/view")
    if kind == "modal":
        check.text(view, "title", "/view", 24, kinds=PLAIN, need=True)
        check.text(view, "submit", "/view", 24, kinds=PLAIN)
        check.text(view, "close", "/view", 24, kinds=PLAIN)
        inputs = any(isinstance(b, dict) and b.get("type") == "input" for b in view.get("blocks") or ())
        if inputs and not view.get("submit"):
            check.fault("missing required field: submit (a view with an input block needs it)", "/view")
    check.string(view, "private_metadata", "/view", 3000, least=0)
    check.string(view, "callback_id", "/view", 255, least=0)
    check.string(view, "external_id", "/view", 255, least=0)
    if "blocks" not in view:
        check.fault("missing required field: blocks", "/view")
    else:
        all_blocks(check, view["blocks"], "/view/blocks", MOST_BLOCKS, 1)
