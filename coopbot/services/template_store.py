"""Where templates are kept: one note a team, read with every card; one for each use, so that none is lost; and a trail
of who did what to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from coopbot.domain.deed import Deed
from coopbot.domain.team import Team
from coopbot.domain.template import Template, read
from coopbot.ports import Tx


def note_of(team: Team) -> str:
    return f"templates:{team.name}"


def all_of(tx: Tx, team: Team, *, for_update: bool = False) -> Sequence[Template]:
    """Every template of the team, retired ones too; ``for_update`` before any of them changes: they are one note."""
    note = tx.notes.get(note_of(team), for_update=for_update) or {}
    return [read(row) for row in note.get("templates") or ()]


def put_all(tx: Tx, now: datetime, team: Team, templates: Sequence[Template]) -> None:
    tx.notes.put(note_of(team), {"templates": [each.plain() for each in templates]}, now)


def record(
    tx: Tx, now: datetime, team: Team, act: str, by: str, where: str, before: Template | None, after: Template
) -> None:
    """Append to the trail of the team's templates; what is as it was has no line."""
    if before is not None and replace(before, by=after.by) == after:
        return
    was = before.plain() if before is not None else {}
    tx.deeds.add([Deed(subject(team), act, now, by, where, was, after.plain())])


def subject(team: Team) -> str:
    """Under which name its trail is kept."""
    return f"templates:{team.name}"


def used(tx: Tx, now: datetime, team: Team, code: str, reply_id: str) -> None:
    """An answer was given with it."""
    tx.notes.put(f"template_use:{team.name}:{reply_id}", {"code": code}, now)


def unused(tx: Tx, team: Team, reply_id: str) -> None:
    """That answer was stopped before it left: nobody has used anything."""
    tx.notes.remove(f"template_use:{team.name}:{reply_id}")


def uses_of(tx: Tx, team: Team) -> Mapping[str, int]:
    """How often each code was used."""
    return Counter(str(use["code"]) for use in tx.notes.all(f"template_use:{team.name}:").values())
