"""The house is tied together: manifest, handlers, ids, the lifecycle's diagram, settings and README say the same."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from coopbot.domain.lifecycle import LIFECYCLE
from coopbot.failpoints import NAMES
from coopbot.handlers.actions import ACTIONS
from coopbot.handlers.commands import COMMANDS
from coopbot.handlers.events import EVENTS
from coopbot.handlers.modals import VIEWS
from coopbot.handlers.shortcuts import SHORTCUTS
from coopbot.views import ids

ROOT = Path(__file__).parents[1]
MANIFEST = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))


def test_every_button_has_a_handler_and_every_handler_a_button() -> None:
    assert set(ACTIONS) == {*ids.BUTTONS, *ids.TYPED, *ids.IN_TEMPLATES, *ids.IN_TOGETHER, ids.PRESET} - {
        ids.MORE,
        ids.PRESET_MENU,
    }


def test_every_modal_has_a_handler_and_every_handler_a_modal() -> None:
    assert set(VIEWS) == set(ids.MODALS)


def test_every_shortcut_of_the_manifest_has_a_handler_and_the_other_way_round() -> None:
    shown = {each["callback_id"] for each in MANIFEST["features"]["shortcuts"]}
    assert shown == set(SHORTCUTS) == set(ids.SHORTCUTS)


def test_every_event_of_the_manifest_has_a_listener_and_the_other_way_round() -> None:
    subscribed = set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])
    heard = {"message" if name.startswith("message.") else name for name in subscribed}
    assert heard == set(EVENTS)


def test_the_manifest_has_the_command() -> None:
    commands = {each["command"] for each in MANIFEST["features"]["slash_commands"]}
    assert commands == {ids.COMMAND}
    assert {"status", "help", "outage"} <= set(COMMANDS)


def test_the_diagram_in_the_concepts_is_the_table() -> None:
    text = (ROOT / "docs" / "concepts.md").read_text(encoding="utf-8")
    drawn = set(re.findall(r"^\s*(\w+) --> (\w+): (\w+)$", text, re.MULTILINE))
    table = {
        (state.value, target.value, act.value)
        for state, acts in LIFECYCLE.items()
        for act, targets in acts.items()
        for target in targets
    }
    assert drawn == table


def test_the_readme_names_every_setting() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "coopbot" / "config").glob("*.py"))
    settings = set(re.findall(r'"((?:COOPBOT|SLACK)_[A-Z_]+)"', source))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert settings
    assert {name for name in settings if f"`{name}`" not in readme} == set()


def test_decisions_are_numbered_once_without_gaps_and_links_to_them_lead_somewhere() -> None:
    folder = ROOT / "docs" / "adr"
    found = sorted(folder.glob("*.md"))
    assert [path.name[:4] for path in found] == [f"{number:04}" for number in range(1, len(found) + 1)]
    for path in found:
        assert path.read_text(encoding="utf-8").startswith(f"# {path.name[:4]} · ")
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+\.md)", page.read_text("utf-8"))]
    assert [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()] == []
    names = "\n".join(path.read_text(encoding="utf-8") for path in [*pages, *(ROOT / "coopbot").rglob("*.py")])
    assert {number for number in re.findall(r"(?:ADR |adr/)(\d{4})", names) if int(number) > len(found)} == set()


def test_every_failpoint_has_its_place_and_every_place_its_name() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "coopbot").rglob("*.py"))
    assert set(re.findall(r'failpoint\("([a-z_.]+)"\)', source)) == NAMES
