"""``coopbot templates export | import``: a team's templates as a JSON file, to keep or to take elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from coopbot.errors import Misconfigured, Refusal

Team = Annotated[str, typer.Argument(help="the team's name in coopbot.toml")]


def mount(
    app: typer.Typer, export: Callable[[str], Sequence[Any]], take: Callable[[str, Sequence[Any], str], int]
) -> None:
    """Put ``templates`` on ``app``. Both raise Refusal for no such team; ``take`` raises Misconfigured."""
    group = typer.Typer(no_args_is_help=True, help="A team's own ready answers, as a file.")
    app.add_typer(group, name="templates")

    @group.command("export")
    def export_(team: Team) -> None:
        """Print them as JSON."""
        typer.echo(json.dumps(list(_of(export, team)), ensure_ascii=False, indent=2))

    @group.command("import")
    def import_(team: Team, file: Annotated[Path, typer.Argument(help="JSON, as exported")]) -> None:
        """Add them; one with a known code replaces it. All of the file, or nothing."""
        try:
            rows = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            typer.echo(f"{file}: {reason}", err=True)
            raise typer.Exit(2) from None
        if not isinstance(rows, list):
            typer.echo(f"{file}: must be a list of templates", err=True)
            raise typer.Exit(2)
        try:
            count = _of(take, team, rows, str(file))
        except Misconfigured as mistakes:
            typer.echo(str(mistakes), err=True)
            raise typer.Exit(2) from None
        typer.echo(f"{count} templates imported")


def _of(work: Callable[..., Any], team: str, *more: Any) -> Any:
    try:
        return work(team, *more)
    except Refusal:
        typer.echo(f"no team {team!r} is configured", err=True)
        raise typer.Exit(2) from None
