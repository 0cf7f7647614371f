"""A team's own ladder and the hooks that it calls, out of the toml."""

from __future__ import annotations

from datetime import timedelta

from tests.config.place import SECRET, SMALL, Place

LADDER = """\
[[teams.ladders."*"]]
key = "page"
at = "50%"
channel = "webhook"
to = "pager"
only_if = ["class:crc"]
[[teams.ladders."*"]]
key = "over"
at = "due-30m"
channel = "transfer"
to = "flagship"
"""
HOOK = """\
[hooks.pager]
url = "https://pager.example/in"
secret_env = "PAGER_SECRET"
"""


def test_a_team_may_have_its_own_ladder(place: Place) -> None:
    settings = place.load('mention_gap = "10m"\n' + SMALL + LADDER + HOOK, PAGER_SECRET=SECRET)
    desk = settings.desk
    assert [rung.key for rung in desk.teams[0].ladder(desk.profile, "crc")] == ["page", "over"]
    assert desk.mention_gap == timedelta(minutes=10)
    assert (settings.hooks["pager"].url, settings.hooks["pager"].secrets) == ("https://pager.example/in", (SECRET,))
    assert SECRET not in repr(settings)


def test_without_one_the_profiles_counts(place: Place) -> None:
    desk = place.load().desk
    assert desk.teams[0].ladder(desk.profile, "crc") == desk.profile.ladder("crc")
    assert desk.mention_gap == timedelta(minutes=5)


def test_a_rung_that_goes_nowhere_is_a_mistake(place: Place) -> None:
    wrong = place.mistakes(SMALL + LADDER.replace('to = "flagship"', 'to = "flagshop"'))
    assert [(each.key, "pager" in each.message, "flagshop" in each.message) for each in wrong] == [
        ("teams[0].ladders", True, False),
        ("teams[0].ladders", False, True),
    ]
