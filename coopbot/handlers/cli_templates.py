"""``coopbot templates export | import | history``: a team's templates as a JSON file, and who did what to them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from coopbot.domain.deed import Deed
from coopbot.errors import Misconfigured, Refusal

Team = Annotated[str, typer.Argument(help="the team's name in coopbot.toml")]


def mount(
    app: typer.Typer,
    export: Callable[[str], Sequence[Any]],
    take: Callable[[str, Sequence[Any], str], int],
    history: Callable[[str], tuple[Sequence[Deed], Mapping[str, str], ZoneInfo]],
) -> None:
    """Put ``templates`` on ``app``. All raise Refusal for no such team; ``take`` raises Misconfigured."""
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

    @group.command("history")
    def history_(team: Team) -> None:
        """Who wrote, changed, retired or imported which, when and from where. Nothing of it can be edited."""
        deeds, names, zone = _of(history, team)
        for deed in deeds:
            typer.echo(_line(deed, names, zone))


def _line(deed: Deed, names: Mapping[str, str], zone: ZoneInfo) -> str:
    """One line: when, who, from where, what, which, and what it changed, before and after, as JSON."""
    who = f"{deed.by} ({names[deed.by]})" if deed.by in names else deed.by
    when = deed.at.astimezone(zone).isoformat(timespec="seconds")
    changed = [name for name in deed.after if deed.before.get(name) != deed.after[name] and name not in ("code", "by")]
    was, now = ({name: side[name] for name in changed if name in side} for side in (deed.before, deed.after))
    shown = " → ".join(json.dumps(each, ensure_ascii=False, sort_keys=True) for each in (was, now))
    return f"{when}  {who}  {deed.where}  {deed.act}  {deed.after.get('code', '')}  {shown}"


def _of(work: Callable[..., Any], team: str, *more: Any) -> Any:
    try:
        return work(team, *more)
    except Refusal:
        typer.echo(f"no team {team!r} is configured", err=True)
        raise typer.Exit(2) from None
