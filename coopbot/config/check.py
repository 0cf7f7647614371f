"""``coopbot check``: every mistake at once, or what the installation is set to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.text import Text

from coopbot.config.loading import load
from coopbot.config.settings import Settings
from coopbot.domain.horizon import horizon
from coopbot.domain.profile import Profile
from coopbot.errors import Misconfigured, Mistake

OK, MISTAKEN = 0, 1


def check(environ: Mapping[str, str], console: Console, now: datetime, *, toml_path: Path | str | None = None) -> int:
    """Print to ``console`` and return the exit code: 0 when ``serve`` would start with this, else 1.

    ``now`` tells whether the profile's holidays still reach far enough.
    """
    try:
        settings = load(environ, toml_path=toml_path)
    except Misconfigured as error:
        count = len(error.mistakes)
        console.print(Text(f"{error.source}: {count} mistake{'s' if count != 1 else ''}", style="bold red"))
        _print(console, error.mistakes, "red")
        return MISTAKEN
    console.print(Text(f"{settings.source}: ok", style="bold green"))
    for line in describe(settings):
        console.print(Text(f"  {line}"), soft_wrap=True)
    warnings = [*settings.warnings, *_ending(settings.desk.profile, now)]
    if warnings:
        console.print(Text("allowed, but hardly meant:", style="bold yellow"))
        _print(console, warnings, "yellow")
    return OK


def _ending(profile: Profile, now: datetime) -> list[Mistake]:
    until = horizon(profile, now)
    if until is None:
        return []
    message = f"{profile.name} {profile.version}: the holiday sets end on {until}; later dates count as ordinary days"
    return [Mistake("profile", message)]


def describe(settings: Settings) -> list[str]:
    """What it is set to, a line each, without any secret."""
    desk = settings.desk
    transport = "Socket Mode" if settings.app_token else "signed HTTP at /slack/events"
    lines = [
        f"Slack: {transport}, {settings.slack_api_url}",
        f"store: {settings.database_url.partition(':')[0]}",
        f"bind: {settings.bind.host}:{settings.bind.port}",
        f"profile: {desk.profile.name} {desk.profile.version}, {desk.profile.zone.key}",
        f"fallback: {desk.fallback.channel}, operators {', '.join(desk.operators) or 'none'}",
    ]
    for access in settings.connections.values():
        reads = "read side open by token" if access.read_token else "read side shut"
        secrets = f"{len(access.secrets)} secret{'s' if len(access.secrets) != 1 else ''}"
        lines.append(f"connection {access.name}: {secrets}, replies to {access.reply_url or 'nowhere'}, {reads}")
    for team in desk.teams:
        shops = ", ".join(sorted(str(shop) for shop in team.shops)) or "no shop"
        people = team.usergroup or (f"{len(team.members)} members" if team.members is not None else "whoever is there")
        shifts = f"on call from {team.on_call_from}" if team.on_call_from else f"{len(team.on_call)} shifts"
        lines.append(f"team {team.name}: {team.channel}, {team.language}, {people}, {shifts}, {shops}")
        if team.duty_group:
            lines.append(f"team {team.name}: user group {team.duty_group} follows who is on call")
    if settings.fail:
        lines.append(f"FAULTS ON PURPOSE: {settings.fail}")
    return lines


def _print(console: Console, mistakes: Iterable[Mistake], style: str) -> None:
    """One line each, unwrapped: they are to be found with grep and opened by editors."""
    for mistake in mistakes:
        where = f"line {mistake.line}, {mistake.key}" if mistake.line else mistake.key
        line = Text.assemble("  ", (where, style), f": {mistake.message}")
        console.print(line, soft_wrap=True)
