"""The moment in which an answer can still be stopped (decisions.md 11, 13): one hurdle for each, never two.

What a second person has approved had its hurdle (coopbot.domain.approval).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from coopbot.domain.seen import Seen

NONE = timedelta(0)


def grace(seen: Seen, now: datetime, *, asked: bool) -> timedelta:
    """How long a reply stays before it leaves, in real time; none where it would cost more than it saves.

    ``asked``: somebody confirmed exactly this text already. The team's setting outranks the profile's; with less than
    the profile's ``undo_needs`` left until the due time, or past it, nothing waits.
    """
    if asked or seen.due.at - now < seen.rules.undo_needs:
        return NONE
    own = seen.team.undo_for
    return seen.rules.undo_for if own is None else own
