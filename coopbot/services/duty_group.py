"""A Slack user group that is kept at whoever is on call, where the workspace lets a bot change it."""

from __future__ import annotations

from datetime import datetime, timedelta

from coopbot.domain.calling import there
from coopbot.domain.intent import Intent, Owed, Priority, What
from coopbot.domain.team import Desk, Team
from coopbot.ports import Tx
from coopbot.services.alarm import alarm
from coopbot.services.rota import with_rota

AGAIN = timedelta(hours=1)
"""How long after a refusal it is tried once more: somebody may have changed the workspace's settings."""


def sync(tx: Tx, now: datetime, desk: Desk) -> int:
    """Owe a change to each group whose people should be others than last time; how many are owed."""
    owed = 0
    if not any(team.duty_group for team in desk.teams):
        return owed
    desk = with_rota(tx, desk)
    for team in desk.teams:
        if not team.duty_group:
            continue
        who, known = wanted(tx, now, desk, team), tx.notes.get(_note(team.duty_group)) or {}
        again = "refused_at" in known and now - datetime.fromisoformat(known["refused_at"]) >= AGAIN
        if not who or (known.get("who") == list(who) and not again):
            continue
        tx.notes.put(
            _note(team.duty_group),
            {key: each for key, each in known.items() if key == "code"} | {"who": list(who)},
            now,
        )
        key = f"group:{team.duty_group}"
        tx.outbox.add([Intent(What.GROUP, team.duty_group, Priority.NOTE, key=key, args={"team": team.name})])
        owed += 1
    return owed


def wanted(tx: Tx, now: datetime, desk: Desk, team: Team) -> tuple[str, ...]:
    """Who is on call, else who is called in their place; Slack takes no guests and no group without anybody."""
    duty = team.duty(now)
    known = tx.people.known([*duty.who, *duty.backup, *team.leads, *team.managers])
    guests = {user for user, person in known.items() if person.guest}
    return there(duty, team, desk.gone | guests)


def changed(tx: Tx, now: datetime, owed: Owed, real: datetime) -> bool:
    """Slack did it."""
    if not tx.outbox.sent(owed, real):
        return False
    known = tx.notes.get(_note(owed.intent.target)) or {}
    tx.notes.put(_note(owed.intent.target), {"who": known.get("who")}, now)
    return True


def refused(tx: Tx, now: datetime, desk: Desk, owed: Owed, real: datetime, code: str) -> bool:
    """Slack does not do it: the operator hears that once. Whoever is on call is mentioned as before."""
    if not tx.outbox.drop(owed, real, code):
        return False
    known = tx.notes.get(_note(owed.intent.target)) or {}
    if known.get("code") != code:
        facts = {"group": owed.intent.target, "team": owed.intent.args["team"], "code": code}
        alarm(tx, desk, "group_refused", key=f"{owed.intent.target}:{code}", **facts)
    kept = {"who": known.get("who"), "code": code, "refused_at": now.isoformat()}
    tx.notes.put(_note(owed.intent.target), kept, now)
    return True


def _note(group: str) -> str:
    return f"group:{group}"
