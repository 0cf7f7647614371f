"""Keys in the one order in which everything takes them: unsorted locks and inserts deadlock (performance.md §2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby


def by_connection(keys: Iterable[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    """Each connection with its names (order numbers, shops, event ids), all ascending, none twice."""
    for connection, group in groupby(sorted(set(keys)), key=lambda key: key[0]):
        yield connection, [name for _, name in group]
