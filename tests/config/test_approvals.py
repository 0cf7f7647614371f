"""Where answers need a second person: out of the profile, and out of the toml for one team."""

from __future__ import annotations

from datetime import timedelta

from coopbot.domain.approval import rules_of
from coopbot.domain.approval_rules import ApprovalRules, Case
from tests.config.place import SMALL, Place
from tests.support.clockwork import rules

OWN = """\
[teams.approval]
when = [{ classes = ["crc"] }, { scenes = ["refund"], over = 50000 }]
by = ["on_call", "user:U0BOSS"]
within = "20m"
margin = "5m"
"""


def test_a_team_says_what_the_profile_does_not(place: Place) -> None:
    desk = place.load(SMALL + OWN).desk
    (team,) = desk.teams
    when = (Case(classes=("crc",)), Case(scenes=("refund",), over=50000))
    by = ("on_call", "user:U0BOSS")
    assert rules_of(team, desk.profile) == ApprovalRules(when, by, timedelta(minutes=20), timedelta(minutes=5))
    assert "U0BOSS" in team.named


def test_jd_pop_asks_for_none_and_the_template_shows_how() -> None:
    assert rules("jd-pop").approval == ApprovalRules()
    assert rules("template").approval.case("crc", "other", 50001) is not None
    assert rules("template").approval.case("crc", "other", 50000) is None


def test_what_a_team_leaves_out_is_the_profile_s_and_an_empty_list_is_none(place: Place) -> None:
    small = 'profile = "template"\n' + SMALL
    for own, cases, within in (("", 1, 15), ('within = "1h"', 1, 60), ("when = []", 0, 15)):
        desk = place.load(f"{small}[teams.approval]\n{own}").desk
        found = rules_of(desk.teams[0], desk.profile)
        assert (len(found.when), found.within) == (cases, timedelta(minutes=within))


def test_every_mistake_is_named_with_what_is_allowed(place: Place) -> None:
    wrong = place.mistakes(
        SMALL
        + """\
[teams.approval]
when = [{ classes = ["crx"] }, { scenes = [] }, { over = -1 }, { clases = ["crc"] }]
by = ["leader", "user:bob"]
within = "0s"
margins = "5m"
"""
    )
    said = {each.key.removeprefix("teams[0].approval."): each.message for each in wrong}
    assert "'crx' is not one of crc, general" in said["when[0].classes"]
    assert "leave it out for all" in said["when[1].scenes"]
    assert "at least 0" in said["when[2].over"]
    assert "did you mean 'classes'" in said["when[3].clases"]
    assert "not one of lead, manager, on_call, backup, user:U…" in said["by"]
    assert "within" in said
    assert "did you mean 'margin'" in said["margins"]
    assert place.mistakes(SMALL + "[teams.approval]\nby = []\n")[0].message == "names nobody who could approve"


def test_answers_that_would_wait_for_nobody_are_a_warning(place: Place) -> None:
    lonely = SMALL + "[teams.approval]\nwhen = [{}]\n"
    usual = ["public_url", "teams[0].leads"]
    (warning,) = [each for each in place.load(lonely).warnings if each.key not in usual]
    assert (warning.key, "by: lead, manager" in warning.message) == ("teams[0]", True)
    assert [each.key for each in place.load(lonely + 'by = ["user:U0BOSS"]\n').warnings] == usual
