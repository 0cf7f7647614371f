"""Messages about the rota: swaps, handovers at a change of shift, drills."""

from __future__ import annotations

from datetime import datetime

from coopbot.domain.intent import Owed
from coopbot.domain.team import Desk
from coopbot.ports import Languages, Message, Tx
from coopbot.services import drill as drill_service
from coopbot.services import handover as handover_service
from coopbot.services import swaps
from coopbot.services.oncall import names_of
from coopbot.services.permission import language_of
from coopbot.views import drill as drill_view
from coopbot.views import handover as handover_view
from coopbot.views import swap as swap_view


def swap(tx: Tx, now: datetime, desk: Desk, languages: Languages, owed: Owed) -> Message | str:
    """The message, or why there is none."""
    found = swaps.find(tx, str(owed.intent.args["swap"]))
    news = str(owed.intent.args["news"])
    if found is None or (news in ("asked", "reminded") and found.state != "pending"):
        return "settled meanwhile"
    team = desk.team_named(found.team)
    t = languages[language_of(tx, desk, owed.intent.target, team)]
    zone = team.hours.zone if team is not None else desk.profile.zone
    return swap_view.swap(found, news, t, now, zone, names_of(tx, frozenset({found.by, found.to})))


def handover(tx: Tx, now: datetime, desk: Desk, languages: Languages, owed: Owed) -> Message | str:
    """The message, or why there is none."""
    args = owed.intent.args
    who, before, spared = tuple(args["who"]), tuple(args["before"]), tuple(args.get("spared", ()))
    found = handover_service.contents(tx, now, desk, args["team"], who, before, spared)
    if found is None:
        return "answered meanwhile"
    return handover_view.handover(found, languages[found.team.language], now)


def drill(tx: Tx, now: datetime, desk: Desk, languages: Languages, owed: Owed) -> Message | str:
    """The message, or why there is none."""
    args = owed.intent.args
    found, team = drill_service.of_team(tx, str(args["team"])), desk.team_named(str(args["team"]))
    if found is None or team is None or found.id != args["drill"]:
        return "another drill has begun"
    if args["news"] == "asked" and found.state != "running":
        return "over meanwhile"
    names = names_of(tx, frozenset({found.by, found.claimed_by, *found.called}))
    return drill_view.drill(found, str(args["news"]), languages[team.language], now, team.hours.zone, names)
