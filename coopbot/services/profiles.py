"""The rules that orders are pinned to: kept by version, applied anew only on purpose (house.md rule 8)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from coopbot.domain.horizon import horizon
from coopbot.domain.profile import Profile, parse
from coopbot.domain.profile_diff import OpenOrder
from coopbot.domain.seen import deadline
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind, OrderKey, WorkOrder
from coopbot.errors import Misconfigured, Mistake
from coopbot.ports import Tx
from coopbot.services.alarm import alarm
from coopbot.services.change import change, owe_note

OPERATOR = "operator"
"""Who applies rules anew: somebody at the terminal."""
_PREFIX = "profile:"


def pin(tx: Tx, desk: Desk, now: datetime) -> Desk:
    """Keep the profile's content under its version and load every version that an order may be pinned to.

    Raises Misconfigured when the content of a version has changed: that would move orders that were born under it.
    """
    profile = desk.profile
    kept = tx.notes.get(_key(profile.name, profile.version))
    if kept is not None and kept["digest"] != profile.digest:
        raise Misconfigured(
            f"profile {profile.name}",
            [
                Mistake(
                    "version", f"{profile.version} is in use with other rules: give the changed profile a new version"
                )
            ],
        )
    if kept is None:
        content = {"digest": profile.digest, "content": profile.content}
        tx.notes.put(_key(profile.name, profile.version), content, now)
    return with_versions(tx, desk)


def with_versions(tx: Tx, desk: Desk) -> Desk:
    """The desk with every version that the store keeps beside its own."""
    own = desk.profile
    versions = {(own.name, own.version): own}
    for key, stored in tx.notes.all(_PREFIX).items():
        if key != _key(own.name, own.version):
            old = _parsed(stored, key)
            versions[old.name, old.version] = old
    return replace(desk, profiles=versions)


def kept(tx: Tx, name: str, version: str) -> Profile | None:
    """A version that orders were born under; None when the store never had it."""
    stored = tx.notes.get(_key(name, version))
    return None if stored is None else _parsed(stored, _key(name, version))


def open_orders(tx: Tx) -> list[OpenOrder]:
    """Every order that still waits for the team or the platform, as far as its due time depends on it."""
    return [_open(order) for order in tx.orders.unfinished()]


def reapply(tx: Tx, now: datetime, desk: Desk, rules: Profile, keys: Sequence[str]) -> int:
    """Put open orders under ``rules``: an act of its own in each log, with the due time before and after.

    Orders that ended meanwhile, that follow those rules already or whose class they lack are left alone. Raises
    Misconfigured for rules that the bot was never started with: a running one could not follow them.
    """
    own = kept(tx, rules.name, rules.version)
    if own is None or own.digest != rules.digest:
        raise Misconfigured(
            f"profile {rules.name}",
            [
                Mistake(
                    "version", f"{rules.version} is not in use yet: name it in coopbot.toml, restart serve, try again"
                )
            ],
        )
    desk = with_versions(tx, desk)
    done = 0
    found = tx.orders.get_many([OrderKey.parse(key) for key in sorted(set(keys))], for_update=True)
    for order in found.values():
        if _may_follow(order, rules):
            _put_under(tx, now, desk, order, rules)
            done += 1
    return done


def warn_of_horizon(tx: Tx, now: datetime, desk: Desk) -> bool:
    """Alarm the operator, once a version, that the holiday sets end soon; whether it did."""
    profile = desk.profile
    until, note = horizon(profile, now), f"alarmed:holidays:{profile.name}:{profile.version}"
    if until is None or tx.notes.get(note) is not None:
        return False
    tx.notes.put(note, {"until": until.isoformat()}, now)
    alarm(tx, desk, "holidays_end", key=note, profile=f"{profile.name} {profile.version}", until=until.isoformat())
    return True


def _may_follow(order: WorkOrder, rules: Profile) -> bool:
    other = order.profile != (rules.name, rules.version)
    return other and order.ending is None and rules.order_class(order.facts.class_code) is not None


def _put_under(tx: Tx, now: datetime, desk: Desk, order: WorkOrder, rules: Profile) -> None:
    before, after = deadline(order, desk.rules_for(order), now).at, deadline(order, rules, now).at
    nth = sum(entry.kind is Kind.REAPPLIED for entry in order.log)
    data = {
        "name": rules.name,
        "version": rules.version,
        "from": list(order.profile),
        "before": before.isoformat(),
        "after": after.isoformat(),
    }
    changed = change(tx, now, desk, order, [Entry(Kind.REAPPLIED, now, f"reapplied:{nth}", OPERATOR, data)])
    if before != after:
        facts = {"version": rules.version, "was": before.isoformat(), "due": after.isoformat()}
        owe_note(tx, desk, changed, "reapplied", **facts)


def _open(order: WorkOrder) -> OpenOrder:
    rejection = order.last_rejection
    return OpenOrder(
        key=str(order.key),
        class_code=order.facts.class_code,
        raised_at=order.facts.raised_at,
        platform_due=order.facts.due_at,
        rejected_at=rejection.settled_at if rejection else None,
        pauses=order.pauses,
        profile=order.profile,
    )


def _key(name: str, version: str) -> str:
    return f"{_PREFIX}{name}:{version}"


def _parsed(stored: Mapping[str, Any], key: str) -> Profile:
    return parse(json.loads(stored["content"]), key)
