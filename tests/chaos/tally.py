"""What a run came to, and all runs together as one table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass
class Tally:
    database: str
    kills: int
    faults: int
    befell: dict[str, int]
    orders: int = 0
    posts: int = 0
    """Messages that the workspace saw."""
    answers: int = 0
    breaches: int = 0
    lost: int = 0
    twice: int = 0
    early: int = 0
    wrong: list[str] = field(default_factory=list)

    def miss(self, what: str, which: set[str]) -> None:
        self.lost += len(which)
        self.wrong += [f"{what}: {sorted(which)}"] if which else []

    def double(self, what: str, seen: Sequence[str]) -> None:
        self.again(f"{what} twice", {each for each, count in Counter(seen).items() if count > 1})

    def again(self, what: str, which: set[str]) -> None:
        self.twice += len(which)
        self.wrong += [f"{what}: {sorted(which)}"] if which else []


_COLUMNS = ("kills", "faults", "orders", "posts", "answers", "breaches", "lost", "twice", "early")


def table(tallies: Iterable[Tally]) -> list[str]:
    """A row for each database and one for all, as Markdown."""
    tallies = list(tallies)
    lines = [f"| database | runs | {' | '.join(_COLUMNS)} |", "|---|" + "---:|" * (len(_COLUMNS) + 1)]
    for name in (*sorted({each.database for each in tallies}), "together"):
        its = [each for each in tallies if name in (each.database, "together")]
        sums = [sum(getattr(each, column) for each in its) for column in _COLUMNS]
        lines.append(f"| {name} | {len(its)} | {' | '.join(f'{number:,}' for number in sums)} |")
    befell: Counter[str] = Counter()
    for each in tallies:
        befell.update(each.befell)
    return [*lines, "", ", ".join(f"{count:,} {what}" for what, count in befell.most_common())]
