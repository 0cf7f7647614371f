"""A team's own ladders, and whether every rung that goes somewhere goes to a place that there is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType

from coopbot.domain.ladder import Rung, read_ladder
from coopbot.domain.profile import Profile
from coopbot.domain.reading import Reader
from coopbot.domain.team import Desk
from coopbot.errors import Mistake


def read_ladders(table: Reader, profile: Profile) -> Mapping[str, tuple[Rung, ...]]:
    """``[teams.ladders]``: rungs by class code, ``*`` for every class; they go before the profile's."""
    found = table.table("ladders")
    allowed = ("*", *profile.classes)
    ladders = {code: read_ladder(list(found.rows(code))) for code in allowed if found.has(code)}
    for code in (key for key in found.keys if key not in allowed):
        found.wrong(code, f"is no class of {profile.name}; write one of {', '.join(map(repr, allowed))}")
    return MappingProxyType(ladders)


def check_ladders(desk: Desk, hooks: Collection[str], mistakes: list[Mistake]) -> None:
    """Note each rung whose hook or team nobody has configured."""
    teams = {team.name for team in desk.teams}
    for path, rung in _rungs(desk):
        if rung.channel == "webhook" and rung.to and rung.to not in hooks:
            mistakes.append(Mistake(path, f"rung {rung.key!r} calls the hook {rung.to!r}, which [hooks] does not have"))
        if rung.channel == "transfer" and rung.to and rung.to not in teams:
            mistakes.append(Mistake(path, f"rung {rung.key!r} goes to the team {rung.to!r}, which there is not"))


def _rungs(desk: Desk) -> Iterator[tuple[str, Rung]]:
    for ladder in desk.profile.ladders.values():
        yield from (("profile", rung) for rung in ladder)
    for index, team in enumerate(desk.teams):
        for ladder in team.ladders.values():
            yield from ((f"teams[{index}].ladders", rung) for rung in ladder)
