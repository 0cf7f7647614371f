"""Alarms for the operator: what is wrong, what to do about it, a code and a short id to search for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from coopbot.ports import Message, Translate
from coopbot.views.blocks import Block, context, quote, section
from coopbot.views.headline import lock_screen
from coopbot.views.pen import Pen, msgid, sentences

MARK = "⚠️"

ALARMS: Mapping[str, tuple[str, str]] = {
    "conflict": (
        msgid("The platform sent event {event} twice with different contents. The first one counts."),
        msgid("Ask the bridge's owner which of the two is right."),
    ),
    "event_waits": (
        msgid("An event ({type}) has waited over an hour for order {order}, which was never raised."),
        msgid("Have the bridge send the order again, or import it."),
    ),
    "not_delivered": (
        msgid("Slack refuses messages to {channel}."),
        msgid("Invite the bot to the channel, or correct it in coopbot.toml. Orders go to the fallback channel."),
    ),
    "bot_removed": (
        msgid("The bot was removed from {channel}."),
        msgid("Invite it again. Orders go to the fallback channel."),
    ),
    "channel_archived": (
        msgid("Channel {channel} was archived."),
        msgid("Unarchive it, or name another in coopbot.toml. Orders go to the fallback channel."),
    ),
    "group_unknown": (
        msgid("Slack does not say who is in user group {group}."),
        msgid("Correct it in coopbot.toml, or let the app read user groups. Until then its people are refused."),
    ),
    "bad_token": (
        msgid("Slack refuses the bot's token."),
        msgid("Put a valid one into SLACK_BOT_TOKEN and start again. Nothing is lost meanwhile."),
    ),
    "reply_refused": (
        msgid("The platform refused a reply to {order} for good."),
        msgid("The team was told and has the text. See whether other replies fail too."),
    ),
    "files_refused": (
        msgid("Slack does not hand over the files that people attach."),
        msgid("Reinstall the app from coopbot manifest: it needs files:read. Answers with files fail until then."),
    ),
    "late_by_us": (
        msgid("The reply to {order} was given in time, but reached the platform late: our fault."),
        msgid("Look at the connection and the outbox; the team is not to blame."),
    ),
    "not_judged": (
        msgid("Order {order} can't be judged; its reminders are late."),
        msgid("Search the log for its number; answer it in the console meanwhile."),
    ),
    "sweep_late": (
        msgid("Due times have not been looked at since {since}."),
        msgid("Reminders are late. See whether serve runs and the database answers."),
    ),
    "outbox_late": (
        msgid("A message has been waiting since {since}."),
        msgid("See whether Slack and the platform can be reached."),
    ),
    "not_told": (
        msgid("Order {order} has been here since {since}, and no channel has been told of it."),
        msgid("See coopbot outbox list parked; answer it in the console meanwhile."),
    ),
    "lease_expired": (
        msgid("A message was being sent when its process stopped, and nobody has taken it over since {since}."),
        msgid("See coopbot outbox list, and whether serve runs."),
    ),
    "unknown_shop": (
        msgid("An order came for shop {shop}, which no team has."),
        msgid("Give the shop to a team in coopbot.toml. The order went to the fallback channel."),
    ),
    "person_gone": (
        msgid("{who} of {team} is on the rota or named in coopbot.toml, but not in the workspace. The next is called."),
        msgid("Put somebody else there."),
    ),
    "nobody_to_call": (
        msgid("There is nobody of {team} to call for {order}: nobody is on call, no backup, no lead, no manager."),
        msgid("Put somebody into the rota, or name leads in coopbot.toml. Its card waits in the channel meanwhile."),
    ),
    "rota_gap": (
        msgid("Nobody of {team} is on call from {since} to {ends}, in its working hours."),
        msgid("Put somebody in with /coop oncall override. Until then the backup or the leads are called."),
    ),
    "group_refused": (
        msgid("Slack does not let the bot put whoever is on call of {team} into the user group {group}."),
        msgid(
            "Workspace settings › Permissions › User groups must let everybody change them, and the app needs "
            "usergroups:write. Reminders call people as before; it is tried again every hour."
        ),
    ),
    "group_empty": (
        msgid("Nobody is in the user group {group}, which says who is on call of {team}."),
        msgid("Add somebody, or switch it on. Until then the backup or the leads are called."),
    ),
    "no_such_team": (
        msgid("A step gives {order} to the team {team}, which there is not. Its own team was reminded instead."),
        msgid("Correct the ladder."),
    ),
    "settlement_again": (
        msgid("Settlement {month} of shop {shop} came again with other figures. The first one counts."),
        msgid("Ask the platform which of the two is right."),
    ),
    "holidays_end": (
        msgid("The holiday table of {profile} ends on {until}."),
        msgid("Later days count as ordinary ones. Update the profile."),
    ),
}
"""By code: what is wrong, and what to do."""
OTHERWISE = (msgid("Something went wrong in coopbot."), msgid("Search the log for the id below."))

INSTANTS = ("since", "due_at", "ends")


def alarm(
    code: str,
    facts: Mapping[str, Any],
    t: Translate,
    error_id: str = "",
    zone: tzinfo = UTC,
    now: datetime | None = None,
) -> Message:
    """One line each: what, what to do, and how to find it in the log. An unknown code is told all the same.

    ``zone`` is that of the plain times on a lock screen, ``now`` what their days are told by.
    """
    pen = Pen(t, now, zone, private=True)
    what, todo = ALARMS.get(code, OTHERWISE)
    said, plain = _said(facts, pen), _said(facts, pen.for_fallback)
    first, do = t(what, **_filled(what, said)), t(todo)
    blocks: list[Block] = [section(f"{MARK} *{first}*\n{do}")]
    detail = str(facts.get("detail") or facts.get("message") or "")
    reason = str(facts.get("reason") or "")
    if reason or detail:
        blocks.append(quote(" · ".join(part for part in (reason, detail) if part)[:500]))
    shown = [t("code {code}", code=pen.text(str(facts.get("code") or code), 60))]
    if error_id:
        shown.append(t("id {id}", id=pen.text(error_id, 40)))
    blocks.append(context(" · ".join(shown)))
    return Message(text=lock_screen(sentences(t, t(what, **_filled(what, plain)), do)), blocks=blocks)


def _said(facts: Mapping[str, Any], pen: Pen) -> Mapping[str, str]:
    said = {}
    for name, value in facts.items():
        since = facts.get("since")
        if name == "ends" and since is not None:
            said[name] = pen.end(_instant(value), _instant(since))
        elif name in INSTANTS and isinstance(value, str | datetime):
            said[name] = pen.at(value, day=True)
        elif name == "channel" and str(value)[:1] in ("C", "G"):
            said[name] = f"<#{pen.text(str(value), 40)}>"
        else:
            said[name] = pen.text(str(value), 150)
    return said


def _instant(value: str | datetime) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _filled(sentence: str, said: Mapping[str, str]) -> Mapping[str, str]:
    """An alarm is told even when a fact is missing: a dash stands for it."""
    names = {part.partition("}")[0] for part in sentence.split("{")[1:]}
    return {name: said.get(name, "–") for name in names}
