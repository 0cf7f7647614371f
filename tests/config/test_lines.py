"""On which line a key stands, whatever the TOML around it looks like."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopbot.config.lines import lines_of, written
from coopbot.config.profiles import load_profile
from coopbot.errors import Misconfigured
from tests.support.world import PROFILES

TEXT = '''\
# a comment with = and [brackets]
a = 1
"b c" = "x # no comment"   # a comment
d.e.f = [1, 2,
  3]
text = """
[not.a.table]
nor = "a key"
"""
raw = \'\'\'
x = ' \'\'\'

[t]   # table
k = { x = 1, y = { z = "}" } }
empty = []
[t.u]
v = 1979-05-27T07:32:00Z
[[rows]]
name = "one"
list = [
  # { days = "none" },
  { days = "a", who = ["x", "y"] },

  { days = "b" },
]
[rows.sub]
deep = true
[[rows]]
name = "two"
[[rows.inner]]
q = 'a\\'
[[rows.inner]]
q = "a\\"]"
["quoted.name"]
w = 1
'''


def paths(value: Any, at: tuple[str | int, ...] = ()) -> Any:
    if at:
        yield at
    if isinstance(value, dict):
        for key, each in value.items():
            yield from paths(each, (*at, key))
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from paths(each, (*at, index))


def test_every_path_of_the_data_has_its_line() -> None:
    lines = lines_of(TEXT)
    assert {written(path) for path in paths(tomllib.loads(TEXT))} == set(lines)


def test_lines_are_those_an_editor_shows() -> None:
    lines = lines_of(TEXT)
    text = TEXT.splitlines()
    for path, fragment in {
        "a": "a = 1",
        "b c": '"b c"',
        "d.e.f": "d.e.f",
        "d.e.f[2]": "3]",
        "text": "text =",
        "raw": "raw =",
        "t": "[t]",
        "t.k.y.z": "k = {",
        "t.u.v": "v = 1979",
        "rows[0]": "[[rows]]",
        "rows[0].list[0].days": 'days = "a"',
        "rows[0].list[0].who[1]": 'days = "a"',
        "rows[0].list[1].days": 'days = "b"',
        "rows[0].sub.deep": "deep = true",
        "rows[1].name": '"two"',
        "rows[1].inner[0].q": "q = 'a",
        "rows[1].inner[1].q": 'q = "a',
        "quoted.name.w": "w = 1",
    }.items():
        assert fragment in text[lines[path] - 1], path
    assert lines["rows[1]"] > lines["rows[0].sub.deep"]
    assert lines["rows[1].inner[1]"] == lines["rows[1].inner[0]"] + 2


def test_nothing_has_no_lines() -> None:
    assert lines_of("") == {}
    assert lines_of("# only\n\n") == {}


ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["pyproject.toml", "coopbot.example.toml", "coopbot/profiles/jd-pop.toml"])
def test_files_that_are_really_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = lines_of(text)
    assert {written(path) for path in paths(tomllib.loads(text))} == set(lines)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


TEXTS = st.text(st.sampled_from("ab\"'#=[]{},.\\ \t旗"), max_size=8)
KEYS = st.text(st.sampled_from("ab.#= '\"[旗"), min_size=1, max_size=4)
LITERALS = ["1", "-0.5e3", "true", "2026-11-23 09:00:00Z", "0xf", "''", '""', "'''a'b\n#'' ]'''", '"""x\n[""y\\\\""""']
SCALARS = TEXTS.map(json.dumps) | st.sampled_from(LITERALS)
BREAKS = st.sampled_from(["", " ", "\n", " # ] , }\n", "\n\n  "])


@st.composite
def values(draw: st.DrawFn, depth: int = 2) -> str:
    kind = draw(st.sampled_from("slt" if depth else "s"))
    if kind == "l":
        inner = draw(st.lists(values(depth - 1), max_size=3))
        space = draw(BREAKS)
        return "[" + space + f"{space},{space}".join(inner) + space + "]"
    if kind == "t":
        keys = draw(st.lists(KEYS, max_size=3, unique=True))
        return "{ " + ", ".join(f"{json.dumps(key)} = {draw(values(depth - 1))}" for key in keys) + " }"
    return draw(SCALARS)


@st.composite
def documents(draw: st.DrawFn) -> str:
    parts = []
    for header in ["", *draw(st.permutations(["[a]", "[[b]]", "[[b]]", '["c.d".e]']))]:
        keys = draw(st.lists(KEYS, max_size=2, unique=True))
        parts.append(header)
        # "top" keeps the first keys away from the tables' names
        parts += [f"{json.dumps('top' + key)} = {draw(values())} # end" for key in keys]
        if header == "[[b]]":
            parts += ["[b.y]", "z.w = 1", "[[b.rows]]", "q = 1"]
    return "\n".join(parts)


@settings(deadline=None, max_examples=300)
@given(documents())
def test_whatever_can_be_written_has_its_lines(text: str) -> None:
    lines = lines_of(text)
    assert {written(path) for path in paths(tomllib.loads(text))} == set(lines)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


def test_a_wrong_field_of_a_profile_is_named_with_its_line(tmp_path: Path) -> None:
    text = (PROFILES / "jd-pop.toml").read_text()
    path = tmp_path / "own.toml"
    path.write_text(text.replace('pattern = "[A-Za-z0-9][A-Za-z0-9-]{7,29}"', 'pattern = "["'))
    line = next(n for n, each in enumerate(path.read_text().splitlines(), 1) if each == 'pattern = "["')
    with pytest.raises(Misconfigured) as told:
        load_profile(path)
    assert [(mistake.line, mistake.key) for mistake in told.value.mistakes] == [(line, "fields.tracking_no.pattern")]
