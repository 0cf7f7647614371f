"""Can this installation do its work in Slack? Asked of Slack itself, without posting anything (``coopbot doctor``)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from coopbot.clock import wall
from coopbot.domain.team import Desk

MOST_SKEW_S = 30.0
"""Slack refuses signatures that are 300 s off, either way (slack.md A4)."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; ``todo`` says what mends it."""

    good: bool
    what: str
    todo: str = ""


async def examine(client: AsyncWebClient, desk: Desk, scopes: Iterable[str]) -> list[Finding]:
    """The token, its ``scopes``, the clock, every channel, whether lost answers can be looked for, people, groups."""
    try:
        answer: Any = await client.auth_test()
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        return [Finding(False, f"Slack does not take the token: {_why(error)}", "check SLACK_BOT_TOKEN, SLACK_API_URL")]
    found = [Finding(True, f"Slack: {answer.get('user')} in {answer.get('team')}")]
    found += _scopes(answer.headers, scopes)
    found += skew("Slack", _date(answer.headers))
    for team in (*desk.teams, desk.fallback):
        found += [finding async for finding in _channel(client, team.name, team.channel)]
    for name, connection in desk.connections.items():
        contact = connection.operations_manager.slack
        if contact[:1] in ("C", "G"):  # shared with the platform's operations manager
            found += [finding async for finding in _channel(client, f"{name}'s operations manager", contact)]
    found.append(await _people(client, desk))
    return found + [finding async for finding in _groups(client, desk, _granted(answer.headers))]


def skew(whose: str, theirs: datetime | None) -> Iterator[Finding]:
    """How far our clock is from another; real time, nothing where the other did not tell."""
    if theirs is None:
        return
    seconds = (wall() - theirs).total_seconds()
    if abs(seconds) <= MOST_SKEW_S:
        yield Finding(True, f"clock: within {MOST_SKEW_S:.0f} s of {whose}'s")
    else:
        yield Finding(False, f"clock: {seconds:+.0f} s from {whose}'s", "let this machine's clock be set (NTP)")


def _scopes(headers: Any, wanted: Iterable[str]) -> Iterator[Finding]:
    granted = _granted(headers)
    if not granted:
        yield Finding(True, "scopes: Slack did not tell")
        return
    missing = sorted(set(wanted) - granted)
    if missing:
        yield Finding(False, f"scopes: missing {', '.join(missing)}", "reinstall the app from `coopbot manifest`")
    else:
        yield Finding(True, f"scopes: all {len(granted)} granted")


def _granted(headers: Any) -> set[str]:
    return {name.strip() for name in _header(headers, "x-oauth-scopes").split(",") if name.strip()}


async def _people(client: AsyncWebClient, desk: Desk) -> Finding:
    """Everybody whom the configuration names: a slip in an id is a call that nobody hears."""
    contacts = {each.operations_manager.slack for each in desk.connections.values()}
    named = {*desk.operators, *(user for team in (*desk.teams, desk.fallback) for user in team.named)}
    named |= {each for each in contacts if each[:1] in ("U", "W")}
    unknown = []
    for user in sorted(named):
        try:
            answer: Any = await client.users_info(user=user)
            if answer["user"].get("deleted"):
                unknown.append(f"{user} (has left)")
        except SlackApiError as error:
            unknown.append(f"{user} ({_why(error)})")
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            return Finding(False, f"people: Slack can't be asked: {_why(error)}", "try again")
    if unknown:
        return Finding(
            False, f"people: {', '.join(unknown)}", "correct them in coopbot.toml: profile › ⋮ › Copy member ID"
        )
    return Finding(True, f"people: all {len(named)} found")


async def _groups(client: AsyncWebClient, desk: Desk, granted: set[str]) -> AsyncIterator[Finding]:
    """User groups that say who is who, or follow who is on call. Whether a bot may change one, Slack tells only who
    tries."""
    teams = [team for team in desk.teams if team.on_call_from or team.duty_group or team.groups]
    if not teams:
        return
    try:
        answer: Any = await client.usergroups_list(include_users=True, include_disabled=True)
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        yield Finding(False, f"user groups can't be read: {_why(error)}", "grant usergroups:read; free plans have none")
        return
    known = {group["id"]: group for group in answer["usergroups"]}
    for team in teams:
        for group in dict.fromkeys(filter(None, (team.on_call_from, team.duty_group, *team.groups))):
            what = f"user group {group} of {team.name}"
            if group not in known or known[group].get("date_delete"):
                yield Finding(False, f"{what}: there is none, or it is switched off", "correct its id, or enable it")
            elif group == team.on_call_from and not known[group].get("users"):
                yield Finding(False, f"{what}: nobody is in it, so nobody is on call", "add whoever is on call")
            elif group == team.duty_group and granted and "usergroups:write" not in granted:
                yield Finding(
                    False, f"{what}: the bot may not change it", "grant usergroups:write and reinstall the app"
                )
            elif group == team.duty_group:
                yield Finding(
                    True, f"{what}: found; it follows who is on call, if the workspace lets everybody change it"
                )
            elif group == team.on_call_from:
                yield Finding(True, f"{what}: {len(known[group]['users'])} on call")
            else:
                yield Finding(True, f"{what}: {len(known[group].get('users') or ())} in it")


async def _channel(client: AsyncWebClient, team: str, channel: str) -> Any:
    where = f"channel {channel} of {team}"
    try:
        info: Any = await client.conversations_info(channel=channel)
        if info["channel"].get("is_archived"):
            yield Finding(False, f"{where} is archived", "unarchive it, or name another in coopbot.toml")
            return
        if not info["channel"].get("is_member"):
            yield Finding(False, f"{where}: the bot is not in it", "/invite the bot")
            return
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        yield Finding(False, f"{where} can't be reached: {_why(error)}", "check its id and invite the bot")
        return
    try:
        await client.conversations_history(channel=channel, limit=1)
        yield Finding(True, f"{where}: reached; lost answers can be looked for")
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        yield Finding(
            False,
            f"{where}: its history can't be read ({_why(error)}); a message whose answer was lost may arrive twice",
            "grant channels:history (groups:history for a private one)",
        )


def _date(headers: Any) -> datetime | None:
    try:
        return parsedate_to_datetime(_header(headers, "date"))
    except (ValueError, TypeError):
        return None


def _header(headers: Any, name: str) -> str:
    return next((str(value) for key, value in dict(headers or {}).items() if key.lower() == name), "")


def _why(error: BaseException) -> str:
    if isinstance(error, SlackApiError) and hasattr(error.response, "get"):
        return str(error.response.get("error") or "no answer")
    return f"{type(error).__name__} {error}".strip()
