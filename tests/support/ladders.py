"""Teams with a ladder of their own, written as in a profile."""

from __future__ import annotations

from typing import Any

from coopbot.domain.ladder import Rung, read_ladder
from coopbot.domain.reading import Reader
from coopbot.domain.team import Team
from coopbot.errors import Mistake
from tests.support.world import a_team


def rungs(*rows: dict[str, Any]) -> tuple[Rung, ...]:
    """The ladder of these rows. Raises AssertionError for one that can't be read."""
    mistakes: list[Mistake] = []
    ladder = read_ladder([Reader(row, mistakes, f"ladder[{index}]") for index, row in enumerate(rows)])
    assert mistakes == []
    return ladder


def a_team_with(*rows: dict[str, Any], **changes: Any) -> Team:
    return a_team(ladders={"*": rungs(*rows)}, **changes)
