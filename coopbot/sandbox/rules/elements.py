"""Block elements: what each holds, and in which block and on which surface it may stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from coopbot.sandbox.records import JSON
from coopbot.sandbox.rules import known
from coopbot.sandbox.rules.check import PLAIN, Check

_SELECTS = {"static_select", "external_select", "users_select", "conversations_select", "channels_select"}
_MULTI = {f"multi_{s}" for s in _SELECTS}
_CHOICES = {"checkboxes", "radio_buttons", "datepicker", "timepicker"}
SECTION = {"button", "workflow_button", "overflow", "image"} | _SELECTS | _MULTI | _CHOICES
ACTIONS = {"button", "workflow_button", "overflow", "datetimepicker", "rich_text_input"} | _SELECTS | _MULTI | _CHOICES
INPUT = (
    {"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input"}
    | {"datetimepicker"}
    | _SELECTS
    | _MULTI
    | _CHOICES
)
CONTEXT = {"image", "plain_text", "mrkdwn"}
CONTEXT_ACTIONS = {"feedback_buttons", "icon_button"}

ONLY_ON = {
    "email_text_input": {"modal"},
    "url_text_input": {"modal"},
    "number_input": {"modal"},
    "file_input": {"modal"},
    "rich_text_input": {"modal", "home"},
    "datetimepicker": {"message", "modal"},
}
"""The surfaces on which validators agree (slack.md A7)."""


def element(check: Check, part: Any, at: str, allowed: set[str]) -> None:
    if not isinstance(part, dict):
        check.fault("must provide an object", at)
        return
    kind = str(part.get("type"))
    if kind not in allowed:
        check.fault(f"unsupported type: {kind}", f"{at}/type")
        return
    if check.surface not in ONLY_ON.get(kind, {check.surface}):
        check.fault(f"unsupported type: {kind}", f"{at}/type")
        return
    if kind in ("plain_text", "mrkdwn"):
        check.text_object(part, at, 3000)
        return
    known.strange(check, part, at, known.ELEMENTS.get(kind), "type", "action_id")
    if kind == "image":
        image(check, part, at)
        return
    check.string(part, "action_id", at, 255)
    _confirm(check, part, at)
    check.text(part, "placeholder", at, 150, kinds=PLAIN)
    rule = _RULES.get(kind)
    if rule:
        rule(check, part, at)


def image(check: Check, part: JSON, at: str) -> None:
    if "slack_file" not in part:
        check.string(part, "image_url", at, 3000, need=True)
    check.string(part, "alt_text", at, 2000, need=True)


def _confirm(check: Check, part: JSON, at: str) -> None:
    confirm = part.get("confirm")
    if confirm is None:
        return
    at = f"{at}/confirm"
    if not isinstance(confirm, dict):
        check.fault("must provide an object", at)
        return
    known.strange(check, confirm, at, known.CONFIRM)
    check.text(confirm, "title", at, 100, kinds=PLAIN, need=True)
    check.text(confirm, "text", at, 300, need=True)
    check.text(confirm, "confirm", at, 30, kinds=PLAIN, need=True)
    check.text(confirm, "deny", at, 30, kinds=PLAIN, need=True)
    check.one_of(confirm, "style", at, ("primary", "danger"))


def button(check: Check, part: JSON, at: str) -> None:
    check.text(part, "text", at, 75, kinds=PLAIN, need=True)
    check.string(part, "value", at, 2000, least=0)
    check.string(part, "url", at, 3000)
    check.string(part, "accessibility_label", at, 75)
    check.string(part, "agent_prompt", at, 4000)
    check.one_of(part, "style", at, ("primary", "danger"))


def _option(check: Check, part: Any, at: str, *, markup: bool = False, url: bool = False) -> None:
    if not isinstance(part, dict):
        check.fault("must provide an object", at)
        return
    check.text(part, "text", at, 75, kinds=("plain_text", "mrkdwn") if markup else PLAIN, need=True)
    check.string(part, "value", at, 150, need=True)
    check.text(part, "description", at, 75, kinds=("plain_text", "mrkdwn") if markup else PLAIN)
    known.strange(check, part, at, known.OPTION)
    if "url" in part and not url:
        check.fault("invalid additional property: url", at)
    check.string(part, "url", at, 3000)


def _options(check: Check, part: JSON, at: str, least: int, most: int, **how: bool) -> None:
    for number, option in enumerate(check.items(part, "options", at, least, most)):
        _option(check, option, f"{at}/options/{number}", **how)


def _overflow(check: Check, part: JSON, at: str) -> None:
    _options(check, part, at, 1, 5, url=True)


def _checkboxes(check: Check, part: JSON, at: str) -> None:
    _options(check, part, at, 1, 10, markup=True)
    _initial(check, part, at)


def _static(check: Check, part: JSON, at: str) -> None:
    groups = part.get("option_groups")
    if groups is None:
        _options(check, part, at, 1, 100)
    else:
        for number, group in enumerate(check.items(part, "option_groups", at, 1, 100)):
            here = f"{at}/option_groups/{number}"
            if not isinstance(group, dict):
                check.fault("must provide an object", here)
                continue
            known.strange(check, group, here, known.OPTION_GROUP)
            check.text(group, "label", here, 75, kinds=PLAIN, need=True)
            _options(check, group, here, 1, 100)
    check.number(part, "max_selected_items", at, 1, 100)
    _initial(check, part, at)


def _initial(check: Check, part: JSON, at: str) -> None:
    """An initial choice has to be one of the options, word for word."""
    groups = part.get("option_groups") or [part]
    offered = [o for g in groups if isinstance(g, dict) for o in g.get("options") or ()]
    if "initial_option" in part and part["initial_option"] not in offered:
        check.fault("initial_option must be one of the options", f"{at}/initial_option")
    for number, one in enumerate(part.get("initial_options") or ()):
        if one not in offered:
            check.fault("initial_options must be among the options", f"{at}/initial_options/{number}")


def _text_input(check: Check, part: JSON, at: str) -> None:
    check.number(part, "min_length", at, 0, 3000)
    check.number(part, "max_length", at, 1, 3000)
    check.string(part, "initial_value", at, 3000, least=0)
    least, most = part.get("min_length"), part.get("max_length")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        check.fault("min_length must not be above max_length", f"{at}/min_length")


def _number_input(check: Check, part: JSON, at: str) -> None:
    if not isinstance(part.get("is_decimal_allowed"), bool):
        check.fault("missing required field: is_decimal_allowed", at)


def _file_input(check: Check, part: JSON, at: str) -> None:
    check.number(part, "max_files", at, 1, 10)


def _feedback(check: Check, part: JSON, at: str) -> None:
    for name in ("positive_button", "negative_button"):
        if isinstance(part.get(name), dict):
            check.text(part[name], "text", f"{at}/{name}", 75, kinds=PLAIN, need=True)
        else:
            check.fault(f"missing required field: {name}", at)


_RULES: dict[str, Callable[[Check, JSON, str], None]] = {
    "button": button,
    "overflow": _overflow,
    "checkboxes": _checkboxes,
    "radio_buttons": _checkboxes,
    "static_select": _static,
    "multi_static_select": _static,
    "plain_text_input": _text_input,
    "number_input": _number_input,
    "file_input": _file_input,
    "feedback_buttons": _feedback,
}
