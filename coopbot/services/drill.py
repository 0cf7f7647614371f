"""A drill: a marked message like a CRC's goes to the on-call, and the time until somebody claims it is measured.

It is no order: nothing of it reaches the platform, the statistics or the ledger. A real CRC ends it at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from coopbot.domain.calling import there
from coopbot.domain.intent import Intent, Priority, What
from coopbot.domain.seen import class_of
from coopbot.domain.team import Desk, Team
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services.outages import team_of_user
from coopbot.services.permission import must_be_member, must_lead
from coopbot.services.rota import with_rota

LASTS = timedelta(minutes=30)
"""Nobody claimed it for so long: it is over, and that is its result."""


@dataclass(frozen=True)
class Drill:
    id: str
    team: str
    by: str
    called: tuple[str, ...]
    started: datetime
    state: str = "running"
    """``running``, ``claimed``, ``preempted`` (by a real CRC) or ``lapsed``."""
    claimed_by: str = ""
    ended: datetime | None = None

    @property
    def took(self) -> timedelta:
        """From the command to the claim, or to the end without one."""
        return (self.ended or self.started) - self.started


def start(tx: Tx, now: datetime, desk: Desk, user: str, channel: str, identity: str) -> Drill:
    """Call the on-call as a CRC would. Raises Refusal: for leads, one at a time, never while a real CRC waits."""
    desk = with_rota(tx, desk)
    team = team_of_user(tx, desk, user, channel)
    must_lead(tx, desk, team, user)
    running = of_team(tx, team.name)
    if running is not None and running.state == "running":
        raise Refusal("drill_running")
    if _crc_waits(tx, desk, team):
        raise Refusal("drill_crc")
    drill = Drill(identity, team.name, user, there(team.duty(now), team, desk.gone), now)
    _write(tx, now, drill)
    _tell(tx, team, drill, "asked", Priority.CRC_CARD)
    return drill


def claim(tx: Tx, now: datetime, desk: Desk, user: str, identity: str) -> Drill:
    """Somebody of the team is there. Raises Refusal once it is over."""
    drill = next((each for team in desk.teams if (each := of_team(tx, team.name)) and each.id == identity), None)
    team = desk.team_named(drill.team) if drill is not None else None
    if drill is None or team is None:
        raise Refusal("drill_over")
    must_be_member(tx, desk, team, user)
    if drill.state != "running" or not tx.once.first(f"drill:{identity}:claimed", now):
        raise Refusal("drill_over")
    return _end(tx, now, team, drill, "claimed", user)


def preempt(tx: Tx, now: datetime, teams: Sequence[Team]) -> None:
    """A real CRC has come to each of ``teams``: its drill is over, before the card goes out."""
    rows = tx.notes.some([_note(team.name) for team in teams]) if teams else {}
    for team in teams:
        row = rows.get(_note(team.name))
        drill = _drill(row) if row is not None else None
        if drill is not None and drill.state == "running":
            _end(tx, now, team, drill, "preempted")


def lapse(tx: Tx, now: datetime, desk: Desk) -> int:
    """End drills that nobody claimed in time; how many it were."""
    ended = 0
    for team in desk.teams:
        drill = of_team(tx, team.name)
        if drill is not None and drill.state == "running" and now - drill.started >= LASTS:
            _end(tx, now, team, drill, "lapsed")
            ended += 1
    return ended


def of_team(tx: Tx, team: str) -> Drill | None:
    """The team's last drill."""
    row = tx.notes.get(_note(team))
    return None if row is None else _drill(row)


def _note(team: str) -> str:
    return f"drill:{team}"


def _drill(row: Mapping[str, Any]) -> Drill:
    ended = datetime.fromisoformat(row["ended"]) if row["ended"] else None
    started = datetime.fromisoformat(row["started"])
    return Drill(**{**row, "called": tuple(row["called"]), "started": started, "ended": ended})


def _crc_waits(tx: Tx, desk: Desk, team: Team) -> bool:
    orders = tx.orders.unfinished(team.channel)
    waiting = [order for order in orders if order.standing_reply is None and order.claim is None]
    return any(class_of(order, desk.rules_for(order)).mentions_on_card for order in waiting)


def _end(tx: Tx, now: datetime, team: Team, drill: Drill, state: str, by: str = "") -> Drill:
    drill = replace(drill, state=state, claimed_by=by, ended=now)
    _write(tx, now, drill)
    tx.outbox.withdraw(What.DRILL, f"drill:{drill.id}:asked", state, now)
    _tell(tx, team, drill, state, Priority.NOTE)
    return drill


def _write(tx: Tx, now: datetime, drill: Drill) -> None:
    row = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(drill).items()}
    tx.notes.put(_note(drill.team), row, now)


def _tell(tx: Tx, team: Team, drill: Drill, news: str, priority: Priority) -> None:
    args = {"team": team.name, "drill": drill.id, "news": news}
    tx.outbox.add([Intent(What.DRILL, team.channel, priority, key=f"drill:{drill.id}:{news}", args=args)])
