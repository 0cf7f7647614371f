"""What is filled in: the ``state.values`` of a view or a message, by block_id and action_id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from coopbot.sandbox.records import JSON, Message, View

STATEFUL = frozenset(
    {
        "plain_text_input",
        "email_text_input",
        "url_text_input",
        "number_input",
        "rich_text_input",
        "static_select",
        "external_select",
        "users_select",
        "conversations_select",
        "channels_select",
        "multi_static_select",
        "multi_external_select",
        "multi_users_select",
        "multi_conversations_select",
        "multi_channels_select",
        "radio_buttons",
        "checkboxes",
        "datepicker",
        "timepicker",
        "datetimepicker",
        "file_input",
    }
)
INTERACTIVE = STATEFUL | {"button", "overflow", "workflow_button", "feedback_buttons", "icon_button"}

_KEYS = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", "files"),
}


def key_of(kind: str) -> str:
    """The name under which Slack gives the value of an element of this type."""
    return _KEYS[kind][0]


def many(kind: str) -> bool:
    return kind.startswith("multi_") or kind in ("checkboxes", "file_input")


def elements(blocks: list[JSON]) -> Iterator[tuple[JSON, JSON]]:
    """Every element a person can act on, with its block, containers opened."""
    for block in blocks:
        for element in (block.get("accessory"), block.get("element"), *(block.get("elements") or ())):
            if isinstance(element, dict) and element.get("type") in INTERACTIVE:
                yield block, element
        for button in block.get("actions") or ():
            if isinstance(button, dict):
                yield block, button
        yield from elements([b for b in block.get("child_blocks") or () if isinstance(b, dict)])
        if block.get("type") == "carousel":
            yield from elements([b for b in block.get("elements") or () if isinstance(b, dict)])


def blocks_in(where: Message | View) -> list[JSON]:
    """Every block that is shown there, those of attachments too."""
    if isinstance(where, View):
        return list(where.given.get("blocks") or ())
    return where.blocks + [b for a in where.attachments for b in a.get("blocks") or ()]


def initial_state(blocks: list[JSON], kept: dict[str, dict[str, JSON]] | None = None) -> dict[str, dict[str, JSON]]:
    """The state of fresh blocks; ``kept`` values stay where block_id, action_id and type are the same."""
    state: dict[str, dict[str, JSON]] = {}
    for block, element in elements(blocks):
        kind = element["type"]
        if kind not in STATEFUL:
            continue
        key, initial = _KEYS[kind]
        before = (kept or {}).get(block["block_id"], {}).get(element["action_id"])
        value: Any = element.get(initial)
        if value is None and many(kind):
            value = []
        entry = before if before and before["type"] == kind else {"type": kind, key: value}
        state.setdefault(block["block_id"], {})[element["action_id"]] = entry
    return state
