"""``coopbot audit ORDER``: the append-only log, printed. Codes, not sentences: what is read may be searched."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from coopbot.domain.trail import Line
from coopbot.errors import Refusal

Trail = tuple[Sequence[Line], Mapping[str, str], ZoneInfo]


def mount(app: typer.Typer, trail_of: Callable[[str], Trail]) -> None:
    """Put ``audit`` on ``app``; ``trail_of`` raises Refusal for a number that no order has."""

    @app.command()
    def audit(order: Annotated[str, typer.Argument(help="the work order's number")]) -> None:
        """Who did what to an order, when, from where, and what it changed. Nothing of it can be edited."""
        try:
            lines, names, zone = trail_of(order)
        except Refusal:
            typer.echo(f"no order {order} in the store", err=True)
            raise typer.Exit(1) from None
        for line in lines:
            typer.echo(written(line, names, zone))


def written(line: Line, names: Mapping[str, str], zone: ZoneInfo) -> str:
    """One line: when, who, from where, what, before → after, and the facts as JSON."""
    who = f"{line.by} ({names[line.by]})" if line.by in names else line.by
    facts = json.dumps(dict(line.facts), ensure_ascii=False, sort_keys=True, default=str)
    when = line.at.astimezone(zone).isoformat(timespec="seconds")
    changed = f"{line.before} → {line.after}" if line.before != line.after else line.after
    return f"{when}  {who}  {line.where}  {line.act}  [{changed}]  {facts}"
