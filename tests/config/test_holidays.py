"""Holidays of an operator's own, in a small file beside their profile."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopbot.config.profiles import load_profile
from coopbot.domain.profile import builtin_path
from coopbot.domain.sla import due
from coopbot.errors import Misconfigured
from tests.support.clockwork import at

OWN = """\
labels = { en = "Company days", "zh-CN" = "公司假日" }
until = 2027-12-31
[[days]]
from = 2026-11-24
to = 2026-11-24
label = { en = "Founders' day", "zh-CN" = "司庆" }
"""


def profile_with(folder: Path, named: str, holidays: str) -> Path:
    text = builtin_path("jd-pop").read_text(encoding="utf-8")
    path = folder / "own.toml"
    path.write_text(text.replace("[working]\n", f'[working]\nholidays = ["{named}"]\n', 1), encoding="utf-8")
    (folder / "holidays").mkdir()
    (folder / "holidays" / "company.toml").write_text(holidays, encoding="utf-8")
    return path


def test_an_own_set_is_found_beside_the_profile_and_stays_with_it(tmp_path: Path) -> None:
    rules = load_profile(profile_with(tmp_path, "company", OWN))
    assert due(rules, "crc", at("2026-11-23 17:30")).at == at("2026-11-25 11:30")
    assert rules.known_until is not None
    assert rules.known_until.isoformat() == "2027-12-31"
    assert "Founders' day" in rules.content


def test_a_set_that_is_nowhere_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"own\.toml\n.*working\.holidays.*compny"):
        load_profile(profile_with(tmp_path, "compny", OWN))


def test_a_broken_set_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as caught:
        load_profile(profile_with(tmp_path, "company", OWN + "until =\n"))
    assert caught.value.source.endswith("company.toml")
    assert caught.value.mistakes[0].line == 7
