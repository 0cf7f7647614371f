"""Where templates are kept: one note a team, read with every card; and one for each use, so that none is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

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


def used(tx: Tx, now: datetime, team: Team, code: str, reply_id: str) -> None:
    """An answer was given with it."""
    tx.notes.put(f"template_use:{team.name}:{reply_id}", {"code": code}, now)


def uses_of(tx: Tx, team: Team) -> Mapping[str, int]:
    """How often each code was used."""
    return Counter(str(use["code"]) for use in tx.notes.all(f"template_use:{team.name}:").values())
