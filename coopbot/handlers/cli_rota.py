"""``coopbot rota import``: a calendar's shifts into a team's rota, whole or not at all."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol
from zoneinfo import ZoneInfo

import typer

from coopbot.domain.roster import Booking
from coopbot.errors import Misconfigured, Mistake, Refusal
from coopbot.services.bookings import Plan

if TYPE_CHECKING:
    from coopbot.handlers.ical import Occurrence

_AND = re.compile(r"\s*[,，、;；/+&]\s*")
_ID = re.compile(r"(?=.*\d)[UW][A-Z0-9]{4,}")
"""Not ``WANG``, which is a name."""
SHOWN = 200
"""Lines of a plan; the sum follows."""


class Installation(Protocol):
    """What the command asks of the installation."""

    def team(self, name: str) -> tuple[ZoneInfo, Mapping[str, str]]:
        """The zone of its hours, and the ids of its people by display name, in lower case. Raises Refusal."""
        ...

    def by_email(self, emails: Sequence[str]) -> tuple[Mapping[str, str], str]:
        """Slack ids of those whom Slack finds, and why it was not asked, where it could not be."""
        ...

    def import_(self, team: str, fresh: Sequence[Booking], events: set[str], *, whole: bool, dry_run: bool) -> Plan: ...


@dataclass(frozen=True)
class _People:
    """Whom a calendar's names mean, in lower case; ``hint`` says what helps somebody who is not among them."""

    known: Mapping[str, str]
    hint: str = "put it into a --people file"

    def of(self, shift: Occurrence) -> tuple[tuple[str, ...], list[str]]:
        """The ids of a shift's people, and the names of which nobody knows whose they are."""
        names = list(shift.emails) or [shift.summary]
        if not shift.emails and shift.summary.lower() not in self.known:
            names = [name for name in _AND.split(shift.summary) if name]
        found = {name: self.known.get(name.lower(), name if _ID.fullmatch(name) else "") for name in names}
        return tuple(dict.fromkeys(filter(None, found.values()))), [name for name, user in found.items() if not user]


def mount(app: typer.Typer, here: Installation, now: Callable[[], datetime]) -> None:
    """Put ``rota`` on ``app``."""
    group = typer.Typer(no_args_is_help=True, help="Who is on call.")
    app.add_typer(group, name="rota")
    group.callback()(lambda: None)

    @group.command("import")
    def import_(
        file: Annotated[Path, typer.Argument(help="An iCalendar file (.ics), as your calendar exports it.")],
        team: Annotated[str, typer.Option(help="The team's name in coopbot.toml.")],
        people: Annotated[
            Path | None, typer.Option(help='TOML: names or e-mail addresses of the calendar, "ana@shop.cn" = "U0ANA".')
        ] = None,
        backup: Annotated[bool, typer.Option("--backup", help="The file says who is the backup.")] = False,
        whole: Annotated[bool, typer.Option("--replace", help="Shifts that are not in the file go.")] = False,
        days: Annotated[int, typer.Option(min=1, max=366, help="How far ahead shifts are taken.")] = 92,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    ) -> None:
        """Put a calendar's shifts over a team's rotas; the same events again replace their former shifts."""
        from coopbot.handlers.ical import read  # no other command waits for the calendar's library

        try:
            zone, names = here.team(team)
            shifts, events = read(_text(file), str(file), zone, now(), now() + timedelta(days=days))
            known = {**names, **(_map(people) if people is not None else {})}
            fresh = _bookings(shifts, _with_emails(shifts, known, here.by_email), str(file), backup=backup)
            done = here.import_(team, fresh, events, whole=whole, dry_run=dry_run)
        except Misconfigured as mistakes:
            typer.echo(str(mistakes), err=True)
            raise typer.Exit(2) from None
        except Refusal:
            typer.echo(f"no team {team!r} is configured", err=True)
            raise typer.Exit(2) from None
        for line in told(done, zone):
            typer.echo(line)
        typer.echo("Nothing was changed: a dry run." if dry_run else "Done.")


def told(plan: Plan, zone: ZoneInfo) -> list[str]:
    """The plan, a line a shift, times on the team's clock."""
    lines = [f"+ {_line(each, zone)}" for each in plan.new]
    lines += [f"~ {_line(before, zone)}  ->  {_line(after, zone)}" for before, after in plan.changed]
    lines += [f"- {_line(each, zone)}" for each in plan.gone]
    rest = [f"… and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    counts = f"{len(plan.new)} new, {len(plan.changed)} changed, {len(plan.gone)} gone, {plan.same} as before"
    return [*lines[:SHOWN], *rest, counts]


def _line(shift: Booking, zone: ZoneInfo) -> str:
    start, end = (f"{each.astimezone(zone):%Y-%m-%d %H:%M}" for each in (shift.start, shift.end))
    return f"{start} to {end} {', '.join(shift.who)}{' (backup)' if shift.backup else ''}"


def _bookings(shifts: Iterable[Occurrence], people: _People, source: str, *, backup: bool) -> list[Booking]:
    """All of them. Raises Misconfigured, naming everybody who is not known, where anybody is not."""
    made: list[Booking] = []
    strangers: dict[str, int] = {}
    for shift in shifts:
        who, unknown = people.of(shift)
        for name in unknown or ([] if who else ["(nobody is named)"]):
            strangers.setdefault(name, shift.line)
        made.append(Booking(shift.uid, who, shift.start, shift.end, shift.recurs, backup))
    if strangers:
        why = f"is nobody whom Slack or the team knows; {people.hint}"
        mistakes = [Mistake(name, why, line) for name, line in strangers.items()]
        raise Misconfigured(f"{source}: nothing was imported", mistakes)
    return made


def _with_emails(
    shifts: Sequence[Occurrence],
    known: Mapping[str, str],
    ask: Callable[[Sequence[str]], tuple[Mapping[str, str], str]],
) -> _People:
    missing = sorted({email for shift in shifts for email in shift.emails if email not in known})
    if not missing:
        return _People(known)
    found, why = ask(missing)
    people = _People({**known, **found})
    return replace(people, hint=f"{why}; or {people.hint}") if why else people


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Misconfigured(str(file), [Mistake("file", f"can't be read: {error.strerror}")]) from None
    except UnicodeDecodeError:
        raise Misconfigured(str(file), [Mistake("file", "is not UTF-8; save it as UTF-8")]) from None


def _map(file: Path) -> Mapping[str, str]:
    """Raises Misconfigured for what is no such file."""
    try:
        rows = tomllib.loads(_text(file))
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(str(file), [Mistake("people", str(error))]) from None
    wrong = [
        Mistake(name, f'must be a Slack id such as "U0ANA", not {user!r}')
        for name, user in rows.items()
        if not (isinstance(user, str) and _ID.fullmatch(user))
    ]
    if wrong:
        raise Misconfigured(str(file), wrong)
    return {name.lower(): user for name, user in rows.items()}
