"""What the operator's commands do with the store, beside a running ``serve`` or without one (decisions.md 31)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import aiohttp
import typer

from coopbot.clock import Clock, wall
from coopbot.config import Settings, load
from coopbot.config.profiles import named_profile
from coopbot.domain.deed import Deed
from coopbot.domain.profile import Profile
from coopbot.domain.profile_diff import OpenOrder
from coopbot.domain.roster import Booking
from coopbot.errors import Misconfigured, Mistake
from coopbot.handlers import (
    cli_audit,
    cli_due,
    cli_money,
    cli_outbox,
    cli_replay,
    cli_rota,
    cli_rules,
    cli_templates,
    cli_upkeep,
    ledger_file,
)
from coopbot.handlers.cli_money import Books
from coopbot.handlers.cli_rules import Rules
from coopbot.ports import Tx
from coopbot.services import (
    appeal_kit,
    bookings,
    export,
    exposure,
    oncall,
    profiles,
    reading,
    status,
    template_file,
    trail,
)
from coopbot.services.permission import names_of
from coopbot.services.quiet import with_quiet
from coopbot.services.rota import with_rota
from coopbot.slack.chat import web_client
from coopbot.slack.emails import by_email
from coopbot.views.account import lines_of
from coopbot.views.language import Catalogues
from coopbot.views.pen import Pen
from coopbot.views.status import status as status_view

P = ParamSpec("P")
T = TypeVar("T")


def mount(cli: typer.Typer, environ: Mapping[str, str], clock: Clock) -> None:
    """Put the operator's commands on ``cli``. Configuration and store are opened only where a command needs them."""
    rules = Rules(
        load=lambda name: _profile(environ, name),
        languages=Catalogues(),
        clock=clock,
        open_orders=lambda: _open_orders(environ),
        reapply=lambda profile, keys: _reapply(environ, clock, profile, keys),
    )
    cli_due.mount(cli, rules)
    cli_rules.mount(cli, rules)
    cli_replay.mount(
        cli,
        rules,
        recorded=lambda since, until: _recorded(environ, since, until),
        teams=lambda path: load(environ, toml_path=path, outside=False).desk,
    )
    cli_templates.mount(cli, *_templates(environ, clock))
    cli_audit.mount(cli, lambda number: _trail(environ, number))
    outbox = cli_outbox.outbox_commands(lambda work: _in_store(_settings(environ), work), wall)
    cli.add_typer(outbox, name="outbox")
    cli_money.mount(cli, _books(environ, clock))
    cli_rota.mount(cli, _Rota(environ, clock), clock.now)
    cli_upkeep.mount(cli, _move, lambda: _doctor(environ))


def _books(environ: Mapping[str, str], clock: Clock) -> Books:
    def file(kind: str, lang: str, shop: str, month: str) -> bytes:
        desk = (settings := _settings(environ)).desk
        entries = _in_store(settings, export.entries, desk, shop, month)
        return ledger_file.content(kind, entries, desk, Catalogues()[lang])

    def summary(shop: str, month: str) -> list[str]:
        settings = _settings(environ)
        t, now = Catalogues()["en"], clock.now()
        accounts = _in_store(settings, exposure.accounts, now, settings.desk, shop, month)
        pen = Pen(t, now, settings.desk.profile.zone, tokens=False, escapes=False)
        return [line for each in accounts for line in lines_of(each, settings.desk.profile, pen)]

    def kit(number: str, whole: bool) -> Mapping[str, Any]:
        settings = _settings(environ)
        return _in_store(settings, appeal_kit.of_number, clock.now(), settings.desk, number, whole)

    def attached(identity: str) -> bytes | None:
        found = _in_store(_settings(environ), reading.file, identity)
        return found[1] if found is not None else None

    return Books(Catalogues(), file, summary, kit, attached)


async def print_status(settings: Settings, clock: Clock) -> None:
    """Where every team stands: from the store, without Slack."""
    from coopbot.store import open_store

    async with open_store(settings.database_url) as store:
        standings = await store.read(status.of_all_teams, clock.now(), settings.desk)
    t = Catalogues()["en"]
    for standing in standings:
        print(f"#{standing.team.name}: {status_view(standing, t, clock.now()).text}")


def _profile(environ: Mapping[str, str], name: str) -> Profile:
    """By name or path; ``NAME@VERSION`` is what the store keeps of a version that orders were born under."""
    plain, at, version = name.partition("@")
    if not at or "/" in name:
        return named_profile(name)
    found = _in_store(_settings(environ), profiles.kept, plain, version)
    if found is None:
        raise Misconfigured(name, [Mistake("version", "is not in the store: no order was born under it")])
    return found


def _open_orders(environ: Mapping[str, str]) -> Sequence[OpenOrder]:
    return _in_store(_settings(environ), profiles.open_orders)


def _recorded(environ: Mapping[str, str], since: datetime, until: datetime) -> cli_replay.Recorded:
    settings = _settings(environ)
    since, until = (each.replace(tzinfo=settings.desk.profile.zone).astimezone(UTC) for each in (since, until))

    def work(tx: Tx) -> cli_replay.Recorded:
        desk = profiles.with_versions(tx, with_quiet(tx, with_rota(tx, settings.desk)))
        named = frozenset(user for team in desk.teams for user in team.named)
        return cli_replay.Recorded(desk, tx.orders.received(since, until), oncall.names_of(tx, named))

    return _in_store(settings, work)


def _reapply(environ: Mapping[str, str], clock: Clock, profile: Profile, keys: Sequence[str]) -> int:
    settings = _settings(environ)
    return _in_store(settings, profiles.reapply, clock.now(), settings.desk, profile, keys)


def _templates(
    environ: Mapping[str, str], clock: Clock
) -> tuple[
    Callable[[str], Sequence[Any]],
    Callable[[str, Sequence[Any], str], int],
    Callable[[str], tuple[Sequence[Deed], Mapping[str, str], ZoneInfo]],
]:
    def export(team: str) -> Sequence[Any]:
        settings = _settings(environ)
        return _in_store(settings, template_file.exported, settings.desk, team)

    def take(team: str, rows: Sequence[Any], source: str) -> int:
        settings = _settings(environ)
        return _in_store(settings, template_file.imported, clock.now(), settings.desk, team, rows, source)

    def history(team: str) -> tuple[Sequence[Deed], Mapping[str, str], ZoneInfo]:
        settings = _settings(environ)

        def work(tx: Tx) -> tuple[Sequence[Deed], Mapping[str, str]]:
            deeds = template_file.history(tx, settings.desk, team)
            return deeds, names_of(tx, [deed.by for deed in deeds])

        return *_in_store(settings, work), settings.desk.profile.zone

    return export, take, history


class _Rota:
    """A calendar's way in: the store, and Slack where a token is set."""

    def __init__(self, environ: Mapping[str, str], clock: Clock) -> None:
        self._environ, self._clock = environ, clock

    def team(self, name: str) -> tuple[ZoneInfo, Mapping[str, str]]:
        settings = _settings(self._environ)
        return _in_store(settings, bookings.team_and_names, settings.desk, name)

    def by_email(self, emails: Sequence[str]) -> tuple[Mapping[str, str], str]:
        settings = _settings(self._environ)
        if not settings.bot_token:
            return {}, "Slack was not asked: SLACK_BOT_TOKEN is not set"
        return asyncio.run(_ask_slack(settings, emails))

    def import_(
        self, team: str, fresh: Sequence[Booking], events: set[str], *, whole: bool, dry_run: bool
    ) -> bookings.Plan:
        settings = _settings(self._environ)
        work = bookings.plan if dry_run else bookings.book
        return _in_store(settings, work, self._clock.now(), settings.desk, team, fresh, events, whole=whole)


async def _ask_slack(settings: Settings, emails: Sequence[str]) -> tuple[Mapping[str, str], str]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=settings.timeout_s)) as session:
        return await by_email(web_client(settings.bot_token, settings.slack_api_url, session), emails)


def _trail(environ: Mapping[str, str], number: str) -> cli_audit.Trail:
    settings = _settings(environ)
    lines, names = _in_store(settings, trail.of_order, settings.desk, number)
    return lines, names, settings.desk.profile.zone


def _move(source: str, target: str) -> Mapping[str, int]:
    from coopbot.store.moving import move

    return move(source, target)


def _doctor(environ: Mapping[str, str]) -> cli_upkeep.Examined:
    from coopbot.examination import examined

    return [(each.good, each.what, each.todo) for each in asyncio.run(examined(load(environ)))]


def _settings(environ: Mapping[str, str]) -> Settings:
    return load(environ, outside=False)


def _in_store(settings: Settings, work: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run one unit of work in a loop of its own; ``coopbot due`` needs no store, so that it is opened here."""
    from coopbot.store import open_store

    async def run() -> T:
        async with open_store(settings.database_url) as store:
            return await store.run(work, *args, **kwargs)

    return asyncio.run(run())
