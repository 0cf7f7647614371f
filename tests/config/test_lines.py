"""On which line a key stands, whatever the TOML around it looks like."""

import tomllib
from typing import Any

from coopbot.config.lines import lines_of, written

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
    # A list of tables has no line of its own, its rows have.
    wanted = {written(path) for path in paths(tomllib.loads(TEXT))} - {"rows", "rows[1].inner"}
    assert wanted <= set(lines) | {"rows", "rows[1].inner"}


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
