"""The Slack app as Slack's own form asks for it: ``manifest.yml`` is this, written out (decisions.md 32).

It names what the handlers take and what the Web API calls need, and nothing for later but the two history scopes: they
find a card that was posted before its answer was lost, and adding a scope afterwards means installing anew.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import yaml

from coopbot.handlers.slack_http import PATH
from coopbot.views.ids import COMMAND, SEND_AS_ANSWER

HEAD = """\
# coopbot's Slack app. Paste into https://api.slack.com/apps › Create New App › From a manifest.
# Written by `coopbot manifest`; `coopbot manifest --http URL` writes the one for signed HTTP in place of Socket Mode.
"""

_ABOUT = """\
coopbot brings a marketplace's platform collaborative work orders (平台协同工单) into the channel of the team that \
answers for the shop: each as one card with its due time, ready answers and who has it. It reminds before the \
deadline, louder each time, hands the team's answer to the platform, and shows what a late one costs.

coopbot 把平台协同工单送到负责该店铺的团队频道：一单一卡，带截止时间、预置处理方式和处理人；到期前逐级提醒，\
把回复交给平台，并说明超时的代价。"""

_BOT_SCOPES = [
    "app_mentions:read",  # the bot spoken to
    "channels:history",  # to look for a card before sending it again
    "channels:read",  # who is in the channel, whether it is archived
    "chat:write",
    "commands",
    "files:read",  # what people attach to an answer or an outage report
    "files:write",  # the appeal kit
    "groups:history",
    "groups:read",
    "im:history",  # the bot spoken to, in a direct message
    "im:write",  # reminders in person
    "pins:write",  # the team's message of what is at risk
    "usergroups:read",  # members = { usergroup = "S…" }
    "usergroups:write",  # usergroup = "S…", which is kept at whoever is on call
    "users:read",  # names, and the language of whispers
    "users:read.email",  # coopbot rota import: whose address it is
]
_OPTIONAL_SCOPES = ["usergroups:write", "users:read.email"]
"""Whoever installs the app may leave these out: what needs them says so. They stand in both lists, as Slack wants."""
_BOT_EVENTS = [
    "app_home_opened",
    "app_mention",
    "channel_archive",
    "group_archive",
    "member_joined_channel",
    "member_left_channel",
    "message.im",
    "subteam_members_changed",
    "subteam_updated",
    "user_change",
]

MANIFEST: dict[str, Any] = {
    "display_information": {
        "name": "coopbot",
        "description": "Platform work orders, answered in time · 平台协同工单，按时回复",
        "long_description": _ABOUT,
        "background_color": "#1f3a5f",
    },
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "bot_user": {"display_name": "coopbot", "always_online": True},
        "shortcuts": [
            {
                "name": "Send as the answer 作为回复",
                "type": "message",
                "callback_id": SEND_AS_ANSWER,
                "description": "Shows a message of an order's thread as its answer, before it is sent · 预览后发给平台",
            }
        ],
        "slash_commands": [
            {
                "command": COMMAND,
                "description": "Open work orders, outage report, help · 工单状态、异常报备、帮助",
                "usage_hint": "status | promises | oncall | quiet | why | hold | resume | outage"
                " | exposure | penalties | help",
                "should_escape": True,
            }
        ],
    },
    "oauth_config": {"scopes": {"bot": _BOT_SCOPES, "bot_optional": _OPTIONAL_SCOPES}},
    "settings": {
        "event_subscriptions": {"bot_events": _BOT_EVENTS},
        "interactivity": {"is_enabled": True},
        "org_deploy_enabled": False,
        "socket_mode_enabled": True,
        "token_rotation_enabled": False,
    },
}


def manifest(http_url: str = "") -> dict[str, Any]:
    """For Socket Mode, or for signed HTTP at the public address ``http_url`` (``https://coopbot.example``)."""
    app = deepcopy(MANIFEST)
    if http_url:
        url = http_url.rstrip("/") + PATH
        app["settings"]["socket_mode_enabled"] = False
        app["settings"]["event_subscriptions"]["request_url"] = url
        app["settings"]["interactivity"]["request_url"] = url
        for command in app["features"]["slash_commands"]:
            command["url"] = url
    return app


def manifest_text(http_url: str = "") -> str:
    """As ``manifest.yml`` has it, without the last line's end."""
    app = manifest(http_url)
    return HEAD + yaml.dump(app, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=120).rstrip("\n")


class _Plain(yaml.SafeDumper):
    """Texts of several lines as blocks, which is how people read and edit them."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Plain.add_representer(str, _text)
