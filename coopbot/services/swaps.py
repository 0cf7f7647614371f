"""Swaps of a shift: asked for, accepted or declined by the colleague; a request that waits is brought up once more."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from coopbot.domain.intent import Intent, Priority, What
from coopbot.domain.roster import Standin
from coopbot.domain.team import Desk, Team
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services.outages import team_of_user
from coopbot.services.permission import must_be_member
from coopbot.services.rota import keep, with_rota

PATIENCE = timedelta(hours=4)
"""A request that nobody has answered for so long, or for half of the time there is, is brought up once more."""
AHEAD = (timedelta(hours=15), timedelta(hours=24), timedelta(hours=48))
"""How long before the shift who took it is reminded: the first that falls into the team's hours."""
KEPT = timedelta(days=31)
INSTANTS = ("start", "end", "asked_at", "took_at")


@dataclass(frozen=True)
class Swap:
    """``to`` is asked to take the shift of ``by``."""

    id: str
    team: str
    by: str
    to: str
    start: datetime
    end: datetime
    why: str
    asked_at: datetime
    state: str = "pending"
    """``pending``, ``accepted``, ``declined`` or ``lapsed`` (see :attr:`lapses_at`)."""
    reminded: bool = False
    took_at: datetime | None = None
    """When it was accepted."""
    brought_up: bool = False
    """Whether who took it was reminded that it begins."""

    @property
    def lapses_at(self) -> datetime:
        """With the beginning of the shift; one that had begun when it was asked for can be taken until its end."""
        return self.start if self.asked_at < self.start else self.end


def request(
    tx: Tx,
    now: datetime,
    desk: Desk,
    user: str,
    channel: str,
    to: str,
    shift: tuple[datetime, datetime],
    identity: str,
    why: str = "",
) -> Swap:
    """Ask ``to`` to take a shift of ``user``. Raises Refusal for a shift that is not theirs, or over."""
    desk = with_rota(tx, desk)
    team = team_of_user(tx, desk, user, channel)
    must_be_member(tx, desk, team, to)
    start, end = shift
    if to == user:
        raise Refusal("swap_with_self", block="swap_with")
    if end <= now:
        raise Refusal("shift_is_over", block="swap_shift")
    if not any(span.start < end and start < span.end for span in team.roster.of(user, start, end)):
        raise Refusal("not_your_shift", block="swap_shift")
    swap = Swap(identity, team.name, user, to, start, end, why, now)
    _write(tx, now, swap)
    _tell(tx, swap, to, "asked")
    return swap


def settle(tx: Tx, now: datetime, desk: Desk, user: str, identity: str, *, accept: bool) -> Swap:
    """The colleague's answer; from an acceptance on the shift is theirs. Raises Refusal for anybody else's click."""
    swap = find(tx, identity)
    if swap is None or swap.to != user:
        raise Refusal("not_your_swap")
    if swap.state != "pending" or swap.end <= now or not tx.once.first(f"swap:{identity}:settled", now):
        raise Refusal("swap_settled")
    if accept:
        team = _team(desk, swap)
        standin = Standin(f"swap-{swap.id}", "override", swap.to, swap.start, swap.end, swap.by, user, swap.why)
        keep(tx, now, team, standin)
    swap = replace(swap, state="accepted" if accept else "declined", took_at=now if accept else None)
    _write(tx, now, swap)
    _tell(tx, swap, swap.by, swap.state)
    return swap


def remind(tx: Tx, now: datetime, desk: Desk) -> int:
    """Bring up what waits for an answer, and what was taken and begins soon, once each and in the team's hours; what
    was not answered before its shift is over lapses."""
    told = 0
    for key in tx.notes.all("swap:"):
        swap = find(tx, key.partition(":")[2])
        if swap is None or (swap.state != "pending" and now - swap.end > KEPT):
            tx.notes.remove(key)
        elif swap.state == "pending" and swap.lapses_at <= now:
            _write(tx, now, replace(swap, state="lapsed"))
            _tell(tx, swap, swap.by, "lapsed")
            told += 1
        elif swap.state == "accepted" and not swap.brought_up and _begins_soon(swap, desk, now):
            _write(tx, now, replace(swap, brought_up=True))
            _tell(tx, swap, swap.to, "begins")
            told += 1
        elif swap.state == "pending" and not swap.reminded and _waits_long(swap, desk, now):
            _write(tx, now, replace(swap, reminded=True))
            _tell(tx, swap, swap.to, "reminded")
            told += 1
    return told


def _waits_long(swap: Swap, desk: Desk, now: datetime) -> bool:
    patience = min(PATIENCE, (swap.lapses_at - swap.asked_at) / 2)
    return now >= _in_hours(swap, desk, swap.asked_at + patience)


def _begins_soon(swap: Swap, desk: Desk, now: datetime) -> bool:
    """Whether the time has come to bring the shift up, and it was taken before that."""
    looks = [_in_hours(swap, desk, swap.start - ahead) for ahead in AHEAD]
    at = next((look for look in looks if look < swap.start), None)
    return at is not None and swap.took_at is not None and swap.took_at < at <= now < swap.start


def _in_hours(swap: Swap, desk: Desk, at: datetime) -> datetime:
    """No earlier than the team works: nobody is woken for a shift that is days away."""
    team = desk.team_named(swap.team)
    return team.hours.next_open(at) if team is not None else at


def unreached(tx: Tx, now: datetime, swap: Swap) -> Intent:
    """The colleague gets no direct messages: the request is over, and who asked is told that."""
    _write(tx, now, replace(swap, state="declined"))
    args = {"swap": swap.id, "news": "unreached"}
    return Intent(What.SWAP, swap.by, Priority.NOTE, key=f"swap:{swap.id}:unreached", args=args)


def find(tx: Tx, identity: str) -> Swap | None:
    row = tx.notes.get(f"swap:{identity}")
    if row is None:
        return None
    instants = {name: datetime.fromisoformat(row[name]) for name in INSTANTS if row.get(name)}
    return Swap(**{**row, **instants})


def _write(tx: Tx, now: datetime, swap: Swap) -> None:
    row = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(swap).items()}
    tx.notes.put(f"swap:{swap.id}", row, now)


def _tell(tx: Tx, swap: Swap, target: str, news: str) -> None:
    args = {"swap": swap.id, "news": news}
    tx.outbox.add([Intent(What.SWAP, target, Priority.NOTE, key=f"swap:{swap.id}:{news}", args=args)])


def _team(desk: Desk, swap: Swap) -> Team:
    team = desk.team_named(swap.team)
    if team is None:
        raise Refusal("swap_settled")
    return team
