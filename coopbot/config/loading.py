"""The one walk over environment and toml; mistakes are gathered on the way and raised together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from coopbot.config import checks
from coopbot.config.approvals import unapproved
from coopbot.config.connections import Connections, read_connections, read_hooks
from coopbot.config.environment import Environment
from coopbot.config.files import read_files, read_links, warnings_of
from coopbot.config.ladders import check_ladders
from coopbot.config.lines import lines_of
from coopbot.config.profiles import read_profile
from coopbot.config.settings import Settings
from coopbot.config.shops import read_shops
from coopbot.config.teams import HOURS, ids, read_language, read_teams
from coopbot.config.text import placed, read_toml
from coopbot.domain.calendar import parse_hours
from coopbot.domain.profile import Profile
from coopbot.domain.reading import Reader
from coopbot.domain.team import Desk, Team
from coopbot.errors import Misconfigured, Mistake

FALLBACK = "fallback"
"""The name of the team that stands for the fallback channel."""


def load(environ: Mapping[str, str], *, toml_path: Path | str | None = None, outside: bool = True) -> Settings:
    """Read everything. ``toml_path`` outranks ``COOPBOT_CONFIG``.

    ``outside`` False is for commands that talk to nobody but the store (``status``): absent tokens and secrets are no
    mistakes then, wrong ones still are. Raises Misconfigured with every mistake of environment and toml.
    """
    mistakes: list[Mistake] = []
    environment = Environment(environ, mistakes)
    path = Path(toml_path or environment.text("COOPBOT_CONFIG", "coopbot.toml"))
    slack = environment.slack(needed=outside)
    database, bind, log = environment.database_url(), environment.bind(), environment.log()
    fail, timeout = environment.failpoints(), environment.timeout()
    lease = environment.lease(timeout)
    pace, patience = environment.pace(), environment.patience()
    heartbeat = environment.heartbeat()
    try:
        text, data = read_toml(path)
    except Misconfigured as error:
        raise Misconfigured(str(path), [*mistakes, *error.mistakes]) from None
    lines = lines_of(text)
    in_toml: list[Mistake] = []
    top = Reader(data, in_toml)
    hooks = read_hooks(top, environment, secrets=outside)
    desk, connections = _read(top, environment, path.parent, outside=outside)
    check_ladders(desk, hooks, in_toml)
    mistakes += placed(in_toml, lines)
    if mistakes:
        raise Misconfigured(str(path), mistakes)
    return Settings(
        desk=desk,
        connections=MappingProxyType(connections.access),
        hooks=MappingProxyType(hooks),
        bot_token=slack.bot_token,
        app_token=slack.app_token,
        signing_secret=slack.signing_secret,
        slack_api_url=slack.api_url,
        database_url=database,
        bind=bind,
        log=log,
        fail=fail,
        timeout_s=timeout,
        lease_s=lease,
        pace=pace,
        patience_s=patience,
        heartbeat_url=heartbeat,
        source=str(path),
        warnings=tuple(placed([*connections.warnings, *_warnings(desk)], lines)),
    )


def for_migrate(environ: Mapping[str, str]) -> tuple[str, str]:
    """The store's address and the failpoints alone, for ``migrate``. Raises Misconfigured."""
    mistakes: list[Mistake] = []
    environment = Environment(environ, mistakes)
    found = environment.database_url(), environment.failpoints()
    if mistakes:
        raise Misconfigured("environment", mistakes)
    return found


def _read(top: Reader, environment: Environment, beside: Path, *, outside: bool) -> tuple[Desk, Connections]:
    profile = read_profile(top, beside)
    language = read_language(top, "zh-CN")
    operators = ids(top, "operators", checks.user)
    connections = read_connections(top, environment, secrets=outside)
    fallback = _fallback(top, profile, language, operators)
    names, currencies = read_shops(top, connections.known)
    desk = Desk(
        profile=profile,
        profiles=MappingProxyType({(profile.name, profile.version): profile}),
        teams=read_teams(top, connections.known, profile, language),
        fallback=fallback,
        connections=MappingProxyType(connections.known),
        operators=operators,
        language=language,
        public_url=top.text("public_url", "").rstrip("/"),
        links=read_links(top, environment, connections.access),
        files=read_files(top),
        shop_names=MappingProxyType(names),
        currencies=MappingProxyType(currencies),
        mention_gap=top.duration("mention_gap", Desk.mention_gap),
    )
    top.done()
    return desk, connections


def _fallback(top: Reader, profile: Profile, language: str, operators: tuple[str, ...]) -> Team:
    """An order is never nobody's: what no team owns, and what a team's channel can't take, goes here."""
    channel = top.text("fallback_channel")
    if channel.strip() and (wrong := checks.channel(channel)):
        top.wrong("fallback_channel", wrong)
    hours = parse_hours(HOURS, profile.zone)
    return Team(FALLBACK, channel, frozenset(), language, hours, leads=operators, is_fallback=True)


def _warnings(desk: Desk) -> list[Mistake]:
    warnings = []
    if not desk.connections:
        warnings.append(Mistake("connections", "is missing: no platform can hand over work orders"))
    if not desk.teams:
        warnings.append(Mistake("teams", "is missing: every work order goes to the fallback channel"))
    if not desk.operators:
        warnings.append(Mistake("operators", "is missing: alarms go to the fallback channel"))
    warnings += [
        Mistake(f"teams[{index}].shops", "is empty: no work order comes here")
        for index, team in enumerate(desk.teams)
        if not team.shops
    ]
    warnings += [
        Mistake(f"teams[{index}].leads", "is missing, and so are managers: while nobody is on call, nobody is called")
        for index, team in enumerate(desk.teams)
        if team.shops and not (team.leads or team.managers or team.lead_group or team.manager_group)
    ]
    warnings += warnings_of(desk.profile, desk.links, desk.public_url)
    warnings += unapproved(desk)
    return warnings
