"""What a refusal by Slack or the platform means for a message: again later, elsewhere, never, or parked."""

from __future__ import annotations

from enum import StrEnum

from coopbot.domain.intent import Lane, Owed, What
from coopbot.ports import Refused


class Setback(StrEnum):
    LATER = "later"
    """Somebody must mend the installation (a token, a scope); it stays owed and the operator knows."""
    ELSEWHERE = "elsewhere"
    """The channel can't be reached: the fallback channel gets it (decisions.md 20)."""
    DROP = "drop"
    """What it would change is gone."""
    PARK = "park"
    """This message can't be sent as it is: kept with the reason, listed, replayable."""
    REFUSED_REPLY = "refused_reply"
    """The platform will never take this reply: the team is told, with the text."""


UNREACHABLE = frozenset(
    {
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "channel_is_archived",
        "restricted_action",
        "user_not_found",
        "user_disabled",
        "cannot_dm_bot",
        "messages_tab_disabled",
    }
)
BROKEN = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})
"""Of no message's making: whoever mends the installation lets them all go."""
GONE = frozenset({"message_not_found", "thread_not_found", "cant_update_message", "edit_window_closed"})
POISON = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_too_long",
        "msg_blocks_too_long",
        "msg_too_large",
        "no_text",
        "metadata_too_large",
        "invalid_metadata_format",
        "invalid_arguments",
    }
)


def setback(owed: Owed, refused: Refused) -> Setback:
    """What to do with ``owed`` after ``refused``."""
    if owed.intent.lane is Lane.PLATFORM:
        return Setback.REFUSED_REPLY
    if refused.code in UNREACHABLE:
        return Setback.DROP if owed.intent.what in (What.REDRAW, What.GLANCE) else Setback.ELSEWHERE
    if refused.code in GONE:
        return Setback.DROP
    if refused.code in POISON:
        return Setback.PARK
    return Setback.LATER
