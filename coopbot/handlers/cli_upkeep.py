"""``coopbot move`` and ``coopbot doctor``: taken along to another database, and looked over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

import typer

Examined = Sequence[tuple[bool, str, str]]
"""Whether it is well, what was looked at, what mends it."""


def mount(cli: typer.Typer, move: Callable[[str, str], Mapping[str, int]], doctor: Callable[[], Examined]) -> None:
    """Put both on ``cli``."""

    @cli.command("move")
    def move_(
        source: Annotated[str, typer.Option("--from", help="sqlite:///path or postgresql://…")],
        target: Annotated[str, typer.Option("--to", help="A fresh database; the source is only read.")],
    ) -> None:
        """Copy everything to another database, whole or not at all. Stop every serve first."""
        for table, count in move(source, target).items():
            if count:
                typer.echo(f"{count:>9,}  {table}")
        typer.echo("Moved. Set COOPBOT_DATABASE_URL to the new address before the next serve.")

    @cli.command("doctor")
    def doctor_() -> None:
        """Look the installation over: token, scopes, channels, history, database, clocks. Posts nothing."""
        found = doctor()
        for good, what, todo in found:
            typer.echo(f"{'✓' if good else '✗'} {what}" + (f"\n    → {todo}" if todo else ""))
        if not all(good for good, _, _ in found):
            raise typer.Exit(1)
