"""An order, derived from its log in a way that does not depend on the sequence in which platform events arrived.

:func:`tell` reads the whole log (docs/adr/0001); :func:`tell_on` adds to it and derives anew only what the new entries
can change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from coopbot.domain.facts import facts_of
from coopbot.domain.files import HandedIn
from coopbot.domain.lifecycle import ENDING
from coopbot.domain.pauses import Pause
from coopbot.domain.work_order import (
    Breach,
    Card,
    Claim,
    Ending,
    Entry,
    Facts,
    Kind,
    OrderKey,
    Reply,
    ReplyState,
    Snooze,
    WorkOrder,
)

# Of two platform events with equal `at`, the later kind in the lifecycle wins (platform-api.md): strongest first.
_STRENGTH = (
    Kind.VOIDED,
    Kind.CLOSED,
    Kind.TIMED_OUT,
    Kind.ANSWERED_ELSEWHERE,
    Kind.REPLY_ACCEPTED,
    Kind.REPLY_REJECTED,
    Kind.URGED,
)
_CHANGES_HANDS = (Kind.CLAIMED, Kind.TAKEN_OVER, Kind.HANDED_OVER, Kind.RELEASED, Kind.MOVED)


def tell(key: OrderKey, profile: tuple[str, str], received_at: datetime, log: Sequence[Entry]) -> WorkOrder:
    """Derive the order from its log. Raises ValueError when the platform has not raised it yet."""
    kinds = frozenset(entry.kind for entry in log)
    if Kind.RAISED not in kinds:
        raise ValueError(f"{key} was not raised")
    parts = _parts(log, kinds)
    return WorkOrder(key, parts.pop("facts"), _profile(profile, log), tuple(log), received_at, kinds=kinds, **parts)


def tell_on(order: WorkOrder, entries: Sequence[Entry]) -> WorkOrder:
    """The order with ``entries`` at the end of its log: what :func:`tell` derives from all of it, but of the parts
    only those that entries of such kinds can change are derived anew."""
    kinds = frozenset(entry.kind for entry in entries)
    log = (*order.log, *entries)
    profile = _profile(order.profile, entries)
    return replace(order, profile=profile, log=log, kinds=order.kinds | kinds, **_parts(log, kinds))


def _parts(log: Sequence[Entry], kinds: frozenset[Kind]) -> dict[str, Any]:
    """The parts of an order that entries of these kinds say something about."""
    names = {name for kind in kinds for name in _SAYS[kind]}
    return {name: _PARTS[name][1](log) for name in names}


def _facts(log: Iterable[Entry]) -> Facts:
    """In their newest version."""
    raised = (facts_of(entry.data) for entry in log if entry.kind is Kind.RAISED)
    return max(raised, key=lambda each: each.version)


def _urged(log: Iterable[Entry]) -> int:
    """As often as the platform says, or as we have heard of it."""
    urged = [int(entry.data.get("count") or 0) for entry in log if entry.kind is Kind.URGED]
    return max(len(urged), *urged)


def _last_urged_at(log: Iterable[Entry]) -> datetime:
    return max(entry.at for entry in log if entry.kind is Kind.URGED)


def _fired(log: Iterable[Entry]) -> frozenset[str]:
    return frozenset(str(entry.data["rung"]) for entry in log if entry.kind in (Kind.REMINDED, Kind.SUPERSEDED))


def _extended_to(log: Iterable[Entry]) -> datetime | None:
    granted = (entry.data.get("due_at") for entry in log if entry.kind is Kind.OUTAGE_GRANTED)
    return max((datetime.fromisoformat(due_at) for due_at in granted if due_at), default=None)


def _breaches(log: Sequence[Entry]) -> tuple[Breach, ...]:
    extended_to = _extended_to(log)
    return tuple(
        Breach(datetime.fromisoformat(entry.data["due_at"]), entry.at, str(entry.data["cause"]))
        for entry in log
        if entry.kind is Kind.BREACHED and _still(entry, extended_to)
    )


def _team(log: Iterable[Entry]) -> str:
    return next((str(entry.data["to"]) for entry in reversed(list(log)) if entry.kind is Kind.MOVED), "")


def _still(breach: Entry, extended_to: datetime | None) -> bool:
    """A breach of a due time that a granted outage has moved since never was."""
    return extended_to is None or datetime.fromisoformat(breach.data["due_at"]) >= extended_to


def _profile(born: tuple[str, str], log: Iterable[Entry]) -> tuple[str, str]:
    """What it was born under, unless it was put under another version since: the last such act counts."""
    for entry in log:
        if entry.kind is Kind.REAPPLIED:
            born = (str(entry.data["name"]), str(entry.data["version"]))
    return born


def _pauses(log: Iterable[Entry]) -> tuple[Pause, ...]:
    """Recorded intervals; a second pause while one lasts is none, and neither is an end without a beginning."""
    pauses: list[Pause] = []
    for entry in log:
        lasts = bool(pauses) and pauses[-1].end is None
        if entry.kind is Kind.PAUSED and not lasts:
            pauses.append(Pause(entry.at, None, entry.by, str(entry.data.get("why") or "")))
        elif entry.kind is Kind.RESUMED and lasts:
            pauses[-1] = replace(pauses[-1], end=max(entry.at, pauses[-1].start))
    return tuple(pauses)


def _snooze(log: Iterable[Entry]) -> Snooze | None:
    """The last one; a change of hands ends it."""
    snooze: Snooze | None = None
    for entry in log:
        if entry.kind is Kind.SNOOZED:
            until = datetime.fromisoformat(entry.data["until"])
            snooze = Snooze(entry.by, entry.at, until, int(entry.data["cycle"]))
        elif entry.kind in _CHANGES_HANDS:
            snooze = None
    return snooze


def _card(log: Iterable[Entry]) -> Card | None:
    return _told(log, digest=False)


def _row(log: Iterable[Entry]) -> Card | None:
    return _told(log, digest=True)


def _told(log: Iterable[Entry], *, digest: bool) -> Card | None:
    """Where it was told last, by a row of a digest or by a card; given to another team, it has to be told again."""
    told: list[Entry] = []
    for entry in log:
        if entry.kind is Kind.MOVED:
            told = []
        elif entry.kind is Kind.TOLD:
            told.append(entry)
    last = next((entry for entry in reversed(told) if bool(entry.data.get("digest")) is digest), None)
    if last is None:
        return None
    return Card(str(last.data["channel"]), str(last.data["ts"]), told[0].at, str(last.data.get("digest") or ""))


def _claim(log: Iterable[Entry]) -> Claim | None:
    """The last word of the team's own acts, which the store serialises: their sequence is the truth."""
    claim: Claim | None = None
    for entry in log:
        match entry.kind:
            case Kind.CLAIMED | Kind.TAKEN_OVER:
                claim = Claim(entry.by, entry.at)
            case Kind.HANDED_OVER:
                claim = Claim(str(entry.data["to"]), entry.at)
            case Kind.RELEASED | Kind.MOVED:
                claim = None
            case _:
                pass
    return claim


def _replies(log: Sequence[Entry]) -> tuple[Reply, ...]:
    replies: dict[str, Reply] = {}
    for entry in log:
        if entry.kind is Kind.REPLY_QUEUED:
            data = entry.data
            replies[str(data["reply_id"])] = Reply(
                reply_id=str(data["reply_id"]),
                text=str(data["text"]),
                by=entry.by,
                at=entry.at,
                preset_code=data.get("preset_code"),
                fields=data.get("fields") or {},
                files=tuple(HandedIn.from_json(each) for each in data.get("files") or ()),
                grace_s=int(data.get("grace_s") or 0),
            )
    for reply_id, reply in replies.items():
        replies[reply_id] = _follow(reply, [entry for entry in log if entry.data.get("reply_id") == reply_id])
    return tuple(replies.values())


def _follow(reply: Reply, log: Sequence[Entry]) -> Reply:
    """How far one reply has come. The platform's verdict outranks what we know of the sending."""
    for entry in log:
        match entry.kind:
            case Kind.REPLY_DELIVERED:
                reply = replace(reply, state=ReplyState.DELIVERED, delivered_at=entry.at)
            case Kind.REPLY_CANCELLED:
                reply = replace(reply, state=ReplyState.CANCELLED, settled_at=entry.at)
            case Kind.REPLY_FAILED:
                reason = str(entry.data.get("reason", ""))
                reply = replace(reply, state=ReplyState.FAILED, settled_at=entry.at, reason=reason)
            case _:
                pass
    verdicts = [entry for entry in log if entry.kind in (Kind.REPLY_ACCEPTED, Kind.REPLY_REJECTED)]
    if not verdicts:
        return reply
    last = max(verdicts, key=lambda entry: (entry.at, -_STRENGTH.index(entry.kind)))
    state = ReplyState.ACCEPTED if last.kind is Kind.REPLY_ACCEPTED else ReplyState.REJECTED
    return replace(
        reply,
        state=state,
        delivered_at=reply.delivered_at or max(reply.at, last.at),
        settled_at=last.at,
        reason=str(last.data.get("reason") or ""),
    )


def _ending(log: Iterable[Entry]) -> Ending | None:
    """The event that ended the order: the first terminal one in the platform's time; a transfer may still end."""
    ending: Ending | None = None
    for entry in sorted(
        (entry for entry in log if entry.kind in ENDING),
        key=lambda entry: (entry.at, _STRENGTH.index(entry.kind), entry.key),
    ):
        later = ending is None or (ending.kind is Kind.TIMED_OUT and entry.at > ending.at)
        if later and entry.kind is not (ending and ending.kind):
            ending = Ending(
                entry.kind,
                entry.at,
                by=str(entry.data.get("by") or ""),
                reason=str(entry.data.get("reason") or ""),
                text=str(entry.data.get("text") or ""),
            )
    return ending


_VERDICTS = (Kind.REPLY_ACCEPTED, Kind.REPLY_REJECTED)
_ANSWERS = (Kind.REPLY_QUEUED, Kind.REPLY_CANCELLED, Kind.REPLY_DELIVERED, Kind.REPLY_FAILED, *_VERDICTS)

_PARTS: Mapping[str, tuple[frozenset[Kind], Callable[[Sequence[Entry]], Any]]] = MappingProxyType(
    {
        "facts": (frozenset({Kind.RAISED}), _facts),
        "card": (frozenset({Kind.TOLD, Kind.MOVED}), _card),
        "row": (frozenset({Kind.TOLD, Kind.MOVED}), _row),
        "claim": (frozenset(_CHANGES_HANDS), _claim),
        "replies": (frozenset(_ANSWERS), _replies),
        "ending": (frozenset(ENDING), _ending),
        "urged": (frozenset({Kind.URGED}), _urged),
        "last_urged_at": (frozenset({Kind.URGED}), _last_urged_at),
        "fired": (frozenset({Kind.REMINDED, Kind.SUPERSEDED}), _fired),
        "breaches": (frozenset({Kind.BREACHED, Kind.OUTAGE_GRANTED}), _breaches),
        "pauses": (frozenset({Kind.PAUSED, Kind.RESUMED}), _pauses),
        "extended_to": (frozenset({Kind.OUTAGE_GRANTED}), _extended_to),
        "snooze": (frozenset({Kind.SNOOZED, *_CHANGES_HANDS}), _snooze),
        "team": (frozenset({Kind.MOVED}), _team),
    }
)
"""Every part of an order that its log says: by entries of which kinds, and how. Of an order that has none of them a
part is what :class:`WorkOrder` says for it."""
_SAYS = {kind: tuple(name for name, (kinds, _) in _PARTS.items() if kind in kinds) for kind in Kind}
