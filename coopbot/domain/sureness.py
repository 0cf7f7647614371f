"""How sure we are of each value of a profile, and where it comes from (domain.md's four levels)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from coopbot.domain.reading import Reader

Level = Literal["fact", "given", "secondary", "assumed"]
LEVELS: tuple[Level, ...] = ("fact", "given", "secondary", "assumed")


@dataclass(frozen=True)
class Sureness:
    level: Level
    source: str

    @property
    def is_assumed(self) -> bool:
        return self.level == "assumed"


_OWN = {"name", "version", "labels", "holiday_sets", "sureness"}
_NAMES = {"labels", "label"}
UNMARKED = Sureness("assumed", "not marked in the profile")


def find(marks: Mapping[str, Sureness], path: str) -> Sureness:
    """The mark of ``path``, or of the nearest table above it; what nobody marked is assumed."""
    while path:
        if path in marks:
            return marks[path]
        path = path.rpartition(".")[0]
    return UNMARKED


def read_marks(table: Reader, keys: Mapping[str, Any]) -> Mapping[str, Sureness]:
    """``"classes.crc.budget" = "given: its source"``; a mark of something that is not there is a mistake."""
    marks: dict[str, Sureness] = {}
    known = set(paths(keys))
    for path in table.keys:
        level, colon, source = table.text(path).partition(":")
        if level.strip() not in LEVELS or not colon or not source.strip():
            table.wrong(path, f"must read 'level: source' with a level of {', '.join(LEVELS)}")
        elif path not in known:
            table.wrong(path, "marks a key that this profile does not have")
        else:
            marks[path] = Sureness(cast(Level, level.strip()), source.strip())
    table.done()
    return marks


def paths(data: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """Every key of nested tables as a dotted path; lists are values, not tables, save that each node of a track can be
    marked by its points: of one retelling's four steps two may be our own."""
    for key, value in data.items():
        path = f"{above}.{key}" if above else key
        yield path
        if isinstance(value, Mapping):
            yield from paths(value, path)
        elif key == "nodes" and isinstance(value, list):
            yield from (f"{path}.{row['points']}" for row in value if isinstance(row, Mapping) and "points" in row)


def unmarked(data: Mapping[str, Any], marks: Mapping[str, Sureness]) -> list[str]:
    """What no mark covers, each as the widest table without any mark in it: what ``profile check`` warns about.

    Names of things need no mark, nor do the holiday sets, which name their own source.
    """
    every = [path for path in paths(data) if path.partition(".")[0] not in _OWN]
    leaves = [path for path in every if not any(other.startswith(path + ".") for other in every)]
    bare = (path for path in leaves if find(marks, path) is UNMARKED and not _NAMES & set(path.split(".")))
    return list(dict.fromkeys(_widest(path, marks) for path in bare))


def _widest(path: str, marks: Mapping[str, Sureness]) -> str:
    parts = path.split(".")
    for length in range(1, len(parts)):
        table = ".".join(parts[:length])
        if not any(mark == table or mark.startswith(table + ".") for mark in marks):
            return table
    return path
