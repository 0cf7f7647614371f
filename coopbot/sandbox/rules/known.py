"""The properties that each block, element and composition object has: Slack refuses a message for one that is strange.

Of the newest blocks (card and later) no complete list could be had: theirs are let through.
"""

from __future__ import annotations

from coopbot.sandbox.records import JSON
from coopbot.sandbox.rules.check import Check


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


BLOCKS = {
    "section": _names("text fields accessory expand"),
    "divider": _names(""),
    "header": _names("text level"),
    "image": _names("image_url slack_file alt_text title"),
    "context": _names("elements"),
    "actions": _names("elements"),
    "context_actions": _names("elements"),
    "input": _names("label element hint optional dispatch_action"),
    "rich_text": _names("elements"),
    "markdown": _names("text"),
    "table": _names("rows column_settings"),
    "video": _names(
        "alt_text title thumbnail_url video_url author_name description provider_icon_url provider_name title_url"
    ),
}

_SELECT = "placeholder confirm focus_on_load"
_MULTI = _SELECT + " max_selected_items"
_INPUT = "initial_value focus_on_load placeholder dispatch_action_config"
ELEMENTS = {
    "button": _names("text url value style confirm accessibility_label agent_prompt"),
    "workflow_button": _names("text workflow style accessibility_label"),
    "overflow": _names("options confirm"),
    "image": _names("image_url slack_file alt_text"),
    "checkboxes": _names("options initial_options confirm focus_on_load"),
    "radio_buttons": _names("options initial_option confirm focus_on_load"),
    "datepicker": _names("initial_date confirm focus_on_load placeholder"),
    "timepicker": _names("initial_time confirm focus_on_load placeholder timezone"),
    "datetimepicker": _names("initial_date_time confirm focus_on_load"),
    "static_select": _names(f"{_SELECT} options option_groups initial_option"),
    "external_select": _names(f"{_SELECT} initial_option min_query_length"),
    "users_select": _names(f"{_SELECT} initial_user"),
    "conversations_select": _names(
        f"{_SELECT} initial_conversation default_to_current_conversation response_url_enabled filter"
    ),
    "channels_select": _names(f"{_SELECT} initial_channel response_url_enabled"),
    "multi_static_select": _names(f"{_MULTI} options option_groups initial_options"),
    "multi_external_select": _names(f"{_MULTI} initial_options min_query_length"),
    "multi_users_select": _names(f"{_MULTI} initial_users"),
    "multi_conversations_select": _names(f"{_MULTI} initial_conversations default_to_current_conversation filter"),
    "multi_channels_select": _names(f"{_MULTI} initial_channels"),
    "plain_text_input": _names(f"{_INPUT} multiline min_length max_length"),
    "email_text_input": _names(_INPUT),
    "url_text_input": _names(_INPUT),
    "number_input": _names(f"{_INPUT} is_decimal_allowed min_value max_value"),
    "rich_text_input": _names(_INPUT),
    "file_input": _names("filetypes max_files"),
    "feedback_buttons": _names("positive_button negative_button"),
    "icon_button": _names("icon text value confirm accessibility_label visible_to_user_ids"),
}
OPTION = _names("text value description url")
OPTION_GROUP = _names("label options")
CONFIRM = _names("title text confirm deny style")


def strange(check: Check, part: JSON, at: str, known: frozenset[str] | None, *more: str) -> None:
    """A fault for each property that is not known; nothing where no list is known."""
    if known is not None:
        for name in part:
            if name not in known and name not in more:
                check.fault(f"invalid additional property: {name}", at)
