"""A team's own ladder and the hooks that it calls, out of the toml."""

from __future__ import annotations

from datetime import datetime, timedelta

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


ROTA = """\
[[teams.rotas]]
name = "days"
rotation = "weekly"
starts = 2026-11-02
handover = "10:00"
who = ["U0A", "U0B"]
hours = "Mon-Fri 09:00-19:00"
"""


def test_people_who_take_turns(place: Place) -> None:
    (layer,) = place.load(SMALL + ROTA).desk.teams[0].rotas
    assert (layer.who, layer.every, layer.starts) == (("U0A", "U0B"), timedelta(days=7), datetime(2026, 11, 2, 10))
    assert layer.zone.key == "Asia/Shanghai"
    assert layer.hours is not None


def test_every_mistake_of_a_rota_is_told_at_once(place: Place) -> None:
    wrong = ROTA.replace("weekly", "often").replace("10:00", "25:00").replace("U0A", "ana").replace("2026-11-02", '"x"')
    keys = {each.key.rpartition(".")[2] for each in place.mistakes(SMALL + wrong)}
    assert keys == {"rotation", "handover", "who", "starts"}
