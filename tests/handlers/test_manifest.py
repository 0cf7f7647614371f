"""The manifest: what Slack's schema demands, what no schema knows, and one with the handlers."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from coopbot.examination import scopes_of
from coopbot.handlers.events import EVENTS
from coopbot.handlers.manifest import manifest, manifest_text
from coopbot.views.ids import COMMAND

ROOT = Path(__file__).parents[2]
WRITTEN = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
SCHEMAS = ROOT.parent / "shared/data/slack-manifest"
BOTH = pytest.mark.parametrize("app", [manifest(), manifest("https://coopbot.example")], ids=["socket", "http"])

# slackapi/manifest-schema, majors 1 and 2: lengths in characters.
LENGTHS = {
    "display_information.name": (1, 35),
    "display_information.description": (1, 140),
    "display_information.long_description": (175, 4000),
    "display_information.background_color": (4, 7),
    "features.bot_user.display_name": (1, 80),
    "features.shortcuts.0.name": (1, 24),
    "features.shortcuts.0.description": (1, 150),
    "features.slash_commands.0.command": (2, 32),
    "features.slash_commands.0.description": (1, 2000),
    "features.slash_commands.0.usage_hint": (1, 1000),
}
# No schema says which scope an event needs; Slack's reference of each event does.
SCOPES_OF = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "channel_archive": {"channels:read"},
    "channel_unarchive": {"channels:read"},
    "group_archive": {"groups:read"},
    "group_unarchive": {"groups:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "member_left_channel": {"channels:read", "groups:read"},
    "message.im": {"im:history"},
    "subteam_members_changed": {"usergroups:read"},
    "subteam_updated": {"usergroups:read"},
    "user_change": {"users:read"},
}
# Of the Web API's methods that the bot calls.
SCOPES_OF_CALLS = {
    "chat:write",  # chat.postMessage, chat.update
    "channels:history",  # conversations.history, .replies
    "groups:history",
    "channels:read",  # conversations.info, .members
    "groups:read",
    "files:read",  # files.info, and the download
    "files:write",  # files.getUploadURLExternal, files.completeUploadExternal
    "pins:write",  # pins.add
    "im:write",  # conversations.open
    "usergroups:read",  # usergroups.users.list, usergroups.list
    "users:read",  # users.info
}


# What an installation may leave out.
OPTIONAL = {"usergroups:write", "users:read.email"}  # usergroups.users.update, users.lookupByEmail


def at(app: Any, path: str) -> Any:
    for part in path.split("."):
        app = app[int(part)] if part.isdigit() else app[part]
    return app


def test_the_file_is_what_the_command_prints() -> None:
    assert (ROOT / "manifest.yml").read_text(encoding="utf-8") == manifest_text() + "\n"
    assert manifest() == WRITTEN


@BOTH
@pytest.mark.parametrize("path", LENGTHS)
def test_texts_have_their_lengths(app: dict[str, Any], path: str) -> None:
    least, most = LENGTHS[path]
    assert least <= len(at(app, path)) <= most


@BOTH
def test_scopes_and_events_are_few_enough_and_named_once(app: dict[str, Any]) -> None:
    for path, most, longest in (
        ("oauth_config.scopes.bot", 255, 50),
        ("settings.event_subscriptions.bot_events", 100, 50),
    ):
        names = at(app, path)
        assert len(names) == len(set(names)) <= most
        assert all(len(name) <= longest for name in names)


def test_every_scope_has_a_use_and_every_use_its_scope() -> None:
    events = WRITTEN["settings"]["event_subscriptions"]["bot_events"]
    needed = {"commands"} | SCOPES_OF_CALLS
    for event in events:
        needed |= SCOPES_OF[event]
    scopes = WRITTEN["oauth_config"]["scopes"]
    assert set(scopes["bot"]) == needed | OPTIONAL
    assert set(scopes["bot_optional"]) == OPTIONAL
    assert set(scopes_of(manifest_text())) == needed


def test_every_event_has_its_handler_and_every_handler_its_event() -> None:
    events = {event.partition(".")[0] for event in WRITTEN["settings"]["event_subscriptions"]["bot_events"]}
    assert events == set(EVENTS)


def test_the_command_is_escaped_and_interactivity_is_on() -> None:
    (command,) = WRITTEN["features"]["slash_commands"]
    assert command["command"] == COMMAND
    assert command["should_escape"] is True
    assert WRITTEN["settings"]["interactivity"]["is_enabled"] is True
    home = WRITTEN["features"]["app_home"]
    assert home == {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False}


def test_socket_mode_needs_no_address_and_http_has_it_everywhere() -> None:
    assert WRITTEN["settings"]["socket_mode_enabled"] is True
    assert "url" not in json.dumps(WRITTEN)
    app = yaml.safe_load(manifest_text("https://coopbot.example/"))
    url = "https://coopbot.example/slack/events"
    assert app["settings"]["socket_mode_enabled"] is False
    assert app["settings"]["event_subscriptions"]["request_url"] == url
    assert app["settings"]["interactivity"]["request_url"] == url
    assert [command["url"] for command in app["features"]["slash_commands"]] == [url]


@BOTH
def test_it_is_valid_by_slack_s_own_schemas(app: dict[str, Any]) -> None:
    for path in sorted(SCHEMAS.glob("manifest.schema.*.json")):  # not everywhere; the rules above always run
        schema = json.loads(path.read_text(encoding="utf-8"))
        assert [error.message for error in Draft7Validator(schema).iter_errors(app)] == []
