"""``coopbot profile``: check a marketplace's rules, see what another version would move, apply it on purpose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import typer

from coopbot.clock import Clock
from coopbot.domain.profile import Profile
from coopbot.domain.profile_diff import Moved, OpenOrder, diff_open, diff_values
from coopbot.domain.sureness import unmarked
from coopbot.errors import Misconfigured
from coopbot.ports import Languages, Translate

HORIZON = timedelta(days=60)
"""How long before the holiday sets end a check begins to warn."""


Language = Annotated[str, typer.Option("--lang", help="zh-CN or en")]


@dataclass(frozen=True)
class Rules:
    """What the rules' commands need of the outside, handed in by the wiring."""

    load: Callable[[str], Profile]
    """A profile by name or path. Raises Misconfigured, or OSError for a file that is not there."""
    languages: Languages
    clock: Clock
    open_orders: Callable[[], Sequence[OpenOrder]] | None = None
    reapply: Callable[[Profile, Sequence[str]], int] | None = None
    """Put the open orders of these keys under that profile; how many it were."""

    def read(self, name: str) -> Profile:
        """The profile, or an end of the program that names every mistake."""
        try:
            return self.load(name)
        except Misconfigured as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(2) from None
        except OSError as error:
            typer.echo(f"{name}: {error.strerror or error}", err=True)
            raise typer.Exit(2) from None


def mount(app: typer.Typer, rules: Rules) -> None:
    """Put ``profile check | diff | reapply`` on ``app``."""
    group = typer.Typer(no_args_is_help=True, help="A marketplace's rules: check, compare, apply.")
    app.add_typer(group, name="profile")

    @group.command("check")
    def check(file: Annotated[str, typer.Argument(help="a path, or a name")], lang: Language = "en") -> None:
        """Every mistake of a profile at once; warnings for what is not marked and for holidays that end."""
        profile, t = rules.read(file), rules.languages[lang]
        typer.echo(t("{name} {version} is a valid profile", name=profile.name, version=profile.version))
        for warning in warnings(profile, rules, t):
            typer.echo("  " + warning)

    @group.command("diff")
    def diff(
        old: str,
        new: str,
        open_orders: Annotated[bool, typer.Option("--open", help="which open orders would move")] = False,
        lang: Language = "en",
    ) -> None:
        """What differs between two versions and, with --open, which open orders would be due at another time."""
        before, after, t = rules.read(old), rules.read(new), rules.languages[lang]
        changes = diff_values(before, after)
        for change in changes:
            typer.echo(t("{path}: {before} → {after}", path=change.path, before=change.before, after=change.after))
        if not changes:
            typer.echo(t("The rules are the same"))
        if open_orders:
            _show(diff_open(_open(rules), before, after), after, t)

    @group.command("reapply")
    def reapply(
        new: str,
        old: Annotated[str, typer.Option("--from", help="the profile that they are under")] = "jd-pop",
        yes: Annotated[bool, typer.Option("--yes", help="without asking")] = False,
        lang: Language = "en",
    ) -> None:
        """Put the open orders that NEW would move under it: shows them, asks, then does it."""
        before, after, t = rules.read(old), rules.read(new), rules.languages[lang]
        rows = diff_open(_open(rules), before, after)
        _show(rows, after, t)
        movable = [row.key for row in rows if row.after is not None]
        if not movable or rules.reapply is None:
            return
        if not yes:
            typer.confirm("→ " + f"{after.name} {after.version}?", abort=True)
        done = rules.reapply(after, movable)
        typer.echo(t("{n} orders now follow {name} {version}", n=done, name=after.name, version=after.version))


def warnings(profile: Profile, rules: Rules, t: Translate) -> list[str]:
    """What is allowed, but worth knowing: unmarked values, and holiday sets whose horizon comes near."""
    out = [t("{path} is not marked with how sure it is", path=path) for path in unmarked(profile.data, profile.sources)]
    until = profile.known_until
    if until and until < (rules.clock.now() + HORIZON).astimezone(profile.zone).date():
        out.append(t("The holiday sets end on {day}; later dates count as ordinary days", day=until.isoformat()))
    return out


def _open(rules: Rules) -> Sequence[OpenOrder]:
    return rules.open_orders() if rules.open_orders else ()


def _show(rows: Sequence[Moved], new: Profile, t: Translate) -> None:
    if not rows:
        typer.echo(t("No open order would move"))
    for row in rows:
        before = row.before.astimezone(new.zone).isoformat()
        if row.after is None:
            typer.echo(t("{key}: the new rules have no class {class_code}", key=row.key, class_code=row.class_code))
            continue
        after = row.after.astimezone(new.zone).isoformat()
        typer.echo(t("{key} would be due {after} instead of {before}", key=row.key, after=after, before=before))
