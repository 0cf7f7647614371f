"""Whether there is somebody who may approve, wherever answers need a second person."""

from __future__ import annotations

from collections.abc import Iterator

from coopbot.domain.approval_rules import people_in
from coopbot.domain.team import Desk, Team
from coopbot.errors import Mistake


def unapproved(desk: Desk) -> Iterator[Mistake]:
    """Each team whose answers would wait for nobody: a warning, since their authors can still send them alone."""
    for index, team in enumerate(desk.teams):
        rules = team.approval.over(desk.profile.approval)
        if rules.when and not any(_somebody(team, role) for role in rules.by):
            roles = ", ".join(rules.by)
            message = f"its answers need an approval that nobody can give (by: {roles}); each goes out with a reason"
            yield Mistake(f"teams[{index}]", message)


def _somebody(team: Team, role: str) -> bool:
    on_call = bool(team.on_call or team.rotas)
    named = {"lead": bool(team.leads), "manager": bool(team.managers), "on_call": on_call, "backup": on_call}
    return named[role] if role in named else bool(people_in([role]))
