"""A team's templates as a file: out and in again, in Slack by its leads, at the terminal by the operator."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from coopbot.domain.deed import Deed
from coopbot.domain.team import Desk, Team
from coopbot.domain.template import Template, read
from coopbot.errors import Misconfigured, Mistake, Refusal
from coopbot.ports import Tx
from coopbot.services.permission import must_lead
from coopbot.services.template_store import all_of, put_all, record, subject
from coopbot.services.templates import check, new_code, team_named

OPERATOR = "operator"
LARGEST = 1024 * 1024
"""Bytes of a file that is taken: far more than the most templates need."""
Faults = Sequence[tuple[int, Refusal]]
"""What is wrong with which entry, from 0."""


def exported(tx: Tx, desk: Desk, name: str, user: str = OPERATOR) -> list[dict[str, Any]]:
    """Raises Refusal for somebody in Slack who does not lead the team."""
    team = team_named(desk, name)
    if user != OPERATOR:
        must_lead(tx, desk, team, user)
    return [template.plain() for template in all_of(tx, team)]


def written(rows: Sequence[Any]) -> str:
    return json.dumps(list(rows), ensure_ascii=False, indent=2)


def rows_of(content: bytes) -> Sequence[Any]:
    """What stands in a file. Raises Refusal for what is none of ours."""
    try:
        rows = json.loads(content.decode("utf-8-sig"))
    except ValueError:
        raise Refusal("no_template_file") from None
    if not isinstance(rows, list):
        raise Refusal("no_template_file")
    return rows


def imported(tx: Tx, now: datetime, desk: Desk, name: str, rows: Sequence[Any], source: str) -> int:
    """Put a file's templates beside the team's; one with a known code replaces it. All of them, or none.

    Raises Misconfigured with every mistake.
    """
    taken, faults = _take(tx, now, desk, team_named(desk, name), rows, OPERATOR, "terminal")
    if faults:
        raise Misconfigured(source, [Mistake(f"[{index}]", _in_codes(why)) for index, why in faults])
    return taken


def taken_in(tx: Tx, now: datetime, desk: Desk, user: str, name: str, rows: Sequence[Any]) -> tuple[int, Faults]:
    """Likewise for a lead in Slack: how many were taken, or what is wrong and nothing was. Raises Refusal."""
    team = team_named(desk, name)
    must_lead(tx, desk, team, user)
    return _take(tx, now, desk, team, rows, user, "slack:modal")


def history(tx: Tx, desk: Desk, name: str) -> Sequence[Deed]:
    """Who did what to the team's templates. Raises Refusal for no such team."""
    return tx.deeds.of(subject(team_named(desk, name)))


def _take(
    tx: Tx, now: datetime, desk: Desk, team: Team, rows: Sequence[Any], by: str, where: str
) -> tuple[int, Faults]:
    known = list(all_of(tx, team, for_update=True))
    changes: list[tuple[Template | None, Template]] = []
    faults: list[tuple[int, Refusal]] = []
    for index, row in enumerate(rows):
        template = read(row if isinstance(row, Mapping) else {})
        try:
            check(desk.profile, template, known)
        except Refusal as why:
            faults.append((index, why))
            continue
        template = template if template.code else replace(template, code=new_code(template, now))
        template = template if by == OPERATOR else replace(template, by=by)
        before = next((each for each in known if each.code == template.code), None)
        known = [each for each in known if each.code != template.code] + [template]
        changes.append((before, template))
    if faults:
        return 0, faults
    for before, after in changes:
        record(tx, now, team, "imported", by, where, before, after)
    put_all(tx, now, team, known)
    return len(changes), ()


def _in_codes(why: Refusal) -> str:
    facts = {key: value for key, value in why.facts.items() if key != "block"}
    return " ".join([why.code, *(f"{key}={value}" for key, value in facts.items())])
