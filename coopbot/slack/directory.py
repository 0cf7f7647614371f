"""Who we are in Slack, who is in the channels, and whether each can be reached: asked at the start, then often."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from coopbot.clock import monotonic
from coopbot.delivery.setback import UNREACHABLE
from coopbot.domain.heard import Heard
from coopbot.domain.team import Desk, Team
from coopbot.ports import Store
from coopbot.services import membership
from coopbot.services.membership import LEFT
from coopbot.slack.chat import pause_of

log = logging.getLogger(__name__)

_TROUBLE = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)
_SOON, _SELDOM = 2.0, 30.0


class Directory:
    def __init__(self, client: AsyncWebClient, store: Store, desk: Desk) -> None:
        self._client, self._store, self._desk = client, store, desk
        self.greeted = False
        self.trouble = "Slack was not asked yet"
        self.bot_user = self.team_id = ""
        self.unreachable: dict[str, str] = {}
        """Channels that a card can't be posted to, with Slack's reason."""
        self._groups: set[str] = set()
        self._heard: Mapping[str, Heard] = {}
        """What events had said when the round began: an answer that an event has overtaken is not kept."""
        self._until: dict[str, float] = {}
        """Until when (monotonic) Slack does not want to be asked a method, in its own words."""
        self._learnt: dict[str, float] = {}
        """When each person was last asked after: where Slack's pace ends a round, the next one goes on from there."""

    async def greet(self) -> None:
        """auth.test until Slack answers (slack.md C5): until then the bot is not ready, and says why."""
        wait = _SOON
        while not self.greeted:
            try:
                answer: Any = await self._ask("auth.test", self._client.auth_test)
            except _TROUBLE as error:
                self.trouble = _why(error)
                pause = max(wait, self._paused("auth.test"))
                log.warning(
                    "Slack does not take us: %s; again in %.0f s. Is SLACK_BOT_TOKEN right? coopbot doctor looks",
                    self.trouble,
                    pause,
                )
                await asyncio.sleep(pause)
                wait = min(_SELDOM, wait * 2)
                continue
            self.bot_user, self.team_id = str(answer["user_id"]), str(answer["team_id"])
            self.greeted, self.trouble = True, ""

    async def refresh(self) -> None:
        """Members of every team, everybody's name and language, and whether each channel can be reached."""
        people: set[str] = set(membership.people_of(self._desk))
        teams = (*self._desk.teams, self._desk.fallback)
        groups = sorted({group for team in self._desk.teams for group in team.groups})
        on_call = sorted({team.on_call_from for team in self._desk.teams if team.on_call_from})
        rosters = [*(team.channel for team in teams), *groups, *on_call]
        self._heard = await self._store.read(membership.heard_of, rosters)
        for team in teams:
            people |= await self._look_into(team)
        people |= await self._look_into_groups(on_call)
        for group in groups:
            people |= await self._group(group)
        for user in sorted(people, key=lambda user: (self._learnt.get(user, 0.0), user)):
            if self._paused("users.info"):
                break
            await self._learn(user)

    async def _look_into_groups(self, wanted: Sequence[str]) -> frozenset[str]:
        """Members of the user groups that say who is on call, kept as they were while Slack does not answer."""
        if not wanted:
            return frozenset()
        try:
            answer: Any = await self._ask(
                "usergroups.list", self._client.usergroups_list, include_users=True, include_disabled=True
            )
        except _TROUBLE as error:
            log.error("user groups can't be read: %s", _why(error))
            return frozenset()
        groups = {group["id"]: group for group in answer["usergroups"]}
        found: set[str] = set()
        for group in wanted:
            users, code = _members_of(groups.get(group))
            look = membership.group_looked_at if group in self._groups else membership.set_group
            await self._store.run(look, self._desk, group, users, code, self._heard[group])
            self._groups.add(group)
            found.update(users)
        return frozenset(found)

    async def _look_into(self, team: Team) -> frozenset[str]:
        try:
            info: Any = await self._ask("conversations.info", self._client.conversations_info, channel=team.channel)
            channel = info["channel"]
            why = "is_archived" if channel.get("is_archived") else "" if channel.get("is_member") else "not_in_channel"
            members = await self._members(team.channel)
        except _TROUBLE as error:
            why, members = _why(error), None
            if why not in UNREACHABLE:  # Slack is away, or wants us to wait: nothing is known anew
                log.warning("channel %s of team %s was not looked into: %s", team.channel, team.name, why)
                return frozenset()
        if why:
            if self.unreachable.get(team.channel) != why:
                log.error("channel %s of team %s can't be reached: %s", team.channel, team.name, why)
                code = "channel_archived" if why == "is_archived" else "bot_removed"
                await self._store.run(membership.lost_channel, self._desk, team.channel, code)
            self.unreachable[team.channel] = why
        else:
            self.unreachable.pop(team.channel, None)
        if members is None:
            return frozenset()
        await self._store.run(membership.set_members, team.channel, sorted(members), self._heard[team.channel])
        return members

    async def _group(self, group: str) -> frozenset[str]:
        """A user group's members; what was known of it stays where Slack does not say."""
        try:
            answer: Any = await self._ask("usergroups.users.list", self._client.usergroups_users_list, usergroup=group)
        except _TROUBLE as error:
            log.error("user group %s can't be read: %s", group, _why(error))
            await self._store.run(membership.lost_group, self._desk, group, _why(error))
            return frozenset()
        await self._store.run(membership.set_members, group, sorted(answer["users"]), self._heard[group])
        return frozenset(answer["users"])

    async def _members(self, channel: str) -> frozenset[str]:
        found: set[str] = set()
        cursor = None
        while True:
            page: Any = await self._ask(
                "conversations.members", self._client.conversations_members, channel=channel, limit=500, cursor=cursor
            )
            found |= set(page["members"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return frozenset(found - {self.bot_user})

    async def _learn(self, user: str) -> None:
        try:
            answer: Any = await self._ask("users.info", self._client.users_info, user=user, include_locale=True)
        except _TROUBLE as error:
            log.warning("user %s is not known to Slack: %s", user, _why(error))
            if _why(error) in LEFT:  # a mention of them would ring nobody: the next in line is called
                await self._store.run(membership.lost_person, self._desk, user)
            return
        self._learnt[user] = monotonic()
        await self._store.run(membership.met, self._desk, membership.person_of(answer["user"]))

    async def _ask(self, method: str, call: Callable[..., Awaitable[Any]], **given: Any) -> Any:
        """Call it, unless Slack has said that it does not want to be asked yet. Raises what ``_TROUBLE`` names."""
        if pause := self._paused(method):
            raise SlackClientError(f"{method} is not asked for {pause:.0f} s")
        try:
            return await call(**given)
        except SlackApiError as error:
            if getattr(error.response, "status_code", 0) == 429:
                self._until[method] = monotonic() + pause_of(error.response)
            raise

    def _paused(self, method: str) -> float:
        """Seconds for which ``method`` is not to be called."""
        return max(0.0, self._until.get(method, 0.0) - monotonic())


def _members_of(group: Mapping[str, Any] | None) -> tuple[list[str], str]:
    """Of a user group as Slack lists it, and why there is nobody."""
    if group is None:
        return [], "no_such_subteam"
    if group.get("date_delete"):
        return [], "disabled"
    return sorted(group.get("users") or ()), "no_members"


def _why(error: BaseException) -> str:
    """Slack's own code, or what happened instead: what is no JSON of Slack's (an error page) has none."""
    if isinstance(error, SlackApiError):
        data = getattr(error.response, "data", error.response)
        status = getattr(error.response, "status_code", "")
        return str(data.get("error")) if isinstance(data, dict) else f"HTTP {status}, not Slack's JSON"
    return f"{type(error).__name__} {error}".strip()
