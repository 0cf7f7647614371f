"""Slack's events: who is where, what happened to a channel, and the bot being spoken to."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from coopbot.clock import wall
from coopbot.errors import Refusal
from coopbot.handlers.asking import Asked
from coopbot.handlers.commands import answer, is_command
from coopbot.handlers.home import publish
from coopbot.handlers.reception import Followup, Reception
from coopbot.ports import Message, Translate
from coopbot.services import membership, status
from coopbot.services.once import is_new
from coopbot.services.permission import language_of, speaks
from coopbot.views.direct import direct as direct_view
from coopbot.views.refusal import refusal

Event = Mapping[str, Any]
Handler = Callable[[Reception, Event, str], Awaitable[Followup | None]]

_MENTION = re.compile(r"<@[UW][A-Z0-9]+(\|[^>]*)?>")


async def message(reception: Reception, event: Event, event_id: str) -> Followup | None:
    """A direct message is answered; talk in channels and threads is internal and stays so."""
    if event.get("channel_type") != "im" or event.get("subtype") or event.get("bot_id"):
        return None
    return await spoken_to(reception, event, event_id)


async def spoken_to(reception: Reception, event: Event, event_id: str) -> Followup | None:
    user = str(event.get("user") or "")
    if not user or event.get("bot_id"):
        return None
    if not await reception.write(is_new, f"event:{event_id}", wall()):
        return None
    channel = str(event.get("channel") or "")
    asked = Asked(user, channel, tuple(_MENTION.sub(" ", str(event.get("text") or "")).split()))
    return _reply(reception, asked, direct=event.get("channel_type") == "im")


async def _reply(reception: Reception, asked: Asked, *, direct: bool) -> None:
    team = reception.desk.team_in(asked.channel)
    language, known = await reception.read(speaks, reception.desk, asked.user, team)
    if not known:
        await reception.meet(asked.user)
        language = await reception.read(language_of, reception.desk, asked.user, team)
    t = reception.languages[language]
    words = asked.words[:1] if any(map(is_command, asked.words[:1])) and asked.words[:1] != ("outage",) else ()
    asked = Asked(asked.user, "" if direct else asked.channel, words)
    try:
        said = await (answer if asked.words else _where_we_stand)(reception, asked, t) or Message("")
    except Refusal as why:
        said = Message(refusal(why.code, why.facts, t))
    channel = asked.channel
    if direct:
        opened = await reception.client.conversations_open(users=[asked.user])
        channel = opened["channel"]["id"]
        await reception.client.chat_postMessage(
            channel=channel, text=said.text, blocks=[dict(block) for block in said.blocks] or None
        )
    else:
        await reception.client.chat_postEphemeral(
            channel=channel, user=asked.user, text=said.text, blocks=[dict(block) for block in said.blocks] or None
        )


async def _where_we_stand(reception: Reception, asked: Asked, t: Translate) -> Message:
    """Spoken to without a word that asks for something: status, and what can be asked (decisions.md 21)."""
    now = reception.clock.now()
    try:
        teams, _ = await reception.read(status.where_we_stand, now, reception.desk, asked.user, asked.channel)
    except Refusal as why:
        if why.code != "no_team":
            raise
        teams = []
    return direct_view(teams, t, now)


async def home_opened(reception: Reception, event: Event, _: str) -> Followup | None:
    """Home is drawn anew whenever somebody looks at it."""
    if event.get("tab") not in (None, "home"):
        return None
    return publish(reception, str(event.get("user") or ""))


async def joined(reception: Reception, event: Event, _: str) -> Followup:
    user = str(event["user"])
    await reception.write(membership.joined, reception.clock.now(), str(event["channel"]), user, _at(event))
    return reception.meet(user)  # above all whether they are a guest, who may look but not act


async def left(reception: Reception, event: Event, _: str) -> None:
    channel, user = str(event["channel"]), str(event["user"])
    await reception.write(membership.left, reception.clock.now(), channel, user, _at(event))
    if user == reception.bot_user:
        await reception.write(membership.lost_channel, reception.desk, channel, "bot_removed")


async def archived(reception: Reception, event: Event, _: str) -> None:
    await reception.write(membership.lost_channel, reception.desk, str(event["channel"]), "channel_archived")


async def person_changed(reception: Reception, event: Event, _: str) -> None:
    await reception.write(membership.met, reception.desk, membership.person_of(event.get("user") or {}))


async def group_changed(reception: Reception, event: Event, _: str) -> None:
    group, now = str(event.get("subteam_id") or ""), reception.clock.now()
    for user in event.get("removed_users") or ():
        await reception.write(membership.left, now, group, str(user), _at(event))
    for user in event.get("added_users") or ():
        await reception.write(membership.joined, now, group, str(user), _at(event))


async def group_updated(reception: Reception, event: Event, _: str) -> None:
    """Somebody switched a group off or on, or changed it whole."""
    subteam, now = event.get("subteam") or {}, reception.clock.now()
    off = bool(subteam.get("date_delete"))
    if off or isinstance(subteam.get("users"), list):
        users, group = () if off else tuple(map(str, subteam["users"])), str(subteam.get("id") or "")
        code = "disabled" if off else "no_members"
        await reception.write(membership.group_changed, now, reception.desk, group, users, _at(event), code)


def _at(event: Event) -> str:
    """Slack's moment of it; one that says none counts as new."""
    return str(event.get("event_ts") or f"{wall().timestamp():.6f}")


EVENTS: Mapping[str, Handler] = MappingProxyType(
    {
        "message": message,
        "app_mention": spoken_to,
        "app_home_opened": home_opened,
        "member_joined_channel": joined,
        "member_left_channel": left,
        "channel_archive": archived,
        "group_archive": archived,
        "user_change": person_changed,
        "subteam_members_changed": group_changed,
        "subteam_updated": group_updated,
    }
)
