"""How far the holiday sets of a profile reach; beyond them every date counts as an ordinary one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from coopbot.domain.profile import Profile

SOON = timedelta(days=60)
"""How long before the sets end people are told: a year's holidays are published some weeks before it."""


def horizon(profile: Profile, now: datetime) -> date | None:
    """The last date that the sets cover, when it is past or comes soon; None while there is time, or without sets."""
    until = profile.known_until
    return until if until and until < (now + SOON).astimezone(profile.zone).date() else None
