"""``coopbot profile``: check a marketplace's rules, see what another version would move, apply it on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

import typer

from coopbot.clock import Clock
from coopbot.domain.horizon import horizon
from coopbot.domain.profile import Profile
from coopbot.domain.profile_diff import Moved, OpenOrder, diff_open, diff_values
from coopbot.domain.sureness import unmarked
from coopbot.errors import Misconfigured
from coopbot.ports import Languages, Translate

Language = Annotated[str, typer.Option("--lang", help="zh-CN or en")]


@dataclass(frozen=True)
class Rules:
    """What the rules' commands need of the outside, handed in by the wiring."""

    load: Callable[[str], Profile]
    """A profile by name, path or ``NAME@VERSION`` of the store. Raises Misconfigured, or OSError for no such file."""
    languages: Languages
    clock: Clock
    open_orders: Callable[[], Sequence[OpenOrder]]
    """Every open order of the store. Raises Misconfigured without a configuration."""
    reapply: Callable[[Profile, Sequence[str]], int]
    """Put the open orders of these keys under that profile; how many it were. Raises Misconfigured."""

    def read(self, name: str) -> Profile:
        """The profile, or an end of the program that names every mistake."""
        try:
            with _telling():
                return self.load(name)
        except OSError as error:
            typer.echo(f"{name}: {error.strerror or error}", err=True)
            raise typer.Exit(2) from None

    def orders(self) -> Sequence[OpenOrder]:
        """The open orders, or an end of the program that says why they can't be read."""
        with _telling():
            return self.open_orders()

    def apply(self, profile: Profile, keys: Sequence[str]) -> int:
        """Likewise for putting them under other rules."""
        with _telling():
            return self.reapply(profile, keys)


@contextmanager
def _telling() -> Iterator[None]:
    """The operator's mistakes in full, and exit code 2."""
    try:
        yield
    except Misconfigured as error:
        typer.echo(str(error), err=True)
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
            under = [order for order in rules.orders() if order.profile == _id(before)]
            _show(diff_open(under, before, after), after, t)

    @group.command("reapply")
    def reapply(
        new: str,
        old: Annotated[
            str, typer.Option("--from", help="only orders under this one: NAME@VERSION, a name, a path")
        ] = "",
        yes: Annotated[bool, typer.Option("--yes", help="without asking")] = False,
        lang: Language = "en",
    ) -> None:
        """Put open orders under NEW: shows which would be due at another time, asks, then does it."""
        after, t = rules.read(new), rules.languages[lang]
        only = _id(rules.read(old)) if old else None
        orders = [order for order in rules.orders() if order.profile != _id(after) and only in (None, order.profile)]
        moved: list[Moved] = []
        for pinned in sorted({order.profile for order in orders}):
            before = rules.read("@".join(pinned))
            moved += diff_open([order for order in orders if order.profile == pinned], before, after)
        _show(moved, after, t)
        keys = [order.key for order in orders if after.order_class(order.class_code) is not None]
        still = len(keys) - sum(row.after is not None for row in moved)
        if still:
            typer.echo(t("{n} more would keep their due time", n=still))
        if not keys:
            return
        if not yes:
            typer.confirm(
                t("Put {n} orders under {name} {version}?", n=len(keys), name=after.name, version=after.version),
                abort=True,
            )
        done = rules.apply(after, keys)
        typer.echo(t("{n} orders now follow {name} {version}", n=done, name=after.name, version=after.version))


def warnings(profile: Profile, rules: Rules, t: Translate) -> list[str]:
    """What is allowed, but worth knowing: unmarked values, and holiday sets whose horizon comes near."""
    out = [t("{path} is not marked with how sure it is", path=path) for path in unmarked(profile.data, profile.sources)]
    until = horizon(profile, rules.clock.now())
    if until:
        out.append(t("The holiday sets end on {day}; later dates count as ordinary days", day=until.isoformat()))
    return out


def _id(profile: Profile) -> tuple[str, str]:
    return profile.name, profile.version


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
